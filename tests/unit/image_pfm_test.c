#include "test_support.h"

#include "image/pfm.h"
#include "image/plane_resample.h"

#include <math.h>
#include <string.h>

static void reads_back_what_it_wrote(void **state)
{
    (void)state;
    spx_plane *plane = NULL;
    spx_plane *again = NULL;
    spx_bytes bytes = { 0 };
    assert_int_equal(spx_plane_create(&plane, 5, 3, NULL), SPX_OK);
    for (uint32_t y = 0; y < 3; y++) {
        for (uint32_t x = 0; x < 5; x++)
            spx_plane_row(plane, y)[x] = (float)y * 10.5f - (float)x;
    }

    assert_int_equal(spx_pfm_write(&bytes, plane, NULL), SPX_OK);
    assert_true(spx_pfm_probe(bytes.data, bytes.size));
    assert_int_equal(spx_pfm_read(&again, bytes.data, bytes.size, 15, "map", NULL), SPX_OK);

    assert_int_equal(again->width, 5);
    assert_int_equal(again->height, 3);
    for (uint32_t y = 0; y < 3; y++)
        assert_memory_equal(spx_plane_row(again, y), spx_plane_row(plane, y), 5 * sizeof(float));
    spx_bytes_clear(&bytes);
    spx_plane_destroy(plane);
    spx_plane_destroy(again);
}

static void puts_the_last_row_first(void **state)
{
    (void)state;
    static const char file[] = "Pf\n1 2\n1.0\n\x40\x00\x00\x00\x3f\x80\x00\x00";
    spx_plane *plane = NULL;

    assert_int_equal(spx_pfm_read(&plane, file, sizeof(file) - 1, 2, "map", NULL), SPX_OK);

    assert_float_equal(spx_plane_row(plane, 0)[0], 1.0f, 0.0f);
    assert_float_equal(spx_plane_row(plane, 1)[0], 2.0f, 0.0f);
    spx_plane_destroy(plane);
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        spx_status status;
        const char *text;
    } cases[] = {
        { "", SPX_ERR_CORRUPT, "map: not a grey PFM file" },
        { "PF\n1 1\n-1.0\n", SPX_ERR_UNSUPPORTED, "map: a PFM in colours: a grey one is wanted" },
        { "Pf\n0 1\n-1.0\n", SPX_ERR_CORRUPT, "map: not a grey PFM file" },
        { "Pf\nnan 1\n-1.0\n", SPX_ERR_CORRUPT, "map: not a grey PFM file" },
        { "Pf\n-2 1\n-1.0\n", SPX_ERR_CORRUPT, "map: not a grey PFM file" },
        { "Pf\n4294967297 1\n-1.0\n", SPX_ERR_CORRUPT, "map: not a grey PFM file" },
        { "Pf\n1 1\nscale\n", SPX_ERR_CORRUPT, "map: not a grey PFM file" },
        { "Pf\n99999 99999\n-1.0\n", SPX_ERR_LIMIT,
          "map: 99999x99999 pixels are over the limit of 1000" },
        { "Pf\n2 1\n-1.0\nabcd", SPX_ERR_TRUNCATED, "map: wanted 8 bytes of pixels, 4 there" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        spx_plane *plane = NULL;
        spx_diag diag = { 0 };

        assert_int_equal(
            spx_pfm_read(&plane, cases[i].file, strlen(cases[i].file), 1000, "map", &diag),
            cases[i].status);

        assert_null(plane);
        assert_string_equal(diag.text, cases[i].text);
    }
}

static void resampling_keeps_a_ramp(void **state)
{
    (void)state;
    spx_plane *ramp = NULL;
    assert_int_equal(spx_plane_create(&ramp, 64, 48, NULL), SPX_OK);
    for (uint32_t y = 0; y < 48; y++) {
        for (uint32_t x = 0; x < 64; x++)
            spx_plane_row(ramp, y)[x] = ((float)x + 0.5f) / 64.0f + ((float)y + 0.5f) / 48.0f;
    }
    static const uint32_t sizes[][2] = {
        { 32, 24 }, { 17, 31 }, { 128, 96 }, { 100, 20 }, { 1, 1 }
    };

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        spx_plane *out = NULL;
        assert_int_equal(spx_plane_resample(&out, ramp, sizes[i][0], sizes[i][1], NULL), SPX_OK);
        for (uint32_t y = 0; y < out->height; y++) {
            for (uint32_t x = 0; x < out->width; x++) {
                const float wanted =
                    ((float)x + 0.5f) / (float)out->width + ((float)y + 0.5f) / (float)out->height;
                /* at the border the ramp cannot be continued: half a source pixel */
                if (fabsf(spx_plane_row(out, y)[x] - wanted) > 0.5f / 48.0f + 0.5f / 64.0f)
                    fail_msg("%ux%u at %u,%u: %g, not %g", out->width, out->height, x, y,
                             (double)spx_plane_row(out, y)[x], (double)wanted);
            }
        }
        spx_plane_destroy(out);
    }
    spx_plane_destroy(ramp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_back_what_it_wrote),
        cmocka_unit_test(puts_the_last_row_first),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(resampling_keeps_a_ramp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
