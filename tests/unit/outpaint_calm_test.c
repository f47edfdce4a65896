/* Far from the photo shapes go out of focus; texture, the photo and what is near it stay. */
#include "test_support.h"

#include "base/pool.h"
#include "image/image.h"
#include "outpaint/calm.h"
#include "outpaint/frame.h"
#include "outpaint/patch_level.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 240, PHOTO_HEIGHT = 160, BELOW = 128, HEIGHT = PHOTO_HEIGHT + BELOW, BARS = 40 };

static const spx_frame frame = {
    .width = WIDTH, .height = HEIGHT, .photo_width = WIDTH, .photo_height = PHOTO_HEIGHT
};
static const uint8_t none_in_step[SPX_SIDES] = { 0 };

typedef uint32_t paint_fn(uint32_t x, uint32_t y);

/* Wide bars, as patches make of what the frame cuts. */
static uint32_t paint_bars(uint32_t x, uint32_t y)
{
    (void)y;
    return x / BARS % 2 == 0 ? 70 : 190;
}

static uint32_t paint_gravel(uint32_t x, uint32_t y)
{
    return 70 + spx_patch_hash(x, y, 1, 1) % 120;
}

static uint32_t paint_wall(uint32_t x, uint32_t y)
{
    (void)x;
    (void)y;
    return 130;
}

static spx_image *painted_in(const spx_frame *canvas, paint_fn *paint, uint32_t bits)
{
    spx_image *image = NULL;
    assert_int_equal(spx_image_create(&image, canvas->width, canvas->height, bits, NULL), SPX_OK);
    for (uint32_t y = 0; y < canvas->height; y++) {
        for (uint32_t x = 0; x < canvas->width; x++) {
            for (int c = 0; c < 3; c++)
                spx_image_set_sample(image, x, y, c, paint(x, y) * (bits == 16 ? 257U : 1U));
        }
    }
    return image;
}

static spx_image *painted(paint_fn *paint, uint32_t bits)
{
    return painted_in(&frame, paint, bits);
}

static spx_image *calmed(paint_fn *paint, uint32_t bits, const spx_plane *depth,
                         const uint8_t in_step[SPX_SIDES])
{
    spx_image *const image = painted(paint, bits);
    const spx_local_job job = { .photo = image, .depth = depth, .frame = &frame, .seed = 3 };
    assert_int_equal(spx_calm_far_border(image, &job, in_step, NULL, NULL), SPX_OK);
    return image;
}

/* The largest step from one column to the next in a row, in levels of 8 bits. */
static uint32_t largest_step(const spx_image *image, uint32_t y)
{
    uint32_t most = 0;
    for (uint32_t x = 1; x < WIDTH; x++) {
        const int64_t here = spx_image_sample(image, x, y, 1);
        const int64_t before = spx_image_sample(image, x - 1, y, 1);
        const uint32_t step = (uint32_t)llabs(here - before) / (image->bits == 16 ? 257U : 1U);
        most = step > most ? step : most;
    }
    return most;
}

/* Whether rows first .. last - 1 are as they were painted. */
static int is_untouched(const spx_image *image, paint_fn *paint, uint32_t first, uint32_t last)
{
    for (uint32_t y = first; y < last; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            if (spx_image_sample(image, x, y, 1) != paint(x, y) * (image->bits == 16 ? 257U : 1U))
                return 0;
        }
    }
    return 1;
}

static void bars_melt_far_from_the_photo(void **state)
{
    (void)state;
    static const uint32_t bits[] = { 8, 16 };
    for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
        spx_image *const image = calmed(paint_bars, bits[i], NULL, none_in_step);

        assert_true(largest_step(image, HEIGHT - 1) < 20);
        assert_true(is_untouched(image, paint_bars, 0, PHOTO_HEIGHT + PHOTO_HEIGHT / 10));
        spx_image_unref(image);
    }
}

static void texture_stays(void **state)
{
    (void)state;
    spx_image *const image = calmed(paint_gravel, 8, NULL, none_in_step);

    assert_true(is_untouched(image, paint_gravel, 0, HEIGHT));
    spx_image_unref(image);
}

static void a_wall_that_goes_on_in_step_stays(void **state)
{
    (void)state;
    uint8_t in_step[SPX_SIDES] = { 0 };
    in_step[SPX_SIDE_BOTTOM] = 1;

    spx_image *const image = calmed(paint_bars, 8, NULL, in_step);

    assert_true(is_untouched(image, paint_bars, 0, HEIGHT));
    spx_image_unref(image);
}

/* Corners beside it go soft, and they are more than half of a row. */
static void a_wall_below_stays_between_soft_corners(void **state)
{
    (void)state;
    enum { BESIDE = 120, MIDDLE = 160, SPREAD = 30 };
    const spx_frame wide = { .width = 2 * BESIDE + MIDDLE,
                             .height = HEIGHT,
                             .photo_x = BESIDE,
                             .photo_width = MIDDLE,
                             .photo_height = PHOTO_HEIGHT };
    const uint8_t in_step[SPX_SIDES] = { [SPX_SIDE_BOTTOM] = 1 };
    spx_image *const image = painted_in(&wide, paint_bars, 8);
    const spx_local_job job = { .photo = image, .frame = &wide, .seed = 3 };

    assert_int_equal(spx_calm_far_border(image, &job, in_step, NULL, NULL), SPX_OK);

    for (uint32_t x = BESIDE + SPREAD; x < BESIDE + MIDDLE - SPREAD; x++)
        assert_int_equal(spx_image_sample(image, x, HEIGHT - 1, 1), paint_bars(x, HEIGHT - 1));
    assert_int_not_equal(spx_image_sample(image, BARS, HEIGHT - 1, 1),
                         paint_bars(BARS, HEIGHT - 1));
    spx_image_unref(image);
}

/* Fur has no shapes; where depth says that the frame cuts the cat it is not gone on with for ever.
 */
static void what_depth_says_is_cut_melts_too(void **state)
{
    (void)state;
    spx_plane *depth = NULL;
    assert_int_equal(spx_plane_create(&depth, WIDTH / 2, PHOTO_HEIGHT / 2, NULL), SPX_OK);
    for (uint32_t y = 0; y < depth->height; y++) {
        for (uint32_t x = 0; x < depth->width; x++)
            spx_plane_row(depth, y)[x] = x < depth->width / 6 ? 0.9F : 0.1F;
    }

    spx_image *const image = calmed(paint_gravel, 8, depth, none_in_step);

    assert_true(is_untouched(image, paint_gravel, 0, PHOTO_HEIGHT));
    assert_true(largest_step(image, HEIGHT - 1) > 50); /* the rest */
    for (uint32_t x = 0; x < WIDTH / 10; x++)
        assert_in_range(spx_image_sample(image, x, HEIGHT - 1, 1), 90, 170);
    spx_image_unref(image);
    spx_plane_destroy(depth);
}

static void a_plain_border_keeps_its_colour(void **state)
{
    (void)state;
    spx_image *const image = calmed(paint_wall, 8, NULL, none_in_step);

    assert_true(is_untouched(image, paint_wall, 0, HEIGHT));
    spx_image_unref(image);
}

static void is_the_same_on_any_number_of_threads(void **state)
{
    (void)state;
    spx_pool *pool = NULL;
    assert_int_equal(spx_pool_create(&pool, 3, NULL), SPX_OK);
    const spx_task task = { .pool = pool };
    spx_image *const one = calmed(paint_bars, 8, NULL, none_in_step);
    spx_image *const many = painted(paint_bars, 8);
    const spx_local_job job = { .photo = many, .frame = &frame, .seed = 3 };

    assert_int_equal(spx_calm_far_border(many, &job, none_in_step, &task, NULL), SPX_OK);

    for (uint32_t y = 0; y < HEIGHT; y++)
        assert_memory_equal(spx_image_row8(one, y), spx_image_row8(many, y), (size_t)3 * WIDTH);
    spx_image_unref(one);
    spx_image_unref(many);
    spx_pool_destroy(pool);
}

/* A strip of a panorama that becomes a picture: one cell a pixel would take 88 bytes each. */
static void a_narrow_photo_has_no_more_cells(void **state)
{
    (void)state;
    const spx_frame usual = {
        .width = 4200, .height = 7000, .photo_width = 4200, .photo_height = 2800
    };
    const spx_frame strip = {
        .width = 60000, .height = 1700, .photo_width = 60000, .photo_height = 250
    };
    const uint64_t side = spx_calm_cell(&strip);

    assert_int_equal(spx_calm_cell(&usual), 2800 / 128);
    assert_int_equal(spx_calm_cell(&frame), 1);
    assert_true(strip.width / side * (strip.height / side) < 1100000);
}

/* Cancelled before the first turn: it says so, and nothing leaks. */
static void can_be_cancelled(void **state)
{
    (void)state;
    spx_cancel *cancel = NULL;
    assert_int_equal(spx_cancel_create(&cancel), SPX_OK);
    spx_image *const image = painted(paint_bars, 8);
    const spx_local_job job = { .photo = image, .frame = &frame, .seed = 3 };
    const spx_task task = { .cancel = cancel };
    spx_cancel_request(cancel);

    assert_int_equal(spx_calm_far_border(image, &job, none_in_step, &task, NULL),
                     SPX_ERR_CANCELLED);

    assert_true(is_untouched(image, paint_bars, 0, HEIGHT));
    spx_image_unref(image);
    spx_cancel_destroy(cancel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_melt_far_from_the_photo),
        cmocka_unit_test(texture_stays),
        cmocka_unit_test(a_wall_that_goes_on_in_step_stays),
        cmocka_unit_test(a_wall_below_stays_between_soft_corners),
        cmocka_unit_test(what_depth_says_is_cut_melts_too),
        cmocka_unit_test(a_plain_border_keeps_its_colour),
        cmocka_unit_test(is_the_same_on_any_number_of_threads),
        cmocka_unit_test(a_narrow_photo_has_no_more_cells),
        cmocka_unit_test(can_be_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
