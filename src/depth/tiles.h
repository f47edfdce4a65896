#ifndef SPX_DEPTH_TILES_H
#define SPX_DEPTH_TILES_H

#include "depth/depth_model.h"

/** One level: a network's map of a large input, made of tiles. */
typedef struct spx_tiled_map {
    spx_plane *values;
    spx_plane *details; /* of the same size: the values less their low frequencies, taken from each
                         * tile by itself; 0 where none was run */
    spx_plane *share;   /* of the same size: how far tiles that were run cover a pixel, 0..1 */
} spx_tiled_map;

typedef struct spx_tiles_options {
    /** The map so far, of any size; tiles in which it has no edge are left out. NULL = every tile
     * is run. Borrowed for the call. */
    const spx_plane *coarse;
    /** Of the Gaussian that tells low frequencies from details, as a share of the long side. */
    double sigma;
} spx_tiles_options;

void spx_tiled_map_clear(spx_tiled_map *map); /* an empty one is fine */

/**
 * Runs a network over an input in overlapping tiles that fade into each other, so that memory is
 * bounded; inputs that are not much larger than a tile are run as a whole. Cleared by the caller.
 */
SPX_NODISCARD spx_status spx_depth_run_tiles(spx_depth_model *model, const spx_depth_input *input,
                                             const spx_tiles_options *options, const spx_task *task,
                                             spx_tiled_map *out, spx_diag *diag);

#endif
