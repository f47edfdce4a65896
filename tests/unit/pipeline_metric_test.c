/* Distances in metres, from a metric network and a known field of view, and stereo of true scale.
 */
#include "test_support.h"

#include "base/file.h"
#include "depth/depth_model.h"
#include "depth/refine.h"
#include "image/image.h"
#include "spx/spx.h"
#include "test_dav2.h"
#include "test_files.h"
#include "test_pictures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WIDTH = 168, HEIGHT = 126, SIDE = 126 };

static const double pi = 3.14159265358979323846;

static const test_dav2_weights metric = { .size = "mono_tiny", .called = "_metric" };
static const test_dav2_weights mono = { .size = "mono_tiny" };

static spx_image *draw_photo(void)
{
    spx_image *image = NULL;
    assert_int_equal(spx_image_create(&image, WIDTH, HEIGHT, 8, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t i = 0; i < 3 * WIDTH; i++)
            spx_image_row8(image, y)[i] = (uint8_t)(i * 5 + y * (i % 3 + 2));
    }
    return image;
}

static spx_status convert(const spx_convert_options *options, spx_result **out, spx_diag *diag)
{
    spx_image *const photo = draw_photo();
    spx_bytes png = test_png_of(photo);
    const spx_input input = { .data = png.data, .size = png.size, .name = "room.png" };
    const spx_status status = spx_convert(test_engine, &input, options, NULL, out, diag);
    spx_bytes_clear(&png);
    spx_image_unref(photo);
    return status;
}

static spx_convert_options options_for(const char *model, double hfov_deg)
{
    spx_convert_options options;
    spx_convert_options_init(&options);
    options.model = model;
    options.depth_size = SIDE;
    options.detail = SPX_DETAIL_FAST;
    options.hfov_deg = hfov_deg;
    options.formats = SPX_FORMAT_SPATIAL;
    return options;
}

static spx_summary summary_of(const spx_convert_options *options)
{
    spx_result *result = NULL;
    spx_diag diag = { 0 };
    if (convert(options, &result, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    const spx_summary summary = *spx_result_summary(result);
    spx_result_destroy(result);
    return summary;
}

/* What the network says of the photo, straight. */
static void raw_range(const char *model_path, float range[2])
{
    spx_depth_model *model = NULL;
    spx_plane *map = NULL;
    spx_diag diag = { 0 };
    spx_image *const photo = draw_photo();
    assert_int_equal(spx_depth_model_open(&model, model_path, NULL, &diag), SPX_OK);
    assert_string_equal(spx_depth_model_name(model), "depth-anything-3-metric-tiny");
    assert_float_equal(spx_depth_model_metric(model), 300.0, 0.0);
    assert_int_equal(spx_depth_model_run(model, photo, SIDE, NULL, &map, &diag), SPX_OK);
    assert_int_equal(map->width, WIDTH);
    spx_depth_normalise_range(map, range);
    spx_plane_destroy(map);
    spx_image_unref(photo);
    spx_depth_model_close(model);
}

static int close_to(double value, double expected, double share)
{
    return fabs(value - expected) <= share * fabs(expected);
}

static void tells_metres(void **state)
{
    (void)state;
    float range[2];
    char *const path = strdup(test_dav2_path(&metric));
    raw_range(path, range);
    const double focal_px = WIDTH / 2.0 / tan(25.0 * pi / 180.0);
    const spx_convert_options options = options_for(path, 50.0);

    const spx_summary summary = summary_of(&options);

    assert_true(close_to(summary.nearest_m, focal_px / (300.0 * (double)range[1]), 1e-3));
    if (range[0] > 0.0F) {
        assert_true(close_to(summary.farthest_m, focal_px / (300.0 * (double)range[0]), 1e-3));
    } else {
        assert_true(isinf(summary.farthest_m));
    }
    assert_true(summary.subject_m >= summary.nearest_m && summary.subject_m <= summary.farthest_m);
    free(path);
}

static void keeps_metres_in_the_cache(void **state)
{
    (void)state;
    char *const path = strdup(test_dav2_path(&metric));
    char *const cache = strdup(test_out_path("metric_cache.png"));
    spx_convert_options options = options_for(path, 50.0);
    options.depth_cache = cache;
    (void)unlink(cache);

    const spx_summary first = summary_of(&options);
    const spx_summary again = summary_of(&options);
    options.hfov_deg = 90.0;
    const spx_summary wider = summary_of(&options);

    assert_true(first.nearest_m > 0.0);
    assert_true(close_to(again.nearest_m, first.nearest_m, 1e-6));
    assert_true(close_to(again.subject_m, first.subject_m, 1e-6));
    assert_true(close_to(wider.nearest_m, first.nearest_m * tan(25.0 * pi / 180.0), 1e-6));
    free(cache);
    free(path);
}

static void renders_true_scale(void **state)
{
    (void)state;
    char *const path = strdup(test_dav2_path(&metric));
    spx_convert_options options = options_for(path, 50.0);
    options.scale = SPX_SCALE_TRUE;
    options.baseline_mm = 1.0;

    const spx_summary one = summary_of(&options);
    options.baseline_mm = 2.0;
    const spx_summary two = summary_of(&options);

    const double focal = 0.5 / tan(25.0 * pi / 180.0);
    assert_true(one.strength_pct < 5.0); /* far from the limit, or the test shows nothing */
    assert_true(close_to(one.strength_pct, 100.0 * focal * 0.001 / one.nearest_m, 1e-3));
    assert_true(close_to(two.strength_pct, 2.0 * one.strength_pct, 1e-6));
    assert_float_equal(two.baseline_mm, 2.0, 0.0);
    /* The window lies where its adjustment says: all of it from parallel cameras, whose zero is
     * infinity. Shifts are whole pixels of both eyes. */
    const double window = two.convergence * two.strength_pct / 100.0;
    assert_true(two.disparity_adjustment >= window - 1e-4);
    assert_true(two.disparity_adjustment <= window + 2.0 / WIDTH + 1e-4);
    free(path);
}

static void limits_true_scale_and_says_so(void **state)
{
    (void)state;
    char *const path = strdup(test_dav2_path(&metric));
    spx_convert_options options = options_for(path, 50.0);
    spx_result *result = NULL;
    spx_diag diag = { 0 };
    options.scale = SPX_SCALE_TRUE;
    options.baseline_mm = 5000.0;

    assert_int_equal(convert(&options, &result, &diag), SPX_OK);

    const spx_warning_list *const warnings = spx_result_warnings(result);
    int said = 0;
    for (size_t i = 0; i < warnings->count; i++)
        said |= strstr(warnings->items[i].text, "true scale") != NULL;
    assert_true(said);
    assert_float_equal(spx_result_summary(result)->strength_pct, 10.0, 1e-9);
    spx_result_destroy(result);
    free(path);
}

static void refuses_a_scale_that_it_does_not_know(void **state)
{
    (void)state;
    char *const with_unit = strdup(test_dav2_path(&metric));
    char *const without = strdup(test_dav2_path(&mono));
    const char *const models[] = { with_unit, without };
    const double fields[] = { 0.0, 50.0 }; /* not known: the photo has no EXIF */
    for (int i = 0; i < 2; i++) {
        spx_convert_options options = options_for(models[i], fields[i]);
        spx_result *result = NULL;
        spx_diag diag = { 0 };
        options.scale = SPX_SCALE_TRUE;
        assert_int_equal(convert(&options, &result, &diag), SPX_ERR_ARGUMENT);
        assert_non_null(strstr(diag.text, "room.png"));
        assert_non_null(strstr(diag.text, "depth-anything-3-metric"));
        options.scale = SPX_SCALE_COMFORT;
        assert_true(summary_of(&options).nearest_m == 0.0);
    }
    free(with_unit);
    free(without);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_metres),
        cmocka_unit_test(keeps_metres_in_the_cache),
        cmocka_unit_test(renders_true_scale),
        cmocka_unit_test(limits_true_scale_and_says_so),
        cmocka_unit_test(refuses_a_scale_that_it_does_not_know),
    };
    return cmocka_run_group_tests(tests, test_engine_set_up, test_engine_tear_down);
}
