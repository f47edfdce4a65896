#include "test_support.h"

#include "jobs/cost.h"

static double cost(spx_job_kind kind, const char *format, const char *border, const char *value)
{
    spx_job_options options;
    spx_job_options_init(&options);
    assert_int_equal(spx_job_options_set(&options, "format", format, NULL), SPX_OK);
    if (border != NULL)
        assert_int_equal(spx_job_options_set(&options, border, value, NULL), SPX_OK);
    return spx_job_cost(&options, kind, options.convert.formats, 4000, 3000);
}

static void counts_megapixels_and_files(void **state)
{
    (void)state;
    assert_float_equal(cost(SPX_JOB_CONVERT, "depth", NULL, NULL), 12 * 3, 1e-9);
    assert_float_equal(cost(SPX_JOB_CONVERT, "default", NULL, NULL), 12 * 7, 1e-9);
    assert_float_equal(cost(SPX_JOB_CONVERT, "depth", "expand", "50%"), 12 * 3, 1e-9);
}

static void counts_what_a_border_adds(void **state)
{
    (void)state;
    assert_float_equal(cost(SPX_JOB_OUTPAINT, "default", "expand", "50%"), 48 * 3, 1e-9);
    assert_float_equal(cost(SPX_JOB_BOTH, "depth", "expand", "50%"), 48 * 4, 1e-9);
    assert_float_equal(cost(SPX_JOB_BOTH, "depth", "size", "8000x3000"), 24 * 4, 1e-9);
    /* What is no picture any more fails by itself. */
    assert_float_equal(cost(SPX_JOB_BOTH, "depth", "expand", "65500"), 12 * 4, 1e-9);
}

static void costs_nothing_while_the_size_is_not_known(void **state)
{
    (void)state;
    spx_job_options options;
    spx_job_options_init(&options);
    assert_float_equal(spx_job_cost(&options, SPX_JOB_CONVERT, spx_formats_all(), 0, 0), 0, 0);
    assert_float_equal(spx_job_cost(&options, SPX_JOB_BOTH, spx_formats_all(), 0, 0), 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_megapixels_and_files),
        cmocka_unit_test(counts_what_a_border_adds),
        cmocka_unit_test(costs_nothing_while_the_size_is_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
