#ifndef SPX_OUTPAINT_GRAIN_H
#define SPX_OUTPAINT_GRAIN_H

#include "base/task.h"
#include "image/image.h"

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
/** What grain is measured in: luma of BT.601, in the colour's own unit. */
float spx_grain_luma(const float colour[3]);
/** Standard deviation of the grain: that of the smoothest blocks; 0 when nothing was added. */
float spx_grain_sigma(const spx_grain_meter *meter);

/**
 * How much grain and texture each cell of a photo has: no copy of it needs more grain than that.
 * A clear sky over gravel would otherwise get the grain that the gravel lost.
 */
typedef struct spx_grain_map {
    int32_t across;
    int32_t down;
    float *sigmas; /* [down][across] cells: standard deviation, levels of 8 bits; NULL = no cell
                    * fits into the photo */
} spx_grain_map;

/** *out: cleared by the caller, also after a failure. */
SPX_NODISCARD spx_status spx_grain_map_create(spx_grain_map *out, const spx_image *photo,
                                              const spx_task *task, spx_diag *diag);
void spx_grain_map_clear(spx_grain_map *map); /* an empty one is fine */
/** At a pixel of the photo, x and y >= 0; INFINITY where nobody knows. */
float spx_grain_map_at(const spx_grain_map *map, int32_t x, int32_t y);

/** Grain of standard deviation 1 at a pixel, slightly soft as a camera's is; the same for the same
 * seed. */
float spx_grain_at(int32_t x, int32_t y, uint64_t seed);

#endif
