#ifndef SPX_DEPTH_EXTREMES_H
#define SPX_DEPTH_EXTREMES_H

#include "base/task.h"
#include "image/plane.h"

/**
 * The least, or the most, within `reach` columns and rows of each pixel of a map (erosion and
 * dilation by a square). A pixel costs the logarithm of the reach. *out is of the map's size and
 * owned by the caller.
 */
SPX_NODISCARD spx_status spx_depth_find_least(spx_plane **out, const spx_plane *map, uint32_t reach,
                                              const spx_task *task, spx_diag *diag);
SPX_NODISCARD spx_status spx_depth_find_most(spx_plane **out, const spx_plane *map, uint32_t reach,
                                             const spx_task *task, spx_diag *diag);

/** Both. Cleared by the caller: spx_depth_extremes_clear(). */
typedef struct spx_depth_extremes {
    spx_plane *low;
    spx_plane *high;
} spx_depth_extremes;

SPX_NODISCARD spx_status spx_depth_find_extremes(spx_depth_extremes *out, const spx_plane *map,
                                                 uint32_t reach, const spx_task *task,
                                                 spx_diag *diag);
void spx_depth_extremes_clear(spx_depth_extremes *extremes); /* an empty one is fine */

#endif
