#include "test_support.h"

#include "depth/refine.h"

#include <math.h>

enum { WIDTH = 50, HEIGHT = 40, COUNT = WIDTH * HEIGHT };

static spx_plane *make_plane(void)
{
    spx_plane *plane = NULL;
    assert_int_equal(spx_plane_create(&plane, WIDTH, HEIGHT, NULL), SPX_OK);
    return plane;
}

static float *at(const spx_plane *plane, uint32_t i)
{
    return spx_plane_row(plane, i / WIDTH) + i % WIDTH;
}

/* 0 … COUNT - 1 in a scrambled order, scaled. */
static void fill(const spx_plane *plane, float scale, float shift)
{
    for (uint32_t i = 0; i < COUNT; i++)
        *at(plane, i) = (float)(i * 977 % COUNT) * scale + shift;
}

static void maps_the_percentiles_to_0_and_1(void **state)
{
    (void)state;
    static const float scales[] = { 1.0f, 1e-6f, 1e6f };
    static const float shifts[] = { 0.0f, -1e-3f, -7e8f };
    for (size_t k = 0; k < 3; k++) {
        spx_plane *const plane = make_plane();
        fill(plane, scales[k], shifts[k]);

        spx_depth_normalise(plane);

        /* Of 2000 ranks, 10 and 1989 are the ends. */
        for (uint32_t i = 0; i < COUNT; i++) {
            const double rank = i * 977 % COUNT;
            const double wanted = fmin(fmax((rank - 10) / (1989 - 10), 0), 1);
            assert_true(fabs(*at(plane, i) - wanted) < 2e-4);
        }
        spx_plane_destroy(plane);
    }
}

static void a_few_outliers_change_little(void **state)
{
    (void)state;
    spx_plane *const plane = make_plane();
    fill(plane, 1.0f, 0.0f);
    *at(plane, 7) = 1e30f;
    *at(plane, 9) = -1e30f;

    spx_depth_normalise(plane);

    assert_true(*at(plane, 7) == 1.0f);
    assert_true(*at(plane, 9) == 0.0f);
    assert_true(fabsf(*at(plane, 1) - (977 - 10) / 1979.0f) < 2e-3f);
    spx_plane_destroy(plane);
}

static void what_is_no_number_is_far(void **state)
{
    (void)state;
    spx_plane *const plane = make_plane();
    fill(plane, 1.0f, 0.0f);
    for (uint32_t i = 0; i < COUNT; i += 2)
        *at(plane, i) = i % 4 == 0 ? NAN : INFINITY;
    *at(plane, 4) = -INFINITY;

    spx_depth_normalise(plane);

    for (uint32_t i = 0; i < COUNT; i += 2)
        assert_true(*at(plane, i) == 0.0f);
    assert_true(fabsf(*at(plane, 1) - 977 / 2000.0f) < 1e-2f);
    spx_plane_destroy(plane);
}

static void a_constant_map_becomes_the_middle(void **state)
{
    (void)state;
    static const float values[] = { 0.0f, -3.0f, 1e20f, NAN, INFINITY };
    for (size_t k = 0; k < sizeof(values) / sizeof(values[0]); k++) {
        spx_plane *const plane = make_plane();
        for (uint32_t i = 0; i < COUNT; i++)
            *at(plane, i) = values[k];

        spx_depth_normalise(plane);

        for (uint32_t i = 0; i < COUNT; i++)
            assert_true(*at(plane, i) == 0.5f);
        spx_plane_destroy(plane);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(maps_the_percentiles_to_0_and_1),
        cmocka_unit_test(a_few_outliers_change_little),
        cmocka_unit_test(what_is_no_number_is_far),
        cmocka_unit_test(a_constant_map_becomes_the_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
