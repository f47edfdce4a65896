#include "image/sum_rows.h"

#include "image/image.h"

#include <assert.h>

/* The first row is written and the others are added, so that nothing has to be cleared. */
static void add8(const uint8_t *restrict row, size_t count, int is_first, uint32_t *restrict sums)
{
    if (is_first) {
        for (size_t i = 0; i < count; i++)
            sums[i] = row[i];
    } else {
        for (size_t i = 0; i < count; i++)
            sums[i] += row[i];
    }
}

static void add16(const uint16_t *restrict row, size_t count, int is_first, uint32_t *restrict sums)
{
    if (is_first) {
        for (size_t i = 0; i < count; i++)
            sums[i] = row[i];
    } else {
        for (size_t i = 0; i < count; i++)
            sums[i] += row[i];
    }
}

void spx_image_sum_rows(const spx_image *image, uint32_t first, uint32_t end, uint32_t *sums)
{
    const size_t count = (size_t)image->width * SPX_IMAGE_CHANNELS;
    assert(first < end && end - first <= SPX_SUM_MOST_ROWS);
    for (uint32_t y = first; y < end; y++) {
        if (image->bits == 8) {
            add8(spx_image_row8(image, y), count, y == first, sums);
        } else {
            add16(spx_image_row16(image, y), count, y == first, sums);
        }
    }
}
