#include "test_support.h"

#include "image/image.h"
#include "remote/paste.h"
#include "remote/paste_floats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef void (*scene)(double x, double y, double out[3]);

/* Smooth hills of colour, over the whole plane. */
static void hills(double x, double y, double out[3])
{
    out[0] = 128.0 + 90.0 * sin(x / 37.0) * cos(y / 53.0);
    out[1] = 128.0 + 80.0 * sin(x / 61.0 + y / 41.0);
    out[2] = 110.0 + 60.0 * cos(x / 29.0);
}

/* Pixel (0, 0) of the picture is at (from_x, from_y) of the plane. */
static spx_image *draw(scene what, uint32_t width, uint32_t height, uint32_t bits, double from_x,
                       double from_y, double step)
{
    spx_image *image = NULL;
    assert_int_equal(spx_image_create(&image, width, height, bits, NULL), SPX_OK);
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            double colour[3];
            what(from_x + (x + 0.5) * step, from_y + (y + 0.5) * step, colour);
            for (size_t c = 0; c < 3; c++) {
                if (bits == 16)
                    spx_image_row16(image, y)[3 * (size_t)x + c] = (uint16_t)(colour[c] * 257.0);
                else
                    spx_image_row8(image, y)[3 * (size_t)x + c] = (uint8_t)(colour[c] + 0.5);
            }
        }
    }
    return image;
}

static const spx_frame frame = { .width = 500,
                                 .height = 400,
                                 .photo_x = 120,
                                 .photo_y = 0,
                                 .photo_width = 300,
                                 .photo_height = 310 };
static const spx_remote_place place = {
    .width = 250, .height = 200, .x = 60, .y = 0, .photo_width = 150, .photo_height = 155
};

static void keeps_the_photo_bit_for_bit_of(uint32_t bits)
{
    spx_image *const photo = draw(hills, 300, 310, bits, 120.0, 0.0, 1.0);
    spx_image *const painted = draw(hills, 250, 200, 8, 0.0, 0.0, 2.0);
    spx_image *out = NULL;
    const size_t pixel = spx_image_pixel_bytes(photo);

    assert_int_equal(
        spx_paste(&(spx_paste_job){ photo, &frame, painted, &place }, NULL, &out, NULL), SPX_OK);

    assert_int_equal(out->width, 500);
    assert_int_equal(out->height, 400);
    assert_int_equal(out->bits, bits);
    /* All of it at the top, which does not grow; 6 pixels less at the other sides. */
    for (uint32_t y = 0; y < 310 - SPX_PASTE_FEATHER_PX; y++)
        assert_memory_equal(spx_image_row8(out, y) + pixel * (120 + SPX_PASTE_FEATHER_PX),
                            spx_image_row8(photo, y) + pixel * SPX_PASTE_FEATHER_PX,
                            pixel * (300 - 2 * SPX_PASTE_FEATHER_PX));
    spx_image_unref(out);
    spx_image_unref(painted);
    spx_image_unref(photo);
}

static void keeps_the_photo_bit_for_bit(void **state)
{
    (void)state;
    keeps_the_photo_bit_for_bit_of(8);
    keeps_the_photo_bit_for_bit_of(16);
}

static double worst_difference(const spx_image *image, scene what)
{
    double worst = 0.0;
    for (uint32_t y = 0; y < image->height; y++) {
        for (uint32_t x = 0; x < image->width; x++) {
            double colour[3];
            what(x + 0.5, y + 0.5, colour);
            for (size_t c = 0; c < 3; c++)
                worst = fmax(worst, fabs(colour[c] - spx_image_row8(image, y)[3 * (size_t)x + c]));
        }
    }
    return worst;
}

static void puts_the_border_where_it_belongs(void **state)
{
    (void)state;
    spx_image *const photo = draw(hills, 300, 310, 8, 120.0, 0.0, 1.0);
    spx_image *const painted = draw(hills, 250, 200, 8, 0.0, 0.0, 2.0);
    spx_image *out = NULL;

    assert_int_equal(
        spx_paste(&(spx_paste_job){ photo, &frame, painted, &place }, NULL, &out, NULL), SPX_OK);

    /* A pixel beside its place would be up to 5 levels off. */
    assert_true(worst_difference(out, hills) < 3.5);
    spx_image_unref(out);
    spx_image_unref(painted);
    spx_image_unref(photo);
}

static void finds_a_photo_that_was_put_a_little_elsewhere(void **state)
{
    (void)state;
    spx_image *const photo = draw(hills, 300, 310, 8, 120.0, 0.0, 1.0);
    spx_image *const painted = draw(hills, 260, 210, 8, -4.0, -4.0, 2.0);
    const spx_remote_place asked = { 260, 210, 60, 0, 150, 155 };
    spx_image *out = NULL;

    assert_int_equal(
        spx_paste(&(spx_paste_job){ photo, &frame, painted, &asked }, NULL, &out, NULL), SPX_OK);

    assert_true(worst_difference(out, hills) < 3.5);
    spx_image_unref(out);
    spx_image_unref(painted);
    spx_image_unref(photo);
}

static void tinted_hills(double x, double y, double out[3])
{
    hills(x, y, out);
    out[0] += 9.0;
    out[2] -= 7.0;
}

static void meets_the_tones_of_the_photo_at_the_seam(void **state)
{
    (void)state;
    spx_image *const photo = draw(hills, 300, 310, 8, 120.0, 0.0, 1.0);
    spx_image *const painted = draw(tinted_hills, 250, 200, 8, 0.0, 0.0, 2.0);
    spx_image *out = NULL;

    assert_int_equal(
        spx_paste(&(spx_paste_job){ photo, &frame, painted, &place }, NULL, &out, NULL), SPX_OK);

    for (uint32_t y = 20; y < 290; y++) {
        double colour[3];
        hills(119.5, y + 0.5, colour);
        assert_true(fabs(spx_image_row8(out, y)[3 * 119] - colour[0]) < 3.0);
        assert_true(fabs(spx_image_row8(out, y)[3 * 119 + 2] - colour[2]) < 3.0);
    }
    spx_image_unref(out);
    spx_image_unref(painted);
    spx_image_unref(photo);
}

static void takes_a_picture_of_another_size(void **state)
{
    (void)state;
    spx_image *const photo = draw(hills, 300, 310, 8, 120.0, 0.0, 1.0);
    spx_image *const painted = draw(hills, 500, 400, 16, 0.0, 0.0, 1.0);
    spx_image *out = NULL;

    assert_int_equal(
        spx_paste(&(spx_paste_job){ photo, &frame, painted, &place }, NULL, &out, NULL), SPX_OK);

    assert_true(worst_difference(out, hills) < 2.5);
    spx_image_unref(out);
    spx_image_unref(painted);
    spx_image_unref(photo);
}

static void stripes(double x, double y, double out[3])
{
    for (size_t c = 0; c < 3; c++)
        out[c] = fmod(x + y, 60.0) < 30.0 ? 20.0 : 220.0;
}

static void refuses_a_picture_that_does_not_show_the_photo(void **state)
{
    (void)state;
    spx_image *const photo = draw(hills, 300, 310, 8, 120.0, 0.0, 1.0);
    spx_image *const painted = draw(stripes, 250, 200, 8, 0.0, 0.0, 2.0);
    spx_image *out = NULL;
    spx_diag diag = { 0 };

    assert_int_equal(
        spx_paste(&(spx_paste_job){ photo, &frame, painted, &place }, NULL, &out, &diag),
        SPX_ERR_REMOTE);

    assert_null(out);
    assert_non_null(strstr(diag.text, "does not show the photo"));
    spx_image_unref(painted);
    spx_image_unref(photo);
}

static void pastes_a_photo_of_one_pixel(void **state)
{
    (void)state;
    const spx_frame small = { 4, 1, 3, 0, 1, 1 };
    const spx_remote_place asked = { 8, 8, 6, 0, 2, 8 };
    spx_image *const photo = draw(hills, 1, 1, 8, 0.0, 0.0, 1.0);
    spx_image *const painted = draw(hills, 8, 8, 8, 0.0, 0.0, 0.1);
    spx_image *out = NULL;

    assert_int_equal(
        spx_paste(&(spx_paste_job){ photo, &small, painted, &asked }, NULL, &out, NULL), SPX_OK);

    assert_memory_equal(spx_image_row8(out, 0) + 9, spx_image_row8(photo, 0), 3);
    spx_image_unref(out);
    spx_image_unref(painted);
    spx_image_unref(photo);
}

static void resizes_to_exactly_what_is_asked(void **state)
{
    (void)state;
    spx_image *const photo = draw(hills, 300, 200, 16, 0.0, 0.0, 1.0);
    spx_image *small = NULL;

    assert_int_equal(spx_paste_resize(&small, photo, 151, 97, NULL, NULL), SPX_OK);

    assert_int_equal(small->width, 151);
    assert_int_equal(small->height, 97);
    assert_int_equal(small->bits, 8);
    double colour[3];
    hills(300.0 * 75.5 / 151.0, 200.0 * 48.5 / 97.0, colour);
    assert_true(fabs(spx_image_row8(small, 48)[3 * 75] - colour[0]) < 3.0);
    spx_image_unref(small);
    spx_image_unref(photo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_photo_bit_for_bit),
        cmocka_unit_test(puts_the_border_where_it_belongs),
        cmocka_unit_test(finds_a_photo_that_was_put_a_little_elsewhere),
        cmocka_unit_test(meets_the_tones_of_the_photo_at_the_seam),
        cmocka_unit_test(takes_a_picture_of_another_size),
        cmocka_unit_test(refuses_a_picture_that_does_not_show_the_photo),
        cmocka_unit_test(pastes_a_photo_of_one_pixel),
        cmocka_unit_test(resizes_to_exactly_what_is_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
