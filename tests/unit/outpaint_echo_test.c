#include "test_support.h"

#include "outpaint/echo.h"

enum { PHOTO_PX = 64, MARGIN_PX = 64, STONE_PX = 20 };

/** A level with sources of its own everywhere below the photo, none of them twice. */
static void lay(spx_patch_level *level)
{
    const spx_patch_rect photo = { 0, 0, PHOTO_PX, PHOTO_PX };
    spx_patch_level_init(level, PHOTO_PX, PHOTO_PX + MARGIN_PX, &photo);
    assert_int_equal(spx_patch_level_allocate(level, NULL), SPX_OK);
    for (int y = PHOTO_PX; y < level->height; y++) {
        for (int x = 0; x < level->width; x++) {
            level->sources[y * level->width + x] =
                (spx_patch_source){ .x = (uint16_t)x, .y = (uint16_t)(y - PHOTO_PX) };
        }
    }
}

/** Shows the block at (STONE_PX, STONE_PX) of the photo at another place of the margin. */
static void show_stone(const spx_patch_level *level, int at_x, int at_y)
{
    const int side = 4;
    for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
            level->sources[(at_y + y) * level->width + at_x + x] =
                (spx_patch_source){ .x = (uint16_t)(STONE_PX + x), .y = (uint16_t)(STONE_PX + y) };
        }
    }
}

static float cost_at(const spx_patch_level *level, int x, int y, int source_x, int source_y)
{
    const spx_patch_source source = { .x = (uint16_t)source_x, .y = (uint16_t)source_y };
    return level->echo->costs[spx_patch_echo_cell(level->echo, x, y) * level->echo->blocks +
                              spx_patch_echo_block(level->echo, source)];
}

static void what_is_seen_once_is_free(void **state)
{
    (void)state;
    spx_patch_level level;
    lay(&level);

    assert_int_equal(spx_patch_update_echo(&level, NULL), SPX_OK);

    for (int y = PHOTO_PX; y < level.height; y += 8)
        assert_float_equal(cost_at(&level, 8, y, STONE_PX, STONE_PX), 0.0F, 0.0F);
    spx_patch_level_clear(&level);
}

static void what_is_seen_three_times_near_by_costs(void **state)
{
    (void)state;
    spx_patch_level level;
    lay(&level);
    show_stone(&level, 40, 100);
    show_stone(&level, 40, 108);
    show_stone(&level, 48, 104);

    assert_int_equal(spx_patch_update_echo(&level, NULL), SPX_OK);

    assert_true(cost_at(&level, 44, 104, STONE_PX, STONE_PX) > 0.0F);
    assert_float_equal(cost_at(&level, 44, 104, STONE_PX + 8, STONE_PX), 0.0F, 0.0F);
    assert_float_equal(cost_at(&level, 4, 70, STONE_PX, STONE_PX), 0.0F, 0.0F);
    spx_patch_level_clear(&level);
}

static void the_photo_itself_is_seen_too(void **state)
{
    (void)state;
    spx_patch_level level;
    lay(&level);
    /* Below the photo, and what the photo shows right above. */
    for (int y = PHOTO_PX; y < PHOTO_PX + 8; y++) {
        for (int x = 0; x < level.width; x++) {
            level.sources[y * level.width + x] =
                (spx_patch_source){ .x = (uint16_t)x, .y = (uint16_t)(y - 8) };
        }
    }

    assert_int_equal(spx_patch_update_echo(&level, NULL), SPX_OK);

    assert_true(cost_at(&level, 32, PHOTO_PX + 2, 32, PHOTO_PX - 3) > 0.0F);
    spx_patch_level_clear(&level);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_seen_once_is_free),
        cmocka_unit_test(what_is_seen_three_times_near_by_costs),
        cmocka_unit_test(the_photo_itself_is_seen_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
