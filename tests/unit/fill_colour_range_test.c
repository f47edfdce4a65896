#include "test_support.h"

#include "fill/colour_range.h"
#include "fill_scene.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 64, HEIGHT = 40, FROM = 20, TO = 40, STEP = 100, FAR = 5000, NEAR = 40000 };

static void set(const fill_scene *self, uint32_t x, uint32_t y, uint8_t value)
{
    memset(spx_image_row8(self->image, y) + (size_t)3 * x, value, 3);
}

/* Columns FROM..TO-1 are wanted; to their left the surface is dark, with a bright line in row 20;
 * to their right stands something near and white. */
static fill_scene *create_scene(void)
{
    fill_scene *const self = fill_scene_create(WIDTH, HEIGHT, 8, STEP);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const size_t at = (size_t)y * WIDTH + x;
            set(self, x, y, x >= TO ? 250 : (y == 20 ? 90 : (uint8_t)(30 + x % 5)));
            self->known[at] = x >= FROM && x < TO;
            self->depth[at] = x >= FROM ? NEAR : FAR;
            self->wanted[at] = FAR;
        }
    }
    fill_scene_level(self, self->image, NULL);
    return self;
}

static const spx_colour_range *range_at(const fill_scene *self, const spx_colour_range *ranges,
                                        uint32_t x, uint32_t y)
{
    const uint32_t index = spx_level_find(&self->level, x, y);
    assert_int_not_equal(index, UINT32_MAX);
    return &ranges[index];
}

static void takes_the_colours_of_the_surface_and_not_of_what_stands_before_it(void **state)
{
    (void)state;
    fill_scene *const self = create_scene();
    spx_colour_range *ranges = NULL;

    assert_int_equal(spx_colour_ranges_create(&ranges, &self->level, NULL, NULL), SPX_OK);

    const spx_colour_range *const plain = range_at(self, ranges, 30, 2);
    const spx_colour_range *const lined = range_at(self, ranges, 30, 20);
    for (int c = 0; c < 3; c++) {
        assert_int_equal(plain->low[c], 30);
        assert_int_equal(plain->high[c], 34);
        assert_int_equal(lined->low[c], 30);
        assert_int_equal(lined->high[c], 90);
    }
    free(ranges);
    fill_scene_destroy(self);
}

static void allows_everything_where_nothing_of_the_surface_is_seen(void **state)
{
    (void)state;
    fill_scene *const self = create_scene();
    for (size_t i = 0; i < (size_t)WIDTH * HEIGHT; i++)
        self->depth[i] = NEAR;
    spx_colour_range *ranges = NULL;

    assert_int_equal(spx_colour_ranges_create(&ranges, &self->level, NULL, NULL), SPX_OK);

    const uint8_t white[] = { 255, 255, 255 };
    const uint8_t black[] = { 0, 0, 0 };
    assert_int_equal(spx_colour_range_excess(range_at(self, ranges, 30, 2), white), 0);
    assert_int_equal(spx_colour_range_excess(range_at(self, ranges, 30, 2), black), 0);
    free(ranges);
    fill_scene_destroy(self);
}

static void counts_by_how_much_a_colour_lies_outside(void **state)
{
    (void)state;
    const spx_colour_range range = { .low = { 10, 20, 30 }, .high = { 40, 50, 60 } };

    assert_int_equal(spx_colour_range_excess(&range, (const uint8_t[]){ 10, 50, 45 }), 0);
    assert_int_equal(spx_colour_range_excess(&range, (const uint8_t[]){ 5, 50, 61 }), 6);
    assert_int_equal(spx_colour_range_excess(&range, (const uint8_t[]){ 255, 0, 30 }), 235);
}

static void half_the_size_has_the_means(void **state)
{
    (void)state;
    fill_scene *const self = create_scene();
    spx_level half = { 0 };
    spx_colour_range *ranges = NULL;
    spx_colour_range *halved = NULL;
    assert_int_equal(spx_level_init_half(&half, &self->level, NULL, NULL), SPX_OK);
    assert_int_equal(spx_colour_ranges_create(&ranges, &self->level, NULL, NULL), SPX_OK);

    assert_int_equal(spx_colour_ranges_halve(&halved, &half, &self->level, ranges, NULL, NULL),
                     SPX_OK);

    const uint32_t index = spx_level_find(&half, 15, 1);
    assert_int_not_equal(index, UINT32_MAX);
    assert_int_equal(halved[index].low[0], 30);
    assert_int_equal(halved[index].high[0], 34);
    free(halved);
    free(ranges);
    spx_level_clear(&half);
    fill_scene_destroy(self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_colours_of_the_surface_and_not_of_what_stands_before_it),
        cmocka_unit_test(allows_everything_where_nothing_of_the_surface_is_seen),
        cmocka_unit_test(counts_by_how_much_a_colour_lies_outside),
        cmocka_unit_test(half_the_size_has_the_means),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
