/* The spatial file holds what two parallel cameras see, and with its adjustment what all other
 * files show. */
#include "base/order.h"
#include "image/image.h"
#include "image/plane.h"
#include "match/match.h"
#include "pipeline/stereo_load.h"
#include "test_files.h"
#include "test_pictures.h"
#include "test_support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LONG_SIDE = 448, PERCENTILES = 3 };

static const double most_d_pct = 0.1; /* of the width */
static const double most_wrong_share =
    0.004; /* of the matched pixels: the matcher's own mistakes */
static const double shares[PERCENTILES] = { 0.1, 0.5, 0.9 };

static void assert_near(double value, double wanted, double slack)
{
    if (!(fabs(value - wanted) <= slack))
        fail_msg("%g, wanted %g +- %g", value, wanted, slack);
}

/* Values of sure matches, sorted. */
typedef struct disparities {
    double *pct;
    size_t count;
} disparities;

static spx_match match(const spx_image *left, const spx_image *right)
{
    spx_match found = { 0 };
    assert_int_equal(spx_match_eyes(&found, left, right, NULL, NULL, NULL), SPX_OK);
    return found;
}

/* d = (xR - xL) / W in %; NAN where the match is not sure. */
static double d_at(const spx_match *found, int64_t x, uint32_t y)
{
    if (x < 0 || x >= found->disparity->width ||
        spx_plane_row(found->confidence, y)[x] < SPX_MATCH_SURE)
        return NAN;
    return -100.0 * (double)spx_plane_row(found->disparity, y)[x] / found->disparity->width;
}

/* d of the file, or with a window pair how much it is less than the window's there. */
static disparities collect(const spx_match *file, const spx_match *window, int64_t shift)
{
    const uint32_t width = file->disparity->width;
    const uint32_t height = file->disparity->height;
    disparities all = { .pct = calloc((size_t)width * height, sizeof(double)) };
    assert_non_null(all.pct);
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            const double here = d_at(file, (int64_t)x + shift, y);
            const double value = window == NULL ? here : d_at(window, x, y) - here;
            if (!isnan(value))
                all.pct[all.count++] = value;
        }
    }
    qsort(all.pct, all.count, sizeof(*all.pct), spx_order_double);
    assert_true(all.count > 1000);
    return all;
}

static double at_share(const disparities *all, double share)
{
    return all->pct[(size_t)(share * (double)(all->count - 1))];
}

static spx_result *convert(const spx_image *photo, spx_convert_options *options)
{
    spx_bytes png = test_png_of(photo);
    const spx_input input = { .data = png.data, .size = png.size, .name = "p.png" };
    spx_result *result = NULL;
    spx_diag diag = { 0 };
    if (spx_convert(test_engine, &input, options, NULL, &result, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    spx_bytes_clear(&png);
    return result;
}

static spx_image *decode(const spx_result *result, spx_format format)
{
    const spx_file *const file = test_file_of(result, format);
    return test_decode(file->data, file->size, file->name);
}

static spx_loaded read_spatial(const spx_result *result)
{
    const spx_file *const file = test_file_of(result, SPX_FORMAT_SPATIAL);
    const spx_input input = { .data = file->data, .size = file->size, .name = file->name };
    spx_convert_options options;
    spx_loaded loaded = { .found = { .kind = SPX_STEREO_KIND_NONE } };
    spx_limits limits;
    spx_diag diag = { 0 };
    spx_limits_init(&limits);
    spx_convert_options_init(&options);
    options.detail = SPX_DETAIL_FAST;
    if (spx_input_load(&loaded, &input, &options, &limits, NULL, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    assert_non_null(loaded.stereo.right);
    return loaded;
}

static void check(const char *name, const spx_image *photo, spx_convert_options *options)
{
    options->formats = SPX_FORMAT_SPATIAL | SPX_FORMAT_LEFT | SPX_FORMAT_RIGHT;
    options->quality = 95;
    spx_result *const result = convert(photo, options);
    const double adjustment = spx_result_summary(result)->disparity_adjustment;
    spx_loaded parallel = read_spatial(result);
    spx_image *const left = decode(result, SPX_FORMAT_LEFT);
    spx_image *const right = decode(result, SPX_FORMAT_RIGHT);

    spx_match of_file = match(parallel.stereo.photo.image, parallel.stereo.right);
    spx_match of_window = match(left, right);
    disparities sure = collect(&of_file, NULL, 0);
    disparities less = collect(&of_file, &of_window, lround(adjustment * left->width / 2.0));
    size_t wrong = 0;
    while (wrong < sure.count && sure.pct[sure.count - 1 - wrong] > most_d_pct)
        wrong++;
    print_message("%s: adjustment %.2f %%, d p5 %.2f p50 %.2f p95 %.2f %%, %.3f %% above 0.1\n",
                  name, 100.0 * adjustment, at_share(&sure, shares[0]), at_share(&sure, shares[1]),
                  at_share(&sure, shares[2]), 100.0 * (double)wrong / (double)sure.count);
    assert_true((double)wrong <= most_wrong_share * (double)sure.count);
    assert_near(parallel.found.adjustment, adjustment, 1e-9);
    for (size_t i = 0; i < PERCENTILES; i++)
        assert_near(at_share(&less, shares[i]), 100.0 * adjustment, most_d_pct);
    free(sure.pct);
    free(less.pct);
    spx_match_clear(&of_file);
    spx_match_clear(&of_window);
    spx_loaded_clear(&parallel);
    spx_image_unref(left);
    spx_image_unref(right);
    spx_result_destroy(result);
}

static void every_bundled_photo_is_parallel_and_shows_the_same_window(void **state)
{
    (void)state;
    static const char *const names[] = {
        "boats.jpg",    "pier.jpg",      "cups.jpg",    "forest_path.jpg",   "fallen_leaf.jpg",
        "ladybird.jpg", "two_seeds.jpg", "orchid.jpg",  "flower_garden.jpg", "dune_grass.jpg",
        "pagoda.jpg",   "astronaut.png", "chelsea.png", "coffee.png",        "motorcycle_left.png"
    };
    const size_t count = TEST_SANITIZED ? 2 : sizeof(names) / sizeof(*names);
    for (size_t i = 0; i < count; i++) {
        spx_image *const photo = test_photo_shrunk(names[i], LONG_SIDE);
        spx_convert_options options;
        spx_convert_options_init(&options);
        options.detail = SPX_DETAIL_FAST;

        check(names[i], photo, &options);

        spx_image_unref(photo);
    }
}

static void every_convergence_gives_the_same_parallel_pair(void **state)
{
    (void)state;
    static const double convergences[] = { 0.0, 0.5, 1.0 };
    static const double wanted_pct[] = { 0.0, 1.5, 3.0 };
    spx_image *const photo = test_photo_shrunk("coffee.png", LONG_SIDE);
    for (size_t i = 0; i < 3; i++) {
        spx_convert_options options;
        spx_convert_options_init(&options);
        options.detail = SPX_DETAIL_FAST;
        options.strength_pct = 3.0;
        options.convergence = convergences[i];
        options.formats = SPX_FORMAT_SPATIAL;
        spx_result *const result = convert(photo, &options);
        assert_near(100.0 * spx_result_summary(result)->disparity_adjustment, wanted_pct[i],
                    100.0 * 2.0 / photo->width);
        spx_result_destroy(result);
        check("coffee.png", photo, &options);
    }
    spx_image_unref(photo);
}

static void one_eye_modes_keep_the_photo_in_the_spatial_file(void **state)
{
    (void)state;
    static const spx_views views[] = { SPX_VIEWS_RIGHT, SPX_VIEWS_LEFT };
    spx_image *const photo = test_photo_shrunk("coffee.png", LONG_SIDE);
    for (size_t i = 0; i < 2; i++) {
        spx_convert_options options;
        spx_convert_options_init(&options);
        options.detail = SPX_DETAIL_FAST;
        options.views = views[i];
        check("coffee.png, one eye", photo, &options);
    }
    spx_image_unref(photo);
}

static void strength_zero_needs_no_adjustment(void **state)
{
    (void)state;
    spx_image *const photo = test_photo_shrunk("coffee.png", LONG_SIDE);
    spx_convert_options options;
    spx_convert_options_init(&options);
    options.detail = SPX_DETAIL_FAST;
    options.strength_pct = 0.0;
    options.formats = SPX_FORMAT_SPATIAL | SPX_FORMAT_LEFT | SPX_FORMAT_RIGHT;

    spx_result *const result = convert(photo, &options);

    assert_near(spx_result_summary(result)->disparity_adjustment, 0.0, 0.0);
    spx_image *const right = decode(result, SPX_FORMAT_RIGHT);
    test_assert_same_pixels(right, photo);
    spx_image_unref(right);
    spx_result_destroy(result);
    spx_image_unref(photo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bundled_photo_is_parallel_and_shows_the_same_window),
        cmocka_unit_test(every_convergence_gives_the_same_parallel_pair),
        cmocka_unit_test(one_eye_modes_keep_the_photo_in_the_spatial_file),
        cmocka_unit_test(strength_zero_needs_no_adjustment),
    };
    return cmocka_run_group_tests(tests, test_engine_set_up, test_engine_tear_down);
}
