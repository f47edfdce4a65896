#include "test_support.h"

#include "pipeline/comfort.h"

#include <math.h>
#include <string.h>

enum { WIDTH = 600, HEIGHT = 400 };

static spx_plane *create_depth(float value)
{
    spx_plane *depth = NULL;
    assert_int_equal(spx_plane_create(&depth, WIDTH, HEIGHT, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++)
            spx_plane_row(depth, y)[x] = value;
    }
    return depth;
}

static void set_box(const spx_plane *depth, uint32_t x, uint32_t end_x, uint32_t y, uint32_t end_y,
                    float value)
{
    for (; y < end_y; y++) {
        for (uint32_t i = x; i < end_x; i++)
            spx_plane_row(depth, y)[i] = value;
    }
}

static spx_comfort measure(const spx_plane *depth, double strength, double convergence)
{
    const spx_comfort_view view = {
        .strength_pct = strength, .convergence = convergence, .hfov_deg = 60.0, .filled_share = -1.0
    };
    spx_comfort comfort;
    spx_comfort_measure(depth, &view, &comfort);
    return comfort;
}

static void measures_ranges_in_per_cent_and_degrees(void **state)
{
    (void)state;
    spx_plane *const depth = create_depth(0.1F);
    set_box(depth, 200, 400, 100, 300, 0.9F);

    const spx_comfort comfort = measure(depth, 2.0, 0.4);

    assert_float_equal(comfort.crossed_pct, 1.0, 0.01);
    assert_float_equal(comfort.uncrossed_pct, 0.6, 0.01);
    /* 1 % of a width that fills 60 degrees: atan(0.02 tan 30) */
    assert_float_equal(comfort.crossed_deg, 0.6616, 0.01);
    assert_true(comfort.score > 98.0);
    assert_string_equal(comfort.advice, "comfortable");
    assert_true(comfort.window_left == 0.0 && comfort.window_right == 0.0);
    spx_plane_destroy(depth);
}

static void names_the_side_that_cuts_a_near_thing(void **state)
{
    (void)state;
    spx_plane *const depth = create_depth(0.1F);
    set_box(depth, 0, 150, 0, HEIGHT, 1.0F);

    const spx_comfort left = measure(depth, 2.5, 0.3);
    set_box(depth, 0, 150, 0, HEIGHT, 0.1F);
    set_box(depth, WIDTH - 150, WIDTH, 0, HEIGHT, 1.0F);
    const spx_comfort right = measure(depth, 2.5, 0.3);

    assert_float_equal(left.window_left, 1.0, 0.01);
    assert_true(left.window_right == 0.0);
    assert_string_equal(left.advice, "close subject cut off at the left edge: more convergence");
    assert_float_equal(right.window_right, 1.0, 0.01);
    assert_string_equal(right.advice, "close subject cut off at the right edge: more convergence");
    assert_true(left.score < 61.0);
    spx_plane_destroy(depth);
}

static void more_strength_never_scores_more(void **state)
{
    (void)state;
    spx_plane *const depth = create_depth(0.0F);
    set_box(depth, 100, 300, 0, HEIGHT, 1.0F);
    set_box(depth, 400, WIDTH, 200, HEIGHT, 0.6F);
    double before = 100.0;
    for (double strength = 0.0; strength <= 10.0; strength += 0.25) {
        const spx_comfort comfort = measure(depth, strength, 0.5);

        assert_true(comfort.score <= before);
        before = comfort.score;
    }
    assert_true(before < 60.0);
    spx_plane_destroy(depth);
}

static void choose(const spx_plane *depth, spx_look look, spx_viewer viewer, double out[2])
{
    spx_comfort_options options;
    spx_comfort_options_init(&options);
    options.look = look;
    options.viewer = viewer;
    spx_comfort_choose(depth, &options, &out[0], &out[1]);
}

static void a_near_thing_that_the_frame_cuts_stays_behind_the_window(void **state)
{
    (void)state;
    spx_plane *const depth = create_depth(0.1F);
    set_box(depth, 0, 150, 0, HEIGHT, 0.8F);
    for (int look = 0; look <= SPX_LOOK_STRONG; look++) {
        double chosen[2];

        choose(depth, (spx_look)look, SPX_VIEWER_HEADSET, chosen);

        const spx_comfort comfort = measure(depth, chosen[0], chosen[1]);
        assert_float_equal(chosen[1], 0.8, 0.01);
        assert_true(comfort.window_left < 0.05 && comfort.crossed_pct < 0.05);
    }
    spx_plane_destroy(depth);
}

static void a_subject_that_stands_free_comes_a_little_out_of_the_window(void **state)
{
    (void)state;
    spx_plane *const depth = create_depth(0.0F);
    set_box(depth, 200, 400, 80, 360, 1.0F);
    double chosen[2];

    choose(depth, SPX_LOOK_NATURAL, SPX_VIEWER_HEADSET, chosen);

    const spx_comfort comfort = measure(depth, chosen[0], chosen[1]);
    assert_true(chosen[0] >= 2.0 && chosen[0] <= 3.0);
    assert_true(comfort.crossed_pct > 0.3 && comfort.crossed_pct < 1.25);
    assert_true(comfort.uncrossed_pct < 2.5);
    assert_true(comfort.score >= 70.0);
    spx_plane_destroy(depth);
}

/* Two walls far apart look deep at little strength; things one behind the other need more. */
static void scenes_differ_by_how_their_depths_are_spread(void **state)
{
    (void)state;
    spx_plane *const walls = create_depth(0.05F);
    spx_plane *const floor = create_depth(0.0F);
    spx_plane *const small = create_depth(0.4F);
    double apart[2];
    double even[2];
    double alone[2];
    set_box(walls, 150, 450, 0, HEIGHT, 0.95F);
    for (uint32_t y = 0; y < HEIGHT; y++)
        set_box(floor, 0, WIDTH, y, y + 1, (float)y / HEIGHT);
    for (uint32_t y = 0; y < HEIGHT; y++)
        set_box(small, 0, WIDTH, y, y + 1, 0.2F + 0.4F * (float)y / HEIGHT);
    set_box(small, 280, 320, 180, 260, 1.0F); /* 1.3 %: counts in the range */
    set_box(small, 0, WIDTH, 0, 8, 0.0F);

    choose(walls, SPX_LOOK_NATURAL, SPX_VIEWER_PHONE, apart);
    choose(floor, SPX_LOOK_NATURAL, SPX_VIEWER_PHONE, even);
    choose(small, SPX_LOOK_NATURAL, SPX_VIEWER_PHONE, alone);

    assert_true(apart[0] + 0.3 < even[0]);
    assert_true(even[0] + 0.3 < alone[0]);
    spx_plane_destroy(walls);
    spx_plane_destroy(floor);
    spx_plane_destroy(small);
}

static void looks_differ_and_viewers_keep_their_limits(void **state)
{
    (void)state;
    spx_plane *const depth = create_depth(0.0F);
    set_box(depth, 200, 400, 80, 360, 1.0F);
    for (int viewer = 0; viewer <= SPX_VIEWER_GLASSES; viewer++) {
        double mild[2];
        double natural[2];
        double strong[2];

        choose(depth, SPX_LOOK_MILD, (spx_viewer)viewer, mild);
        choose(depth, SPX_LOOK_NATURAL, (spx_viewer)viewer, natural);
        choose(depth, SPX_LOOK_STRONG, (spx_viewer)viewer, strong);

        assert_true(mild[0] + 0.4 < natural[0] && natural[0] + 0.4 < strong[0]);
    }
    double tv[2];
    double phone[2];
    choose(depth, SPX_LOOK_NATURAL, SPX_VIEWER_TV, tv);
    choose(depth, SPX_LOOK_NATURAL, SPX_VIEWER_PHONE, phone);
    const spx_comfort comfort = measure(depth, tv[0], tv[1]);
    assert_true(comfort.crossed_pct <= 1.06 && comfort.uncrossed_pct <= 2.06);
    assert_true(phone[0] > tv[0]);
    spx_plane_destroy(depth);
}

static void far_things_never_part_the_eyes_lines(void **state)
{
    (void)state;
    spx_plane *const depth = create_depth(0.0F);
    set_box(depth, 0, WIDTH, 250, HEIGHT, 1.0F); /* a near floor across the whole frame */
    double chosen[2];

    choose(depth, SPX_LOOK_NATURAL, SPX_VIEWER_HEADSET, chosen);

    assert_true(measure(depth, chosen[0], chosen[1]).uncrossed_deg < 1.8);
    spx_plane_destroy(depth);
}

static void keeps_given_numbers(void **state)
{
    (void)state;
    spx_plane *const depth = create_depth(0.5F);
    spx_comfort_options options;
    spx_comfort_options_init(&options);
    options.strength_pct = 4.25;
    options.convergence = 0.25;
    double strength = 0.0;
    double convergence = 0.0;

    spx_comfort_choose(depth, &options, &strength, &convergence);

    assert_true(strength == 4.25 && convergence == 0.25);
    spx_plane_destroy(depth);
}

static void takes_planes_without_numbers(void **state)
{
    (void)state;
    const float values[] = { NAN, INFINITY, 0.0F, 1.0F };
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        spx_plane *depth = NULL;
        assert_int_equal(spx_plane_create(&depth, 1, 1 + (uint32_t)i, NULL), SPX_OK);
        for (uint32_t y = 0; y < depth->height; y++)
            spx_plane_row(depth, y)[0] = values[i];
        spx_comfort_options options;
        spx_comfort_options_init(&options);
        double strength = -1.0;
        double convergence = -1.0;

        spx_comfort_choose(depth, &options, &strength, &convergence);
        const spx_comfort comfort = measure(depth, strength, convergence);

        assert_true(strength >= 0.5 && strength <= 3.0);
        assert_true(convergence >= 0.0 && convergence <= 1.0);
        assert_true(comfort.score >= 80.0);
        spx_plane_destroy(depth);
    }
}

static void leaves_out_what_is_no_number(void **state)
{
    (void)state;
    spx_plane *const depth = create_depth(0.2F);
    set_box(depth, 200, 400, 100, 300, 0.8F);
    const spx_comfort whole = measure(depth, 2.0, 0.5);
    for (uint32_t y = 0; y < HEIGHT; y += 7)
        spx_plane_row(depth, y)[(y * 13) % WIDTH] = y % 2 ? NAN : INFINITY;

    const spx_comfort holed = measure(depth, 2.0, 0.5);

    assert_float_equal(holed.crossed_pct, whole.crossed_pct, 0.01);
    assert_float_equal(holed.uncrossed_pct, whole.uncrossed_pct, 0.01);
    spx_plane_destroy(depth);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures_ranges_in_per_cent_and_degrees),
        cmocka_unit_test(names_the_side_that_cuts_a_near_thing),
        cmocka_unit_test(more_strength_never_scores_more),
        cmocka_unit_test(a_near_thing_that_the_frame_cuts_stays_behind_the_window),
        cmocka_unit_test(a_subject_that_stands_free_comes_a_little_out_of_the_window),
        cmocka_unit_test(scenes_differ_by_how_their_depths_are_spread),
        cmocka_unit_test(looks_differ_and_viewers_keep_their_limits),
        cmocka_unit_test(far_things_never_part_the_eyes_lines),
        cmocka_unit_test(keeps_given_numbers),
        cmocka_unit_test(takes_planes_without_numbers),
        cmocka_unit_test(leaves_out_what_is_no_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
