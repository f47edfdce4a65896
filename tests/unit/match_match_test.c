#include "test_support.h"

#include "image/image.h"
#include "match/match.h"
#include "true_pair.h"

#include <math.h>
#include <string.h>

enum { WIDTH = 400, HEIGHT = 120 };

/* How the right eye differs from the left one, and how both are drawn. Shifts in pixels. */
typedef struct drawing {
    double shift;     /* disparity of the background */
    double box_shift; /* of a box in front of it; below -1000 = no box */
    double lower;     /* the right eye's lines lie lower by so much */
    double gain;      /* of the right eye's brightness */
    int sky;          /* the upper third is one colour */
    uint32_t bits;
} drawing;

static const double no_box = -2000.0;

static const drawing plain = { .box_shift = -2000.0, .gain = 1.0, .bits = 8 };

/* Texture that repeats nowhere, at any place between pixels. */
static double texture(double x, double y)
{
    return 117.0 + 38.0 * sin(0.31 * x + 0.07 * y) + 30.0 * sin(0.113 * x * 1.7 - 0.23 * y) +
           25.0 * sin(0.53 * x + 0.4 * y + 0.0007 * x * x);
}

static double colour_at(const drawing *self, double x, double y, double shift, double box_shift)
{
    const double at = x + box_shift;
    if (at >= 160 && at < 260 && y >= 30 && y < 90)
        return 234.0 - texture(2.0 * at + 700.0, 3.0 * y);
    return self->sky && y < HEIGHT / 3 ? 180.0 : texture(x + shift, y);
}

static spx_image *draw(const drawing *self, int right)
{
    spx_image *image = NULL;
    assert_int_equal(spx_image_create(&image, WIDTH, HEIGHT, self->bits, NULL), SPX_OK);
    const double box = self->box_shift <= no_box ? 2000.0 : (right ? self->box_shift : 0.0);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const double value =
                (right ? self->gain : 1.0) *
                colour_at(self, x, y - (right ? self->lower : 0.0), right ? self->shift : 0.0, box);
            for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
                spx_image_set_sample(image, x, y, c,
                                     (uint32_t)lround(value * (self->bits == 8 ? 1.0 : 257.0)));
        }
    }
    return image;
}

static spx_match match_drawing(const drawing *self, const spx_match_options *options)
{
    spx_match out = { 0 };
    spx_image *const left = draw(self, 0);
    spx_image *const right = draw(self, 1);
    assert_int_equal(spx_match_eyes(&out, left, right, options, NULL, NULL), SPX_OK);
    spx_image_unref(left);
    spx_image_unref(right);
    return out;
}

/* Share of the pixels in a box whose value is within `slack`. */
static double share_near(const spx_plane *plane, const uint32_t box[4], double value, double slack)
{
    uint32_t good = 0;
    for (uint32_t y = box[1]; y < box[3]; y++) {
        for (uint32_t x = box[0]; x < box[2]; x++)
            good += fabs(spx_plane_row(plane, y)[x] - value) <= slack;
    }
    return (double)good / ((double)(box[2] - box[0]) * (box[3] - box[1]));
}

/* Share of sure matches that are more than 1 px off `value`, and no sure match counts as all. */
static double wrong_share(const spx_match *match, double value)
{
    uint64_t sure = 0;
    uint64_t wrong = 0;
    for (uint32_t y = 0; y < match->disparity->height; y++) {
        for (uint32_t x = 0; x < match->disparity->width; x++) {
            if (spx_plane_row(match->confidence, y)[x] < SPX_MATCH_SURE)
                continue;
            sure++;
            wrong += fabs(spx_plane_row(match->disparity, y)[x] - value) > 1.0;
        }
    }
    return sure == 0 ? 1.0 : (double)wrong / (double)sure;
}

static void finds_shifts_of_both_signs_and_parts_of_pixels(void **state)
{
    (void)state;
    /* -8 % of the width to +3 %, larger = nearer, and nearer yet. */
    static const double shifts[] = { 0.0, 12.0, -32.0, 2.5, -3.25, 40.0 };
    static const uint32_t whole[4] = { 50, 6, WIDTH - 50, HEIGHT - 6 };
    for (size_t i = 0; i < sizeof(shifts) / sizeof(*shifts); i++) {
        drawing pair = plain;
        pair.shift = shifts[i];
        pair.bits = i % 2 == 0 ? 8 : 16;
        spx_match found = match_drawing(&pair, NULL);
        const double share = share_near(found.disparity, whole, shifts[i], 0.3);
        if (share < 0.97 || found.sure_share < 0.7 || wrong_share(&found, shifts[i]) > 0.005)
            fail_msg("shift %g: found at %.3f, sure %.3f, wrong %.3f", shifts[i], share,
                     found.sure_share, wrong_share(&found, shifts[i]));
        spx_match_clear(&found);
    }
}

static void tells_a_near_box_from_its_background(void **state)
{
    (void)state;
    static const uint32_t inside[4] = { 165, 35, 255, 85 };
    static const uint32_t beside[4] = { 275, 10, 380, 110 };
    static const uint32_t hidden[4] = { 148, 40, 158, 80 }; /* only the left eye sees it */
    drawing pair = plain;
    pair.shift = -4.0;
    pair.box_shift = 12.0;
    spx_match found = match_drawing(&pair, NULL);
    assert_true(share_near(found.disparity, inside, 12.0, 0.5) > 0.98);
    assert_true(share_near(found.disparity, beside, -4.0, 0.5) > 0.98);
    assert_true(share_near(found.disparity, hidden, 12.0, 0.5) < 0.2);
    spx_match_clear(&found);
}

static void exposure_changes_little(void **state)
{
    (void)state;
    static const uint32_t whole[4] = { 50, 6, WIDTH - 50, HEIGHT - 6 };
    drawing pair = plain;
    pair.shift = 9.0;
    pair.gain = 0.7;
    spx_match found = match_drawing(&pair, NULL);
    assert_true(share_near(found.disparity, whole, 9.0, 0.3) > 0.95);
    assert_true(wrong_share(&found, 9.0) < 0.001);
    spx_match_clear(&found);
}

static void lines_that_lie_apart_make_no_sure_nonsense(void **state)
{
    (void)state;
    drawing pair = plain;
    pair.shift = 9.0;
    pair.lower = 1.0;
    spx_match found = match_drawing(&pair, NULL);
    assert_true(wrong_share(&found, 9.0) < 0.02);
    spx_match_clear(&found);
}

static void a_plain_sky_is_never_sure(void **state)
{
    (void)state;
    drawing pair = plain;
    pair.shift = 6.0;
    pair.sky = 1;
    spx_match found = match_drawing(&pair, NULL);
    for (uint32_t y = 0; y < HEIGHT / 3 - 6; y++) {
        for (uint32_t x = 0; x < WIDTH; x++)
            assert_true(spx_plane_row(found.confidence, y)[x] < SPX_MATCH_SURE);
    }
    assert_true(wrong_share(&found, 6.0) < 0.001);
    assert_true(found.sure_share > 0.4);
    spx_match_clear(&found);
}

static void repetition_is_hardly_ever_sure(void **state)
{
    (void)state;
    spx_image *left = NULL;
    spx_image *right = NULL;
    spx_match found = { 0 };
    assert_int_equal(spx_image_create(&left, WIDTH, HEIGHT, 8, NULL), SPX_OK);
    assert_int_equal(spx_image_create(&right, WIDTH, HEIGHT, 8, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH * 3; x++) {
            spx_image_row8(left, y)[x] = (uint8_t)lround(127 + 90 * sin(x / 3 * 0.5236));
            spx_image_row8(right, y)[x] = (uint8_t)lround(127 + 90 * sin((x / 3 + 4) * 0.5236));
        }
    }
    assert_int_equal(spx_match_eyes(&found, left, right, NULL, NULL, NULL), SPX_OK);
    assert_true(found.sure_share < 0.05); /* beside the frame, where one period alone fits in */
    spx_match_clear(&found);
    spx_image_unref(left);
    spx_image_unref(right);
}

static void says_nothing_sure_where_nothing_can_be_told(void **state)
{
    (void)state;
    spx_image *grey = NULL;
    spx_match found = { 0 };
    assert_int_equal(spx_image_create(&grey, WIDTH, HEIGHT, 8, NULL), SPX_OK);
    memset(grey->pixels, 90, grey->stride_bytes * HEIGHT);
    assert_int_equal(spx_match_eyes(&found, grey, grey, NULL, NULL, NULL), SPX_OK);
    assert_true(found.sure_share == 0.0);
    spx_match_clear(&found);
    spx_image_unref(grey);
}

static void a_reduced_size_gives_disparity_in_the_eyes_own_pixels(void **state)
{
    (void)state;
    static const uint32_t inside[4] = { 170, 40, 250, 80 };
    drawing pair = plain;
    pair.box_shift = 12.0;
    const spx_match_options options = { .range_pct = 15.0, .long_side = 200 };
    spx_match found = match_drawing(&pair, &options);
    assert_int_equal(found.disparity->width, WIDTH);
    assert_int_equal(found.confidence->height, HEIGHT);
    assert_true(share_near(found.disparity, inside, 12.0, 1.0) > 0.9);
    spx_match_clear(&found);
}

/* A gate on the true pair: what was reached, with a little slack. */
static void a_true_pair_is_matched_well(void **state)
{
    (void)state;
    true_pair pair;
    spx_match found = { 0 };
    uint64_t truths = 0;
    uint64_t answered = 0;
    uint64_t bad = 0;
    true_pair_bundled(&pair);
    assert_int_equal(spx_match_eyes(&found, pair.left, pair.right, NULL, NULL, NULL), SPX_OK);
    for (uint32_t y = 0; y < pair.left->height; y++) {
        for (uint32_t x = 0; x < pair.left->width; x++) {
            const double truth = (double)spx_plane_row(pair.disparity, y)[x];
            const double here = (double)spx_plane_row(found.disparity, y)[x];
            truths += isnan(truth) ? 0 : 1;
            answered += isnan(truth) || isnan(here) ? 0 : 1;
            bad += fabs(truth - here) > 2.0;
        }
    }
    assert_true((double)answered / (double)truths > 0.86);
    assert_true((double)bad / (double)answered < 0.035);
    spx_match_clear(&found);
    true_pair_clear(&pair);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    spx_pool *pool = NULL;
    spx_match one = { 0 };
    spx_match many = { 0 };
    true_pair pair;
    true_pair_bundled(&pair);
    assert_int_equal(spx_pool_create(&pool, 3, NULL), SPX_OK);
    const spx_task task = { .pool = pool };
    const spx_match_options options = { .range_pct = 10.0, .long_side = 600 };
    assert_int_equal(spx_match_eyes(&one, pair.left, pair.right, &options, NULL, NULL), SPX_OK);
    assert_int_equal(spx_match_eyes(&many, pair.left, pair.right, &options, &task, NULL), SPX_OK);
    for (uint32_t y = 0; y < pair.left->height; y++) {
        assert_memory_equal(spx_plane_row(one.disparity, y), spx_plane_row(many.disparity, y),
                            pair.left->width * sizeof(float));
    }
    spx_match_clear(&one);
    spx_match_clear(&many);
    spx_pool_destroy(pool);
    true_pair_clear(&pair);
}

static void refuses_eyes_of_two_sizes_and_takes_tiny_ones(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = { { 1, 1 }, { 2, 3 }, { 9, 1 }, { 1, 40 }, { 33, 5 } };
    spx_diag diag = { 0 };
    spx_match found = { 0 };
    spx_image *const left = draw(&plain, 0);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        spx_image *tiny = NULL;
        assert_int_equal(spx_image_create(&tiny, sizes[i][0], sizes[i][1], 8, NULL), SPX_OK);
        memset(tiny->pixels, 7, tiny->stride_bytes * tiny->height);
        assert_int_equal(spx_match_eyes(&found, left, tiny, NULL, NULL, &diag), SPX_ERR_ARGUMENT);
        assert_int_equal(spx_match_eyes(&found, tiny, tiny, NULL, NULL, NULL), SPX_OK);
        assert_int_equal(found.disparity->width, sizes[i][0]);
        spx_match_clear(&found);
        spx_image_unref(tiny);
    }
    assert_non_null(strstr(diag.text, "400x120 and 1x1"));
    spx_image_unref(left);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_shifts_of_both_signs_and_parts_of_pixels),
        cmocka_unit_test(tells_a_near_box_from_its_background),
        cmocka_unit_test(exposure_changes_little),
        cmocka_unit_test(lines_that_lie_apart_make_no_sure_nonsense),
        cmocka_unit_test(a_plain_sky_is_never_sure),
        cmocka_unit_test(repetition_is_hardly_ever_sure),
        cmocka_unit_test(says_nothing_sure_where_nothing_can_be_told),
        cmocka_unit_test(a_reduced_size_gives_disparity_in_the_eyes_own_pixels),
        cmocka_unit_test(a_true_pair_is_matched_well),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(refuses_eyes_of_two_sizes_and_takes_tiny_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
