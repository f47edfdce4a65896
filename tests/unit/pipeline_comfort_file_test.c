#include "test_pictures.h"
#include "test_support.h"

#include "image/image.h"
#include "spx/spx.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 512, HEIGHT = 200 };

/* Far texture with a near box in the middle: values of depth 0 and 1. */
static int is_near(uint32_t x, uint32_t y)
{
    return x >= 180 && x < 330 && y >= 40 && y < 160;
}

/* Noise in cells of 4 pixels, which repeats nowhere. */
static uint8_t level(uint32_t x, uint32_t y)
{
    return (uint8_t)lround(test_noise(x + (is_near(x, y) ? 4000.0 : 0.0), y, 4.0));
}

static spx_bytes png_of(uint8_t (*value)(uint32_t x, uint32_t y))
{
    spx_image *image = NULL;
    assert_int_equal(spx_image_create(&image, WIDTH, HEIGHT, 8, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++)
            memset(spx_image_row8(image, y) + (size_t)x * 3, value(x, y), 3);
    }
    const spx_bytes png = test_png_of(image);
    spx_image_unref(image);
    return png;
}

/* Left|right, the right eye's things further left by 10 pixels. */
static uint8_t shifted_halves(uint32_t x, uint32_t y)
{
    const uint32_t half = WIDTH / 2;
    return x < half ? level(x + 20, y % 40) : level(x - half + 30, y % 40);
}

static spx_status measure(const void *data, size_t size, const char *name, spx_stereo_layout layout,
                          spx_file_comfort *found, spx_diag *diag)
{
    spx_comfort_file_options options;
    spx_comfort_file_options_init(&options);
    options.layout = layout;
    const spx_input input = { .data = data, .size = size, .name = name };
    return spx_comfort_of_file(test_engine, &input, &options, found, diag);
}

static void assert_near(double value, double wanted, double slack)
{
    if (!(fabs(value - wanted) <= slack))
        fail_msg("%g, wanted %g +- %g", value, wanted, slack);
}

static uint8_t near_is_white(uint32_t x, uint32_t y)
{
    return is_near(x, y) ? 255 : 0;
}

static void a_spatial_photo_measures_as_it_was_made(void **state)
{
    (void)state;
    static const double strengths[] = { 2.0, 3.0 };
    static const double convergences[] = { 0.0, 0.5 };
    const char *const map = "comfort_file_depth.png";
    spx_bytes png = png_of(level);
    spx_bytes depth = png_of(near_is_white);
    FILE *const file = fopen(map, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(depth.data, 1, depth.size, file), depth.size);
    assert_int_equal(fclose(file), 0);
    for (size_t i = 0; i < 2; i++) {
        spx_convert_options options;
        spx_convert_options_init(&options);
        options.formats = SPX_FORMAT_SPATIAL;
        options.strength_pct = strengths[i];
        options.convergence = convergences[i];
        options.hfov_deg = 50.0;
        options.quality = 95;
        options.depth_map = map;
        spx_result *result = NULL;
        spx_diag diag = { 0 };
        const spx_input input = { .data = png.data, .size = png.size, .name = "box.png" };
        if (spx_convert(test_engine, &input, &options, NULL, &result, &diag) != SPX_OK)
            fail_msg("%s", diag.text);
        const spx_file *const made = spx_result_file(result, 0);
        spx_file_comfort found;
        if (measure(made->data, made->size, made->name, SPX_STEREO_AUTO, &found, &diag) != SPX_OK)
            fail_msg("%s", diag.text);
        const spx_summary *const summary = spx_result_summary(result);
        const double adjustment_pct = 100.0 * summary->disparity_adjustment;
        assert_int_equal(found.layout, SPX_STEREO_SPATIAL);
        assert_near(found.hfov_deg, 50.0, 0.01);
        assert_near(found.disparity_adjustment, summary->disparity_adjustment, 1e-4);
        /* The window stands where it was asked for. The eyes are moved by whole pixels. */
        const double pixel_pct = 100.0 / WIDTH;
        assert_near(adjustment_pct, strengths[i] * convergences[i], 2.0 * pixel_pct);
        assert_near(found.comfort.uncrossed_pct, strengths[i] * convergences[i], 0.15);
        assert_near(found.comfort.crossed_pct, strengths[i] * (1.0 - convergences[i]), 0.15);
        assert_true(found.matched_share > 0.7);
        spx_result_destroy(result);
    }
    assert_int_equal(remove(map), 0);
    spx_bytes_clear(&png);
    spx_bytes_clear(&depth);
}

static void halves_are_eyes_when_the_name_or_the_caller_says_so(void **state)
{
    (void)state;
    spx_bytes png = png_of(shifted_halves);
    spx_file_comfort found;
    spx_diag diag = { 0 };
    assert_int_equal(measure(png.data, png.size, "a/pair_SBS.png", SPX_STEREO_AUTO, &found, &diag),
                     SPX_OK);
    assert_int_equal(found.layout, SPX_STEREO_SBS);
    assert_near(found.hfov_deg, 60.0, 0.0);
    assert_near(found.comfort.crossed_pct, 100.0 * 10 / (WIDTH / 2.0), 0.2);
    assert_near(found.comfort.uncrossed_pct, 0.0, 0.1);
    assert_true(found.comfort.window_left > 0.8);
    assert_true(found.comfort.window_right > 0.8);
    assert_true(found.comfort.score < 60.0);
    assert_int_equal(measure(png.data, png.size, "p.png", SPX_STEREO_SBS, &found, &diag), SPX_OK);
    spx_bytes_clear(&png);
}

/* Drawn pairs: two halves of one picture, each EYE wide. */
enum { EYE = 640, EYE_HEIGHT = 300, BEHIND = 10000 };

typedef struct drawing {
    double far_pct;  /* disparity xR - xL of the background, % of an eye's width; + = behind */
    double near_pct; /* of a box in front of it */
    double lower_px; /* the right eye's lines lie lower */
    double gain;     /* of the right eye's brightness */
    int sky;         /* the upper third is one colour */
    int fence;       /* the lower third repeats itself every 24 pixels */
} drawing;

/* Large and small things, as photos have. */
static double noise(double x, double y)
{
    enum { SHIFT = 100000 }; /* no place is below 0 */
    return 25.0 + 0.4 * test_noise(x + SHIFT, y + SHIFT, 5.0) +
           0.4 * test_noise(x + SHIFT, y + SHIFT, 21.0);
}

static double drawn(const drawing *self, int right, double x, double y)
{
    const double line = right ? y - self->lower_px : y;
    const double near_x = right ? x - self->near_pct * EYE / 100.0 : x;
    const double far_x = right ? x - self->far_pct * EYE / 100.0 : x;
    if (near_x >= 260 && near_x < 400 && line >= 90 && line < 190)
        return noise(near_x + BEHIND, line);
    if (self->sky && line < EYE_HEIGHT / 3.0)
        return 170.0;
    if (self->fence && line > 2 * EYE_HEIGHT / 3.0)
        return 128.0 + 80.0 * sin(far_x * 2.0 * 3.14159265358979323846 / 24.0);
    return noise(far_x, line);
}

static spx_file_comfort measure_drawing(const drawing *self)
{
    spx_image *image = NULL;
    spx_diag diag = { 0 };
    spx_file_comfort found;
    assert_int_equal(spx_image_create(&image, 2 * EYE, EYE_HEIGHT, 8, NULL), SPX_OK);
    for (uint32_t y = 0; y < EYE_HEIGHT; y++) {
        for (uint32_t x = 0; x < 2 * EYE; x++) {
            const int right = x >= EYE;
            const double value = drawn(self, right, x % EYE, y) * (right ? self->gain : 1.0);
            memset(spx_image_row8(image, y) + (size_t)x * 3, (int)lround(value), 3);
        }
    }
    spx_bytes png = test_png_of(image);
    if (measure(png.data, png.size, "drawn.png", SPX_STEREO_SBS, &found, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    spx_bytes_clear(&png);
    spx_image_unref(image);
    return found;
}

static void ranges_of_drawn_pairs_are_found(void **state)
{
    (void)state;
    static const drawing drawings[] = {
        { .far_pct = 3.0, .near_pct = 0.0, .gain = 1.0 },
        { .far_pct = 3.0, .near_pct = -8.0, .gain = 1.0 },
        { .far_pct = -1.5, .near_pct = -8.0, .gain = 1.0 }, /* as Vision Pro's photos */
        { .far_pct = 0.0, .near_pct = -2.5, .gain = 1.0, .sky = 1 },
        { .far_pct = 1.0, .near_pct = -3.0, .gain = 1.0, .fence = 1 },
        { .far_pct = 1.0, .near_pct = -3.0, .gain = 1.0, .sky = 1, .fence = 1 },
        { .far_pct = 1.0, .near_pct = -3.0, .gain = 0.75 },
        { .far_pct = 1.0, .near_pct = -3.0, .gain = 0.9, .lower_px = 2.0 },
    };
    for (size_t i = 0; i < sizeof(drawings) / sizeof(*drawings); i++) {
        const drawing *const self = &drawings[i];
        const spx_file_comfort found = measure_drawing(self);
        const double crossed = fmax(0.0, -fmin(self->near_pct, self->far_pct));
        const double uncrossed = fmax(0.0, fmax(self->near_pct, self->far_pct));
        if (fabs(found.comfort.crossed_pct - crossed) > 0.2 ||
            fabs(found.comfort.uncrossed_pct - uncrossed) > 0.2)
            fail_msg("drawing %zu: crossed %.2f, wanted %.2f; uncrossed %.2f, wanted %.2f", i,
                     found.comfort.crossed_pct, crossed, found.comfort.uncrossed_pct, uncrossed);
        assert_near(found.vertical_pct, 100.0 * self->lower_px / EYE_HEIGHT, 0.1);
    }
}

static void eyes_apart_in_height_cost_points_and_are_named(void **state)
{
    (void)state;
    const drawing level_eyes = { .far_pct = 1.0, .near_pct = -1.0, .gain = 1.0 };
    drawing apart = level_eyes;
    apart.lower_px = 5.0; /* 1.7 % of the height, 0.52 degrees of 60 */
    const spx_file_comfort good = measure_drawing(&level_eyes);
    const spx_file_comfort bad = measure_drawing(&apart);
    assert_near(bad.comfort.vertical_deg, 0.52, 0.05);
    assert_near(good.comfort.score - bad.comfort.score, 60.0 * (0.52 - 0.1), 5.0);
    assert_non_null(strstr(bad.comfort.advice, "apart in height"));
}

static uint8_t grey(uint32_t x, uint32_t y)
{
    (void)x;
    (void)y;
    return 100;
}

static void says_why_a_file_is_no_stereo_file(void **state)
{
    (void)state;
    static const uint8_t hevc[] = { 0, 0, 0, 1, 0x40, 1, 12, 1 };
    spx_bytes png = png_of(grey);
    spx_file_comfort found;
    const struct {
        const void *data;
        size_t size;
        const char *name;
        spx_stereo_layout layout;
        spx_status status;
        const char *text;
    } cases[] = {
        { png.data, png.size, "p.png", SPX_STEREO_AUTO, SPX_ERR_UNSUPPORTED,
          "p.png: not a stereo" },
        { png.data, png.size, "p.png", SPX_STEREO_SPATIAL, SPX_ERR_UNSUPPORTED, "no HEIC" },
        { png.data, png.size, "p.png", SPX_STEREO_SBS, SPX_ERR_UNSUPPORTED, "only 0.0 %" },
        { hevc, sizeof(hevc), "x_sbs.hevc", SPX_STEREO_AUTO, SPX_ERR_UNSUPPORTED, "HEVC stream" },
        { hevc, 0, "x_sbs.jpg", SPX_STEREO_AUTO, SPX_ERR_TRUNCATED, "empty" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        spx_diag diag = { 0 };
        assert_int_equal(
            measure(cases[i].data, cases[i].size, cases[i].name, cases[i].layout, &found, &diag),
            cases[i].status);
        if (strstr(diag.text, cases[i].text) == NULL)
            fail_msg("%s: %s", cases[i].text, diag.text);
    }
    spx_bytes_clear(&png);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_spatial_photo_measures_as_it_was_made),
        cmocka_unit_test(halves_are_eyes_when_the_name_or_the_caller_says_so),
        cmocka_unit_test(ranges_of_drawn_pairs_are_found),
        cmocka_unit_test(eyes_apart_in_height_cost_points_and_are_named),
        cmocka_unit_test(says_why_a_file_is_no_stereo_file),
    };
    return cmocka_run_group_tests(tests, test_engine_set_up, test_engine_tear_down);
}
