#include "test_support.h"

#include "image/fit.h"
#include "image/image.h"
#include "image/resize.h"
#include <math.h>

#include <string.h>

static spx_image *make(uint32_t width, uint32_t height, uint32_t bits)
{
    spx_image *image = NULL;
    assert_int_equal(spx_image_create(&image, width, height, bits, NULL), SPX_OK);
    memset(image->pixels, 0, image->stride_bytes * height);
    return image;
}

static spx_image *shrunk(const spx_image *image, uint32_t long_side)
{
    spx_image *out = NULL;
    assert_int_equal(spx_image_shrink(&out, image, long_side, NULL, NULL), SPX_OK);
    return out;
}

static void keeps_flat_areas_flat(void **state)
{
    (void)state;
    spx_image *image = make(641, 37, 16);
    memset(image->pixels, 0xab, image->stride_bytes * image->height);

    spx_image *out = shrunk(image, 100);

    assert_int_equal(out->width, 100);
    assert_int_equal(out->height, 6);
    for (uint32_t y = 0; y < out->height; y++) {
        for (size_t i = 0; i < 300; i++)
            assert_int_equal(spx_image_row16(out, y)[i], 0xabab);
    }
    spx_image_unref(image);
    spx_image_unref(out);
}

/* 3 x 3 to 2 x 2: a new pixel covers one and a half old ones each way. */
static void weighs_border_pixels_by_their_share(void **state)
{
    (void)state;
    spx_image *image = make(3, 3, 8);
    spx_image_row8(image, 0)[0] = 225;     /* red of the corner: share 4 of 9 */
    spx_image_row8(image, 1)[3 + 1] = 225; /* green of the centre: share 1 of 9 in all four */

    spx_image *out = shrunk(image, 2);

    assert_int_equal(spx_image_row8(out, 0)[0], 100);
    assert_int_equal(spx_image_row8(out, 0)[3], 0);
    for (uint32_t y = 0; y < 2; y++) {
        for (size_t x = 0; x < 2; x++)
            assert_int_equal(spx_image_row8(out, y)[3 * x + 1], 25);
    }
    spx_image_unref(image);
    spx_image_unref(out);
}

static void keeps_a_pixel_of_thin_images(void **state)
{
    (void)state;
    spx_image *image = make(1, 4000, 8);

    spx_image *out = shrunk(image, 320);

    assert_int_equal(out->width, 1);
    assert_int_equal(out->height, 320);
    spx_image_unref(image);
    spx_image_unref(out);
}

static void copies_what_is_small_enough(void **state)
{
    (void)state;
    spx_image *image = make(30, 20, 8);
    spx_image_row8(image, 19)[89] = 7;

    spx_image *out = shrunk(image, 30);

    assert_int_equal(out->width, 30);
    assert_int_equal(spx_image_row8(out, 19)[89], 7);
    spx_image_unref(image);
    spx_image_unref(out);
}

static void fits_a_picture_into_black(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = {
        { 80, 40 }, { 40, 80 }, { 3, 2 }, { 1, 400 }, { 401, 300 }
    };
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        const uint32_t width = sizes[i][0];
        const uint32_t height = sizes[i][1];
        const double scale = fmin(1.0, fmin(40.0 / width, 30.0 / height));
        spx_image *image = NULL;
        spx_image *made = NULL;
        double white = 0;
        assert_int_equal(spx_image_create(&image, width, height, 8, NULL), SPX_OK);
        for (uint32_t y = 0; y < height; y++)
            memset(spx_image_row8(image, y), 255, (size_t)3 * width);

        assert_int_equal(spx_image_fit(&made, image, 40, 30, NULL, NULL), SPX_OK);

        assert_int_equal(made->width, 40);
        assert_int_equal(made->height, 30);
        assert_int_equal(spx_image_sample(made, 19, 15, 0), 255);
        for (uint32_t y = 0; y < 30; y++) {
            for (uint32_t x = 0; x < 40; x++)
                white += spx_image_sample(made, x, y, 1) == 255;
        }
        const double wanted = fmax(1, round(width * scale)) * fmax(1, round(height * scale));
        assert_true(fabs(white - wanted) <= 41); /* a row or a column of rounding */
        spx_image_unref(image);
        spx_image_unref(made);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_flat_areas_flat),
        cmocka_unit_test(weighs_border_pixels_by_their_share),
        cmocka_unit_test(keeps_a_pixel_of_thin_images),
        cmocka_unit_test(copies_what_is_small_enough),
        cmocka_unit_test(fits_a_picture_into_black),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
