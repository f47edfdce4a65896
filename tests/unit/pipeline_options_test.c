#include "test_support.h"

#include "base/status.h"
#include "spx/limits.h"
#include "spx/option.h"
#include "spx/outpaint.h"

#include <math.h>
#include <string.h>

static void every_row_is_whole_and_like_no_other(void **state)
{
    (void)state;
    for (int section = 0; section < SPX_OPTION_SECTIONS; section++) {
        const spx_option *const rows = spx_options_of((spx_option_section)section);
        assert_non_null(spx_option_section_title((spx_option_section)section));
        for (const spx_option *row = rows; row->name != NULL; row++) {
            assert_int_equal(strspn(row->name, "abcdefghijklmnopqrstuvwxyz0123456789-"),
                             strlen(row->name));
            assert_ptr_equal(spx_option_find(rows, row->name, strlen(row->name), NULL), row);
            assert_true((row->value == NULL) == (row->type == SPX_OPTION_SET));
            assert_true(row->help[0] != '\0' && row->help[strlen(row->help) - 1] != '.');
            assert_true(row->who != 0);
            assert_true((row->who & SPX_BY_PAGE) == 0 || row->label != NULL);
            assert_true((row->who & SPX_BY_PAGE) == 0 || (row->who & SPX_BY_API) != 0);
            assert_true(row->min <= row->max);
            assert_true(row->usual_min >= 0 && row->usual_max <= row->max);
        }
    }
}

static void the_defaults_are_within_their_ranges(void **state)
{
    (void)state;
    spx_convert_options options;
    spx_engine_options engine;
    spx_limits limits;
    spx_convert_options_init(&options);
    spx_engine_options_init(&engine);
    spx_limits_init(&limits);

    for (int section = SPX_OPTIONS_STEREO; section <= SPX_OPTIONS_FILES; section++) {
        assert_int_equal(
            spx_options_check(spx_options_of((spx_option_section)section), &options, NULL), SPX_OK);
    }
    assert_int_equal(spx_options_check(spx_options_of(SPX_OPTIONS_LIMITS), &engine, NULL), SPX_OK);
    assert_true(options.strength_pct == SPX_AUTO && options.quality == 85);
    assert_true(options.formats == SPX_FORMATS_DEFAULT && options.baseline_mm == 0.0);
    assert_true(engine.limits.pixels == limits.pixels && engine.limits.side_px == limits.side_px);
    assert_true(engine.limits.file_bytes == limits.file_bytes && engine.threads == 0);
}

static void a_border_has_the_defaults_of_the_table(void **state)
{
    (void)state;
    spx_outpaint_options options;
    spx_outpaint_options table;
    spx_painter painter;
    spx_outpaint_options_init(&options);
    spx_outpaint_options_init(&table);
    table.quality = 0;
    table.timeout_s = 0.0;
    table.engine = SPX_OUTPAINT_SDAPI;

    spx_painter_init(&painter);
    spx_painter_apply(&painter, &table);
    spx_options_standard(spx_options_of(SPX_OPTIONS_PICTURE), &table);

    assert_true(table.quality == options.quality && table.timeout_s == options.timeout_s);
    assert_true(table.engine == options.engine && table.url == NULL && table.parameters[0] == NULL);
    assert_true(table.fallback_local == options.fallback_local && table.strict == options.strict);
}

static void the_library_refuses_what_the_table_refuses(void **state)
{
    (void)state;
    spx_convert_options options;
    spx_diag diag = { 0 };
    const spx_option *const stereo = spx_options_of(SPX_OPTIONS_STEREO);
    spx_convert_options_init(&options);
    options.baseline_mm = 2000.0;
    assert_int_equal(spx_options_check(stereo, &options, NULL), SPX_OK);
    options.baseline_mm = 20000.0;
    assert_int_equal(spx_options_check(stereo, &options, &diag), SPX_ERR_ARGUMENT);
    assert_string_equal(diag.text, "baseline: 20000 is outside 0.1..10000");
    options.baseline_mm = (double)NAN;
    assert_int_equal(spx_options_check(stereo, &options, NULL), SPX_ERR_ARGUMENT);
    spx_convert_options_init(&options);
    options.views = (spx_views)3;
    assert_int_equal(spx_options_check(stereo, &options, NULL), SPX_ERR_ARGUMENT);
}

static void sets_options_by_new_and_old_names(void **state)
{
    (void)state;
    spx_convert_options options;
    spx_diag diag = { 0 };
    spx_convert_options_init(&options);

    assert_int_equal(spx_convert_options_set(&options, "strength", "2.5", NULL), SPX_OK);
    assert_int_equal(spx_convert_options_set(&options, "hfov", "70", NULL), SPX_OK);
    assert_int_equal(spx_convert_options_set(&options, "depth_size", "auto", NULL), SPX_OK);
    assert_int_equal(spx_convert_options_set(&options, "formats", "left,depth_raw", NULL), SPX_OK);
    assert_int_equal(spx_convert_options_set(&options, "single_item", "yes", NULL), SPX_OK);
    assert_int_equal(spx_convert_options_set(&options, "fourcc", "no", NULL), SPX_OK);

    assert_true(options.strength_pct == 2.5 && options.hfov_deg == 70.0);
    assert_true(options.depth_size == 0 && options.single_item == 1);
    assert_true(options.formats == (SPX_FORMAT_LEFT | SPX_FORMAT_DEPTH_RAW));
    assert_int_equal(spx_convert_options_set(&options, "strength", "11", &diag), SPX_ERR_ARGUMENT);
    assert_string_equal(diag.text, "strength: 11 is not between 0 and 10");
    assert_int_equal(spx_convert_options_set(&options, "no-such", "1", NULL), SPX_ERR_ARGUMENT);
    assert_int_equal(spx_convert_options_set(&options, "fourcc", "maybe", NULL), SPX_ERR_ARGUMENT);
}

static void describes_ranges_and_defaults(void **state)
{
    (void)state;
    char text[160];
    const spx_option *const stereo = spx_options_of(SPX_OPTIONS_STEREO);
    spx_option_describe(spx_option_find(stereo, "strength", strlen("strength"), NULL), text);
    assert_string_equal(text, "0 to 10; auto");
    spx_option_describe(spx_option_find(stereo, "baseline", strlen("baseline"), NULL), text);
    assert_string_equal(text, "0.1 to 10000; auto");
    spx_option_describe(spx_option_find(stereo, "views", strlen("views"), NULL), text);
    assert_string_equal(text, "both");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole_and_like_no_other),
        cmocka_unit_test(the_defaults_are_within_their_ranges),
        cmocka_unit_test(a_border_has_the_defaults_of_the_table),
        cmocka_unit_test(the_library_refuses_what_the_table_refuses),
        cmocka_unit_test(sets_options_by_new_and_old_names),
        cmocka_unit_test(describes_ranges_and_defaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
