#include "test_support.h"

#include "depth/extremes.h"

#include "base/pool.h"

/* Values without order, the same at every run. */
static spx_plane *make_map(uint32_t width, uint32_t height)
{
    spx_plane *map = NULL;
    uint32_t seed = width * 31 + height;
    assert_int_equal(spx_plane_create(&map, width, height, NULL), SPX_OK);
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            seed = seed * 1664525u + 1013904223u;
            spx_plane_row(map, y)[x] = (float)(seed >> 8) / (float)(1 << 24);
        }
    }
    return map;
}

/* The definition: every pixel of the window is looked at. */
static void look(const spx_plane *map, uint32_t x, uint32_t y, uint32_t reach, float out[2])
{
    const uint32_t left = x < reach ? 0 : x - reach;
    const uint32_t top = y < reach ? 0 : y - reach;
    out[0] = out[1] = spx_plane_row(map, y)[x];
    for (uint32_t v = top; v < map->height && (v < y || v - y <= reach); v++) {
        for (uint32_t u = left; u < map->width && (u < x || u - x <= reach); u++) {
            const float value = spx_plane_row(map, v)[u];
            out[0] = value < out[0] ? value : out[0];
            out[1] = value > out[1] ? value : out[1];
        }
    }
}

static void check(uint32_t width, uint32_t height, uint32_t reach, const spx_task *task)
{
    spx_plane *const map = make_map(width, height);
    spx_depth_extremes found;
    assert_int_equal(spx_depth_find_extremes(&found, map, reach, task, NULL), SPX_OK);
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            float wanted[2];
            look(map, x, y, reach, wanted);
            assert_true(spx_plane_row(found.low, y)[x] == wanted[0]);
            assert_true(spx_plane_row(found.high, y)[x] == wanted[1]);
        }
    }
    spx_depth_extremes_clear(&found);
    spx_plane_destroy(map);
}

/* Reaches around powers of two, and beyond the map. */
static void finds_what_is_in_the_window(void **state)
{
    static const uint32_t sizes[][2] = { { 1, 1 },   { 1, 9 },   { 13, 1 },
                                         { 31, 17 }, { 33, 16 }, { 70, 35 } };
    static const uint32_t reaches[] = { 0, 1, 2, 3, 4, 5, 7, 8, 40 };
    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (size_t k = 0; k < sizeof(reaches) / sizeof(reaches[0]); k++)
            check(sizes[i][0], sizes[i][1], reaches[k], NULL);
    }
}

static void threads_find_the_same(void **state)
{
    spx_pool *pool = NULL;
    (void)state;
    assert_int_equal(spx_pool_create(&pool, 3, NULL), SPX_OK);
    check(150, 90, 6, &(spx_task){ .pool = pool });
    spx_pool_destroy(pool);
}

static void a_reach_without_bounds_is_the_whole_map(void **state)
{
    (void)state;
    check(20, 12, UINT32_MAX, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_is_in_the_window),
        cmocka_unit_test(threads_find_the_same),
        cmocka_unit_test(a_reach_without_bounds_is_the_whole_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
