#include "base/number_text.h"

#include "test_support.h"

#include <locale.h>
#include <string.h>

/* Where the machine has one of them, the rest runs in it. */
static int enter_comma_locale(void **state)
{
    (void)state;
    static const char *const names[] = { "de_DE.UTF-8", "fr_FR.UTF-8", "it_IT.UTF-8", "pl_PL.UTF-8",
                                         "de_DE.utf8" };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (setlocale(LC_ALL, names[i]) != NULL)
            return 0;
    }
    print_message("no locale with a comma here: the locale stays \"C\"\n");
    return 0;
}

static void numbers_have_a_point(void **state)
{
    (void)state;
    static const char wanted[] = "a 1.250000 -0.5 7";
    spx_bytes text = { 0 };

    spx_bytes_print(&text, "a %.6f", 1.25);
    spx_bytes_print(&text, " %g %d", -0.5, 7);

    assert_int_equal(text.failed, 0);
    assert_int_equal(text.size, sizeof(wanted) - 1);
    assert_memory_equal(text.data, wanted, sizeof(wanted) - 1);
    spx_bytes_clear(&text);
}

static void numbers_are_read_with_a_point(void **state)
{
    (void)state;
    static const char text[] = "1.25,5";
    char *end = NULL;

    const double number = spx_text_number(text, &end);

    assert_true(number == 1.25);
    assert_ptr_equal(end, text + 4);
}

static void the_program_keeps_its_locale(void **state)
{
    (void)state;
    char point[8] = "";
    (void)strncpy(point, localeconv()->decimal_point, sizeof(point) - 1);
    spx_bytes text = { 0 };

    spx_bytes_print(&text, "%f", 0.5);
    (void)spx_text_number("0.5", NULL);

    assert_string_equal(localeconv()->decimal_point, point);
    spx_bytes_clear(&text);
}

static void what_is_too_long_is_a_failure(void **state)
{
    (void)state;
    spx_bytes text = { 0 };

    spx_bytes_print(&text, "%*d", 1023, 1);
    assert_int_equal(text.failed, 0);
    assert_int_equal(text.size, 1023);
    spx_bytes_print(&text, "%*d", 1024, 1);

    assert_int_equal(spx_bytes_check(&text, "test", NULL), SPX_ERR_NO_MEMORY);
    spx_bytes_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_have_a_point),
        cmocka_unit_test(numbers_are_read_with_a_point),
        cmocka_unit_test(the_program_keeps_its_locale),
        cmocka_unit_test(what_is_too_long_is_a_failure),
    };
    return cmocka_run_group_tests(tests, enter_comma_locale, NULL);
}
