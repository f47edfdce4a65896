#ifndef SPX_DEPTH_LEVEL_BLEND_H
#define SPX_DEPTH_LEVEL_BLEND_H

#include "depth/tiles.h"

/**
 * Joins a finer level into the map so far: *out, of the level's size, has the map's low frequencies
 * and the level's details. sigma: of the Gaussian between the two, as a share of the long side, the
 * one by which the level's details were made.
 * base: the coarsest map; no pixel is farther than its local range, or much nearer. A level that
 * does not resemble the map adds little or nothing. *out is owned by the caller.
 */
SPX_NODISCARD spx_status spx_depth_blend_level(const spx_plane *map, const spx_tiled_map *level,
                                               const spx_plane *base, double sigma, spx_plane **out,
                                               spx_diag *diag);

#endif
