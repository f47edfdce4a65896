/* A line that meets the photo's edge at a slant goes on at that slant. */
#include "test_support.h"

#include "image/image.h"
#include "outpaint/lines.h"
#include "outpaint/local_engine.h"

#include <math.h>

enum { WIDTH = 240, HEIGHT = 180, MARGIN = 40, BRIGHT = 190, DARK = 60 };

static const double lean = 0.6; /* rows down per column to the right */

static const spx_frame all_around = { .width = WIDTH + 2 * MARGIN,
                                      .height = HEIGHT + 2 * MARGIN,
                                      .photo_x = MARGIN,
                                      .photo_y = MARGIN,
                                      .photo_width = WIDTH,
                                      .photo_height = HEIGHT };

typedef int is_bright_fn(int x, int y);

static uint32_t noise(int x, int y, uint32_t range)
{
    uint32_t h = (uint32_t)x * 374761393U + (uint32_t)y * 668265263U;
    h = (h ^ h >> 13) * 1274126177U;
    return (h ^ h >> 16) % range;
}

static spx_image *drawn(is_bright_fn *is_bright)
{
    spx_image *image = NULL;
    assert_int_equal(spx_image_create(&image, WIDTH, HEIGHT, 8, NULL), SPX_OK);
    for (int y = 0; y < HEIGHT; y++) {
        for (int x = 0; x < WIDTH; x++) {
            const uint32_t value = (is_bright(x, y) ? BRIGHT : DARK) + noise(x, y, 12);
            for (int c = 0; c < 3; c++)
                spx_image_set_sample(image, (uint32_t)x, (uint32_t)y, c, value);
        }
    }
    return image;
}

/* A table's edge from the left side to the lower one. */
static int below_a_table_edge(int x, int y)
{
    return y > 50 + lean * x;
}

/* The same mirrored, over the right side. */
static int below_an_edge_to_the_right(int x, int y)
{
    return below_a_table_edge(WIDTH - 1 - x, y);
}

/* From the upper side to the lower one. */
static int right_of_an_edge(int x, int y)
{
    return x > 60 + lean * y;
}

static int below_a_level_edge(int x, int y)
{
    (void)x;
    return y > 70;
}

static int in_noise(int x, int y)
{
    return noise(x / 3, y / 3, 2) == 0;
}

/* A level edge, and blades of grass that lean before it. */
static int among_blades(int x, int y)
{
    const int along = x - (int)(0.8 * (HEIGHT - y));
    return (along % 40 + 40) % 40 < 3 ? y <= 90 : y > 90;
}

typedef struct found {
    spx_image *photo;
    spx_pyramid pyramid;
    spx_patch_ways ways;
    spx_patch_level *level; /* half the photo's size, borrowing the ways */
} found;

static void setup(found *self, is_bright_fn *is_bright)
{
    *self = (found){ .photo = drawn(is_bright) };
    assert_int_equal(spx_pyramid_build(&self->pyramid, self->photo, &all_around, NULL, NULL),
                     SPX_OK);
    assert_int_equal(spx_lines_find(&self->ways, &self->pyramid, 1, NULL, NULL), SPX_OK);
    self->level = &self->pyramid.levels[1];
    self->level->ways = &self->ways;
    self->level->ways_halvings = self->pyramid.top - 1;
}

static void teardown(found *self)
{
    spx_patch_ways_clear(&self->ways);
    spx_pyramid_clear(&self->pyramid);
    spx_image_unref(self->photo);
}

/* The way at a place in the photo's own pixels. */
static spx_patch_way way_at(const found *self, int x, int y)
{
    const spx_patch_level *const level = self->level;
    return spx_patch_level_way(level, level->photo.x0 + (x >> 1), level->photo.y0 + (y >> 1));
}

static void a_slanted_edge_leads_on_at_its_slant(void **state)
{
    (void)state;
    found edge;
    setup(&edge, below_a_table_edge);
    const spx_patch_way left = way_at(&edge, -30, 50 - 18);
    const spx_patch_way between = way_at(&edge, -30, 42);
    teardown(&edge);
    setup(&edge, below_an_edge_to_the_right);
    const spx_patch_way right = way_at(&edge, WIDTH + 30, 50 - 18);
    teardown(&edge);
    setup(&edge, right_of_an_edge);
    const spx_patch_way above = way_at(&edge, 60 - 18, -30);
    const spx_patch_way below = way_at(&edge, 60 + (HEIGHT + 30) * 6 / 10, HEIGHT + 30);
    teardown(&edge);

    assert_false(left.upright);
    assert_float_equal(left.lean, lean, 0.1);
    assert_float_equal(between.lean, lean, 0.1);
    assert_float_equal(right.lean, -lean, 0.1);
    assert_true(above.upright && below.upright);
    assert_float_equal(above.lean, lean, 0.1);
    assert_float_equal(below.lean, lean, 0.1);
}

enum { PLACES = HEIGHT / 2 * MARGIN / 2 };

/* How many of the places left of the photo continue another part of a picture of two parts, one
 * above the other, than the one beside them. */
static int led_away(is_bright_fn *is_bright, int edge)
{
    found picture;
    int count = 0;
    setup(&picture, is_bright);
    const spx_patch_level *const level = picture.level;
    for (int y = 0; y < HEIGHT / 2; y++) {
        for (int x = 0; x < level->photo.x0; x++) {
            const spx_patch_source from = spx_patch_level_nearest(level, x, level->photo.y0 + y);
            count += (2 * y < edge) != (2 * from.y < edge);
        }
    }
    teardown(&picture);
    return count;
}

static void level_edges_lead_straight_on(void **state)
{
    (void)state;

    assert_in_range(led_away(below_a_level_edge, 70), 0, PLACES / 100);
    assert_in_range(led_away(in_noise, 70), 0, PLACES / 20);
    assert_in_range(led_away(among_blades, 90), 0, PLACES / 20);
}

/* Share of the border, but for what is beside the edge, that is not what the edge makes of it. */
static double wrong_share(is_bright_fn *is_bright, int x0, int y0, int x1, int y1)
{
    spx_image *const photo = drawn(is_bright);
    spx_image *out = NULL;
    const spx_local_job job = { .photo = photo, .frame = &all_around, .seed = 1 };
    assert_int_equal(spx_outpaint_local(&job, NULL, &out, NULL), SPX_OK);
    int wrong = 0;
    int count = 0;
    for (int y = y0; y < y1; y++) {
        for (int x = x0; x < x1; x++) {
            const int wanted = is_bright(x, y);
            if (is_bright(x, y - 6) != wanted || is_bright(x, y + 6) != wanted)
                continue;
            const uint32_t value =
                spx_image_sample(out, (uint32_t)(x + MARGIN), (uint32_t)(y + MARGIN), 1);
            wrong += (value > (BRIGHT + DARK) / 2) != wanted;
            count++;
        }
    }
    spx_image_unref(out);
    spx_image_unref(photo);
    return (double)wrong / count;
}

static void a_border_has_the_edge_where_it_belongs(void **state)
{
    (void)state;
    assert_true(wrong_share(below_an_edge_to_the_right, WIDTH, 0, WIDTH + MARGIN, HEIGHT) < 0.01);
}

static void can_be_cancelled(void **state)
{
    (void)state;
    spx_image *const photo = drawn(below_a_table_edge);
    spx_pyramid pyramid = { 0 };
    spx_patch_ways ways;
    spx_cancel *cancel = NULL;
    assert_int_equal(spx_cancel_create(&cancel), SPX_OK);
    assert_int_equal(spx_pyramid_build(&pyramid, photo, &all_around, NULL, NULL), SPX_OK);
    const spx_task task = { .cancel = cancel };
    spx_cancel_request(cancel);

    assert_int_equal(spx_lines_find(&ways, &pyramid, 1, &task, NULL), SPX_ERR_CANCELLED);

    assert_null(ways.cells);
    spx_cancel_destroy(cancel);
    spx_pyramid_clear(&pyramid);
    spx_image_unref(photo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slanted_edge_leads_on_at_its_slant),
        cmocka_unit_test(level_edges_lead_straight_on),
        cmocka_unit_test(a_border_has_the_edge_where_it_belongs),
        cmocka_unit_test(can_be_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
