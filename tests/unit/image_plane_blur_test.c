#include "test_support.h"

#include "image/plane_blur.h"

#include <math.h>
#include <string.h>

static spx_plane *make_plane(uint32_t width, uint32_t height, float value)
{
    spx_plane *plane = NULL;
    assert_int_equal(spx_plane_create(&plane, width, height, NULL), SPX_OK);
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++)
            spx_plane_row(plane, y)[x] = value;
    }
    return plane;
}

static void a_point_becomes_a_bell_of_the_wanted_width(void **state)
{
    (void)state;
    enum { SIDE = 201, MIDDLE = 100 };
    static const double sigmas[] = { 3.0, 8.0, 16.0 };
    for (size_t i = 0; i < sizeof(sigmas) / sizeof(sigmas[0]); i++) {
        spx_plane *const plane = make_plane(SIDE, SIDE, 0.0F);
        spx_plane_row(plane, MIDDLE)[MIDDLE] = 1.0F;

        assert_int_equal(spx_plane_blur(plane, sigmas[i], NULL), SPX_OK);

        double sum = 0;
        double across = 0;
        double down = 0;
        for (uint32_t y = 0; y < SIDE; y++) {
            for (uint32_t x = 0; x < SIDE; x++) {
                const double value = spx_plane_row(plane, y)[x];
                sum += value;
                across += value * ((double)x - MIDDLE) * ((double)x - MIDDLE);
                down += value * ((double)y - MIDDLE) * ((double)y - MIDDLE);
            }
        }
        assert_true(fabs(sum - 1.0) < 1e-3);
        assert_true(fabs(sqrt(across) - sigmas[i]) < 0.5); /* boxes have whole pixels */
        assert_true(fabs(sqrt(down) - sigmas[i]) < 0.5);
        spx_plane_destroy(plane);
    }
}

static void what_is_flat_stays_flat_at_any_size(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = { { 1, 1 }, { 1, 40 }, { 40, 1 }, { 5, 3 }, { 63, 200 } };
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        spx_plane *const plane = make_plane(sizes[i][0], sizes[i][1], 0.75F);
        assert_int_equal(spx_plane_blur(plane, 12.0, NULL), SPX_OK);
        for (uint32_t y = 0; y < plane->height; y++) {
            for (uint32_t x = 0; x < plane->width; x++)
                assert_true(fabsf(spx_plane_row(plane, y)[x] - 0.75F) < 1e-5F);
        }
        spx_plane_destroy(plane);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_point_becomes_a_bell_of_the_wanted_width),
        cmocka_unit_test(what_is_flat_stays_flat_at_any_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
