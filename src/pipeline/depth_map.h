#ifndef SPX_PIPELINE_DEPTH_MAP_H
#define SPX_PIPELINE_DEPTH_MAP_H

#include "base/task.h"
#include "image/plane.h"
#include "spx/limits.h"

/**
 * Reads a depth map that somebody made: a grey picture of 8 or 16 bits, a picture in the colours of
 * a known table, or a PFM. 0..1, 1 = near. Warns of what looks wrong: colours, values that are no
 * numbers, hardly any range; a 16-bit map that uses a sliver of its range is spread to all of it.
 * Colours of no known table are an error. *out is owned by the caller.
 */
SPX_NODISCARD spx_status spx_depth_map_read(spx_plane **out, const char *path,
                                            const spx_limits *limits, const spx_task *task,
                                            spx_diag *diag);

/** Warns when a map of 0..1 says hardly anything: nearly one value everywhere. */
void spx_depth_map_look(const spx_plane *map, const spx_task *task);

#endif
