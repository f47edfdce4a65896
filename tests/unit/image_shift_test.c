#include "image/shift.h"
#include "test_support.h"

enum { WIDTH = 7, HEIGHT = 3 };

static spx_image *numbered(uint32_t width, uint32_t bits, uint32_t first)
{
    spx_image *image = NULL;
    assert_int_equal(spx_image_create(&image, width, HEIGHT, bits, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < width; x++) {
            for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
                spx_image_set_sample(image, x, y, c, first + x + 20 * y + 70 * (uint32_t)c);
        }
    }
    return image;
}

static void moves_by_whole_pixels_and_takes_the_strip(void **state)
{
    (void)state;
    for (uint32_t bits = 8; bits <= 16; bits += 8) {
        spx_image *const image = numbered(WIDTH, bits, 0);
        spx_image *const strip = numbered(2, bits, 100);
        for (int32_t shift = -2; shift <= 2; shift += 4) {
            spx_image *moved = NULL;
            assert_int_equal(spx_image_shift(&moved, image, strip, shift, NULL), SPX_OK);
            for (uint32_t x = 0; x < WIDTH; x++) {
                const uint32_t wanted = shift > 0 ? (x < 2 ? 100 + x : x - 2)
                                                  : (x < WIDTH - 2 ? x + 2 : 100 + x - WIDTH + 2);
                assert_int_equal(spx_image_sample(moved, x, 1, 0), wanted + 20);
            }
            spx_image_unref(moved);
        }
        spx_image_unref(image);
        spx_image_unref(strip);
    }
}

static void no_move_shares_and_a_wrong_strip_is_refused(void **state)
{
    (void)state;
    spx_image *const image = numbered(WIDTH, 8, 0);
    spx_image *const strip = numbered(2, 8, 100);
    spx_image *moved = NULL;

    assert_int_equal(spx_image_shift(&moved, image, NULL, 0, NULL), SPX_OK);
    assert_ptr_equal(moved, image);
    spx_image_unref(moved);
    assert_int_equal(spx_image_shift(&moved, image, strip, 3, NULL), SPX_ERR_ARGUMENT);
    assert_int_equal(spx_image_shift(&moved, image, NULL, 1, NULL), SPX_ERR_ARGUMENT);
    assert_null(moved);
    spx_image_unref(image);
    spx_image_unref(strip);
}

static void cuts_columns_out(void **state)
{
    (void)state;
    spx_image *const image = numbered(WIDTH, 16, 0);
    spx_image *part = NULL;

    assert_int_equal(spx_image_columns(&part, image, 5, 2, NULL), SPX_OK);
    assert_int_equal(part->width, 2);
    assert_int_equal(spx_image_sample(part, 1, 2, 1), 6 + 40 + 70);
    spx_image_unref(part);
    assert_int_equal(spx_image_columns(&part, image, 6, 2, NULL), SPX_ERR_ARGUMENT);
    assert_null(part);
    spx_image_unref(image);
}

/* An eye and its strip are parts of one rendered picture: together they are one again. */
static void joins_windows_of_one_picture_without_a_copy(void **state)
{
    (void)state;
    for (uint32_t bits = 8; bits <= 16; bits += 8) {
        for (int32_t shift = -2; shift <= 2; shift += 4) {
            spx_image *const wide = numbered(WIDTH + 2, bits, 0);
            uint8_t *const pixels = wide->pixels;
            spx_image *eye = NULL;
            spx_image *strip = NULL;
            spx_image *moved = NULL;
            assert_int_equal(spx_image_window(&eye, wide, shift > 0 ? 2 : 0, WIDTH, NULL), SPX_OK);
            assert_int_equal(spx_image_window(&strip, wide, shift > 0 ? 0 : WIDTH, 2, NULL),
                             SPX_OK);
            spx_image_unref(wide); /* the windows keep it */

            assert_int_equal(spx_image_shift(&moved, eye, strip, shift, NULL), SPX_OK);

            spx_image_unref(eye);
            spx_image_unref(strip);
            assert_ptr_equal(moved->pixels,
                             shift > 0 ? pixels : pixels + 2 * spx_image_pixel_bytes(moved));
            assert_int_equal(moved->width, WIDTH);
            for (uint32_t x = 0; x < WIDTH; x++) {
                assert_int_equal(spx_image_sample(moved, x, 1, 0), x + (shift > 0 ? 0U : 2U) + 20U);
            }
            spx_image_unref(moved);
        }
    }
}

static void copies_windows_that_do_not_join(void **state)
{
    (void)state;
    spx_image *const wide = numbered(WIDTH + 4, 8, 0);
    spx_image *const other = numbered(WIDTH + 4, 8, 100);
    spx_image *eye = NULL;
    spx_image *strips[2] = { NULL, NULL }; /* two columns away; of another picture */
    assert_int_equal(spx_image_window(&eye, wide, 4, WIDTH, NULL), SPX_OK);
    assert_int_equal(spx_image_window(&strips[0], wide, 0, 2, NULL), SPX_OK);
    assert_int_equal(spx_image_window(&strips[1], other, 2, 2, NULL), SPX_OK);
    for (size_t i = 0; i < 2; i++) {
        spx_image *moved = NULL;

        assert_int_equal(spx_image_shift(&moved, eye, strips[i], 2, NULL), SPX_OK);

        assert_int_equal(spx_image_sample(moved, 0, 0, 0), i == 0 ? 0 : 102);
        assert_int_equal(spx_image_sample(moved, 2, 0, 0), 4);
        spx_image_unref(moved);
        spx_image_unref(strips[i]);
    }
    spx_image_unref(eye);
    spx_image_unref(wide);
    spx_image_unref(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moves_by_whole_pixels_and_takes_the_strip),
        cmocka_unit_test(no_move_shares_and_a_wrong_strip_is_refused),
        cmocka_unit_test(cuts_columns_out),
        cmocka_unit_test(joins_windows_of_one_picture_without_a_copy),
        cmocka_unit_test(copies_windows_that_do_not_join),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
