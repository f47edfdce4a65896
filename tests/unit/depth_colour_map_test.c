#include "depth/colour_map.h"
#include "image/image.h"
#include "test_support.h"

#include <math.h>

enum { WIDTH = 128, HEIGHT = 8 };

static spx_image *make(void (*color)(double at, uint8_t *rgb))
{
    spx_image *image = NULL;
    assert_int_equal(spx_image_create(&image, WIDTH, HEIGHT, 8, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++)
            color((double)x / (WIDTH - 1), spx_image_row8(image, y) + 3 * (size_t)x);
    }
    return image;
}

static double bump(double at, double centre)
{
    return fmax(0.0, fmin(1.0, 1.5 - fabs(4.0 * at - centre)));
}

/* The jet table by its definition: straight lines of red, green and blue. */
static void jet(double at, uint8_t *rgb)
{
    rgb[0] = (uint8_t)lround(255.0 * bump(at, 3.0));
    rgb[1] = (uint8_t)lround(255.0 * bump(at, 2.0));
    rgb[2] = (uint8_t)lround(255.0 * bump(at, 1.0));
}

static void grey(double at, uint8_t *rgb)
{
    rgb[0] = rgb[1] = rgb[2] = (uint8_t)lround(255.0 * at);
}

/* Blue to yellow straight through grey: nobody's table. */
static void own(double at, uint8_t *rgb)
{
    rgb[0] = rgb[1] = (uint8_t)lround(255.0 * at);
    rgb[2] = (uint8_t)lround(255.0 * (1.0 - at));
}

static void turns_colours_back_into_numbers(void **state)
{
    (void)state;
    spx_image *const image = make(jet);
    spx_plane *plane = NULL;
    const char *table = NULL;

    assert_int_equal(spx_colour_map_decode(&plane, &table, image, NULL, NULL), SPX_OK);

    assert_non_null(plane);
    assert_string_equal(table, "jet");
    for (uint32_t x = 0; x < WIDTH; x++) {
        const double wanted = (double)x / (WIDTH - 1);
        const double got = (double)spx_plane_row(plane, HEIGHT / 2)[x];
        if (fabs(got - wanted) > 0.04) /* the lines of other programs bend a little elsewhere */
            fail_msg("at %u: %g, wanted %g", x, got, wanted);
    }
    spx_plane_destroy(plane);
    spx_image_unref(image);
}

static void knows_colours_of_no_table(void **state)
{
    (void)state;
    spx_image *const image = make(own);
    spx_plane *plane = NULL;
    const char *table = NULL;

    assert_int_equal(spx_colour_map_decode(&plane, &table, image, NULL, NULL), SPX_OK);

    assert_null(plane);
    assert_true(spx_colour_share(image) > 0.8);
    spx_image_unref(image);
}

static void greys_are_no_colours(void **state)
{
    (void)state;
    spx_image *const image = make(grey);
    assert_true(spx_colour_share(image) == 0.0);
    spx_image_unref(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_colours_back_into_numbers),
        cmocka_unit_test(knows_colours_of_no_table),
        cmocka_unit_test(greys_are_no_colours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
