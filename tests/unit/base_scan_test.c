#include "test_support.h"

#include "base/scan.h"

enum { LENGTH = 40 };

static void finds_the_one_that_differs(void **state)
{
    static const uint8_t alike[] = { 0, 1, 128, UINT8_MAX };
    (void)state;
    for (size_t i = 0; i < sizeof(alike); i++) {
        for (uint32_t place = 0; place < LENGTH; place++) {
            uint8_t row[LENGTH];
            memset(row, alike[i], sizeof(row));
            row[place] ^= 1;

            for (uint32_t at = 0; at <= place; at++)
                assert_int_equal(spx_first_other(row, at, LENGTH, alike[i]), place);
        }
    }
}

static void finds_nothing_beyond_the_end(void **state)
{
    uint8_t row[LENGTH] = { 0 };
    (void)state;
    for (uint32_t end = 0; end < LENGTH; end++) {
        row[end] = 1;

        for (uint32_t at = 0; at <= end; at++)
            assert_int_equal(spx_first_other(row, at, end, 0), end);

        row[end] = 0;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_one_that_differs),
        cmocka_unit_test(finds_nothing_beyond_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
