#include "image/cubic.h"

#include "base/intops.h"

#include <math.h>

enum { TAPS = 4 };

static void weigh(float t, float weights[TAPS])
{
    weights[0] = ((-0.5F * t + 1.0F) * t - 0.5F) * t;
    weights[1] = (1.5F * t - 2.5F) * t * t + 1.0F;
    weights[2] = ((-1.5F * t + 2.0F) * t + 0.5F) * t;
    weights[3] = (0.5F * t - 0.5F) * t * t;
}

/* Four pixels of a row that has them all. */
static void add_row8(const uint8_t *row, const float across[TAPS], float down, float *out)
{
    for (int c = 0; c < SPX_IMAGE_CHANNELS; c++) {
        out[c] += down * (across[0] * (float)row[c] + across[1] * (float)row[c + 3] +
                          across[2] * (float)row[c + 6] + across[3] * (float)row[c + 9]);
    }
}

static void add_row16(const uint16_t *row, const float across[TAPS], float down, float *out)
{
    for (int c = 0; c < SPX_IMAGE_CHANNELS; c++) {
        out[c] += down * (across[0] * (float)row[c] + across[1] * (float)row[c + 3] +
                          across[2] * (float)row[c + 6] + across[3] * (float)row[c + 9]);
    }
}

static void sample_inside(const spx_image *image, uint32_t x, uint32_t y, const float across[TAPS],
                          const float down[TAPS], float *out)
{
    const size_t at = (size_t)x * SPX_IMAGE_CHANNELS;
    for (uint32_t j = 0; j < TAPS; j++) {
        const uint8_t *const row = image->pixels + (size_t)(y + j) * image->stride_bytes;
        if (image->bits == 8) {
            add_row8(row + at, across, down[j], out);
        } else {
            add_row16((const uint16_t *)(const void *)row + at, across, down[j], out);
        }
    }
}

void spx_cubic_sample(const spx_image *image, double x, double y, float out[SPX_IMAGE_CHANNELS])
{
    const int64_t first_x = (int64_t)floor(x) - 1;
    const int64_t first_y = (int64_t)floor(y) - 1;
    float across[TAPS];
    float down[TAPS];
    weigh((float)(x - floor(x)), across);
    weigh((float)(y - floor(y)), down);
    for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
        out[c] = 0.0F;
    if (first_x >= 0 && first_y >= 0 && first_x + TAPS <= image->width &&
        first_y + TAPS <= image->height) {
        sample_inside(image, (uint32_t)first_x, (uint32_t)first_y, across, down, out);
        return;
    }
    for (int j = 0; j < TAPS; j++) {
        const uint32_t row = spx_clamp_index(first_y + j, image->height);
        for (int i = 0; i < TAPS; i++) {
            const uint32_t column = spx_clamp_index(first_x + i, image->width);
            for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
                out[c] += down[j] * across[i] * (float)spx_image_sample(image, column, row, c);
        }
    }
}
