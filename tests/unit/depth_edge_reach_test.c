#include "test_support.h"

#include "depth/edge_reach.h"

#include <math.h>

/* A near square, columns and rows BEGIN..END-1, with a tip to the right that depth does not have.
 */
enum { WIDTH = 300, HEIGHT = 200, BEGIN = 60, END = 140, TIP = 155, TIP_TOP = 90, TIP_END = 112 };
static const float near = 0.7f;
static const float far = 0.2f;

typedef struct scene {
    spx_guide guide;
    spx_plane *depth;
} scene;

static void paint(const scene *self, uint32_t x, uint32_t y, float red, float blue)
{
    spx_plane_row(self->guide.planes[0], y)[x] = red;
    spx_plane_row(self->guide.planes[1], y)[x] = 0.3f;
    spx_plane_row(self->guide.planes[2], y)[x] = blue;
}

static int in_square(uint32_t x, uint32_t y)
{
    return x >= BEGIN && x < END && y >= BEGIN && y < END;
}

static int in_tip(uint32_t x, uint32_t y)
{
    return x >= END && x < TIP && y >= TIP_TOP && y < TIP_END;
}

/* Square and tip red before blue. */
static scene create_scene(void)
{
    scene self = { 0 };
    for (size_t c = 0; c < SPX_GUIDE_CHANNELS; c++)
        assert_int_equal(spx_plane_create(&self.guide.planes[c], WIDTH, HEIGHT, NULL), SPX_OK);
    assert_int_equal(spx_plane_create(&self.depth, WIDTH, HEIGHT, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const int red = in_square(x, y) || in_tip(x, y);
            paint(&self, x, y, red ? 0.9f : 0.1f, red ? 0.1f : 0.8f);
            spx_plane_row(self.depth, y)[x] = in_square(x, y) ? near : far;
        }
    }
    return self;
}

static void destroy_scene(scene *self)
{
    spx_guide_clear(&self->guide);
    spx_plane_destroy(self->depth);
}

static float depth_at(const scene *self, uint32_t x, uint32_t y)
{
    return spx_plane_row(self->depth, y)[x];
}

static void reach(scene *self)
{
    assert_int_equal(spx_depth_reach(self->depth, &self->guide, NULL, NULL), SPX_OK);
}

static void a_tip_stays_with_what_it_grows_from(void **state)
{
    (void)state;
    scene self = create_scene();

    reach(&self);

    for (uint32_t y = TIP_TOP + 2; y < TIP_END - 2; y++) {
        assert_true(depth_at(&self, END, y) > near - 0.05f);
        for (uint32_t x = END; x < TIP - 2; x++) {
            assert_true(depth_at(&self, x, y) > (near + far) / 2);
            assert_true(fabsf(depth_at(&self, x, y) - depth_at(&self, x - 1, y)) < 0.1f);
        }
    }
    destroy_scene(&self);
}

static void steps_where_colours_change_stay(void **state)
{
    (void)state;
    scene self = create_scene();

    reach(&self);

    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            if (in_square(x, y))
                assert_float_equal(depth_at(&self, x, y), near, 1e-6);
            else if (!in_tip(x, y))
                assert_float_equal(depth_at(&self, x, y), far, 1e-6);
        }
    }
    destroy_scene(&self);
}

/* Everything of one colour, but for a line that leaves the square. */
static void a_thin_line_is_no_wall(void **state)
{
    (void)state;
    enum { LINE = 100, AWAY = 12 };
    scene self = create_scene();
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++)
            paint(&self, x, y, y == LINE && x >= BEGIN ? 1.0f : 0.1f, 0.8f);
    }

    reach(&self);

    const float above = depth_at(&self, END + AWAY, LINE - 1);
    assert_true(above > far + 0.1f && above < near);
    assert_float_equal(depth_at(&self, END + AWAY, LINE), above, 0.02);
    assert_float_equal(depth_at(&self, END + AWAY, LINE + 1), above, 0.02);
    destroy_scene(&self);
}

static void what_has_no_step_stays(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = { { 1, 1 }, { 1, 90 }, { 90, 1 }, { 64, 48 } };
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        scene self = { 0 };
        for (size_t c = 0; c < SPX_GUIDE_CHANNELS; c++)
            assert_int_equal(
                spx_plane_create(&self.guide.planes[c], sizes[i][0], sizes[i][1], NULL), SPX_OK);
        assert_int_equal(spx_plane_create(&self.depth, sizes[i][0], sizes[i][1], NULL), SPX_OK);
        for (uint32_t y = 0; y < sizes[i][1]; y++) {
            for (uint32_t x = 0; x < sizes[i][0]; x++) {
                paint(&self, x, y, 0.5f, 0.5f);
                spx_plane_row(self.depth, y)[x] = (float)(x + y) * 0.005f;
            }
        }

        reach(&self);

        for (uint32_t y = 0; y < sizes[i][1]; y++) {
            for (uint32_t x = 0; x < sizes[i][0]; x++)
                assert_float_equal(depth_at(&self, x, y), (float)(x + y) * 0.005f, 1e-6);
        }
        destroy_scene(&self);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tip_stays_with_what_it_grows_from),
        cmocka_unit_test(steps_where_colours_change_stay),
        cmocka_unit_test(a_thin_line_is_no_wall),
        cmocka_unit_test(what_has_no_step_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
