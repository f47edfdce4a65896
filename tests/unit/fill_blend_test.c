#include "test_support.h"

#include "fill/blend.h"
#include "fill_scene.h"
#include "image/image.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 128, HEIGHT = 60, FROM = 60, TO = 84, STEP = 100, FAR = 5000, NEAR = 40000 };

typedef uint16_t (*colour_fn)(uint32_t x, uint32_t y);

/* Columns FROM..TO-1 are wanted and hold something else, to their right stands something near and
 * white. */
typedef struct scene {
    fill_scene *fill;
    spx_colour_range *ranges;
} scene;

static uint16_t *sample16(const scene *self, uint32_t x, uint32_t y)
{
    return spx_image_row16(self->fill->image, y) + (size_t)3 * x;
}

static int get(const scene *self, uint32_t x, uint32_t y)
{
    return self->fill->image->bits == 8 ? spx_image_row8(self->fill->image, y)[(size_t)3 * x]
                                        : sample16(self, x, y)[0];
}

static void set(const scene *self, uint32_t x, uint32_t y, uint16_t value)
{
    for (size_t c = 0; c < 3; c++) {
        if (self->fill->image->bits == 8) {
            spx_image_row8(self->fill->image, y)[(size_t)3 * x + c] = (uint8_t)value;
        } else {
            sample16(self, x, y)[c] = value;
        }
    }
}

/* The offsets stay to be set. image8: what the level looks at. */
static scene *create_scene(uint32_t bits, colour_fn colour)
{
    scene *const self = calloc(1, sizeof(*self));
    spx_image *image8 = NULL;
    assert_non_null(self);
    self->fill = fill_scene_create(WIDTH, HEIGHT, bits, STEP);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const size_t at = (size_t)y * WIDTH + x;
            self->fill->known[at] = x >= FROM && x < TO;
            set(self, x, y,
                self->fill->known[at] ? (y % 2 == 0 ? 7 : 200)
                                      : (x >= TO ? (bits == 8 ? 255 : 65535) : colour(x, y)));
            self->fill->depth[at] = x >= FROM ? NEAR : FAR;
            self->fill->wanted[at] = FAR;
        }
    }
    assert_int_equal(spx_image_create(&image8, WIDTH, HEIGHT, 8, NULL), SPX_OK);
    fill_scene_level(self->fill, image8, NULL);
    spx_image_unref(image8);
    self->ranges = malloc(self->fill->level.wanted_count * sizeof(*self->ranges));
    assert_non_null(self->ranges);
    for (uint32_t i = 0; i < self->fill->level.wanted_count; i++)
        self->ranges[i] = (spx_colour_range){ .low = { 0, 0, 0 }, .high = { 255, 255, 255 } };
    return self;
}

static void destroy_scene(scene *self)
{
    fill_scene_destroy(self->fill);
    free(self->ranges);
    free(self);
}

/* Every row copies from where its number says. */
static void set_offsets(const scene *self, int16_t of_even_rows, int16_t of_odd_rows)
{
    for (uint32_t i = 0; i < self->fill->level.wanted_count; i++) {
        const uint32_t y = self->fill->level.wanted[i] / WIDTH;
        self->fill->level.offsets[i] =
            (spx_offset){ .x = y % 2 == 0 ? of_even_rows : of_odd_rows, .y = 0 };
    }
}

static void blend(const scene *self)
{
    assert_int_equal(
        spx_fill_blend(&self->fill->backdrop, &self->fill->level, self->ranges, NULL, NULL),
        SPX_OK);
}

static uint16_t slope(uint32_t x, uint32_t y)
{
    return (uint16_t)(40 + x + y);
}

static uint16_t steps(uint32_t x, uint32_t y)
{
    (void)y;
    return x < 30 ? 60 : 140;
}

static uint16_t slope16(uint32_t x, uint32_t y)
{
    return (uint16_t)(10000 + 200 * x + 100 * y);
}

static uint16_t grain(uint32_t x, uint32_t y)
{
    const uint32_t h = (x * 374761393U + y * 668265263U) * 2246822519U;
    return (uint16_t)(100 + (h >> 24) % 21);
}

/* Mean squared difference of pixels side by side, in columns from..end-1. */
static double roughness(const scene *self, uint32_t from, uint32_t end)
{
    double sum = 0;
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = from; x + 1 < end; x++) {
            const double apart = get(self, x + 1, y) - get(self, x, y);
            sum += apart * apart;
        }
    }
    return sum / ((end - 1.0 - from) * HEIGHT);
}

static void a_slope_goes_on_without_a_seam(void **state)
{
    (void)state;
    static const struct {
        uint32_t bits;
        colour_fn colour;
        int near_enough;
    } cases[] = { { 8, slope, 5 }, { 16, slope16, 1000 } };
    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
        scene *const self = create_scene(cases[k].bits, cases[k].colour);
        set_offsets(self, -26, -26); /* darker by 26, or 5200 */

        blend(self);

        for (uint32_t y = 0; y < HEIGHT; y++) {
            for (uint32_t x = FROM; x < FROM + 8; x++)
                assert_in_range(get(self, x, y) + cases[k].near_enough - cases[k].colour(x, y), 0,
                                2 * cases[k].near_enough);
        }
        destroy_scene(self);
    }
}

static void rows_that_copy_from_different_places_make_no_comb(void **state)
{
    (void)state;
    scene *const self = create_scene(8, steps);
    set_offsets(self, -26, -58); /* bright, dark */

    blend(self);

    for (uint32_t y = 1; y < HEIGHT; y++) {
        for (uint32_t x = FROM; x < TO; x++)
            assert_in_range(get(self, x, y) - get(self, x, y - 1) + 2, 0, 4);
        assert_in_range(get(self, FROM, y), 138, 142);
    }
    destroy_scene(self);
}

static void grain_stays_as_coarse_as_it_is(void **state)
{
    (void)state;
    scene *const self = create_scene(8, grain);
    set_offsets(self, -26, -26);
    const double before = roughness(self, FROM - 26, TO - 26);

    blend(self);

    const double ratio = roughness(self, FROM + 1, TO) / before;
    assert_true(ratio > 0.9 && ratio < 1.1);
    destroy_scene(self);
}

static void what_stands_before_it_has_no_say(void **state)
{
    (void)state;
    scene *const self = create_scene(8, steps);
    set_offsets(self, -26, -26);

    blend(self);

    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = FROM; x < TO; x++)
            assert_in_range(get(self, x, y), 139, 141);
        assert_int_equal(get(self, TO, y), 255);
    }
    destroy_scene(self);
}

static void without_a_place_to_copy_from_what_it_is_beside_goes_on(void **state)
{
    (void)state;
    scene *const self = create_scene(8, steps);
    set_offsets(self, SPX_OFFSET_NONE, SPX_OFFSET_NONE);

    blend(self);

    for (uint32_t y = 0; y < HEIGHT; y++)
        assert_in_range(get(self, FROM, y), 130, 142);
    destroy_scene(self);
}

/* Rows above SKY show something far behind the surface, and dark. */
static void what_lies_behind_it_has_no_say(void **state)
{
    (void)state;
    enum { SKY = 20, FARTHER = 1000 };
    scene *const self = create_scene(8, steps);
    for (uint32_t y = 0; y < SKY; y++) {
        for (uint32_t x = FROM; x < TO; x++) {
            self->fill->known[(size_t)y * WIDTH + x] = 0;
            self->fill->depth[(size_t)y * WIDTH + x] = FARTHER;
            set(self, x, y, 20);
        }
    }
    spx_image *const image8 = spx_image_ref(self->fill->level.image);
    spx_level_clear(&self->fill->level);
    fill_scene_level(self->fill, image8, NULL);
    spx_image_unref(image8);
    set_offsets(self, -26, -26);

    blend(self);

    for (uint32_t y = SKY; y < HEIGHT; y++) {
        for (uint32_t x = FROM; x < TO; x++)
            assert_in_range(get(self, x, y), 139, 141);
    }
    destroy_scene(self);
}

static void colours_stay_within_what_the_surface_shows(void **state)
{
    (void)state;
    scene *const self = create_scene(8, slope);
    set_offsets(self, -26, -26);
    for (uint32_t i = 0; i < self->fill->level.wanted_count; i++)
        self->ranges[i] = (spx_colour_range){ .low = { 90, 0, 0 }, .high = { 110, 255, 255 } };

    blend(self);

    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = FROM; x < TO; x++)
            assert_in_range(get(self, x, y), 90 - 8, 110 + 8);
    }
    destroy_scene(self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slope_goes_on_without_a_seam),
        cmocka_unit_test(rows_that_copy_from_different_places_make_no_comb),
        cmocka_unit_test(grain_stays_as_coarse_as_it_is),
        cmocka_unit_test(what_stands_before_it_has_no_say),
        cmocka_unit_test(colours_stay_within_what_the_surface_shows),
        cmocka_unit_test(without_a_place_to_copy_from_what_it_is_beside_goes_on),
        cmocka_unit_test(what_lies_behind_it_has_no_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
