#include "test_support.h"

#include "depth/level_blend.h"
#include "image/plane_blur.h"

enum { WIDTH = 384, HEIGHT = 64, FIRST = 84, END = 108 /* columns of a faint post */ };

static const double sigma = 1.0 / 24.0;
static const float ground = 0.2F;

/** Two posts before the ground; the first one is `first` high, the other `other`. */
static spx_plane *posts(uint32_t width, uint32_t height, float first, float other)
{
    spx_plane *plane = NULL;
    assert_int_equal(spx_plane_create(&plane, width, height, NULL), SPX_OK);
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            const uint32_t at = x * WIDTH / width;
            const float one = at >= FIRST && at < END ? first : 0.0F;
            spx_plane_row(plane, y)[x] =
                ground + (at >= WIDTH / 2 && at < WIDTH - 60 ? other : one);
        }
    }
    return plane;
}

/** A level that sees both posts sharply, and everywhere. */
static spx_tiled_map sharp_level(void)
{
    spx_tiled_map level = { .values = posts(WIDTH, HEIGHT, 0.7F, 0.7F),
                            .details = posts(WIDTH, HEIGHT, 0.7F, 0.7F),
                            .share = posts(WIDTH, HEIGHT, 0.0F, 0.0F) };
    assert_int_equal(spx_plane_blur(level.details, sigma * WIDTH, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            float *const at = &spx_plane_row(level.details, y)[x];
            *at = spx_plane_row(level.values, y)[x] - *at;
            spx_plane_row(level.share, y)[x] = 1.0F;
        }
    }
    return level;
}

/** The coarsest map: soft, and the first post is hardly there. */
static spx_plane *soft_map(void)
{
    spx_plane *const map = posts(WIDTH / 2, HEIGHT / 2, 0.2F, 0.7F);
    assert_int_equal(spx_plane_blur(map, 3.0, NULL), SPX_OK);
    return map;
}

static spx_plane *blend(void)
{
    spx_plane *out = NULL;
    spx_plane *const map = soft_map();
    spx_tiled_map level = sharp_level();
    assert_int_equal(spx_depth_blend_level(map, &level, map, sigma, &out, NULL), SPX_OK);
    spx_tiled_map_clear(&level);
    spx_plane_destroy(map);
    return out;
}

static void a_faint_post_gets_the_levels_edges(void **state)
{
    (void)state;
    spx_plane *const out = blend();
    const float *const row = spx_plane_row(out, HEIGHT / 2);
    /* the map's own step is a tenth of its height, 0.2 */
    assert_true(row[FIRST] - row[FIRST - 1] > 0.15F);
    assert_true(row[END - 1] - row[END] > 0.15F);
    spx_plane_destroy(out);
}

static void no_rim_beside_it_is_farther_than_the_ground(void **state)
{
    (void)state;
    spx_plane *const out = blend();
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++)
            assert_true(spx_plane_row(out, y)[x] > ground - 1e-4F);
    }
    spx_plane_destroy(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_faint_post_gets_the_levels_edges),
        cmocka_unit_test(no_rim_beside_it_is_farther_than_the_ground),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
