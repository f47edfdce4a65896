#include "test_support.h"

#include "codec/ycc.h"

#include <string.h>

enum { WIDTH = 230, MATRICES = 3 }; /* not a multiple of the kernel's step */

typedef struct pictures {
    uint8_t rgb[2][WIDTH * 3];
    uint8_t luma[2][WIDTH];
    uint8_t chroma[2][WIDTH / 2];
} pictures;

static spx_ycc_rows rows_of(pictures *p)
{
    return (spx_ycc_rows){ .rgb = { p->rgb[0], p->rgb[1] },
                           .luma = { p->luma[0], p->luma[1] },
                           .cb = p->chroma[0],
                           .cr = p->chroma[1] };
}

static void fill(pictures *p)
{
    uint32_t seed = 1;
    for (size_t y = 0; y < 2; y++) {
        for (size_t i = 0; i < sizeof(p->rgb[y]); i++) {
            seed = seed * 1664525u + 1013904223u;
            p->rgb[y][i] = (uint8_t)(seed >> 24);
        }
    }
    memset(p->rgb[0], 255, 48); /* both ends of the range too */
    memset(p->rgb[1] + 48, 0, 48);
}

static const spx_nclx colors[MATRICES] = {
    { .primaries = 1, .transfer = 13, .matrix = 1, .full_range = 1 },
    { .primaries = 1, .transfer = 13, .matrix = 6, .full_range = 1 },
    { .primaries = 9, .transfer = 13, .matrix = 9, .full_range = 0 },
};

static void agrees_with_the_plain_version(void **state)
{
    (void)state;
    static pictures plain;
    static pictures fast;
    fill(&plain);
    fill(&fast);
    for (size_t i = 0; i < MATRICES; i++) {
        spx_ycc ycc;
        spx_ycc_init(&ycc, &colors[i]);
        const spx_ycc_rows a = rows_of(&plain);
        const spx_ycc_rows b = rows_of(&fast);

        spx_ycc_convert_c(&ycc, &a, WIDTH);
        spx_ycc_convert()(&ycc, &b, WIDTH);

        assert_memory_equal(&plain, &fast, sizeof(plain));
    }
}

/* BT.709 in floating point, ITU-R BT.709-6 clause 3. */
static void is_within_half_a_step_of_the_formula(void **state)
{
    (void)state;
    static pictures p;
    fill(&p);
    spx_ycc ycc;
    spx_ycc_init(&ycc, &colors[0]);
    const spx_ycc_rows rows = rows_of(&p);

    spx_ycc_convert()(&ycc, &rows, WIDTH);

    static const float tolerance = 0.51f;
    for (size_t x = 0; x < WIDTH; x += 2) {
        double mean[3];
        for (size_t c = 0; c < 3; c++) {
            mean[c] = (p.rgb[0][3 * x + c] + p.rgb[0][3 * x + 3 + c] + p.rgb[1][3 * x + c] +
                       p.rgb[1][3 * x + 3 + c]) /
                      4.0;
        }
        const uint8_t *const first = p.rgb[0] + 3 * x;
        const double y = 0.2126 * first[0] + 0.7152 * first[1] + 0.0722 * first[2];
        const double mean_y = 0.2126 * mean[0] + 0.7152 * mean[1] + 0.0722 * mean[2];
        assert_float_equal(p.luma[0][x], (float)y, tolerance);
        assert_float_equal(p.chroma[0][x / 2], (float)(128 + (mean[2] - mean_y) / 1.8556),
                           tolerance);
        assert_float_equal(p.chroma[1][x / 2], (float)(128 + (mean[0] - mean_y) / 1.5748),
                           tolerance);
    }
}

static void gives_grey_no_colour(void **state)
{
    (void)state;
    static pictures p;
    for (size_t i = 0; i < MATRICES; i++) {
        spx_ycc ycc;
        spx_ycc_init(&ycc, &colors[i]);
        for (unsigned value = 0; value < 256; value++) {
            memset(p.rgb, (int)value, sizeof(p.rgb));
            const spx_ycc_rows rows = rows_of(&p);

            spx_ycc_convert()(&ycc, &rows, WIDTH);

            assert_int_equal(p.chroma[0][3], 128);
            assert_int_equal(p.chroma[1][3], 128);
            if (colors[i].full_range)
                assert_int_equal(p.luma[1][5], value);
        }
        assert_int_equal(p.luma[0][0], colors[i].full_range ? 255 : 235);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_plain_version),
        cmocka_unit_test(is_within_half_a_step_of_the_formula),
        cmocka_unit_test(gives_grey_no_colour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
