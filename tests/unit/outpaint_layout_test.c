#include "test_support.h"

#include "outpaint/horizon.h"
#include "outpaint/layout_choice.h"
#include "outpaint/palette.h"
#include "outpaint/repeat.h"
#include "outpaint/sky.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PHOTO_WIDTH = 240, PHOTO_HEIGHT = 180, MARGIN_PX = 40 };

typedef void paint_fn(int x, int y, int colour[3]);

static int noise(int x, int y, int range)
{
    return (int)(spx_patch_hash((uint32_t)x, (uint32_t)y, 3, 42) % (uint32_t)range);
}

static void paint(int colour[3], int red, int green, int blue)
{
    colour[0] = red;
    colour[1] = green;
    colour[2] = blue;
}

/** A level whose photo is painted and whose margins are black. */
static void painted(spx_patch_level *level, paint_fn *paint_pixel)
{
    const spx_patch_rect photo = { MARGIN_PX, MARGIN_PX, MARGIN_PX + PHOTO_WIDTH,
                                   MARGIN_PX + PHOTO_HEIGHT };
    spx_patch_level_init(level, PHOTO_WIDTH + 2 * MARGIN_PX, PHOTO_HEIGHT + 2 * MARGIN_PX, &photo);
    assert_int_equal(spx_patch_level_allocate(level, NULL), SPX_OK);
    for (int y = 0; y < PHOTO_HEIGHT; y++) {
        for (int x = 0; x < PHOTO_WIDTH; x++) {
            int colour[3];
            paint_pixel(x, y, colour);
            for (int c = 0; c < 3; c++)
                spx_patch_level_at(level, MARGIN_PX + x, MARGIN_PX + y)[c] = (uint8_t)colour[c];
        }
    }
}

/* ---- rhythm ---- */

enum { WINDOW_ACROSS = 37, WINDOW_DOWN = 45 };

/** Windows, each a little brighter or darker. */
static void paint_windows(int x, int y, int colour[3])
{
    const int shade = noise(x / WINDOW_ACROSS, y / WINDOW_DOWN, 30) + noise(x, y, 6);
    const int in_window = x % WINDOW_ACROSS > 12 && y % WINDOW_DOWN > 15;
    if (in_window)
        paint(colour, 60 + shade, 70 + shade, 90 + shade);
    else
        paint(colour, 205 + noise(x, y, 10), 190, 160);
}

static void paint_noise(int x, int y, int colour[3])
{
    paint(colour, noise(x, y, 256), noise(x + 500, y, 256), noise(x, y + 500, 256));
}

static int has_offset(const spx_patch_offset_list *list, int32_t x, int32_t y)
{
    for (size_t i = 0; i < list->count; i++) {
        if (abs(list->list[i].x - x) <= 1 && abs(list->list[i].y - y) <= 1)
            return 1;
    }
    return 0;
}

static void finds_how_windows_repeat(void **state)
{
    (void)state;
    spx_patch_level level;
    spx_patch_offsets offsets;
    painted(&level, paint_windows);

    assert_int_equal(spx_patch_offsets_find(&offsets, &level, 1, NULL, NULL), SPX_OK);

    assert_true(has_offset(&offsets.sideways, WINDOW_ACROSS, 0));
    assert_true(has_offset(&offsets.upwards, 0, WINDOW_DOWN));
    spx_patch_level_clear(&level);
}

static void moves_every_side_by_whole_windows(void **state)
{
    (void)state;
    spx_patch_level level;
    spx_patch_offsets offsets;
    spx_patch_repeat repeat;
    painted(&level, paint_windows);
    assert_int_equal(spx_patch_offsets_find(&offsets, &level, 1, NULL, NULL), SPX_OK);

    assert_int_equal(spx_patch_repeat_find(&repeat, &level, &offsets), SPX_SIDES);

    assert_true(repeat.x[SPX_SIDE_LEFT] > 0 && repeat.x[SPX_SIDE_RIGHT] < 0);
    assert_true(repeat.y[SPX_SIDE_TOP] > 0 && repeat.y[SPX_SIDE_BOTTOM] < 0);
    for (int side = 0; side < SPX_SIDES; side++) {
        assert_int_equal(repeat.x[side] % WINDOW_ACROSS, 0);
        assert_int_equal(repeat.y[side] % WINDOW_DOWN, 0);
    }
    spx_patch_level_clear(&level);
}

static void noise_has_no_rhythm(void **state)
{
    (void)state;
    spx_patch_level level;
    spx_patch_offsets offsets;
    spx_patch_repeat repeat;
    painted(&level, paint_noise);
    assert_int_equal(spx_patch_offsets_find(&offsets, &level, 1, NULL, NULL), SPX_OK);

    assert_int_equal(offsets.sideways.count, 0);
    assert_int_equal(offsets.upwards.count, 0);
    assert_int_equal(spx_patch_repeat_find(&repeat, &level, &offsets), 0);
    spx_patch_level_clear(&level);
}

static void plain_and_fast_kernels_find_the_same_rhythm(void **state)
{
    (void)state;
    spx_patch_level level;
    spx_patch_offsets fast;
    spx_patch_offsets plain;
    painted(&level, paint_windows);

    assert_int_equal(spx_patch_offsets_find(&fast, &level, 1, NULL, NULL), SPX_OK);
    level.kernels = spx_patch_kernels_plain();
    assert_int_equal(spx_patch_offsets_find(&plain, &level, 1, NULL, NULL), SPX_OK);

    assert_memory_equal(&fast, &plain, sizeof(fast));
    spx_patch_level_clear(&level);
}

static void halves_a_rhythm_to_the_nearest_pixel(void **state)
{
    (void)state;
    const spx_patch_repeat repeat = { .x = { 75, 2, -75, 0 }, .y = { -6, 50, 5, -50 } };

    const spx_patch_repeat halved = spx_patch_repeat_halved(&repeat, 1);

    assert_int_equal(halved.x[SPX_SIDE_LEFT], 38);
    assert_int_equal(halved.x[SPX_SIDE_RIGHT], -38);
    assert_int_equal(halved.y[SPX_SIDE_LEFT], -3);
    assert_int_equal(halved.y[SPX_SIDE_BOTTOM], -25);
}

/* ---- choice ---- */

static const spx_layout_leave everywhere = { .repeat = { .x = { 40, 0, -40, 0 },
                                                         .y = { 0, 40, 0, -40 } } };

static void a_copy_must_fit_the_photo_too(void **state)
{
    (void)state;
    spx_layout_fit fits[SPX_LAYOUT_KINDS][SPX_SIDES] = {
        { { 100, 200 }, { 100, 200 }, { 100, 200 }, { 100, 200 } },
        { { 50, 210 }, { 90, 100 }, { 50, 300 }, { 40, 250 } },
    };
    spx_layout_kind best[SPX_SIDES];

    spx_layout_choose(fits, SPX_LAYOUT_REPEAT, &everywhere, best);

    assert_int_equal(best[SPX_SIDE_LEFT], SPX_LAYOUT_SHIFT);
    assert_int_equal(best[SPX_SIDE_TOP], SPX_LAYOUT_SHIFT); /* clearly better at the joint */
    assert_int_equal(best[SPX_SIDE_RIGHT], SPX_LAYOUT_SMOOTH);
    assert_int_equal(best[SPX_SIDE_BOTTOM], SPX_LAYOUT_SHIFT); /* clearly better in all */
}

/* A band that is copied fits itself perfectly: a second face does. */
static void deep_bands_are_not_copied(void **state)
{
    (void)state;
    spx_layout_fit fits[SPX_LAYOUT_KINDS][SPX_SIDES] = {
        { { 100, 100 }, { 100, 100 }, { 100, 100 }, { 100, 100 } },
        { { 10, 50 }, { 10, 50 }, { 10, 50 }, { 10, 50 } },
    };
    const spx_patch_rect photo = { 20, 90, 120, 190 };
    spx_patch_level level;
    spx_layout_leave leave = everywhere;
    spx_layout_kind best[SPX_SIDES];
    spx_patch_level_init(&level, 140, 210, &photo);

    spx_layout_forbid_shifts(&leave, &level);
    spx_layout_choose(fits, SPX_LAYOUT_REPEAT, &leave, best);

    assert_int_equal(best[SPX_SIDE_LEFT], SPX_LAYOUT_SHIFT);
    assert_int_equal(best[SPX_SIDE_TOP], SPX_LAYOUT_SMOOTH); /* 90 of 100 */
    assert_int_equal(best[SPX_SIDE_RIGHT], SPX_LAYOUT_SHIFT);
    assert_int_equal(best[SPX_SIDE_BOTTOM], SPX_LAYOUT_SHIFT);
}

static void a_wall_goes_on_over_all_its_sides(void **state)
{
    (void)state;
    spx_layout_fit fits[SPX_LAYOUT_KINDS][SPX_SIDES] = {
        { { 100, 100 }, { 100, 100 }, { 5, 1 }, { 100, 100 } },
        { { 100, 900 }, { 100, 900 }, { 100, 900 }, { 100, 900 } },
        { { 10, 90 }, { 10, 90 }, { 90, 160 }, { 10, 90 } },
    };
    spx_layout_leave leave = everywhere;
    leave.repeat.y[SPX_SIDE_BOTTOM] = 0; /* no rhythm there */
    spx_layout_kind best[SPX_SIDES];

    spx_layout_choose(fits, SPX_LAYOUT_KINDS, &leave, best);

    assert_int_equal(best[SPX_SIDE_LEFT], SPX_LAYOUT_REPEAT);
    assert_int_equal(best[SPX_SIDE_TOP], SPX_LAYOUT_REPEAT);
    assert_int_equal(best[SPX_SIDE_RIGHT], SPX_LAYOUT_REPEAT);
    assert_int_equal(best[SPX_SIDE_BOTTOM], SPX_LAYOUT_SMOOTH);
}

static void a_corner_needs_the_rhythm_of_both_sides(void **state)
{
    (void)state;
    const spx_patch_rect photo = { 10, 10, 60, 60 };
    const spx_layout_kind best[SPX_SIDES] = { SPX_LAYOUT_REPEAT, SPX_LAYOUT_REPEAT,
                                              SPX_LAYOUT_REPEAT, SPX_LAYOUT_SMOOTH };
    spx_patch_level level;
    spx_patch_level_init(&level, 70, 70, &photo);

    assert_int_equal(spx_layout_kind_at(&level, best, 0, 30), SPX_LAYOUT_REPEAT);
    assert_int_equal(spx_layout_kind_at(&level, best, 0, 3), SPX_LAYOUT_REPEAT);
    assert_int_equal(spx_layout_kind_at(&level, best, 0, 65), SPX_LAYOUT_SMOOTH);
    assert_int_equal(spx_layout_kind_at(&level, best, 59, 30), SPX_LAYOUT_REPEAT);
    assert_int_equal(spx_layout_kind_at(&level, best, 30, 58), SPX_LAYOUT_SMOOTH);
}

/* ---- horizon and sky ---- */

static const double lean = 0.04; /* rows per column */

static double horizon_at(int x)
{
    return 80.0 + lean * x;
}

/** Sky over a field, seen with the camera held askew; a tree stands before it. */
static void paint_field(int x, int y, int colour[3])
{
    if (x > 110 && x < 130 && y > 30 && y < 120)
        paint(colour, 40 + noise(x, y, 30), 60 + noise(x, y, 30), 30);
    else if (y < horizon_at(x))
        paint(colour, 120 + y / 4, 160 + y / 4, 235);
    else
        paint(colour, 90 + noise(x, y, 40), 110 + noise(x, y, 40), 50);
}

static void finds_a_horizon_that_leans(void **state)
{
    (void)state;
    spx_patch_level level;
    spx_horizon horizon;
    painted(&level, paint_field);

    assert_int_equal(spx_horizon_find(&horizon, &level, NULL), SPX_OK);

    assert_true(horizon.found);
    assert_float_equal(horizon.slope, lean, 0.01);
    spx_patch_level_clear(&level);
}

/** The same change beside both sides, but nothing between. */
static void paint_posts(int x, int y, int colour[3])
{
    const int post = (x < 40 || x >= PHOTO_WIDTH - 40) && y > 90;
    paint(colour, (post ? 40 : 160) + noise(x, y, 20), 150, 140);
}

static void no_horizon_runs_through_noise_or_behind_nothing(void **state)
{
    (void)state;
    spx_patch_level level;
    spx_horizon horizon;
    painted(&level, paint_noise);
    assert_int_equal(spx_horizon_find(&horizon, &level, NULL), SPX_OK);
    assert_false(horizon.found);
    spx_patch_level_clear(&level);

    painted(&level, paint_posts);
    assert_int_equal(spx_horizon_find(&horizon, &level, NULL), SPX_OK);
    assert_false(horizon.found);
    spx_patch_level_clear(&level);
}

static int is_sky(const spx_patch_level *level, int x, int y)
{
    return level->sky[(y + MARGIN_PX) * level->width + x + MARGIN_PX];
}

static void sky_ends_at_the_horizon_and_goes_on_outside(void **state)
{
    (void)state;
    spx_patch_level level;
    painted(&level, paint_field);

    assert_int_equal(spx_patch_mark_sky(&level, NULL), SPX_OK);

    assert_non_null(level.sky);
    for (int x = 0; x < PHOTO_WIDTH; x++) {
        assert_true(is_sky(&level, x, 10));
        assert_false(is_sky(&level, x, (int)horizon_at(x) + 3));
    }
    assert_false(is_sky(&level, 120, 60)); /* the tree */
    assert_true(is_sky(&level, 100, -30));
    assert_true(is_sky(&level, -30, 20));
    assert_false(is_sky(&level, -30, 75)); /* the field is near */
    assert_false(is_sky(&level, 100, PHOTO_HEIGHT + 20));
    spx_patch_level_clear(&level);
}

static void noise_is_no_sky(void **state)
{
    (void)state;
    spx_patch_level level;
    painted(&level, paint_noise);

    assert_int_equal(spx_patch_mark_sky(&level, NULL), SPX_OK);

    assert_null(level.sky);
    spx_patch_level_clear(&level);
}

static void what_lies_beside_the_photo_follows_the_horizon(void **state)
{
    (void)state;
    const spx_patch_rect photo = { 40, 40, 140, 140 };
    spx_patch_level level;
    spx_patch_level_init(&level, 180, 180, &photo);
    level.slope = 0.1F;

    const spx_patch_source left = spx_patch_level_nearest(&level, 0, 90);
    const spx_patch_source right = spx_patch_level_nearest(&level, 179, 90);
    const spx_patch_source inside = spx_patch_level_nearest(&level, 50, 60);

    assert_int_equal(left.x, 0);
    assert_int_equal(left.y, 54); /* 40 columns away, 4 rows up there */
    assert_int_equal(right.x, 99);
    assert_int_equal(right.y, 46);
    assert_int_equal(inside.x, 10);
    assert_int_equal(inside.y, 20);
}

/* ---- palette ---- */

/** Grey gravel; a red boat lies in the middle, brown earth at the lower edge. */
static void paint_beach(int x, int y, int colour[3])
{
    const int boat = x > 80 && x < 160 && y > 60 && y < 110;
    if (boat)
        paint(colour, 190, 40, 30);
    else if (y > 165)
        paint(colour, 120, 80, 40);
    else
        paint(colour, 110 + noise(x, y, 40), 110 + noise(x, y, 40), 115 + noise(x, y, 40));
}

static float strangeness(const spx_patch_level *level, int32_t x, int32_t y,
                         spx_patch_source source)
{
    return level->palette->strangeness[spx_patch_palette_at(level, x, y, source)];
}

static void colours_that_a_border_does_not_show_are_strange_there(void **state)
{
    (void)state;
    const spx_patch_source boat = { 120, 90 };
    const spx_patch_source gravel = { 120, 30 };
    const spx_patch_source earth = { 120, 172 };
    spx_patch_level level;
    painted(&level, paint_beach);
    const uint32_t width = (uint32_t)spx_patch_rect_width(&level.photo);
    const uint32_t height = (uint32_t)spx_patch_rect_height(&level.photo);
    assert_int_equal(spx_plane_create(&level.detail, width, height, NULL), SPX_OK);
    memset(level.detail->values, 0, level.detail->stride * height * sizeof(float));

    assert_int_equal(spx_patch_find_palette(&level, NULL), SPX_OK);

    assert_true(strangeness(&level, 10, 100, boat) > 500.0F);
    assert_float_equal(strangeness(&level, 10, 100, gravel), 0.0F, 0.0F);
    assert_true(strangeness(&level, 200, 5, earth) > 100.0F);
    assert_float_equal(strangeness(&level, 200, 255, earth), 0.0F, 0.0F);
    spx_patch_level_clear(&level);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_how_windows_repeat),
        cmocka_unit_test(moves_every_side_by_whole_windows),
        cmocka_unit_test(noise_has_no_rhythm),
        cmocka_unit_test(plain_and_fast_kernels_find_the_same_rhythm),
        cmocka_unit_test(halves_a_rhythm_to_the_nearest_pixel),
        cmocka_unit_test(a_copy_must_fit_the_photo_too),
        cmocka_unit_test(deep_bands_are_not_copied),
        cmocka_unit_test(a_wall_goes_on_over_all_its_sides),
        cmocka_unit_test(a_corner_needs_the_rhythm_of_both_sides),
        cmocka_unit_test(finds_a_horizon_that_leans),
        cmocka_unit_test(no_horizon_runs_through_noise_or_behind_nothing),
        cmocka_unit_test(sky_ends_at_the_horizon_and_goes_on_outside),
        cmocka_unit_test(noise_is_no_sky),
        cmocka_unit_test(colours_that_a_border_does_not_show_are_strange_there),
        cmocka_unit_test(what_lies_beside_the_photo_follows_the_horizon),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
