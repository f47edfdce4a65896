#include "test_support.h"

#include "image/flat.h"
#include "image/image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A picture whose samples tell which eye, column, row and channel they are. */
static uint32_t sample_of(unsigned eye, uint32_t x, uint32_t y, int c, unsigned bits)
{
    const uint32_t value = (eye * 101 + x * 7 + y * 13 + (uint32_t)c * 29) % 251;
    return bits == 8 ? value : value * 257 + 3;
}

static spx_image *eye_of(unsigned eye, uint32_t width, uint32_t height, unsigned bits)
{
    spx_image *out = NULL;
    assert_int_equal(spx_image_create(&out, width, height, bits, NULL), SPX_OK);
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
                spx_image_set_sample(out, x, y, c, sample_of(eye, x, y, c, bits));
        }
    }
    return out;
}

/* The whole picture, asked for in runs of `piece` pixels. Owned by the caller. */
static spx_image *make(const spx_rows *rows, uint32_t piece)
{
    spx_image *out = NULL;
    assert_int_equal(spx_image_create(&out, rows->width, rows->height, rows->bits, NULL), SPX_OK);
    for (uint32_t y = 0; y < rows->height; y++) {
        for (uint32_t x = 0; x < rows->width; x += piece) {
            const uint32_t count = rows->width - x < piece ? rows->width - x : piece;
            /* in memory of its own, so that a run that is too long is seen */
            const size_t pixel = spx_image_pixel_bytes(out);
            void *const run = malloc(count * pixel);
            rows->run(rows->source, x, y, count, run);
            memcpy(spx_image_row8(out, y) + x * pixel, run, count * pixel);
            free(run);
        }
    }
    return out;
}

typedef struct spot {
    unsigned eye;
    uint32_t x;
    uint32_t y;
} spot;

static spot beside(uint32_t x, uint32_t y, uint32_t width, uint32_t height)
{
    (void)height;
    return (spot){ x >= width, x % width, y };
}

static spot above(uint32_t x, uint32_t y, uint32_t width, uint32_t height)
{
    (void)width;
    return (spot){ y >= height, x, y % height };
}

static spot in_rows(uint32_t x, uint32_t y, uint32_t width, uint32_t height)
{
    (void)width;
    (void)height;
    return (spot){ y % 2, x, y };
}

static void puts_every_pixel_in_its_place(void **state)
{
    (void)state;
    static const struct {
        spx_flat_layout layout;
        uint32_t columns;
        uint32_t rows;
        spot (*place)(uint32_t, uint32_t, uint32_t, uint32_t);
    } cases[] = { { SPX_FLAT_BESIDE, 2, 1, beside },
                  { SPX_FLAT_ABOVE, 1, 2, above },
                  { SPX_FLAT_ROWS, 1, 1, in_rows } };
    static const uint32_t sizes[][2] = { { 1, 1 }, { 5, 4 }, { 16, 9 } };
    for (size_t i = 0; i < 3 * 3 * 2; i++) {
        const size_t k = i % 3;
        const uint32_t width = sizes[i / 3 % 3][0];
        const uint32_t height = sizes[i / 3 % 3][1];
        const unsigned bits = i < 9 ? 8 : 16;
        spx_image *const left = eye_of(0, width, height, bits);
        spx_image *const right = eye_of(1, width, height, bits);
        const spx_flat flat = { .first = left, .second = right, .layout = cases[k].layout };
        spx_rows rows;

        assert_int_equal(spx_flat_rows(&rows, &flat, NULL), SPX_OK);
        spx_image *const made = make(&rows, 3);

        assert_int_equal(made->width, width * cases[k].columns);
        assert_int_equal(made->height, height * cases[k].rows);
        for (uint32_t y = 0; y < made->height; y++) {
            for (uint32_t x = 0; x < made->width; x++) {
                const spot from = cases[k].place(x, y, width, height);
                assert_int_equal(spx_image_sample(made, x, y, 1),
                                 sample_of(from.eye, from.x, from.y, 1, bits));
            }
        }
        spx_image_unref(made);
        spx_image_unref(left);
        spx_image_unref(right);
    }
}

static void repeats_the_border_in_the_gap(void **state)
{
    (void)state;
    spx_image *const left = eye_of(0, 5, 2, 8);
    spx_image *const right = eye_of(1, 5, 2, 8);
    const spx_flat flat = {
        .first = left, .second = right, .layout = SPX_FLAT_BESIDE, .gap_px = 3
    };
    spx_rows rows;

    assert_int_equal(spx_flat_rows(&rows, &flat, NULL), SPX_OK);
    spx_image *const made = make(&rows, 4);

    assert_int_equal(made->width, 13);
    for (uint32_t x = 5; x < 8; x++)
        assert_int_equal(spx_image_sample(made, x, 1, 2), sample_of(0, 4, 1, 2, 8));
    assert_int_equal(spx_image_sample(made, 8, 1, 2), sample_of(1, 0, 1, 2, 8));
    spx_image_unref(made);
    spx_image_unref(left);
    spx_image_unref(right);
}

/* The mean of a picture's columns or rows begin..end, in fractions of them. */
static double mean_of(const spx_image *image, int vertical, double begin, double end,
                      uint32_t other)
{
    double sum = 0;
    for (uint32_t k = (uint32_t)floor(begin); k < end; k++) {
        const double share = fmin(k + 1.0, end) - fmax(k, begin);
        sum += share * (vertical ? spx_image_sample(image, other, k, 0)
                                 : spx_image_sample(image, k, other, 0));
    }
    return sum / (end - begin);
}

static void halves_by_the_mean_of_what_a_pixel_covers(void **state)
{
    (void)state;
    static const uint32_t sides[] = { 1, 2, 3, 4, 7, 10 };
    for (size_t i = 0; i < 2 * 2 * sizeof(sides) / sizeof(sides[0]); i++) {
        const uint32_t side = sides[i / 4];
        const int vertical = i % 2;
        const unsigned bits = i / 2 % 2 ? 16 : 8;
        spx_image *const left = eye_of(0, vertical ? 5 : side, vertical ? side : 5, bits);
        spx_image *const right = eye_of(1, vertical ? 5 : side, vertical ? side : 5, bits);
        const spx_flat flat = { .first = left,
                                .second = right,
                                .layout = vertical ? SPX_FLAT_HALF_ABOVE : SPX_FLAT_HALF_BESIDE };
        const uint32_t half = (side + 1) / 2;
        spx_rows rows;

        assert_int_equal(spx_flat_rows(&rows, &flat, NULL), SPX_OK);
        spx_image *const made = make(&rows, 3);

        assert_int_equal(vertical ? made->height : made->width, 2 * half);
        for (uint32_t k = 0; k < 2 * half; k++) {
            const double scale = (double)side / half;
            const double wanted = mean_of(k < half ? left : right, vertical, k % half * scale,
                                          (k % half + 1) * scale, 4);
            const double got =
                vertical ? spx_image_sample(made, 4, k, 0) : spx_image_sample(made, k, 4, 0);
            assert_true(fabs(got - wanted) <= 0.5 + 1e-9);
        }
        spx_image_unref(made);
        spx_image_unref(left);
        spx_image_unref(right);
    }
}

static void refuses_unequal_pictures(void **state)
{
    (void)state;
    spx_image *const left = eye_of(0, 5, 4, 8);
    spx_image *const right = eye_of(1, 5, 3, 8);
    const spx_flat flat = { .first = left, .second = right };
    spx_rows rows;
    spx_diag diag = { 0 };

    assert_int_equal(spx_flat_rows(&rows, &flat, &diag), SPX_ERR_ARGUMENT);

    assert_string_equal(diag.text, "two pictures in one: 5x4, 8 bits and 5x3, 8 bits");
    spx_image_unref(left);
    spx_image_unref(right);
}

static void lays_depth_beside_colour_white_for_near(void **state)
{
    (void)state;
    spx_image *const color = eye_of(0, 4, 2, 16);
    spx_plane *depth = NULL;
    assert_int_equal(spx_plane_create(&depth, 4, 2, NULL), SPX_OK);
    const float values[4] = { 0.0f, 0.5f, 2.0f, nanf("") };
    for (uint32_t y = 0; y < 2; y++)
        memcpy(spx_plane_row(depth, y), values, sizeof(values));
    const spx_color_depth pair = { .color = color, .depth = depth };
    spx_rows rows;

    assert_int_equal(spx_color_depth_rows(&rows, &pair, NULL), SPX_OK);
    spx_image *const made = make(&rows, 3);

    assert_int_equal(made->width, 8);
    assert_int_equal(made->bits, 8);
    assert_int_equal(spx_image_sample(made, 3, 1, 2), sample_of(0, 3, 1, 2, 8));
    static const uint8_t wanted[4] = { 0, 128, 255, 0 };
    for (uint32_t x = 0; x < 4; x++) {
        for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
            assert_int_equal(spx_image_sample(made, 4 + x, 1, c), wanted[x]);
    }
    spx_image_unref(made);
    spx_image_unref(color);
    spx_plane_destroy(depth);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(puts_every_pixel_in_its_place),
        cmocka_unit_test(repeats_the_border_in_the_gap),
        cmocka_unit_test(halves_by_the_mean_of_what_a_pixel_covers),
        cmocka_unit_test(refuses_unequal_pictures),
        cmocka_unit_test(lays_depth_beside_colour_white_for_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
