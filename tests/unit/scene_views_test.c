#include "test_support.h"

#include "image/image.h"
#include "scene/loop.h"
#include "scene/reduce.h"
#include "scene/views.h"

#include <math.h>
#include <string.h>

enum { WIDTH = 200, HEIGHT = 30, BAR_X = 100, TILE_WIDTH = 180 };
static const spx_camera_row cameras = { .strength_pct = 8.0, .window = 0.0 };

/* A white bar on black at one depth, which moves as a whole. */
static void create_bar(spx_image **photo, spx_plane **depth, float distance)
{
    assert_int_equal(spx_image_create(photo, WIDTH, HEIGHT, 8, NULL), SPX_OK);
    assert_int_equal(spx_plane_create(depth, WIDTH, HEIGHT, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            for (int c = 0; c < 3; c++)
                spx_image_set_sample(*photo, x, y, c, x >= BAR_X - 4 && x <= BAR_X + 4 ? 255 : 0);
            spx_plane_row(*depth, y)[x] = distance;
        }
    }
}

/* Where the bar is in row y, between two columns. */
static double find_bar(const spx_image *image, uint32_t y, uint32_t begin, uint32_t end)
{
    double sum = 0.0;
    double weight = 0.0;
    for (uint32_t x = begin; x < end; x++) {
        sum += (double)spx_image_sample(image, x, y, 1) * (x - begin);
        weight += spx_image_sample(image, x, y, 1);
    }
    assert_true(weight > 0.0);
    return sum / weight;
}

static void a_quilt_begins_at_the_bottom_left_with_the_leftmost_camera(void **state)
{
    (void)state;
    spx_image *photo = NULL;
    spx_image *whole = NULL;
    spx_plane *depth = NULL;
    const spx_quilt quilt = { .columns = 3, .rows = 2, .tile_width = TILE_WIDTH };
    create_bar(&photo, &depth, 1.0F);

    assert_int_equal(spx_quilt_render(&whole, photo, depth, &cameras, &quilt, NULL, NULL), SPX_OK);

    assert_int_equal(whole->width, 3 * TILE_WIDTH);
    assert_int_equal(whole->height, 2 * HEIGHT);
    for (uint32_t i = 0; i < 6; i++) {
        const uint32_t left = i % 3 * TILE_WIDTH;
        const uint32_t row = (1 - i / 3) * HEIGHT + HEIGHT / 2;
        const double place = 2.0 * i / 5 - 1.0;
        /* What is near lies farther right the farther left the camera is: by half of 8 %. */
        const double expected = BAR_X - place * 0.04 * WIDTH;
        assert_true(fabs(find_bar(whole, row, left, left + TILE_WIDTH) + 10.0 - expected) < 0.05);
    }
    spx_image_unref(photo);
    spx_image_unref(whole);
    spx_plane_destroy(depth);
}

/* A white bar that lies across, at one depth, before black. */
static void a_circle_sees_things_from_above_and_below(void **state)
{
    (void)state;
    enum { PICTURES = 12, SIDE = 120, BAR_Y = 60, INSET = 10, LIFT_INSET = 5 };
    static const spx_camera_row row = { .strength_pct = 16.0, .window = 0.0 };
    const spx_loop_motion motion = { .pictures = PICTURES, .lift = 0.5 };
    spx_image *photo = NULL;
    spx_plane *depth = NULL;
    spx_loop loop;
    assert_int_equal(spx_image_create(&photo, SIDE, SIDE, 8, NULL), SPX_OK);
    assert_int_equal(spx_plane_create(&depth, SIDE, SIDE, NULL), SPX_OK);
    for (uint32_t y = 0; y < SIDE; y++) {
        memset(spx_image_row8(photo, y), y >= BAR_Y - 4 && y <= BAR_Y + 4 ? 255 : 0, 3 * SIDE);
        for (uint32_t x = 0; x < SIDE; x++)
            spx_plane_row(depth, y)[x] = 1.0F;
    }

    assert_int_equal(spx_loop_render(&loop, photo, depth, &row, &motion, NULL, NULL), SPX_OK);

    assert_int_equal(loop.length, PICTURES);
    assert_int_equal(loop.pictures[0]->width, SIDE - 2 * INSET);
    assert_int_equal(loop.pictures[0]->height, SIDE - 2 * LIFT_INSET);
    for (size_t i = 0; i < loop.length; i++) {
        const spx_image *const picture = loop.pictures[loop.order[i]];
        double sum = 0.0;
        double weight = 0.0;
        for (uint32_t y = 0; y < picture->height; y++) {
            sum += (double)spx_image_sample(picture, 50, y, 1) * y;
            weight += spx_image_sample(picture, 50, y, 1);
        }
        /* Half of 16 % of the width, half as high: near things sink when the camera rises. */
        const double expected =
            BAR_Y - LIFT_INSET + 4.8 * sin(2.0 * 3.14159265358979 * (double)i / PICTURES);
        assert_true(weight > 0.0 && fabs(sum / weight - expected) < 0.1);
    }
    spx_loop_clear(&loop);
    spx_image_unref(photo);
    spx_plane_destroy(depth);
}

static void a_loop_goes_there_and_back_without_a_jump(void **state)
{
    (void)state;
    enum { PICTURES = 8, SHOWN = WIDTH - 16 };
    spx_image *photo = NULL;
    spx_plane *depth = NULL;
    spx_loop loop;
    const spx_loop_motion motion = { .pictures = PICTURES };
    create_bar(&photo, &depth, 1.0F);

    assert_int_equal(spx_loop_render(&loop, photo, depth, &cameras, &motion, NULL, NULL), SPX_OK);

    assert_int_equal(loop.length, 2 * (PICTURES - 1));
    double before = find_bar(loop.pictures[loop.order[loop.length - 1]], 5, 0, SHOWN);
    for (size_t i = 0; i < loop.length; i++) {
        const double now = find_bar(loop.pictures[loop.order[i]], 5, 0, SHOWN);
        assert_true(fabs(now - before) > 0.1 && fabs(now - before) < 4.5);
        before = now;
    }
    /* Both ends show 8 columns beside the frame, which are cut away. */
    assert_int_equal(loop.pictures[0]->width, SHOWN);
    assert_true(fabs(find_bar(loop.pictures[0], 5, 0, SHOWN) - BAR_X) < 0.05);
    assert_true(fabs(find_bar(loop.pictures[PICTURES - 1], 5, 0, SHOWN) - (BAR_X - 16.0)) < 0.05);
    spx_loop_clear(&loop);
    spx_image_unref(photo);
    spx_plane_destroy(depth);
}

static void a_lens_shows_the_left_eye_the_left_view(void **state)
{
    (void)state;
    spx_image *photo = NULL;
    spx_image *sheet = NULL;
    spx_plane *depth = NULL;
    const spx_lenticular lenses = {
        .lenses_per_inch = 50.0, .dots_per_inch = 200.0, .width = WIDTH, .height = HEIGHT
    };
    create_bar(&photo, &depth, 1.0F);

    assert_int_equal(spx_lenticular_render(&sheet, photo, depth, &cameras, &lenses, NULL, NULL),
                     SPX_OK);

    assert_int_equal(spx_lenticular_views(&lenses), 4);
    /* From the left eye's place a lens shows its right stripe, from the right eye's its left one.
     */
    for (uint32_t stripe = 0; stripe < 4; stripe++) {
        double sum = 0.0;
        double weight = 0.0;
        for (uint32_t x = stripe; x < WIDTH; x += 4) {
            sum += (double)spx_image_sample(sheet, x, 3, 1) * x;
            weight += spx_image_sample(sheet, x, 3, 1);
        }
        const double place = 1.0 - 2.0 * stripe / 3.0; /* the rightmost camera first */
        assert_true(weight > 0.0);
        assert_true(fabs(sum / weight - (BAR_X - place * 8.0)) < 2.0); /* lenses are 4 px wide */
    }
    spx_image_unref(photo);
    spx_image_unref(sheet);
    spx_plane_destroy(depth);
}

static void a_pitch_sheet_has_a_band_of_each_pitch(void **state)
{
    (void)state;
    spx_image *sheet = NULL;
    const spx_lenticular lenses = { .lenses_per_inch = 60.0, .dots_per_inch = 600.0 };

    assert_int_equal(spx_pitch_sheet_draw(&sheet, &lenses, 2400, 2100, NULL), SPX_OK);

    for (uint32_t band = 0; band < 21; band++) {
        int edges = 0;
        for (uint32_t x = 1000; x < 2400; x++) {
            const uint32_t y = band * 100 + 50;
            edges += spx_image_sample(sheet, x, y, 0) != spx_image_sample(sheet, x - 1, y, 0);
        }
        const double lenses_here = 60.0 * (1.0 + 0.01 * (band / 10.0 - 1.0));
        assert_true(fabs(edges - 2.0 * lenses_here * 1400.0 / 600.0) <= 1.0);
    }
    spx_image_unref(sheet);
}

static void a_padded_photo_has_room_for_what_is_cut_away(void **state)
{
    (void)state;
    const spx_camera_row wide = { .strength_pct = 7.5, .window = 0.65 };
    for (uint32_t width = 1; width < 3000; width += 7) {
        const uint32_t padded = spx_camera_row_padded(&wide, width);
        assert_int_equal((padded - width) % 2, 0);
        assert_true(spx_camera_row_inset(&wide, padded) <= (padded - width) / 2 + 1);
        assert_true(padded <= width + width / 10 + 4);
    }
}

static void a_crop_follows_the_subject_and_stays_inside(void **state)
{
    (void)state;
    const spx_subject right = { .x = 0.7, .y = 0.5 };
    const spx_subject edge = { .x = 0.99, .y = 0.01 };

    const spx_crop crop = spx_crop_to_aspect(1600, 900, 0.75, &right);
    const spx_crop corner = spx_crop_to_aspect(1600, 900, 0.75, &edge);
    const spx_crop high = spx_crop_to_aspect(900, 1600, 1.0, &edge);

    assert_int_equal(crop.width, 675);
    assert_int_equal(crop.height, 900);
    assert_true(crop.x == 782 || crop.x == 783);
    assert_int_equal(corner.x, 1600 - 675);
    assert_int_equal(high.width, 900);
    assert_int_equal(high.height, 900);
    assert_int_equal(high.y, 0);
}

static void depth_is_never_a_mean_of_two_surfaces(void **state)
{
    (void)state;
    spx_image *photo = NULL;
    spx_plane *depth = NULL;
    spx_reduced small;
    create_bar(&photo, &depth, 0.25F);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < 101; x++)
            spx_plane_row(depth, y)[x] = 0.75F;
    }
    const spx_crop crop = { .x = 20, .y = 3, .width = 160, .height = 20 };

    assert_int_equal(spx_reduce(&small, photo, depth, &crop, 40, 5, NULL, NULL), SPX_OK);

    for (uint32_t y = 0; y < 5; y++) {
        for (uint32_t x = 0; x < 40; x++) {
            const float value = spx_plane_row(small.depth, y)[x];
            assert_true(value == (x * 4 + 22 <= 100 ? 0.75F : 0.25F));
        }
    }
    /* The bar, 96..104, is columns 76..84 of the part: pixels 19 and 20 whole, 21 to a quarter. */
    assert_int_equal(spx_image_sample(small.photo, 18, 2, 0), 0);
    assert_int_equal(spx_image_sample(small.photo, 19, 2, 0), 255);
    assert_int_equal(spx_image_sample(small.photo, 20, 2, 0), 255);
    assert_int_equal(spx_image_sample(small.photo, 21, 2, 0), 64);
    spx_reduced_clear(&small);
    spx_image_unref(photo);
    spx_plane_destroy(depth);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quilt_begins_at_the_bottom_left_with_the_leftmost_camera),
        cmocka_unit_test(a_circle_sees_things_from_above_and_below),
        cmocka_unit_test(a_loop_goes_there_and_back_without_a_jump),
        cmocka_unit_test(a_lens_shows_the_left_eye_the_left_view),
        cmocka_unit_test(a_pitch_sheet_has_a_band_of_each_pitch),
        cmocka_unit_test(a_padded_photo_has_room_for_what_is_cut_away),
        cmocka_unit_test(a_crop_follows_the_subject_and_stays_inside),
        cmocka_unit_test(depth_is_never_a_mean_of_two_surfaces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
