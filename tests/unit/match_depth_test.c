#include "test_support.h"

#include "image/image.h"
#include "match/fill.h"
#include "match/match.h"
#include "true_pair.h"

#include <math.h>
#include <string.h>

enum { WIDTH = 120, HEIGHT = 80 };

/* A match of one disparity, all sure; holes are made by the test. */
static spx_match flat_match(float disparity)
{
    spx_match match = { .known_share = 1.0, .sure_share = 1.0 };
    assert_int_equal(spx_plane_create(&match.disparity, WIDTH, HEIGHT, NULL), SPX_OK);
    assert_int_equal(spx_plane_create(&match.confidence, WIDTH, HEIGHT, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            spx_plane_row(match.disparity, y)[x] = disparity;
            spx_plane_row(match.confidence, y)[x] = 1.0F;
        }
    }
    return match;
}

static void set_box(const spx_match *match, const uint32_t box[4], float disparity)
{
    for (uint32_t y = box[1]; y < box[3]; y++) {
        for (uint32_t x = box[0]; x < box[2]; x++) {
            spx_plane_row(match->disparity, y)[x] = disparity;
            spx_plane_row(match->confidence, y)[x] = isnan(disparity) ? 0.0F : 1.0F;
        }
    }
}

static void what_one_eye_alone_sees_lies_on_the_far_side(void **state)
{
    (void)state;
    spx_match match = flat_match(2.0F);
    set_box(&match, (const uint32_t[]){ 60, 20, 90, 60 }, 12.0F);
    set_box(&match, (const uint32_t[]){ 50, 20, 60, 60 }, NAN);
    assert_int_equal(spx_match_fill(&match, NULL, NULL, NULL), SPX_OK);
    for (uint32_t y = 22; y < 58; y++) {
        for (uint32_t x = 50; x < 59; x++)
            assert_true(spx_plane_row(match.disparity, y)[x] == 2.0F);
        assert_true(spx_plane_row(match.disparity, y)[62] == 12.0F);
    }
    spx_match_clear(&match);
}

/* A hole that no step explains: the guide knows that a thing stands in it. */
static void a_wide_hole_follows_the_fitted_guide(void **state)
{
    (void)state;
    spx_match match = flat_match(4.0F);
    spx_plane *guide = NULL;
    set_box(&match, (const uint32_t[]){ 0, 40, WIDTH, HEIGHT }, 8.0F);
    assert_int_equal(spx_plane_create(&guide, WIDTH, HEIGHT, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const int inside = x >= 40 && x < 70 && y >= 10 && y < 30;
            spx_plane_row(guide, y)[x] =
                inside ? 0.9F : 0.1F + 0.01F * spx_plane_row(match.disparity, y)[x];
        }
    }
    /* One answer in twenty is nonsense: the fit leaves it out. */
    for (uint32_t x = 0; x < WIDTH; x += 20)
        set_box(&match, (const uint32_t[]){ x, 0, x + 1, HEIGHT }, 60.0F);
    set_box(&match, (const uint32_t[]){ 30, 5, 78, 35 }, NAN);
    spx_match_fit fit;
    assert_true(spx_match_fit_guide(&match, guide, &fit));
    assert_true(fabs(fit.scale - 100.0) < 1.0 && fabs(fit.offset + 10.0) < 1.0);

    assert_int_equal(spx_match_fill(&match, guide, NULL, NULL), SPX_OK);

    assert_true(fabsf(spx_plane_row(match.disparity, 20)[55] - 80.0F) < 3.0F);
    assert_true(fabsf(spx_plane_row(match.disparity, 20)[35] - 4.0F) < 3.0F);
    assert_true(spx_plane_row(match.confidence, 20)[55] == 0.0F);
    spx_plane_destroy(guide);
    spx_match_clear(&match);
}

static void a_guide_that_runs_the_other_way_is_not_used(void **state)
{
    (void)state;
    spx_match match = flat_match(4.0F);
    spx_plane *guide = NULL;
    spx_match_fit fit;
    set_box(&match, (const uint32_t[]){ 0, 40, WIDTH, HEIGHT }, 8.0F);
    assert_int_equal(spx_plane_create(&guide, WIDTH, HEIGHT, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++)
            spx_plane_row(guide, y)[x] = y < 40 ? 1.0F : 0.0F;
    }
    assert_false(spx_match_fit_guide(&match, guide, &fit));
    for (uint32_t y = 0; y < HEIGHT; y++)
        memset(spx_plane_row(guide, y), 0, WIDTH * sizeof(float));
    assert_false(spx_match_fit_guide(&match, guide, &fit));
    set_box(&match, (const uint32_t[]){ 30, 5, 78, 35 }, NAN);
    assert_int_equal(spx_match_fill(&match, guide, NULL, NULL), SPX_OK);
    assert_true(spx_plane_row(match.disparity, 20)[55] == 4.0F);
    spx_plane_destroy(guide);
    spx_match_clear(&match);
}

static void nothing_known_is_an_error(void **state)
{
    (void)state;
    spx_match match = flat_match(NAN);
    assert_int_equal(spx_match_fill(&match, NULL, NULL, NULL), SPX_ERR_UNSUPPORTED);
    spx_match_clear(&match);
}

static void the_true_pairs_depth_is_whole_and_close(void **state)
{
    (void)state;
    true_pair pair;
    spx_match_depth depth = { 0 };
    uint64_t truths = 0;
    uint64_t bad = 0;
    double error = 0.0;
    true_pair_bundled(&pair);
    assert_int_equal(spx_match_depth_find(&depth, pair.left, pair.right, NULL, NULL, NULL), SPX_OK);
    for (uint32_t y = 0; y < pair.left->height; y++) {
        for (uint32_t x = 0; x < pair.left->width; x++) {
            const double map = (double)spx_plane_row(depth.map, y)[x];
            const double truth = (double)spx_plane_row(pair.disparity, y)[x];
            assert_true(map >= 0.0 && map <= 1.0);
            if (isnan(truth))
                continue;
            const double off = fabs(depth.far_px + map * (depth.near_px - depth.far_px) - truth);
            truths++;
            bad += off > 2.0 ? 1 : 0;
            error += off;
        }
    }
    /* 7.6 % and 1.30 px were reached. */
    assert_true((double)bad / (double)truths < 0.085);
    assert_true(error / (double)truths < 1.45);
    spx_match_depth_clear(&depth);
    true_pair_clear(&pair);
}

static void two_pictures_of_different_things_are_no_pair(void **state)
{
    (void)state;
    spx_match_depth depth = { 0 };
    spx_diag diag = { 0 };
    spx_image *eyes[2] = { NULL, NULL };
    uint32_t seed = 3;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(spx_image_create(&eyes[i], WIDTH, HEIGHT, 8, NULL), SPX_OK);
        for (size_t at = 0; at < eyes[i]->stride_bytes * HEIGHT; at++) {
            seed = seed * 1664525u + 1013904223u;
            eyes[i]->pixels[at] = (uint8_t)(seed >> 24);
        }
    }
    assert_int_equal(spx_match_depth_find(&depth, eyes[0], eyes[1], NULL, NULL, &diag),
                     SPX_ERR_UNSUPPORTED);
    assert_non_null(strstr(diag.text, "of the left eye is found"));
    assert_null(depth.map);
    spx_image_unref(eyes[0]);
    spx_image_unref(eyes[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_one_eye_alone_sees_lies_on_the_far_side),
        cmocka_unit_test(a_wide_hole_follows_the_fitted_guide),
        cmocka_unit_test(a_guide_that_runs_the_other_way_is_not_used),
        cmocka_unit_test(nothing_known_is_an_error),
        cmocka_unit_test(the_true_pairs_depth_is_whole_and_close),
        cmocka_unit_test(two_pictures_of_different_things_are_no_pair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
