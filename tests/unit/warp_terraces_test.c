#include "test_support.h"

#include "bench_parts.h"
#include "image/image.h"
#include "stereo_measure.h"
#include "warp/layers.h"
#include "warp/terraces.h"

#include <math.h>
#include <stdlib.h>

enum {
    WIDTH = 300,
    HEIGHT = 300, /* several turns of rows */
    MARGIN = 5,
    QUANTUM = 514, /* of an 8-bit map every second level */
    FIRST = 1000,
    LEVEL_PX = 3, /* so wide is a terrace */
};
static const float px_per_unit = 1.0F / 514.0F;

static spx_layers canvas(void)
{
    return (spx_layers){
        .width = WIDTH + 2 * MARGIN, .height = HEIGHT, .margin = MARGIN, .px_per_unit = px_per_unit
    };
}

static size_t at(const spx_layers *layers, uint32_t x, uint32_t y)
{
    return spx_layers_at(layers, y) + layers->margin + x;
}

static uint16_t *create_depth(const spx_layers *layers)
{
    uint16_t *const depth = calloc((size_t)layers->width * layers->height, sizeof(*depth));
    assert_non_null(depth);
    return depth;
}

static void draw(const spx_layers *layers, uint16_t *depth, double (*depth_at)(double x, double y))
{
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++)
            depth[at(layers, x, y)] = (uint16_t)lrint(depth_at(x, y));
    }
}

/* Levels so many pixels wide from left to right. */
static double terraces(double x, double y)
{
    (void)y;
    return FIRST + QUANTUM * floor(x / LEVEL_PX);
}

static double terraces_down(double x, double y)
{
    return terraces(y, x);
}

/* A wall from the middle on that is 20 levels higher. */
static double terraces_before_a_wall(double x, double y)
{
    return terraces(x, y) + (x >= WIDTH / 2 ? 20.0 * QUANTUM : 0.0);
}

/* 170 whole pixels of disparity in a map whose nearest is 211: no whole number of units apart. */
static double whole_pixels(double x, double y)
{
    return (42.0 + fmod(x + y, 170.0)) * (double)UINT16_MAX / 211.0;
}

static double slope(double x, double y)
{
    return FIRST + 171.0 * x + y;
}

static double five_cards(double x, double y)
{
    (void)y;
    return floor(x / 60.0) * 16383.0;
}

static float quantum_of(const spx_layers *layers, const uint16_t *depth)
{
    float quantum = -1.0F;
    assert_int_equal(spx_terraces_find(layers, depth, &quantum, NULL), SPX_OK);
    return quantum;
}

static void levels_that_are_seen_are_found(void **state)
{
    (void)state;
    spx_layers layers = canvas();
    uint16_t *const depth = create_depth(&layers);
    draw(&layers, depth, terraces);

    assert_float_equal(quantum_of(&layers, depth), QUANTUM, 0.01F);
    layers.px_per_unit = px_per_unit / 5.0F;
    assert_float_equal(quantum_of(&layers, depth), 0.0F, 0.0F);
    free(depth);
}

static void levels_between_whole_units_are_found(void **state)
{
    (void)state;
    const spx_layers layers = canvas();
    uint16_t *const depth = create_depth(&layers);
    draw(&layers, depth, whole_pixels);

    assert_float_equal(quantum_of(&layers, depth), (float)UINT16_MAX / 211.0F, 0.05F);
    free(depth);
}

static void slopes_and_flat_things_have_no_levels(void **state)
{
    (void)state;
    const spx_layers layers = canvas();
    uint16_t *const depth = create_depth(&layers);
    draw(&layers, depth, slope);
    assert_float_equal(quantum_of(&layers, depth), 0.0F, 0.0F);
    draw(&layers, depth, five_cards);
    assert_float_equal(quantum_of(&layers, depth), 0.0F, 0.0F);
    /* 40 values, one of them where no level is. */
    draw(&layers, depth, terraces);
    depth[at(&layers, 200, 150)] += 200;
    assert_float_equal(quantum_of(&layers, depth), 0.0F, 0.0F);
    free(depth);
}

static void a_rounded_plane_becomes_a_plane(void **state)
{
    (void)state;
    const spx_layers layers = canvas();
    uint16_t *const depth = create_depth(&layers);
    uint16_t *const out = create_depth(&layers);
    for (int down = 0; down < 2; down++) {
        draw(&layers, depth, down ? terraces_down : terraces);

        assert_int_equal(spx_terraces_slope(&layers, depth, QUANTUM, out, NULL, NULL), SPX_OK);

        for (uint32_t y = LEVEL_PX; y < HEIGHT - LEVEL_PX; y++) {
            for (uint32_t x = LEVEL_PX; x < WIDTH - LEVEL_PX; x++) {
                const double along = ((double)(down ? y : x) + 0.5) / LEVEL_PX - 0.5;
                assert_float_equal(out[at(&layers, x, y)], (float)(FIRST + QUANTUM * along), 1.0F);
            }
            for (uint32_t x = 0; x < MARGIN; x++)
                assert_int_equal(out[spx_layers_at(&layers, y) + x], out[at(&layers, 0, y)]);
        }
    }
    free(depth);
    free(out);
}

static void an_edge_of_many_levels_stays(void **state)
{
    (void)state;
    const spx_layers layers = canvas();
    uint16_t *const depth = create_depth(&layers);
    uint16_t *const out = create_depth(&layers);
    draw(&layers, depth, terraces_before_a_wall);

    assert_int_equal(spx_terraces_slope(&layers, depth, QUANTUM, out, NULL, NULL), SPX_OK);

    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const int32_t moved = out[at(&layers, x, y)] - depth[at(&layers, x, y)];
            assert_in_range(abs(moved), 0, QUANTUM / 2);
        }
        const int32_t edge = out[at(&layers, WIDTH / 2, y)] - out[at(&layers, WIDTH / 2 - 1, y)];
        assert_in_range(edge, 19 * QUANTUM, 22 * QUANTUM);
    }
    free(depth);
    free(out);
}

/* ---- eyes ---- */

static int is_leaf(uint32_t x, uint32_t y)
{
    return x > 100 && x < 200 && y > 60 && y < 240;
}

/* A leaf at a slant before a wall, 15 to 70 pixels of disparity; exact or in whole pixels. */
static spx_plane *create_leaf(int whole)
{
    spx_plane *depth = NULL;
    assert_int_equal(spx_plane_create(&depth, WIDTH, HEIGHT, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const double px = is_leaf(x, y) ? 70.0 - 0.5 * (x - 100.0) - 0.02 * y : 4.0 + 0.01 * x;
            spx_plane_row(depth, y)[x] = (float)((whole ? round(px) : px) / 70.0);
        }
    }
    return depth;
}

static spx_image *create_photo(void)
{
    spx_image *photo = NULL;
    assert_int_equal(spx_image_create(&photo, WIDTH, HEIGHT, 8, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const double wave = 30.0 * sin(0.35 * x + 0.2 * y) + 15.0 * sin(0.9 * y);
            for (int c = 0; c < 3; c++) {
                const double colour = is_leaf(x, y) ? (c == 1 ? 150.0 : 60.0) : 190.0;
                spx_image_set_sample(photo, x, y, c, (uint32_t)(colour + wave));
            }
        }
    }
    return photo;
}

static spx_image *right_eye(spx_image *photo, int whole)
{
    spx_image *eye = NULL;
    spx_plane *const depth = create_leaf(whole);
    assert_int_equal(bench_right_eye(&eye, photo, depth, 70.0, 1, NULL, NULL), SPX_OK);
    spx_plane_destroy(depth);
    return eye;
}

/* Torn in stripes of the wall's colour it had 21.0 dB and 384 flecks. */
static void a_leaf_at_a_slant_in_whole_pixels_is_not_torn(void **state)
{
    (void)state;
    spx_image *const photo = create_photo();

    spx_image *const exact = right_eye(photo, 0);
    spx_image *const whole = right_eye(photo, 1);

    const size_t flecks = measure_flecks(whole, photo, 71, NULL);
    const double psnr = measure_psnr(whole, exact, NULL);
    assert_true(psnr > 35.0);
    assert_true(flecks <= measure_flecks(exact, photo, 71, NULL) + 2);
    spx_image_unref(photo);
    spx_image_unref(exact);
    spx_image_unref(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels_that_are_seen_are_found),
        cmocka_unit_test(levels_between_whole_units_are_found),
        cmocka_unit_test(slopes_and_flat_things_have_no_levels),
        cmocka_unit_test(a_rounded_plane_becomes_a_plane),
        cmocka_unit_test(an_edge_of_many_levels_stays),
        cmocka_unit_test(a_leaf_at_a_slant_in_whole_pixels_is_not_torn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
