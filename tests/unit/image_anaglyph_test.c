#include "test_support.h"

#include "image/anaglyph.h"
#include "image/image.h"

#include <math.h>
#include <stdlib.h>

typedef struct pixel {
    uint8_t c[3];
} pixel;

static spx_image *flat_image(pixel color, unsigned bits)
{
    spx_image *out = NULL;
    assert_int_equal(spx_image_create(&out, 2, 1, bits, NULL), SPX_OK);
    for (uint32_t x = 0; x < 2; x++) {
        for (int c = 0; c < 3; c++)
            spx_image_set_sample(out, x, 0, c, bits == 8 ? color.c[c] : color.c[c] * 257u);
    }
    return out;
}

static pixel mix(spx_anaglyph_kind kind, pixel left, pixel right, unsigned bits)
{
    spx_image *const eyes[2] = { flat_image(left, bits), flat_image(right, bits) };
    spx_anaglyph *anaglyph = NULL;
    pixel out = { { 0 } };
    assert_int_equal(spx_anaglyph_create(&anaglyph, kind, eyes[0], eyes[1], NULL), SPX_OK);
    const spx_rows rows = spx_anaglyph_rows(anaglyph);
    assert_int_equal(rows.width, 2);
    assert_int_equal(rows.bits, 8);
    rows.run(rows.source, 1, 0, 1, &out);
    spx_anaglyph_destroy(anaglyph);
    spx_image_unref(eyes[0]);
    spx_image_unref(eyes[1]);
    return out;
}

static void assert_near(pixel got, int r, int g, int b)
{
    const int wanted[3] = { r, g, b };
    for (int c = 0; c < 3; c++) {
        if (abs(got.c[c] - wanted[c]) > 1)
            fail_msg("channel %d: %d, wanted %d", c, got.c[c], wanted[c]);
    }
}

static void keeps_greys_grey(void **state)
{
    (void)state;
    static const int levels[] = { 0, 1, 20, 128, 255 };
    for (int kind = 0; kind < SPX_ANAGLYPH_COUNT; kind++) {
        if (kind == SPX_ANAGLYPH_OPTIMISED)
            continue; /* brightens red on purpose */
        for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
            const int v = levels[i];
            const pixel grey = { { (uint8_t)v, (uint8_t)v, (uint8_t)v } };
            const pixel got = mix((spx_anaglyph_kind)kind, grey, grey, 8);
            /* the published numbers are rounded to three digits: rows sum to 0.98 .. 1.03 */
            for (int c = 0; c < 3; c++)
                assert_in_range(got.c[c] + 8, (unsigned)v, (unsigned)v + 16);
        }
    }
}

static void follows_the_rules_of_thumb(void **state)
{
    (void)state;
    const pixel left = { { 200, 100, 50 } };
    const pixel right = { { 10, 60, 220 } };
    const int luma_left = (int)lrint(0.299 * 200 + 0.587 * 100 + 0.114 * 50);
    const int luma_right = (int)lrint(0.299 * 10 + 0.587 * 60 + 0.114 * 220);
    const int red = (int)lrint(255 * pow((0.7 * 100 + 0.3 * 50) / 255, 1 / 1.5));

    assert_near(mix(SPX_ANAGLYPH_COLOUR, left, right, 8), 200, 60, 220);
    assert_near(mix(SPX_ANAGLYPH_HALF_COLOUR, left, right, 8), luma_left, 60, 220);
    assert_near(mix(SPX_ANAGLYPH_GREY, left, right, 8), luma_left, luma_right, luma_right);
    assert_near(mix(SPX_ANAGLYPH_OPTIMISED, left, right, 8), red, 60, 220);
    assert_near(mix(SPX_ANAGLYPH_COLOUR, left, right, 16), 200, 60, 220);
}

static void works_in_linear_light_where_it_says_so(void **state)
{
    (void)state;
    const pixel left = { { 180, 180, 180 } };
    const pixel right = { { 0, 0, 0 } };
    const double light = pow((180 / 255.0 + 0.055) / 1.055, 2.4) * (0.456 + 0.500 + 0.176);
    const int linear = (int)lrint(255 * (1.055 * pow(light, 1 / 2.4) - 0.055));
    const int coded = (int)lrint(180 * (0.456 + 0.500 + 0.176));

    assert_near(mix(SPX_ANAGLYPH_DUBOIS, left, right, 8), linear, 0, 0);
    assert_near(mix(SPX_ANAGLYPH_DUBOIS_GAMMA, left, right, 8), coded, 0, 0);
    assert_true(coded - linear > 5);
}

static void gives_each_glass_its_own_eye(void **state)
{
    (void)state;
    const pixel white = { { 255, 255, 255 } };
    const pixel black = { { 0, 0, 0 } };

    assert_near(mix(SPX_ANAGLYPH_DUBOIS, white, black, 8), 255, 0, 0);
    assert_near(mix(SPX_ANAGLYPH_DUBOIS, black, white, 8), 0, 255, 255);
    assert_true(mix(SPX_ANAGLYPH_GREEN_MAGENTA, white, black, 8).c[1] > 245);
    assert_near(mix(SPX_ANAGLYPH_GREEN_MAGENTA, black, white, 8), 255, 0, 255);
    assert_true(mix(SPX_ANAGLYPH_AMBER_BLUE, white, black, 8).c[2] < 20);
    const double green = 0.006 + 0.062 - 0.017;
    assert_near(mix(SPX_ANAGLYPH_AMBER_BLUE, black, white, 8), 0,
                (int)lrint(255 * (1.055 * pow(green, 1 / 2.4) - 0.055)), 255);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_greys_grey),
        cmocka_unit_test(follows_the_rules_of_thumb),
        cmocka_unit_test(works_in_linear_light_where_it_says_so),
        cmocka_unit_test(gives_each_glass_its_own_eye),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
