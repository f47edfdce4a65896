#ifndef SPX_DEPTH_EDGE_GATE_H
#define SPX_DEPTH_EDGE_GATE_H

#include "base/task.h"
#include "image/plane.h"

/** How much each pixel of a normalised map belongs to a depth edge, 0..1, the pixels around it
 * included. gate: of the map's size. */
SPX_NODISCARD spx_status spx_depth_find_edges(const spx_plane *map, spx_plane *gate,
                                              const spx_task *task, spx_diag *diag);

/** The difference of the most and the least within `reach` columns and rows of each pixel. out: of
 * the map's size. */
SPX_NODISCARD spx_status spx_depth_find_ranges(const spx_plane *map, uint32_t reach, spx_plane *out,
                                               const spx_task *task, spx_diag *diag);

/**
 * A copy of a map whose soft edges are steeper: on a ramp between two surfaces values go to one or
 * the other: to near what lies above near_from, a share of the way from far to near. Slopes such as
 * floors stay. Otherwise a strip of an object that lies all inside the ramp would become a surface
 * of its own. *out is owned by the caller.
 */
SPX_NODISCARD spx_status spx_depth_steepen(const spx_plane *map, float near_from, spx_plane **out,
                                           const spx_task *task, spx_diag *diag);

#endif
