#include "cli/eye_name.h"
#include "test_support.h"

static void names_say_which_eye_a_file_of_a_pair_shows(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        char eye;
        size_t stem;
    } cases[] = {
        { "DSC1_L.JPG", 'L', 4 },   { "DSC1_R.JPG", 'R', 4 },
        { "x/a-left.png", 'L', 1 }, { "motorcycle_right.png", 'R', 10 },
        { "left.jpg", 'L', 0 },     { "Right.jpg", 'R', 0 },
        { "bright.jpg", 0, 0 },     { "cleft.jpg", 0, 0 },
        { "a.jpg", 0, 0 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        size_t stem = 99;
        assert_int_equal(spx_eye_of_name(cases[i].name, &stem), cases[i].eye);
        assert_int_equal(stem, cases[i].stem);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_say_which_eye_a_file_of_a_pair_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
