#include "test_support.h"

#include "depth/along.h"

#include "base/pool.h"
#include "image/image.h"

#include <math.h>
#include <string.h>

enum { WIDTH = 320, HEIGHT = 240, HALF_WIDE = 3, CHANNELS = 3 };

static const float far_depth = 0.2f;
static const float near_depth = 0.8f;

typedef struct blade {
    double foot; /* column at row 0 */
    double lean; /* columns a row */
    uint8_t rgb[CHANNELS];
} blade;

static const blade orange = { 90, 0.35, { 220, 140, 40 } };
static const blade blue = { 250, -0.6, { 40, 60, 160 } };

static int covers(const blade *one, uint32_t x, uint32_t y)
{
    return fabs(x - (one->foot + one->lean * y)) <= HALF_WIDE;
}

/* The blades, the first in front, before a plain wall. */
static spx_image *make_photo(const blade *const *blades, size_t count)
{
    static const uint8_t wall[CHANNELS] = { 120, 120, 125 };
    spx_image *photo = NULL;
    assert_int_equal(spx_image_create(&photo, WIDTH, HEIGHT, 8, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const uint8_t *colour = wall;
            for (size_t i = count; i-- > 0;)
                colour = covers(blades[i], x, y) ? blades[i]->rgb : colour;
            memcpy(spx_image_row8(photo, y) + (size_t)CHANNELS * x, colour, CHANNELS);
        }
    }
    return photo;
}

/* Depth of a blade's row. */
typedef double (*depth_fn)(uint32_t y);

static double wavering(uint32_t y)
{
    return near_depth + 0.15 * sin(y * 0.9);
}

static double torn(uint32_t y)
{
    return y >= 116 && y < 124 ? far_depth + 0.05 : near_depth;
}

static double sloping(uint32_t y)
{
    return 0.45 + 0.5 * y / HEIGHT;
}

static double steady(uint32_t y)
{
    (void)y;
    return near_depth;
}

static double middling(uint32_t y)
{
    (void)y;
    return 0.5;
}

static spx_plane *make_map(const blade *const *blades, const depth_fn *depths, size_t count)
{
    spx_plane *map = NULL;
    assert_int_equal(spx_plane_create(&map, WIDTH, HEIGHT, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            double depth = far_depth;
            for (size_t i = count; i-- > 0;)
                depth = covers(blades[i], x, y) ? depths[i](y) : depth;
            spx_plane_row(map, y)[x] = (float)depth;
        }
    }
    return map;
}

static void even(spx_plane **map, const spx_image *photo, unsigned threads)
{
    spx_guide guide;
    spx_pool *pool = NULL;
    spx_diag diag = { 0 };
    assert_int_equal(spx_pool_create(&pool, threads, NULL), SPX_OK);
    const spx_task task = { .pool = pool };
    assert_int_equal(spx_guide_init(&guide, photo, WIDTH, HEIGHT, &task, NULL), SPX_OK);
    if (spx_depth_even_along(map, &guide, &task, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    spx_guide_clear(&guide);
    spx_pool_destroy(pool);
}

/* A blade's depth in the middle of row y. */
static double middle(const spx_plane *map, const blade *one, uint32_t y)
{
    return spx_plane_row(map, y)[lrint(one->foot + one->lean * y)];
}

/* The largest difference from a depth in rows `from` to `end` - 1. */
static double worst_of(const spx_plane *map, const blade *one, depth_fn depth, uint32_t from,
                       uint32_t end)
{
    double most = 0;
    for (uint32_t y = from; y < end; y++)
        most = fmax(most, fabs(middle(map, one, y) - depth(y)));
    return most;
}

/* The same far from the frame. */
static double worst(const spx_plane *map, const blade *one, depth_fn depth)
{
    return worst_of(map, one, depth, 40, HEIGHT - 40);
}

static spx_plane *evened(depth_fn depth, unsigned threads)
{
    static const blade *const one[] = { &orange };
    spx_image *const photo = make_photo(one, 1);
    spx_plane *map = make_map(one, &depth, 1);
    even(&map, photo, threads);
    spx_image_unref(photo);
    return map;
}

static void wavering_blade_keeps_one_depth(void **state)
{
    (void)state;
    spx_plane *const map = evened(wavering, 1);
    assert_true(worst(map, &orange, steady) < 0.04); /* 0.15 before */
    spx_plane_destroy(map);
}

static void torn_blade_is_joined(void **state)
{
    (void)state;
    spx_plane *const map = evened(torn, 1);
    for (uint32_t y = 100; y < 140; y++)
        assert_true(middle(map, &orange, y) > 0.55); /* 0.25 before */
    spx_plane_destroy(map);
}

static void slope_stays(void **state)
{
    (void)state;
    spx_plane *const map = evened(sloping, 1);
    assert_true(worst(map, &orange, sloping) < 0.01);
    assert_true(worst_of(map, &orange, sloping, 0, 10) <
                0.004); /* walks to one side; 0.012 as a mean */
    spx_plane_destroy(map);
}

static void what_crosses_keeps_its_depth(void **state)
{
    static const blade *const two[] = { &orange, &blue };
    static const depth_fn depths[] = { steady, middling };
    (void)state;
    spx_image *const photo = make_photo(two, 2);
    spx_plane *map = make_map(two, depths, 2);
    even(&map, photo, 1);
    assert_true(worst(map, &orange, steady) < 0.05);
    for (uint32_t y = 40; y < HEIGHT - 40; y++) {
        const uint32_t x = (uint32_t)lrint(blue.foot + blue.lean * y);
        if (!covers(&orange, x, y))
            assert_true(fabs(middle(map, &blue, y) - 0.5) < 0.08);
    }
    spx_plane_destroy(map);
    spx_image_unref(photo);
}

/* Depth edges where the photo has no line stay as they are, to the bit. */
static void plain_photo_changes_nothing(void **state)
{
    static const blade *const one[] = { &orange };
    static const depth_fn depth = wavering;
    (void)state;
    spx_image *const photo = make_photo(NULL, 0);
    spx_plane *map = make_map(one, &depth, 1);
    spx_plane *const before = make_map(one, &depth, 1);
    even(&map, photo, 1);
    for (uint32_t y = 0; y < HEIGHT; y++)
        assert_memory_equal(spx_plane_row(map, y), spx_plane_row(before, y), WIDTH * sizeof(float));
    spx_plane_destroy(before);
    spx_plane_destroy(map);
    spx_image_unref(photo);
}

static void threads_make_the_same(void **state)
{
    (void)state;
    spx_plane *const one = evened(wavering, 1);
    spx_plane *const three = evened(wavering, 3);
    for (uint32_t y = 0; y < HEIGHT; y++)
        assert_memory_equal(spx_plane_row(one, y), spx_plane_row(three, y), WIDTH * sizeof(float));
    spx_plane_destroy(one);
    spx_plane_destroy(three);
}

/* A pole along the frame: rounding may not lead a walk out of the picture. */
static void pole_at_the_frame_keeps_one_depth(void **state)
{
    static const blade pole = { 0, 0, { 220, 140, 40 } };
    static const blade *const one[] = { &pole };
    static const depth_fn depth = wavering;
    (void)state;
    spx_image *const photo = make_photo(one, 1);
    spx_plane *map = make_map(one, &depth, 1);
    even(&map, photo, 1);
    assert_true(worst(map, &pole, steady) < 0.014); /* 0.15 before, 0.02 by walks to one side */
    spx_plane_destroy(map);
    spx_image_unref(photo);
}

/* A map that has thin things, and a wide one far from them, with lines in the photo. */
static void what_is_far_from_thin_things_stays(void **state)
{
    enum { FROM = 180, END = 310 };
    static const blade *const two[] = { &orange, &blue };
    static const blade *const one[] = { &orange };
    static const depth_fn depth = wavering;
    (void)state;
    spx_image *const photo = make_photo(two, 2);
    spx_plane *map = make_map(one, &depth, 1);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = FROM; x < END; x++)
            spx_plane_row(map, y)[x] = (float)wavering(y / 16);
    }
    spx_plane *before = NULL;
    assert_int_equal(spx_plane_copy(&before, map, NULL), SPX_OK);
    even(&map, photo, 1);
    assert_true(middle(map, &orange, 100) != middle(before, &orange, 100));
    for (uint32_t y = 0; y < HEIGHT; y++) {
        assert_memory_equal(spx_plane_row(map, y) + FROM + 16, spx_plane_row(before, y) + FROM + 16,
                            (END - FROM - 32) * sizeof(float));
    }
    spx_plane_destroy(before);
    spx_plane_destroy(map);
    spx_image_unref(photo);
}

static void cancelled_leaves_the_map(void **state)
{
    static const blade *const one[] = { &orange };
    static const depth_fn depth = wavering;
    spx_guide guide;
    spx_cancel *cancel = NULL;
    (void)state;
    spx_image *const photo = make_photo(one, 1);
    spx_plane *map = make_map(one, &depth, 1);
    spx_plane *const before = map;
    assert_int_equal(spx_guide_init(&guide, photo, WIDTH, HEIGHT, NULL, NULL), SPX_OK);
    assert_int_equal(spx_cancel_create(&cancel), SPX_OK);
    spx_cancel_request(cancel);
    assert_int_equal(spx_depth_even_along(&map, &guide, &(spx_task){ .cancel = cancel }, NULL),
                     SPX_ERR_CANCELLED);
    assert_ptr_equal(map, before);
    spx_cancel_destroy(cancel);
    spx_guide_clear(&guide);
    spx_plane_destroy(map);
    spx_image_unref(photo);
}

static void assert_depths(const spx_plane *map)
{
    for (uint32_t y = 0; y < map->height; y++) {
        for (uint32_t x = 0; x < map->width; x++)
            assert_true(spx_plane_row(map, y)[x] >= 0 && spx_plane_row(map, y)[x] <= 1);
    }
}

static double broken_at_the_frame(uint32_t y)
{
    return y < 8 ? 1.0 : 0.3;
}

/* The line through such a blade's depths is at 1.2 where it meets the frame. */
static void no_depth_leaves_the_range(void **state)
{
    (void)state;
    spx_plane *const map = evened(broken_at_the_frame, 1);
    assert_depths(map);
    spx_plane_destroy(map);
}

/* Stripes of a pixel, in maps of a few: no walk leaves them. */
static void tiny_maps(void **state)
{
    static const uint32_t sizes[][2] = { { 1, 1 }, { 1, 7 }, { 9, 1 }, { 2, 2 }, { 2, 90 } };
    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        spx_image *photo = NULL;
        spx_plane *map = NULL;
        spx_guide guide;
        assert_int_equal(spx_image_create(&photo, sizes[i][0], sizes[i][1], 8, NULL), SPX_OK);
        assert_int_equal(spx_plane_create(&map, sizes[i][0], sizes[i][1], NULL), SPX_OK);
        for (uint32_t y = 0; y < sizes[i][1]; y++) {
            for (uint32_t x = 0; x < sizes[i][0]; x++) {
                memset(spx_image_row8(photo, y) + (size_t)CHANNELS * x, x % 2 ? 90 : 200, CHANNELS);
                spx_plane_row(map, y)[x] = (float)((x + y / 3) % 2);
            }
        }
        assert_int_equal(spx_guide_init(&guide, photo, sizes[i][0], sizes[i][1], NULL, NULL),
                         SPX_OK);
        assert_int_equal(spx_depth_even_along(&map, &guide, NULL, NULL), SPX_OK);
        assert_depths(map);
        spx_guide_clear(&guide);
        spx_plane_destroy(map);
        spx_image_unref(photo);
    }
}

/* How far poles `period` columns apart, nearer above the middle than below, change 40 rows from
 * there. Maps as large as the networks' finest ones. */
static double change_off_the_middle(uint32_t period)
{
    enum { WIDE = 1600, HIGH = 1200, THICK = 4, OFF = 40 };
    spx_image *photo = NULL;
    spx_plane *map = NULL;
    spx_guide guide;
    assert_int_equal(spx_image_create(&photo, WIDE, HIGH, 8, NULL), SPX_OK);
    assert_int_equal(spx_plane_create(&map, WIDE, HIGH, NULL), SPX_OK);
    for (uint32_t y = 0; y < HIGH; y++) {
        for (uint32_t x = 0; x < WIDE; x++) {
            const int is_pole = x % period < THICK;
            const float depth = y < HIGH / 2 ? near_depth : 0.5F;
            memset(spx_image_row8(photo, y) + (size_t)CHANNELS * x, is_pole ? 200 : 60, CHANNELS);
            spx_plane_row(map, y)[x] = is_pole ? depth : far_depth;
        }
    }
    assert_int_equal(spx_guide_init(&guide, photo, WIDE, HIGH, NULL, NULL), SPX_OK);
    assert_int_equal(spx_depth_even_along(&map, &guide, NULL, NULL), SPX_OK);
    const uint32_t middle_pole = WIDE / 2 / period * period + THICK / 2;
    const double change = fabs(spx_plane_row(map, HIGH / 2 - OFF)[middle_pole] - near_depth);
    spx_guide_clear(&guide);
    spx_plane_destroy(map);
    spx_image_unref(photo);
    return change;
}

/* Walks of the full length from every pixel of a map would take minutes. */
static void walks_are_shorter_where_all_is_lines(void **state)
{
    (void)state;
    assert_true(change_off_the_middle(200) > 0.03);
    assert_true(change_off_the_middle(8) < 0.001);
}

enum { POLE = 100, POLE_WIDTH = 4, APART = 3 };

/* Poles from column POLE on, `period` columns apart: in the photo of one colour, in the map heaps
 * that rise from left to right. */
static spx_plane *even_heaps(uint32_t count, uint32_t period, const uint8_t rgb[CHANNELS])
{
    spx_image *const photo = make_photo(NULL, 0);
    spx_plane *map = make_map(NULL, NULL, 0);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t k = 0; k < count * POLE_WIDTH; k++) {
            const uint32_t x = POLE + k / POLE_WIDTH * period + k % POLE_WIDTH;
            const float share = (float)(k % POLE_WIDTH + 1) / POLE_WIDTH;
            spx_plane_row(map, y)[x] = far_depth + share * (near_depth - far_depth);
            memcpy(spx_image_row8(photo, y) + (size_t)CHANNELS * x, rgb, CHANNELS);
        }
    }
    even(&map, photo, 1);
    spx_image_unref(photo);
    return map;
}

/* Of the first pole's left column and its right one, in the middle of the picture. */
static double difference_across(const spx_plane *map)
{
    const float *const row = spx_plane_row(map, HEIGHT / 2);
    return row[POLE + POLE_WIDTH - 1] - row[POLE];
}

static void heap_gets_one_depth_across(void **state)
{
    (void)state;
    spx_plane *const map = even_heaps(1, 0, orange.rgb);
    const float *const row = spx_plane_row(map, HEIGHT / 2);
    assert_true(fabs(difference_across(map)) < 0.05); /* 0.45 before */
    assert_true(row[POLE] > 0.5 && row[POLE] < near_depth);
    assert_true(fabs(row[POLE - 1] - far_depth) < 0.01);
    assert_true(fabs(row[POLE + POLE_WIDTH] - far_depth) < 0.01);
    spx_plane_destroy(map);
}

/* What lies between is too narrow to tell what is behind. */
static void heaps_close_together_keep_their_shape(void **state)
{
    (void)state;
    spx_plane *const map = even_heaps(2, POLE_WIDTH + APART, orange.rgb);
    assert_true(difference_across(map) > 0.35);
    spx_plane_destroy(map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wavering_blade_keeps_one_depth),
        cmocka_unit_test(torn_blade_is_joined),
        cmocka_unit_test(slope_stays),
        cmocka_unit_test(what_crosses_keeps_its_depth),
        cmocka_unit_test(heap_gets_one_depth_across),
        cmocka_unit_test(heaps_close_together_keep_their_shape),
        cmocka_unit_test(plain_photo_changes_nothing),
        cmocka_unit_test(threads_make_the_same),
        cmocka_unit_test(pole_at_the_frame_keeps_one_depth),
        cmocka_unit_test(what_is_far_from_thin_things_stays),
        cmocka_unit_test(cancelled_leaves_the_map),
        cmocka_unit_test(no_depth_leaves_the_range),
        cmocka_unit_test(tiny_maps),
        cmocka_unit_test(walks_are_shorter_where_all_is_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
