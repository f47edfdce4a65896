#include "test_support.h"

#include "jobs/cost.h"

#include <math.h>

static double cost(spx_job_kind kind, const char *format, const char *border, const char *value)
{
    spx_job_options options;
    spx_job_options_init(&options);
    assert_int_equal(spx_job_options_set(&options, "format", format, NULL), SPX_OK);
    if (border != NULL)
        assert_int_equal(spx_job_options_set(&options, border, value, NULL), SPX_OK);
    return spx_job_cost(&options, kind, options.convert.formats, 4000, 3000);
}

static void assert_costs(double found, double wanted)
{
    assert_true(fabs(found - wanted) < 1e-9);
}

static void counts_megapixels_and_files(void **state)
{
    (void)state;
    assert_costs(cost(SPX_JOB_CONVERT, "spatial", NULL, NULL), 12);
    assert_costs(cost(SPX_JOB_CONVERT, "depth", NULL, NULL), 12 * 0.57);
    assert_costs(cost(SPX_JOB_CONVERT, "default", NULL, NULL), 12 * 1.57);
    assert_costs(cost(SPX_JOB_CONVERT, "depth", "expand", "50%"), 12 * 0.57);
}

/* A word that no format has would weigh nothing, and its format as little as any other. */
static void knows_what_is_dear(void **state)
{
    (void)state;
    const double least = cost(SPX_JOB_CONVERT, "depth", NULL, NULL);
    static const char *const dear[] = { "sbs",       "portrait",    "parallax", "parallax-webp",
                                        "wiggle",    "vr180",       "html",     "lenticular",
                                        "glb",       "pitch-sheet", "pns",      "quilt-landscape",
                                        "splat-glb", "sbs-png",     "vr180-sbs" };
    for (size_t i = 0; i < sizeof(dear) / sizeof(dear[0]); i++)
        assert_true(cost(SPX_JOB_CONVERT, dear[i], NULL, NULL) > least);
    assert_true(cost(SPX_JOB_CONVERT, "parallax", NULL, NULL) >
                cost(SPX_JOB_CONVERT, "wiggle", NULL, NULL));
}

static void counts_what_a_border_adds(void **state)
{
    (void)state;
    assert_costs(cost(SPX_JOB_OUTPAINT, "default", "expand", "50%"), 48 * 0.85);
    assert_costs(cost(SPX_JOB_BOTH, "depth", "expand", "50%"), 48 * 1.42);
    assert_costs(cost(SPX_JOB_BOTH, "depth", "size", "8000x3000"), 24 * 1.42);
    /* What is no picture any more fails by itself. */
    assert_costs(cost(SPX_JOB_BOTH, "depth", "expand", "65500"), 12 * 1.42);
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
        cmocka_unit_test(knows_what_is_dear),
        cmocka_unit_test(counts_what_a_border_adds),
        cmocka_unit_test(costs_nothing_while_the_size_is_not_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
