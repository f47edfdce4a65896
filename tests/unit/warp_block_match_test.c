#include "test_support.h"

#include "image/image.h"
#include "warp/block_match.h"

#include <math.h>
#include <string.h>

enum { WIDTH = 200, HEIGHT = 60, RANGE = 16 };

/* Smooth texture that repeats nowhere, at any place between pixels. */
static double texture(double x, double y)
{
    return 127.0 + 40.0 * sin(0.31 * x + 0.07 * y) + 30.0 * sin(0.113 * x * 1.7 - 0.23 * y) +
           25.0 * sin(0.53 * x + 0.4 * y + 0.002 * x * x);
}

static spx_image *draw(double shift, double box_shift, uint32_t bits)
{
    spx_image *image = NULL;
    assert_int_equal(spx_image_create(&image, WIDTH, HEIGHT, bits, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const double at = (double)x + box_shift;
            const int inside = at >= 80 && at < 130 && y >= 15 && y < 45;
            const double value =
                inside ? 255.0 - texture(2.0 * at + 700.0, 3.0 * y) : texture((double)x + shift, y);
            for (uint32_t c = 0; c < SPX_IMAGE_CHANNELS; c++) {
                if (bits == 8)
                    spx_image_row8(image, y)[x * 3 + c] = (uint8_t)lround(value);
                else
                    spx_image_row16(image, y)[x * 3 + c] = (uint16_t)lround(value * 257.0);
            }
        }
    }
    return image;
}

static spx_plane *match(const spx_image *left, const spx_image *right, const spx_task *task)
{
    spx_plane *out = NULL;
    assert_int_equal(spx_block_match(&out, left, right, RANGE, task, NULL), SPX_OK);
    return out;
}

/* Share of the pixels in a box whose value is within `slack`. */
static double share_near(const spx_plane *plane, const uint32_t box[4], double value, double slack)
{
    uint32_t good = 0;
    for (uint32_t y = box[1]; y < box[3]; y++) {
        for (uint32_t x = box[0]; x < box[2]; x++)
            good += fabs(spx_plane_row(plane, y)[x] - value) <= slack;
    }
    return (double)good / ((double)(box[2] - box[0]) * (box[3] - box[1]));
}

static void finds_shifts_of_both_signs_and_parts_of_pixels(void **state)
{
    (void)state;
    static const double shifts[] = { 0.0, 5.0, -7.0, 2.5, -3.25 };
    static const uint32_t whole[4] = { 20, 6, WIDTH - 20, HEIGHT - 6 };
    for (size_t i = 0; i < sizeof(shifts) / sizeof(*shifts); i++) {
        spx_image *const left = draw(0.0, 500.0, i % 2 == 0 ? 8 : 16);
        spx_image *const right = draw(shifts[i], 500.0, i % 2 == 0 ? 8 : 16);
        spx_plane *const found = match(left, right, NULL);
        const double share = share_near(found, whole, shifts[i], 0.2);
        if (share < 0.9)
            fail_msg("shift %g: found at %.3f of the pixels", shifts[i], share);
        spx_plane_destroy(found);
        spx_image_unref(left);
        spx_image_unref(right);
    }
}

static void tells_a_near_box_from_its_background(void **state)
{
    (void)state;
    static const uint32_t inside[4] = { 86, 21, 124, 39 };
    static const uint32_t beside[4] = { 145, 10, 180, 50 };
    spx_image *const left = draw(0.0, 0.0, 8);
    spx_image *const right = draw(-4.0, 6.0, 8);
    spx_plane *const found = match(left, right, NULL);
    assert_true(share_near(found, inside, 6.0, 0.3) > 0.9);
    assert_true(share_near(found, beside, -4.0, 0.3) > 0.9);
    spx_plane_destroy(found);
    spx_image_unref(left);
    spx_image_unref(right);
}

static void goes_on_to_the_frame_where_the_other_eye_sees_nothing(void **state)
{
    (void)state;
    static const uint32_t side[4] = { 0, 10, 4, 50 };
    spx_image *const left = draw(0.0, 500.0, 8);
    spx_image *const right = draw(9.0, 500.0, 8);
    spx_plane *const found = match(left, right, NULL);
    assert_true(share_near(found, side, 9.0, 0.5) > 0.9);
    spx_plane_destroy(found);
    spx_image_unref(left);
    spx_image_unref(right);
}

static void says_nothing_where_nothing_can_be_told(void **state)
{
    (void)state;
    spx_image *plain = NULL;
    assert_int_equal(spx_image_create(&plain, WIDTH, HEIGHT, 8, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH * 3; x++)
            spx_image_row8(plain, y)[x] = 90;
    }
    spx_plane *const found = match(plain, plain, NULL);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++)
            assert_true(isnan(spx_plane_row(found, y)[x]));
    }
    spx_plane_destroy(found);
    spx_image_unref(plain);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    spx_pool *pool = NULL;
    assert_int_equal(spx_pool_create(&pool, 3, NULL), SPX_OK);
    const spx_task task = { .pool = pool };
    spx_image *const left = draw(0.0, 0.0, 8);
    spx_image *const right = draw(-4.0, 6.0, 8);
    spx_plane *const one = match(left, right, NULL);
    spx_plane *const many = match(left, right, &task);
    for (uint32_t y = 0; y < HEIGHT; y++)
        assert_memory_equal(spx_plane_row(one, y), spx_plane_row(many, y), WIDTH * sizeof(float));
    spx_plane_destroy(one);
    spx_plane_destroy(many);
    spx_image_unref(left);
    spx_image_unref(right);
    spx_pool_destroy(pool);
}

static void refuses_eyes_of_two_sizes_and_takes_tiny_ones(void **state)
{
    (void)state;
    spx_diag diag = { 0 };
    spx_image *const left = draw(0.0, 0.0, 8);
    spx_image *tiny = NULL;
    assert_int_equal(spx_image_create(&tiny, 1, 1, 8, NULL), SPX_OK);
    spx_image_row8(tiny, 0)[0] = spx_image_row8(tiny, 0)[1] = spx_image_row8(tiny, 0)[2] = 7;
    spx_plane *found = NULL;
    assert_int_equal(spx_block_match(&found, left, tiny, RANGE, NULL, &diag), SPX_ERR_ARGUMENT);
    assert_non_null(strstr(diag.text, "200x60 and 1x1"));
    found = match(tiny, tiny, NULL);
    assert_true(isnan(spx_plane_row(found, 0)[0]));
    spx_plane_destroy(found);
    spx_image_unref(left);
    spx_image_unref(tiny);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_shifts_of_both_signs_and_parts_of_pixels),
        cmocka_unit_test(tells_a_near_box_from_its_background),
        cmocka_unit_test(goes_on_to_the_frame_where_the_other_eye_sees_nothing),
        cmocka_unit_test(says_nothing_where_nothing_can_be_told),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(refuses_eyes_of_two_sizes_and_takes_tiny_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
