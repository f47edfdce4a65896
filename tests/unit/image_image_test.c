#include "test_support.h"

#include "image/image.h"

enum { WIDTH = 7, HEIGHT = 5 };

static spx_image *numbered(uint32_t bits)
{
    spx_image *image = NULL;
    assert_int_equal(spx_image_create(&image, WIDTH, HEIGHT, bits, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
                spx_image_set_sample(image, x, y, c, 3 * (y * WIDTH + x) + (uint32_t)c);
        }
    }
    return image;
}

static void a_part_is_cut_out_and_put_elsewhere(void **state)
{
    (void)state;
    static const uint32_t all_bits[] = { 8, 16 };
    for (size_t i = 0; i < 2; i++) {
        spx_image *const image = numbered(all_bits[i]);
        spx_image *const other = numbered(all_bits[i]);
        spx_image *copy = NULL;
        const spx_image part = spx_image_part(image, 2, 1, 4, 3);

        assert_int_equal(spx_image_copy(&copy, &part, NULL), SPX_OK);
        spx_image_put(other, 3, 2, &part);

        assert_int_equal(copy->width, 4);
        assert_int_equal(copy->height, 3);
        for (uint32_t y = 0; y < HEIGHT; y++) {
            for (uint32_t x = 0; x < WIDTH; x++) {
                const int is_put = x >= 3 && y >= 2;
                const uint32_t wanted = is_put ? spx_image_sample(image, x - 1, y - 1, 1)
                                               : spx_image_sample(image, x, y, 1);
                assert_int_equal(spx_image_sample(other, x, y, 1), wanted);
                if (x < 4 && y < 3) {
                    assert_int_equal(spx_image_sample(copy, x, y, 2),
                                     spx_image_sample(image, x + 2, y + 1, 2));
                }
            }
        }
        spx_image_unref(copy);
        spx_image_unref(other);
        spx_image_unref(image);
    }
}

static void levels_are_the_same_in_8_and_16_bits(void **state)
{
    (void)state;
    for (uint32_t bits = 8; bits <= 16; bits += 8) {
        const float unit = bits == 16 ? 1.0F / 257.0F : 1.0F;
        spx_image *image = NULL;
        assert_int_equal(spx_image_create(&image, 4, 1, bits, NULL), SPX_OK);

        spx_image_set_level(image, 0, 0, 1, 100.3F);
        spx_image_set_level(image, 1, 0, 1, -4.0F);
        spx_image_set_level(image, 2, 0, 1, 300.0F);

        assert_float_equal(spx_image_level(image, 0, 0, 1), 100.3F, unit / 2.0F);
        assert_int_equal(spx_image_sample(image, 1, 0, 1), 0);
        assert_int_equal(spx_image_sample(image, 2, 0, 1), bits == 16 ? 65535 : 255);
        spx_image_unref(image);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_part_is_cut_out_and_put_elsewhere),
        cmocka_unit_test(levels_are_the_same_in_8_and_16_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
