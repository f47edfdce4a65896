#ifndef SPX_OUTPAINT_GRAIN_H
#define SPX_OUTPAINT_GRAIN_H

#include <stddef.h>
#include <stdint.h>

enum { SPX_GRAIN_BINS = 512 };

/** Collects how strong the grain is: standard deviations of small blocks. Zero to begin. */
typedef struct spx_grain_meter {
    uint32_t counts[SPX_GRAIN_BINS]; /* in steps of 1/16 of a level of 8 bits */
    uint32_t blocks;
} spx_grain_meter;

/** Adds the blocks of a piece of luma (0..255), [height][width]. */
void spx_grain_meter_add(spx_grain_meter *meter, const float *luma, int32_t width, int32_t height);
/** Standard deviation of the grain: that of the smoothest blocks; 0 when nothing was added. */
float spx_grain_sigma(const spx_grain_meter *meter);

/** Grain of standard deviation 1 at a pixel, slightly soft as a camera's is; the same for the same
 * seed. */
float spx_grain_at(int32_t x, int32_t y, uint64_t seed);

#endif
