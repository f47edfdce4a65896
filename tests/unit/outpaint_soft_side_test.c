/* Sides that are soft: no copies of a cloud's edge, no columns of one colour, no line at the
 * photo's edge. */
#include "test_support.h"

#include "base/pool.h"
#include "image/image.h"
#include "outpaint/frame.h"
#include "outpaint/soft_side.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 320, PHOTO_HEIGHT = 200, TOP = 180, STRIPE = 12, BAND = 5 };

static spx_frame frame_of(uint32_t top)
{
    return (spx_frame){ .width = WIDTH,
                        .height = top + PHOTO_HEIGHT,
                        .photo_y = top,
                        .photo_width = WIDTH,
                        .photo_height = PHOTO_HEIGHT };
}

/* Above the photo stripes, as repeated patches leave them; in it a sky that is darker at the right,
 * or a thicket from column `thicket` on. */
static spx_image *paint(const spx_frame *frame, uint32_t thicket)
{
    spx_image *image = NULL;
    assert_int_equal(spx_image_create(&image, frame->width, frame->height, 8, NULL), SPX_OK);
    for (uint32_t y = 0; y < frame->height; y++) {
        for (uint32_t x = 0; x < frame->width; x++) {
            const int stripe = y < frame->photo_y && y / STRIPE % 2;
            const uint32_t leaf = x >= thicket ? (x * 7919U + y * 104729U) % 97U : 0;
            for (int c = 0; c < 3; c++)
                spx_image_set_sample(image, x, y, c, 200 - x / 4 - (stripe ? 60 : 0) - leaf);
        }
    }
    return image;
}

/* The largest change from the mean of 8 x 8 pixels to the next above or beside it. */
static double largest_change(const spx_image *image, uint32_t last_row)
{
    enum { SIDE = 8 };
    double most = 0.0;
    double before[WIDTH / SIDE] = { 0.0 };
    for (uint32_t y = 0; y + SIDE <= last_row; y += SIDE) {
        double left = 0.0;
        for (uint32_t x = 0; x + SIDE <= image->width; x += SIDE) {
            double sum = 0.0;
            for (uint32_t k = 0; k < SIDE * SIDE; k++)
                sum += spx_image_sample(image, x + k % SIDE, y + k / SIDE, 1);
            const double mean = sum / (SIDE * SIDE);
            most = x > 0 ? fmax(most, fabs(mean - left)) : most;
            most = y > 0 ? fmax(most, fabs(mean - before[x / SIDE])) : most;
            left = before[x / SIDE] = mean;
        }
    }
    return most;
}

static void a_tall_sky_changes_slowly(void **state)
{
    (void)state;
    const spx_frame frame = frame_of(TOP);
    const spx_local_job job = { .frame = &frame, .seed = 1 };
    spx_image *image = paint(&frame, WIDTH);
    assert_true(largest_change(image, TOP - 24) > 25.0);

    assert_int_equal(spx_soft_sides_paint(image, &job, BAND, NULL, NULL), SPX_OK);

    assert_true(largest_change(image, TOP - 24) < 9.0);
    /* The colours are those of the edge, the far ends nearer to each other. */
    const int left = (int)spx_image_sample(image, 8, 4, 1);
    const int right = (int)spx_image_sample(image, WIDTH - 8, 4, 1);
    assert_in_range(left, 130, 195);
    assert_in_range(right, 115, 180);
    assert_true(abs(left - right) < 60);
    spx_image_unref(image);
}

static void what_is_no_sky_and_what_grows_little_stay(void **state)
{
    (void)state;
    enum { CASES = 3 };
    static const uint32_t tops[CASES] = { TOP, TOP, PHOTO_HEIGHT / 6 };
    static const uint32_t thickets[CASES] = { WIDTH / 3, WIDTH * 11 / 20, WIDTH };
    for (size_t i = 0; i < CASES; i++) {
        const spx_frame frame = frame_of(tops[i]);
        const spx_local_job job = { .frame = &frame };
        spx_image *image = paint(&frame, thickets[i]);
        spx_image *before = NULL;
        assert_int_equal(spx_image_copy(&before, image, NULL), SPX_OK);

        assert_int_equal(spx_soft_sides_paint(image, &job, BAND, NULL, NULL), SPX_OK);

        for (uint32_t y = 0; y < image->height; y++) {
            assert_memory_equal(spx_image_row8(image, y), spx_image_row8(before, y),
                                (size_t)3 * WIDTH);
        }
        spx_image_unref(before);
        spx_image_unref(image);
    }
}

/* Boards: smooth each, but parted by dark gaps. */
static void a_wall_is_no_sky(void **state)
{
    (void)state;
    const spx_frame frame = frame_of(TOP);
    const spx_local_job job = { .frame = &frame };
    spx_image *image = paint(&frame, WIDTH);
    for (uint32_t y = 0; y < image->height; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            for (int c = 0; c < 3; c++)
                spx_image_set_sample(image, x, y, c, x % 16 < 2 ? 60 : 150);
        }
    }
    spx_image *before = NULL;
    assert_int_equal(spx_image_copy(&before, image, NULL), SPX_OK);

    assert_int_equal(spx_soft_sides_paint(image, &job, BAND, NULL, NULL), SPX_OK);

    for (uint32_t y = 0; y < image->height; y++)
        assert_memory_equal(spx_image_row8(image, y), spx_image_row8(before, y), (size_t)3 * WIDTH);
    spx_image_unref(before);
    spx_image_unref(image);
}

/* A dark cloud's side goes on upwards, but not straight: its place differs from row to row. */
static void clouds_drift(void **state)
{
    (void)state;
    enum { CLOUD = WIDTH / 2, SOFT = 40 };
    const spx_frame frame = frame_of(TOP);
    const spx_local_job job = { .frame = &frame, .seed = 1 };
    spx_image *image = paint(&frame, WIDTH);
    for (uint32_t y = 0; y < image->height; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const int inside = x < CLOUD ? 0 : (x < CLOUD + SOFT ? (int)(x - CLOUD) : SOFT);
            for (int c = 0; c < 3; c++)
                spx_image_set_sample(image, x, y, c, (uint32_t)(200 - 2 * inside));
        }
    }

    assert_int_equal(spx_soft_sides_paint(image, &job, BAND, NULL, NULL), SPX_OK);

    uint32_t least = WIDTH;
    uint32_t most = 0;
    for (uint32_t y = TOP / 3; y < TOP; y += 8) {
        uint32_t x = 0;
        while (x < WIDTH - 1 && spx_image_sample(image, x, y, 1) > 160)
            x++;
        least = x < least ? x : least;
        most = x > most ? x : most;
    }
    assert_true(most - least >= 12);
    spx_image_unref(image);
}

/* A bright tip of a cloud at the photo's edge: no ray fans out from it. */
static void the_tip_of_a_cloud_ends_soon(void **state)
{
    (void)state;
    enum { HALF = 12, RISEN = 12 };
    const spx_frame frame = frame_of(TOP);
    const spx_local_job job = { .frame = &frame, .seed = 1 };
    spx_image *image = paint(&frame, WIDTH);
    for (uint32_t y = 0; y < image->height; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const int off = abs((int)x - WIDTH / 2);
            for (int c = 0; c < 3; c++)
                spx_image_set_sample(image, x, y, c,
                                     100U + (off < HALF ? 5U * (uint32_t)(HALF - off) : 0U));
        }
    }

    assert_int_equal(spx_soft_sides_paint(image, &job, BAND, NULL, NULL), SPX_OK);

    uint32_t most = 0;
    for (uint32_t x = 0; x < WIDTH; x++) {
        const uint32_t value = spx_image_sample(image, x, TOP - RISEN, 1);
        most = value > most ? value : most;
    }
    assert_true(most < 120);
    spx_image_unref(image);
}

static double row_mean(const spx_image *image, uint32_t y)
{
    double sum = 0.0;
    for (uint32_t x = 0; x < image->width; x++)
        sum += spx_image_sample(image, x, y, 1);
    return sum / image->width;
}

/* A background out of focus that darkens upwards; above it patches have begun something bright. */
static void photo_and_sky_meet_without_a_line(void **state)
{
    (void)state;
    enum { NEAR = 24 };
    const spx_frame frame = frame_of(TOP);
    const spx_local_job job = { .frame = &frame, .seed = 1 };
    spx_image *image = paint(&frame, WIDTH);
    for (uint32_t y = 0; y < image->height; y++) {
        const uint32_t inside = y < TOP + 2 ? 84 : 80 + (y - TOP) / 2;
        const uint32_t colour = y < TOP ? 170 : inside;
        for (uint32_t x = 0; x < WIDTH; x++) {
            for (int c = 0; c < 3; c++)
                spx_image_set_sample(image, x, y, c, colour);
        }
    }

    assert_int_equal(spx_soft_sides_paint(image, &job, BAND, NULL, NULL), SPX_OK);

    for (uint32_t y = TOP - NEAR; y < TOP + NEAR; y++)
        assert_true(fabs(row_mean(image, y + 1) - row_mean(image, y)) < 3.0);
    /* It goes on getting darker. */
    assert_true(row_mean(image, TOP - NEAR / 4) < row_mean(image, TOP + BAND) - 0.8);
    spx_image_unref(image);
}

static double noise_at(uint32_t x, uint32_t y)
{
    uint32_t h = x * 374761393U + y * 668265263U;
    h = (h ^ h >> 13) * 1274126177U;
    return (double)((h ^ h >> 16) & 0xffff) / 65535.0 - 0.5;
}

/* Root of the mean square of neighbours' differences along rows. */
static double roughness(const spx_image *image, uint32_t left, uint32_t top)
{
    enum { SIDE = 64 };
    double sum = 0.0;
    for (uint32_t y = top; y < top + SIDE / 2; y++) {
        for (uint32_t x = left; x < left + SIDE; x++) {
            const double step = (double)spx_image_sample(image, x + 1, y, 1) -
                                (double)spx_image_sample(image, x, y, 1);
            sum += step * step;
        }
    }
    return sqrt(sum / (SIDE * (SIDE / 2.0)));
}

/* Right of the middle the photo has more grain, and a wire runs through its sky. */
static void grain_goes_on_and_a_wire_does_not(void **state)
{
    (void)state;
    enum { WIRE = 12, LEFT = 40, RIGHT = WIDTH - 110 };
    const spx_frame frame = frame_of(TOP);
    const spx_local_job job = { .frame = &frame, .seed = 1 };
    spx_image *image = paint(&frame, WIDTH);
    for (uint32_t y = 0; y < image->height; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const double strength = x < WIDTH / 2 ? 8.0 : 11.0;
            const int wire = y == TOP + WIRE ? 10 : 0;
            const uint32_t level =
                (uint32_t)lround(120.0 + strength * noise_at(x, y)) + (uint32_t)wire;
            for (int c = 0; c < 3; c++)
                spx_image_set_sample(image, x, y, c, level);
        }
    }
    const double left = roughness(image, LEFT, TOP + 2 * WIRE);
    const double right = roughness(image, RIGHT, TOP + 2 * WIRE);

    assert_int_equal(spx_soft_sides_paint(image, &job, BAND, NULL, NULL), SPX_OK);

    assert_true(fabs(roughness(image, LEFT, TOP - 40) / left - 1.0) < 0.2);
    assert_true(fabs(roughness(image, RIGHT, TOP - 40) / right - 1.0) < 0.2);
    for (uint32_t y = 1; y < TOP; y++) {
        if (fabs(row_mean(image, y) - row_mean(image, y - 1)) > 5.0) {
            fail_msg("row %u is %.1f, the next %.1f", y, row_mean(image, y),
                     row_mean(image, y - 1));
        }
    }
    spx_image_unref(image);
}

static void the_photo_itself_stays(void **state)
{
    (void)state;
    const spx_frame frame = frame_of(TOP);
    const spx_local_job job = { .frame = &frame };
    spx_image *image = paint(&frame, WIDTH);
    spx_image *before = NULL;
    assert_int_equal(spx_image_copy(&before, image, NULL), SPX_OK);

    assert_int_equal(spx_soft_sides_paint(image, &job, BAND, NULL, NULL), SPX_OK);

    for (uint32_t y = TOP + BAND; y < image->height; y++) {
        assert_memory_equal(spx_image_row8(image, y), spx_image_row8(before, y), (size_t)3 * WIDTH);
    }
    spx_image_unref(before);
    spx_image_unref(image);
}

/* ---- out of focus ---- */

enum { BLUR_SIDE = 240, BLUR_MARGIN = 60, BLUR_SIZE = BLUR_SIDE + 2 * BLUR_MARGIN };

static const spx_frame blurred_frame = { .width = BLUR_SIZE,
                                         .height = BLUR_SIZE,
                                         .photo_x = BLUR_MARGIN,
                                         .photo_y = BLUR_MARGIN,
                                         .photo_width = BLUR_SIDE,
                                         .photo_height = BLUR_SIDE };

static int is_photo(uint32_t x, uint32_t y)
{
    return x >= BLUR_MARGIN && x < BLUR_MARGIN + BLUR_SIDE && y >= BLUR_MARGIN &&
           y < BLUR_MARGIN + BLUR_SIDE;
}

/* A garden out of focus, or a lake in haze; around it one colour, as of patches that found none
 * that changes so slowly. */
static spx_image *paint_blurred(int layers)
{
    spx_image *image = NULL;
    assert_int_equal(spx_image_create(&image, BLUR_SIZE, BLUR_SIZE, 8, NULL), SPX_OK);
    for (uint32_t y = 0; y < BLUR_SIZE; y++) {
        for (uint32_t x = 0; x < BLUR_SIZE; x++) {
            const double garden = sin(x / 17.0 + y / 19.0);
            const double haze = tanh(((double)y - BLUR_SIZE / 2.0) / 60.0);
            const double level = is_photo(x, y) ? 120.0 + 50.0 * (layers ? haze : garden) : 150.0;
            for (int c = 0; c < 3; c++)
                spx_image_set_sample(image, x, y, c, (uint32_t)lround(level));
        }
    }
    return image;
}

/* Mean change of a green pixel to the one `apart` pixels farther in, across one edge of the photo.
 * side: left, right, top, bottom. */
static double step_at(const spx_image *image, int side)
{
    enum { OUT = 2, APART = 5 };
    double sum = 0.0;
    for (uint32_t k = BLUR_MARGIN; k < BLUR_MARGIN + BLUR_SIDE; k++) {
        const uint32_t outer = BLUR_MARGIN - OUT;
        const uint32_t inner = outer + APART;
        const uint32_t from = side % 2 == 0 ? outer : BLUR_SIZE - 1 - outer;
        const uint32_t to = side % 2 == 0 ? inner : BLUR_SIZE - 1 - inner;
        const int one = (int)(side < 2 ? spx_image_sample(image, from, k, 1)
                                       : spx_image_sample(image, k, from, 1));
        const int other =
            (int)(side < 2 ? spx_image_sample(image, to, k, 1) : spx_image_sample(image, k, to, 1));
        sum += abs(one - other);
    }
    return sum / BLUR_SIDE;
}

static void what_is_out_of_focus_goes_on_at_every_side(void **state)
{
    (void)state;
    enum { SIDES = 4 };
    const spx_local_job job = { .frame = &blurred_frame, .seed = 1 };
    spx_image *image = paint_blurred(0);
    spx_image *before = NULL;
    assert_int_equal(spx_image_copy(&before, image, NULL), SPX_OK);

    assert_int_equal(spx_soft_sides_paint(image, &job, BAND, NULL, NULL), SPX_OK);

    for (int side = 0; side < SIDES; side++) {
        const double was = step_at(before, side);
        const double is = step_at(image, side);
        if (was < 20.0 || is > 12.0)
            fail_msg("side %d: steps of %.1f, %.1f before", side, is, was);
    }
    for (uint32_t y = BLUR_MARGIN + BAND; y < BLUR_MARGIN + BLUR_SIDE - BAND; y++) {
        const size_t at = (size_t)3 * (BLUR_MARGIN + BAND);
        assert_memory_equal(spx_image_row8(image, y) + at, spx_image_row8(before, y) + at,
                            (size_t)3 * (BLUR_SIDE - 2 * BAND));
    }
    spx_image_unref(before);
    spx_image_unref(image);
}

static void layers_go_on_level_at_left_and_right(void **state)
{
    (void)state;
    spx_frame frame = blurred_frame;
    frame.height = BLUR_SIDE;
    frame.photo_y = 0;
    const spx_local_job job = { .frame = &frame, .seed = 1 };
    spx_image *const whole = paint_blurred(1);
    spx_image *image = NULL;
    assert_int_equal(spx_image_create(&image, BLUR_SIZE, BLUR_SIDE, 8, NULL), SPX_OK);
    for (uint32_t y = 0; y < BLUR_SIDE; y++) {
        memcpy(spx_image_row8(image, y), spx_image_row8(whole, y + BLUR_MARGIN),
               (size_t)3 * BLUR_SIZE);
    }

    assert_int_equal(spx_soft_sides_paint(image, &job, BAND, NULL, NULL), SPX_OK);

    for (uint32_t y = 0; y < BLUR_SIDE; y++) {
        assert_memory_equal(spx_image_row8(image, y), spx_image_row8(whole, y + BLUR_MARGIN),
                            (size_t)3 * BLUR_SIZE);
    }
    spx_image_unref(whole);
    spx_image_unref(image);
}

/* Of a side out of focus: how steep the outline of what stands before it is, in pixels from one
 * colour to the other; it lies aslant. Below the photo, patches put it at another place. */
static spx_image *paint_bud(double outline)
{
    spx_image *image = NULL;
    assert_int_equal(spx_image_create(&image, BLUR_SIZE, BLUR_SIZE, 8, NULL), SPX_OK);
    for (uint32_t y = 0; y < BLUR_SIZE; y++) {
        const double moved = y < BLUR_MARGIN + BLUR_SIDE ? 0.0 : 20.0;
        for (uint32_t x = 0; x < BLUR_SIZE; x++) {
            const double at = x - BLUR_SIZE / 2.0 - y / 8.0 + moved;
            const double level = 120.0 + 60.0 * tanh(at / outline);
            for (int c = 0; c < 3; c++)
                spx_image_set_sample(image, x, y, c, (uint32_t)lround(level));
        }
    }
    return image;
}

/* Largest step of a green pixel across the photo's lower edge. */
static int step_below(const spx_image *image)
{
    enum { Y = BLUR_MARGIN + BLUR_SIDE };
    int most = 0;
    for (uint32_t x = BLUR_MARGIN; x < BLUR_MARGIN + BLUR_SIDE; x++) {
        for (uint32_t y = Y - BAND; y < Y + BAND; y++) {
            const int step = abs((int)spx_image_sample(image, x, y + 1, 1) -
                                 (int)spx_image_sample(image, x, y, 1));
            most = step > most ? step : most;
        }
    }
    return most;
}

static void what_is_steeper_but_out_of_focus_has_no_line(void **state)
{
    (void)state;
    const spx_local_job job = { .frame = &blurred_frame, .seed = 1 };
    spx_image *image = paint_bud(4.0);
    assert_true(step_below(image) > 60);

    assert_int_equal(spx_soft_sides_paint(image, &job, BAND, NULL, NULL), SPX_OK);

    assert_true(step_below(image) < 20);
    spx_image_unref(image);
}

/* Beside a thing the border is the sky's or the patches', and mixed only where one ends. */
static void nothing_is_half_painted(void **state)
{
    (void)state;
    enum { PATCHES = 250, THING = 34, BEGIN = BLUR_SIZE / 2 - THING, END = BLUR_SIZE / 2 + THING };
    int kept = 0;
    for (int strength = 4; strength <= 36; strength += 4) {
        const spx_local_job job = { .frame = &blurred_frame, .seed = 1 };
        spx_image *image = paint_blurred(0);
        for (uint32_t y = 0; y < BLUR_SIZE; y++) {
            for (uint32_t x = BEGIN; x < END; x++) {
                const int stripe = x / 4 % 2 ? strength / 2 : -strength / 2;
                const int level = y >= BLUR_MARGIN + BLUR_SIDE ? PATCHES : 120 + stripe;
                for (int c = 0; c < 3; c++)
                    spx_image_set_sample(image, x, y, c, (uint32_t)level);
            }
        }

        assert_int_equal(spx_soft_sides_paint(image, &job, BAND, NULL, NULL), SPX_OK);

        const int middle = (int)spx_image_sample(image, BLUR_SIZE / 2, BLUR_SIZE - 20, 1);
        if (strength <= 6 ? middle > 150 : middle > 150 && middle < PATCHES)
            fail_msg("stripes of %d: %d", strength, middle);
        kept += middle == PATCHES;
        spx_image_unref(image);
    }
    assert_true(kept >= 4);
}

/* The same picture with 16 bits, each value the 8-bit one's. */
static spx_image *deepened(const spx_image *image)
{
    spx_image *out = NULL;
    assert_int_equal(spx_image_create(&out, image->width, image->height, 16, NULL), SPX_OK);
    for (uint32_t y = 0; y < image->height; y++) {
        for (uint32_t x = 0; x < image->width; x++) {
            for (int c = 0; c < 3; c++)
                spx_image_set_sample(out, x, y, c, 257U * spx_image_sample(image, x, y, c));
        }
    }
    return out;
}

static void sixteen_bits_are_painted_as_eight_are(void **state)
{
    (void)state;
    const spx_local_job job = { .frame = &blurred_frame, .seed = 1 };
    spx_image *image = paint_blurred(0);
    spx_image *deep = deepened(image);
    spx_image *const before = deepened(image);
    int between = 0;

    assert_int_equal(spx_soft_sides_paint(image, &job, BAND, NULL, NULL), SPX_OK);
    assert_int_equal(spx_soft_sides_paint(deep, &job, BAND, NULL, NULL), SPX_OK);

    for (uint32_t y = 0; y < BLUR_SIZE; y++) {
        for (uint32_t x = 0; x < BLUR_SIZE; x++) {
            const int value = (int)spx_image_sample(deep, x, y, 1);
            /* Sides that are painted later begin with what was rounded to 8 bits. */
            assert_true(abs(value - 257 * (int)spx_image_sample(image, x, y, 1)) <= 3 * 257);
            between += value % 257 != 0;
            if (x >= BLUR_MARGIN + BAND && x < BLUR_MARGIN + BLUR_SIDE - BAND &&
                y >= BLUR_MARGIN + BAND && y < BLUR_MARGIN + BLUR_SIDE - BAND)
                assert_int_equal(value, spx_image_sample(before, x, y, 1));
        }
    }
    assert_true(between > BLUR_SIZE * BLUR_MARGIN); /* and use what 16 bits have more */
    spx_image_unref(before);
    spx_image_unref(deep);
    spx_image_unref(image);
}

static void any_number_of_threads_paints_the_same(void **state)
{
    (void)state;
    const spx_local_job job = { .frame = &blurred_frame, .seed = 1 };
    spx_image *alone = paint_blurred(0);
    assert_int_equal(spx_soft_sides_paint(alone, &job, BAND, NULL, NULL), SPX_OK);
    for (unsigned threads = 1; threads <= 4; threads += 3) {
        spx_pool *pool = NULL;
        assert_int_equal(spx_pool_create(&pool, threads, NULL), SPX_OK);
        const spx_task task = { .pool = pool };
        spx_image *image = paint_blurred(0);

        assert_int_equal(spx_soft_sides_paint(image, &job, BAND, &task, NULL), SPX_OK);

        for (uint32_t y = 0; y < BLUR_SIZE; y++) {
            assert_memory_equal(spx_image_row8(image, y), spx_image_row8(alone, y),
                                (size_t)3 * BLUR_SIZE);
        }
        spx_image_unref(image);
        spx_pool_destroy(pool);
    }
    spx_image_unref(alone);
}

/* A grey picture stays grey, but for grain, and what does not grow stays as it was. */
static void assert_grey(const spx_image *image, const spx_frame *frame)
{
    const uint32_t first_x = frame->photo_x > 0 ? frame->photo_x + BAND : 0;
    const uint32_t first_y = frame->photo_y > 0 ? frame->photo_y + BAND : 0;
    const uint32_t last_x =
        frame->photo_x + frame->photo_width - (spx_frame_right(frame) > 0 ? BAND : 0);
    const uint32_t last_y =
        frame->photo_y + frame->photo_height - (spx_frame_bottom(frame) > 0 ? BAND : 0);
    for (uint32_t y = 0; y < frame->height; y++) {
        for (uint32_t x = 0; x < frame->width; x++) {
            const int kept = x >= first_x && x < last_x && y >= first_y && y < last_y;
            const uint32_t off = kept ? 0 : 10;
            assert_in_range(spx_image_sample(image, x, y, 1), 120 - off, 120 + off);
        }
    }
}

static void grow_grey(uint32_t width, uint32_t height, uint32_t sides)
{
    enum { MARGIN = 12 };
    const uint32_t left = sides & 1 ? MARGIN : 0;
    const uint32_t top = sides & 2 ? MARGIN : 0;
    const spx_frame frame = { .width = left + width + (sides & 4 ? MARGIN : 0),
                              .height = top + height + (sides & 8 ? MARGIN : 0),
                              .photo_x = left,
                              .photo_y = top,
                              .photo_width = width,
                              .photo_height = height };
    const spx_local_job job = { .frame = &frame, .seed = 1 };
    spx_image *image = NULL;
    assert_int_equal(spx_image_create(&image, frame.width, frame.height, 8, NULL), SPX_OK);
    for (uint32_t y = 0; y < frame.height; y++)
        memset(spx_image_row8(image, y), 120, (size_t)3 * frame.width);

    assert_int_equal(spx_soft_sides_paint(image, &job, BAND, NULL, NULL), SPX_OK);

    assert_grey(image, &frame);
    spx_image_unref(image);
}

static void small_photos_grow_where_they_are_told(void **state)
{
    (void)state;
    enum { ALL_SIDES = 15, LEAST = 14, MOST = 40, STEP = 13, TALLER = 3 };
    for (uint32_t size = LEAST; size <= MOST; size += STEP) {
        for (uint32_t sides = 0; sides <= ALL_SIDES; sides++)
            grow_grey(size, size + TALLER, sides);
    }
}

static void stops_when_asked(void **state)
{
    (void)state;
    const spx_local_job job = { .frame = &blurred_frame, .seed = 1 };
    spx_cancel *cancel = NULL;
    assert_int_equal(spx_cancel_create(&cancel), SPX_OK);
    spx_cancel_request(cancel);
    const spx_task task = { .cancel = cancel };
    spx_image *image = paint_blurred(0);

    assert_int_equal(spx_soft_sides_paint(image, &job, BAND, &task, NULL), SPX_ERR_CANCELLED);

    spx_image_unref(image);
    spx_cancel_destroy(cancel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tall_sky_changes_slowly),
        cmocka_unit_test(what_is_no_sky_and_what_grows_little_stay),
        cmocka_unit_test(a_wall_is_no_sky),
        cmocka_unit_test(what_is_out_of_focus_goes_on_at_every_side),
        cmocka_unit_test(layers_go_on_level_at_left_and_right),
        cmocka_unit_test(clouds_drift),
        cmocka_unit_test(the_tip_of_a_cloud_ends_soon),
        cmocka_unit_test(photo_and_sky_meet_without_a_line),
        cmocka_unit_test(grain_goes_on_and_a_wire_does_not),
        cmocka_unit_test(the_photo_itself_stays),
        cmocka_unit_test(what_is_steeper_but_out_of_focus_has_no_line),
        cmocka_unit_test(nothing_is_half_painted),
        cmocka_unit_test(sixteen_bits_are_painted_as_eight_are),
        cmocka_unit_test(any_number_of_threads_paints_the_same),
        cmocka_unit_test(small_photos_grow_where_they_are_told),
        cmocka_unit_test(stops_when_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
