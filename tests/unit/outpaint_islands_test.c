/* What the photo shows once and inside costs as a source; what its edge cuts does not. */
#include "test_support.h"

#include "outpaint/islands.h"
#include "outpaint/layout_choice.h"

#include <math.h>
#include <string.h>

/* ---- heights ---- */

enum { ROWS = 7, COLUMNS = 9 };

/* Heights of 0..9, written as digits. */
static spx_plane *plane_of(const char *const rows[ROWS])
{
    spx_plane *plane = NULL;
    assert_int_equal(spx_plane_create(&plane, COLUMNS, ROWS, NULL), SPX_OK);
    for (uint32_t y = 0; y < ROWS; y++) {
        for (uint32_t x = 0; x < COLUMNS; x++)
            spx_plane_row(plane, y)[x] = (float)(rows[y][x] - '0');
    }
    return plane;
}

static void assert_kept(const char *const before[ROWS], const char *const after[ROWS])
{
    spx_plane *const plane = plane_of(before);
    spx_plane *const wanted = plane_of(after);

    assert_int_equal(spx_islands_keep(plane, NULL, NULL), SPX_OK);

    for (uint32_t y = 0; y < ROWS; y++) {
        assert_memory_equal(spx_plane_row(plane, y), spx_plane_row(wanted, y),
                            COLUMNS * sizeof(float));
    }
    spx_plane_destroy(plane);
    spx_plane_destroy(wanted);
}

static void an_island_counts_above_the_land_around_it(void **state)
{
    (void)state;
    static const char *const before[ROWS] = { "222222222", "222222222", "222772222", "222792222",
                                              "222222222", "222222222", "222222222" };
    static const char *const after[ROWS] = { "000000000", "000000000", "000550000", "000570000",
                                             "000000000", "000000000", "000000000" };
    assert_kept(before, after);
}

static void what_reaches_the_edge_counts_only_above_its_way_there(void **state)
{
    (void)state;
    /* A ridge of 5 winds from the left edge to a peak of 9. */
    static const char *const before[ROWS] = { "111111111", "155511111", "151515551", "151515151",
                                              "551555151", "111111191", "111111111" };
    static const char *const after[ROWS] = { "000000000", "000000000", "000000000", "000000000",
                                             "000000000", "000000040", "000000000" };
    assert_kept(before, after);
}

/* ---- costs ---- */

enum { WIDTH = 160, HEIGHT = 120, BADGE_PX = 20, MIDDLE = BADGE_PX / 2 };

static int noise(int x, int y, int range)
{
    return (int)(spx_patch_hash((uint32_t)x, (uint32_t)y, 3, 42) % (uint32_t)range);
}

/* A photo that grows downwards. */
static void lay_cloth(spx_patch_level *level, int margin)
{
    const spx_patch_rect photo = { 0, 0, WIDTH, HEIGHT };
    spx_patch_level_init(level, WIDTH, HEIGHT + margin, &photo);
    assert_int_equal(spx_patch_level_allocate(level, NULL), SPX_OK);
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            const uint8_t colour[3] = { (uint8_t)(200 + noise(x, y, 8)), 90, 30 };
            memcpy(spx_patch_level_at(level, x, y), colour, sizeof(colour));
        }
    }
}

/* A piece of blotches that no other `kind` has. */
static void sew_badge(const spx_patch_level *level, int left, int top, int kind)
{
    for (int y = 0; y < BADGE_PX; y++) {
        for (int x = 0; x < BADGE_PX; x++) {
            const int blotch = noise(x / 3 + 100 * kind, y / 3, 120);
            const uint8_t colour[3] = { (uint8_t)blotch, (uint8_t)(blotch / 2), 160 };
            memcpy(spx_patch_level_at(level, left + x, top + y), colour, sizeof(colour));
        }
    }
}

static spx_plane *islands_of(const spx_patch_level *level)
{
    spx_plane *islands = NULL;
    assert_int_equal(spx_islands_find(&islands, level, 1, NULL, NULL), SPX_OK);
    return islands;
}

static float at(const spx_plane *plane, int x, int y)
{
    return spx_plane_row(plane, (uint32_t)y)[x];
}

static void a_badge_costs_and_cloth_does_not(void **state)
{
    (void)state;
    spx_patch_level level;
    lay_cloth(&level, HEIGHT / 5);
    sew_badge(&level, 70, 40, 1);

    spx_plane *const islands = islands_of(&level);

    assert_true(at(islands, 70 + MIDDLE, 40 + MIDDLE) > 100.0F);
    assert_true(at(islands, 70, 40) > 100.0F);
    assert_float_equal(at(islands, 30, 60), 0.0F, 0.0F);
    assert_float_equal(at(islands, 130, 100), 0.0F, 0.0F);
    spx_plane_destroy(islands);
    spx_patch_level_clear(&level);
}

static void what_the_edge_cuts_costs_far_less(void **state)
{
    (void)state;
    spx_patch_level level;
    lay_cloth(&level, HEIGHT / 5);
    sew_badge(&level, 70, 40, 1);
    sew_badge(&level, 100, HEIGHT - BADGE_PX, 2);

    spx_plane *const islands = islands_of(&level);

    const float inside = at(islands, 70 + MIDDLE, 40 + MIDDLE);
    const float cut = at(islands, 100 + MIDDLE, HEIGHT - SPX_PATCH_SIDE);
    assert_true(cut < inside / 10.0F);
    spx_plane_destroy(islands);
    spx_patch_level_clear(&level);
}

static void what_is_seen_twice_is_free(void **state)
{
    (void)state;
    spx_patch_level level;
    lay_cloth(&level, HEIGHT / 5);
    sew_badge(&level, 30, 40, 1);
    sew_badge(&level, 110, 60, 1);

    spx_plane *const islands = islands_of(&level);

    assert_float_equal(at(islands, 30 + MIDDLE, 40 + MIDDLE), 0.0F, 0.0F);
    assert_float_equal(at(islands, 110 + MIDDLE, 60 + MIDDLE), 0.0F, 0.0F);
    spx_plane_destroy(islands);
    spx_patch_level_clear(&level);
}

static void it_costs_more_beside_wide_margins(void **state)
{
    (void)state;
    static const int margins[] = { HEIGHT / 5, HEIGHT };
    float costs[2];
    for (int i = 0; i < 2; i++) {
        spx_patch_level level;
        lay_cloth(&level, margins[i]);
        sew_badge(&level, 70, 40, 1);
        spx_plane *const islands = islands_of(&level);
        costs[i] = at(islands, 70 + MIDDLE, 40 + MIDDLE);
        spx_plane_destroy(islands);
        spx_patch_level_clear(&level);
    }

    assert_true(costs[1] > 2.0F * costs[0]);
}

static void levels_of_other_sizes_ask_the_same_place(void **state)
{
    (void)state;
    spx_patch_level level = { 0 };
    spx_plane *islands = NULL;
    assert_int_equal(spx_plane_create(&islands, 40, 30, NULL), SPX_OK);
    for (uint32_t y = 0; y < islands->height; y++)
        memset(spx_plane_row(islands, y), 0, islands->width * sizeof(float));
    spx_plane_row(islands, 20)[30] = 7.0F;

    assert_float_equal(spx_islands_cost(&level, (spx_patch_source){ 30, 20 }), 0.0F, 0.0F);
    level.islands = islands;
    assert_float_equal(spx_islands_cost(&level, (spx_patch_source){ 30, 20 }), 7.0F, 0.0F);
    level.islands_doublings = 1;
    assert_float_equal(spx_islands_cost(&level, (spx_patch_source){ 15, 10 }), 7.0F, 0.0F);
    level.islands_doublings = -2;
    assert_float_equal(spx_islands_cost(&level, (spx_patch_source){ 123, 81 }), 7.0F, 0.0F);
    /* Levels may have a row more than halving gives. */
    assert_float_equal(spx_islands_cost(&level, (spx_patch_source){ 163, 123 }), 0.0F, 0.0F);
    spx_plane_destroy(islands);
}

/* A layout that shows an island is worse by what that costs. */
static void a_layout_that_shows_an_island_fits_less(void **state)
{
    (void)state;
    spx_patch_level level;
    spx_layout_fit without[SPX_SIDES];
    spx_layout_fit with[SPX_SIDES];
    spx_plane *islands = NULL;
    lay_cloth(&level, HEIGHT / 5);
    for (int y = HEIGHT; y < level.height; y++) {
        for (int x = 0; x < WIDTH; x++)
            level.sources[y * WIDTH + x] = (spx_patch_source){ 80, 60 };
    }
    assert_int_equal(spx_plane_create(&islands, WIDTH, HEIGHT, NULL), SPX_OK);
    spx_plane_row(islands, 60)[80] = 50.0F;

    spx_layout_measure(&level, without);
    level.islands = islands;
    spx_layout_measure(&level, with);

    const spx_layout_fit *const fit = &with[SPX_SIDE_BOTTOM];
    assert_true(fabs(fit->whole - without[SPX_SIDE_BOTTOM].whole - 50.0) < 1e-3);
    assert_true(fabs(fit->joint - without[SPX_SIDE_BOTTOM].joint) < 1e-9);
    spx_plane_destroy(islands);
    spx_patch_level_clear(&level);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_island_counts_above_the_land_around_it),
        cmocka_unit_test(what_reaches_the_edge_counts_only_above_its_way_there),
        cmocka_unit_test(a_badge_costs_and_cloth_does_not),
        cmocka_unit_test(what_the_edge_cuts_costs_far_less),
        cmocka_unit_test(what_is_seen_twice_is_free),
        cmocka_unit_test(it_costs_more_beside_wide_margins),
        cmocka_unit_test(levels_of_other_sizes_ask_the_same_place),
        cmocka_unit_test(a_layout_that_shows_an_island_fits_less),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
