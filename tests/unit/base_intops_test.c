#include "base/intops.h"
#include "test_support.h"

static void divides_upwards_up_to_the_largest_number(void **state)
{
    (void)state;

    assert_int_equal(spx_divide_up(0, 7), 0);
    assert_int_equal(spx_divide_up(14, 7), 2);
    assert_int_equal(spx_divide_up(15, 7), 3);
    assert_true(spx_divide_up(SIZE_MAX, 1) == SIZE_MAX);
    assert_true(spx_divide_up(SIZE_MAX, 2) == SIZE_MAX / 2 + 1);
    assert_int_equal(spx_divide_up_u32(UINT32_MAX, 2), 1U << 31);
}

static void aligns_to_a_multiple_that_is_not_smaller(void **state)
{
    (void)state;

    assert_int_equal(spx_align_up(0, 64), 0);
    assert_int_equal(spx_align_up(64, 64), 64);
    assert_int_equal(spx_align_up(65, 64), 128);
    assert_int_equal(spx_align_up_u32(UINT32_MAX, 1), UINT32_MAX);
}

static void holds_an_index_in_its_row(void **state)
{
    (void)state;

    assert_int_equal(spx_clamp_index(-1, 5), 0);
    assert_int_equal(spx_clamp_index(4, 5), 4);
    assert_int_equal(spx_clamp_index(5, 5), 4);
    assert_int_equal(spx_clamp_index(INT64_MIN, UINT32_MAX), 0);
    assert_int_equal(spx_clamp_index(INT64_MAX, UINT32_MAX), UINT32_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(divides_upwards_up_to_the_largest_number),
        cmocka_unit_test(aligns_to_a_multiple_that_is_not_smaller),
        cmocka_unit_test(holds_an_index_in_its_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
