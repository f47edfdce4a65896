#include "test_support.h"

#include "outpaint/frame.h"

#include <math.h>
#include <string.h>

static spx_outpaint_options no_margins(void)
{
    spx_outpaint_options options;
    spx_outpaint_options_init(&options);
    options.left = (spx_margin){ 0 };
    options.top = (spx_margin){ 0 };
    options.right = (spx_margin){ 0 };
    options.bottom = (spx_margin){ 0 };
    return options;
}

static void grows_a_fifth_on_every_side_by_default(void **state)
{
    (void)state;
    spx_outpaint_options options;
    spx_outpaint_options_init(&options);
    spx_frame frame;

    assert_int_equal(spx_outpaint_frame(&frame, &options, 4000, 3000, NULL, NULL), SPX_OK);

    assert_int_equal(frame.width, 5600);
    assert_int_equal(frame.height, 4200);
    assert_int_equal(frame.photo_x, 800);
    assert_int_equal(frame.photo_y, 600);
    assert_int_equal(spx_frame_right(&frame), 800);
    assert_int_equal(spx_frame_bottom(&frame), 600);
}

static void rounds_per_cent_to_the_nearest_pixel(void **state)
{
    (void)state;
    spx_outpaint_options options = no_margins();
    options.left = (spx_margin){ .amount = 12.5, .percent = 1 };
    options.bottom = (spx_margin){ .amount = 10.0, .percent = 1 };
    spx_frame frame;

    assert_int_equal(spx_outpaint_frame(&frame, &options, 101, 77, NULL, NULL), SPX_OK);

    assert_int_equal(frame.photo_x, 13);
    assert_int_equal(frame.width, 114);
    assert_int_equal(frame.photo_y, 0);
    assert_int_equal(frame.height, 85);
}

static void says_that_margins_are_less_than_a_pixel(void **state)
{
    (void)state;
    spx_outpaint_options options;
    spx_outpaint_options_init(&options);
    const spx_outpaint_options nothing = no_margins();
    spx_frame frame;
    spx_diag diag = { 0 };

    assert_int_equal(spx_outpaint_frame(&frame, &options, 1, 1, NULL, &diag), SPX_ERR_ARGUMENT);
    assert_non_null(strstr(diag.text, "a photo of 1x1 px"));
    assert_int_equal(spx_outpaint_frame(&frame, &options, 2, 2, NULL, NULL), SPX_ERR_ARGUMENT);

    /* A strip grows along itself, and who asks for nothing gets it. */
    assert_int_equal(spx_outpaint_frame(&frame, &options, 300, 2, NULL, NULL), SPX_OK);
    assert_int_equal(frame.width, 420);
    assert_int_equal(frame.height, 2);
    assert_int_equal(spx_outpaint_frame(&frame, &nothing, 1, 1, NULL, NULL), SPX_OK);
}

static void grows_one_side_only(void **state)
{
    (void)state;
    spx_outpaint_options options = no_margins();
    options.right = (spx_margin){ .amount = 1.0 };
    spx_frame frame;

    assert_int_equal(spx_outpaint_frame(&frame, &options, 640, 480, NULL, NULL), SPX_OK);

    assert_int_equal(frame.width, 641);
    assert_int_equal(frame.height, 480);
    assert_int_equal(spx_frame_left(&frame), 0);
    assert_int_equal(spx_frame_right(&frame), 1);
}

static void aspect_grows_only_the_way_that_is_too_short(void **state)
{
    (void)state;
    spx_outpaint_options options = no_margins();
    options.rule = SPX_FRAME_ASPECT;
    options.aspect = 16.0 / 9.0;
    spx_frame wide;
    spx_frame tall;
    spx_frame same;

    assert_int_equal(spx_outpaint_frame(&wide, &options, 4000, 3000, NULL, NULL), SPX_OK);
    assert_int_equal(spx_outpaint_frame(&tall, &options, 3000, 1000, NULL, NULL), SPX_OK);
    assert_int_equal(spx_outpaint_frame(&same, &options, 1280, 720, NULL, NULL), SPX_OK);

    assert_int_equal(wide.width, 5333);
    assert_int_equal(wide.height, 3000);
    assert_int_equal(wide.photo_x, 666);
    assert_int_equal(tall.width, 3000);
    assert_int_equal(tall.height, 1688);
    assert_int_equal(tall.photo_y, 344);
    assert_int_equal(same.width, 1280);
    assert_int_equal(same.height, 720);
}

static void size_never_cuts_the_photo(void **state)
{
    (void)state;
    spx_outpaint_options options = no_margins();
    options.rule = SPX_FRAME_SIZE;
    options.width = 1280;
    options.height = 720;
    spx_frame frame;
    spx_diag diag = { 0 };

    assert_int_equal(spx_outpaint_frame(&frame, &options, 1280, 720, NULL, NULL), SPX_OK);
    assert_int_equal(spx_outpaint_frame(&frame, &options, 1000, 719, NULL, NULL), SPX_OK);
    assert_int_equal(frame.photo_x, 140);
    assert_int_equal(spx_frame_bottom(&frame), 1);
    assert_int_equal(spx_outpaint_frame(&frame, &options, 1281, 720, NULL, &diag),
                     SPX_ERR_ARGUMENT);
    assert_non_null(strstr(diag.text, "1281x720"));
}

static void refuses_margins_out_of_range(void **state)
{
    (void)state;
    const spx_margin bad[] = { { .amount = -1.0 },
                               { .amount = NAN },
                               { .amount = INFINITY, .percent = 1 },
                               { .amount = 300.5, .percent = 1 },
                               { .amount = 301.0 } };
    spx_outpaint_options options = no_margins();
    spx_frame frame;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        options.top = bad[i];
        assert_int_equal(spx_outpaint_frame(&frame, &options, 100, 100, NULL, NULL),
                         SPX_ERR_ARGUMENT);
    }
    options.top = (spx_margin){ .amount = 300.0 };
    assert_int_equal(spx_outpaint_frame(&frame, &options, 100, 100, NULL, NULL), SPX_OK);
    assert_int_equal(frame.height, 400);
}

static void refuses_aspects_out_of_range(void **state)
{
    (void)state;
    const double bad[] = { 0.0, -1.0, NAN, 0.049, 20.5 };
    spx_outpaint_options options = no_margins();
    options.rule = SPX_FRAME_ASPECT;
    spx_frame frame;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        options.aspect = bad[i];
        assert_int_equal(spx_outpaint_frame(&frame, &options, 100, 100, NULL, NULL),
                         SPX_ERR_ARGUMENT);
    }
}

static void keeps_within_the_limits(void **state)
{
    (void)state;
    spx_limits limits;
    spx_limits_init(&limits);
    limits.pixels = 200 * 100;
    spx_outpaint_options options = no_margins();
    options.rule = SPX_FRAME_SIZE;
    options.width = 200;
    options.height = 100;
    spx_frame frame;

    assert_int_equal(spx_outpaint_frame(&frame, &options, 100, 100, &limits, NULL), SPX_OK);
    options.width = 201;
    assert_int_equal(spx_outpaint_frame(&frame, &options, 100, 100, &limits, NULL), SPX_ERR_LIMIT);
    options.width = limits.side_px + 1;
    options.height = 1;
    assert_int_equal(spx_outpaint_frame(&frame, &options, 1, 1, NULL, NULL), SPX_ERR_LIMIT);
}

static void knows_engines_by_name(void **state)
{
    (void)state;
    spx_outpaint_engine engine = SPX_OUTPAINT_LOCAL;
    spx_diag diag = { 0 };

    assert_int_equal(spx_outpaint_engine_from_name(&engine, "sdapi", NULL), SPX_OK);
    assert_int_equal(engine, SPX_OUTPAINT_SDAPI);
    assert_string_equal(spx_outpaint_engine_name(SPX_OUTPAINT_GRADIO), "gradio");
    assert_int_equal(spx_outpaint_engine_from_name(&engine, "cloud", &diag), SPX_ERR_ARGUMENT);
    assert_non_null(strstr(diag.text, "cloud"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_a_fifth_on_every_side_by_default),
        cmocka_unit_test(rounds_per_cent_to_the_nearest_pixel),
        cmocka_unit_test(says_that_margins_are_less_than_a_pixel),
        cmocka_unit_test(grows_one_side_only),
        cmocka_unit_test(aspect_grows_only_the_way_that_is_too_short),
        cmocka_unit_test(size_never_cuts_the_photo),
        cmocka_unit_test(refuses_margins_out_of_range),
        cmocka_unit_test(refuses_aspects_out_of_range),
        cmocka_unit_test(keeps_within_the_limits),
        cmocka_unit_test(knows_engines_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
