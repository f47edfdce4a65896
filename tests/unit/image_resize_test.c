#include "test_support.h"

#include "image/image.h"
#include "image/resize.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_flat_areas_flat),
        cmocka_unit_test(weighs_border_pixels_by_their_share),
        cmocka_unit_test(keeps_a_pixel_of_thin_images),
        cmocka_unit_test(copies_what_is_small_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
