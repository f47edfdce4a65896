#include "test_support.h"

#include "image/sum_rows.h"

#include "image/image.h"

#include <string.h>

enum { WIDTH = 37, HEIGHT = 9, SAMPLES = WIDTH * SPX_IMAGE_CHANNELS };

static void check(uint32_t bits, uint32_t first, uint32_t end)
{
    spx_image *image = NULL;
    uint32_t sums[SAMPLES + 1];
    uint32_t wanted[SAMPLES] = { 0 };
    assert_int_equal(spx_image_create(&image, WIDTH, HEIGHT, bits, NULL), SPX_OK);
    memset(sums, 0xA5, sizeof(sums)); /* what was there does not count */
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t i = 0; i < SAMPLES; i++) {
            const uint32_t value = (y * 7919 + i * 257 + 40000) % (bits == 8 ? 256 : 65536);
            spx_image_set_sample(image, i / SPX_IMAGE_CHANNELS, y, (int)(i % SPX_IMAGE_CHANNELS),
                                 value);
            wanted[i] += y >= first && y < end ? value : 0;
        }
    }

    spx_image_sum_rows(image, first, end, sums);

    assert_memory_equal(sums, wanted, sizeof(wanted));
    assert_int_equal(sums[SAMPLES], 0xA5A5A5A5);
    spx_image_unref(image);
}

static void sums_rows_of_both_depths(void **state)
{
    (void)state;
    for (uint32_t bits = 8; bits <= 16; bits += 8) {
        check(bits, 0, HEIGHT);
        check(bits, 3, 4);
        check(bits, 2, 7);
    }
}

/* As many rows as its promise allows, all white. */
static void the_largest_sum_fits(void **state)
{
    spx_image *image = NULL;
    uint32_t sums[SPX_IMAGE_CHANNELS];
    (void)state;
    assert_int_equal(spx_image_create(&image, 1, SPX_SUM_MOST_ROWS, 16, NULL), SPX_OK);
    memset(image->pixels, 0xFF, image->stride_bytes * SPX_SUM_MOST_ROWS);
    spx_image_sum_rows(image, 0, SPX_SUM_MOST_ROWS, sums);
    for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
        assert_int_equal(sums[c], 65535u * SPX_SUM_MOST_ROWS);
    spx_image_unref(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_rows_of_both_depths),
        cmocka_unit_test(the_largest_sum_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
