#include "test_support.h"

#include "depth/prepare.h"

#include "base/pool.h"
#include "image/image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHANNELS = 3 };

static const double means[CHANNELS] = { 0.485, 0.456, 0.406 };
static const double deviations[CHANNELS] = { 0.229, 0.224, 0.225 };

/* Colour 0..1 of a scene that is `width` x `height` large. */
typedef double (*scene)(double x, double y, unsigned channel);

static double slope(double x, double y, unsigned channel)
{
    return channel == 0 ? x : channel == 1 ? y : 0.5;
}

/* One pixel black, one white, at any size below 2000. */
static double checks(double x, double y, unsigned channel)
{
    (void)channel;
    return ((int)(x * 1000) + (int)(y * 1000)) % 2;
}

static spx_image *paint(scene from, uint32_t width, uint32_t height, uint32_t bits)
{
    spx_image *photo = NULL;
    assert_int_equal(spx_image_create(&photo, width, height, bits, NULL), SPX_OK);
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t i = 0; i < CHANNELS * width; i++) {
            const double value =
                from((i / CHANNELS + 0.5) / width, (y + 0.5) / height, i % CHANNELS);
            if (bits == 8)
                spx_image_row8(photo, y)[i] = (uint8_t)(value * 255 + 0.5);
            else
                spx_image_row16(photo, y)[i] = (uint16_t)(value * 65535 + 0.5);
        }
    }
    return photo;
}

static float *prepare(const spx_image *photo, uint32_t width, uint32_t height, unsigned threads)
{
    spx_pool *pool = NULL;
    float *const out = calloc((size_t)CHANNELS * width * height, sizeof(*out));
    assert_non_null(out);
    assert_int_equal(spx_pool_create(&pool, threads, NULL), SPX_OK);
    assert_int_equal(
        spx_depth_prepare(photo, width, height, &(spx_task){ .pool = pool }, out, NULL), SPX_OK);
    spx_pool_destroy(pool);
    return out;
}

/* Largest difference from the scene, `border` pixels of the result left out. */
static double worst_difference(const float *out, uint32_t width, uint32_t height, scene from,
                               uint32_t border)
{
    double worst = 0;
    for (uint32_t c = 0; c < CHANNELS; c++) {
        for (uint32_t y = border; y < height - border; y++) {
            for (uint32_t x = border; x < width - border; x++) {
                const double value = (double)out[((size_t)c * height + y) * width + x];
                const double wanted = from((x + 0.5) / width, (y + 0.5) / height, c);
                worst = fmax(worst, fabs(value * deviations[c] + means[c] - wanted));
            }
        }
    }
    return worst;
}

static void keeps_slopes_in_their_place(void **state)
{
    (void)state;
    static const uint32_t sizes[][4] = { /* photo, network */
                                         { 640, 480, 64, 48 },
                                         { 1001, 333, 96, 32 },
                                         { 100, 90, 64, 96 },
                                         { 20, 30, 64, 96 },
                                         { 2000, 40, 64, 32 }
    };
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        spx_image *const photo = paint(slope, sizes[i][0], sizes[i][1], i % 2 == 0 ? 8 : 16);
        float *const out = prepare(photo, sizes[i][2], sizes[i][3], 2);
        assert_true(worst_difference(out, sizes[i][2], sizes[i][3], slope, 3) < 0.004);
        free(out);
        spx_image_unref(photo);
    }
}

static double grey(double x, double y, unsigned channel)
{
    (void)x;
    (void)y;
    (void)channel;
    return 0.5;
}

static void fine_patterns_become_grey(void **state)
{
    (void)state;
    spx_image *const photo = paint(checks, 1000, 1000, 8);
    float *const out = prepare(photo, 64, 64, 2);
    assert_true(worst_difference(out, 64, 64, grey, 0) < 0.02);
    free(out);
    spx_image_unref(photo);
}

static void threads_do_not_change_the_result(void **state)
{
    (void)state;
    spx_image *const photo = paint(checks, 501, 307, 8);
    float *const one = prepare(photo, 96, 64, 1);
    float *const three = prepare(photo, 96, 64, 3);
    assert_memory_equal(one, three, sizeof(*one) * CHANNELS * 96 * 64);
    free(one);
    free(three);
    spx_image_unref(photo);
}

static double white(double x, double y, unsigned channel)
{
    (void)x;
    (void)y;
    (void)channel;
    return 1.0;
}

/* The sum of a box of 256 x 256 samples of 65535 is just below 2^32. */
static void the_largest_box_of_white_is_white(void **state)
{
    enum { SIDE = 512 };
    (void)state;
    spx_image *const photo = paint(white, SIDE, SIDE, 16);

    float *const out = prepare(photo, 1, 1, 1);

    for (unsigned c = 0; c < CHANNELS; c++)
        assert_true(fabs(out[c] - (1.0 - means[c]) / deviations[c]) < 1e-5);
    free(out);
    spx_image_unref(photo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_slopes_in_their_place),
        cmocka_unit_test(fine_patterns_become_grey),
        cmocka_unit_test(threads_do_not_change_the_result),
        cmocka_unit_test(the_largest_box_of_white_is_white),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
