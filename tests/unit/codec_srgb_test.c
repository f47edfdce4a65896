#include "test_files.h"
#include "test_pictures.h"
#include "test_support.h"

#include "codec/srgb.h"
#include "image/image.h"

#include <stdlib.h>

static spx_image *filled(unsigned bits, const uint8_t color[3])
{
    spx_image *out = NULL;
    assert_int_equal(spx_image_create(&out, 70, 50, bits, NULL), SPX_OK);
    for (uint32_t y = 0; y < out->height; y++) {
        for (uint32_t x = 0; x < out->width; x++) {
            for (int c = 0; c < 3; c++)
                spx_image_set_sample(out, x, y, c, bits == 8 ? color[c] : color[c] * 257u);
        }
    }
    return out;
}

/* IEC 61966-2-1 and the P3 primaries with a D65 white, worked out by hand. */
static void turns_display_p3_into_srgb(void **state)
{
    (void)state;
    static const uint8_t p3[3] = { 187, 105, 62 };
    static const int srgb[3] = { 200, 100, 50 };
    spx_bytes icc = test_data_read("codec/p3.icc");
    for (unsigned bits = 8; bits <= 16; bits += 8) {
        spx_image *const photo = filled(bits, p3);
        spx_image *made = NULL;

        assert_int_equal(spx_image_to_srgb(&made, photo, &icc, NULL, NULL), SPX_OK);

        assert_int_equal(made->bits, bits);
        for (int c = 0; c < 3; c++) {
            const int got = (int)spx_image_sample(made, 69, 49, c) / (bits == 8 ? 1 : 257);
            if (abs(got - srgb[c]) > 2)
                fail_msg("%u bits, channel %d: %d, wanted %d", bits, c, got, srgb[c]);
        }
        spx_image_unref(made);
        spx_image_unref(photo);
    }
    spx_bytes_clear(&icc);
}

static void leaves_srgb_and_damaged_profiles_alone(void **state)
{
    (void)state;
    static const uint8_t color[3] = { 10, 200, 30 };
    spx_bytes profiles[] = { { 0 },
                             test_data_read("codec/srgb.icc"),
                             test_data_read("codec/p3.icc") };
    profiles[2].size = 200;
    spx_image *const photo = filled(8, color);
    for (size_t i = 0; i < 3; i++) {
        spx_image *made = photo;

        assert_int_equal(spx_image_to_srgb(&made, photo, &profiles[i], NULL, NULL), SPX_OK);

        assert_null(made);
        spx_bytes_clear(&profiles[i]);
    }
    spx_image_unref(photo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_display_p3_into_srgb),
        cmocka_unit_test(leaves_srgb_and_damaged_profiles_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
