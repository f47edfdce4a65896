#ifndef SPX_DEPTH_ALONG_H
#define SPX_DEPTH_ALONG_H

#include "base/task.h"
#include "depth/guide.h"
#include "image/plane.h"

/**
 * Evens out the depth of thin near things along the photo's lines: a blade or a pole keeps one
 * depth, or one slope of depth, over its length, and one across, as shifting would bend or tear it
 * otherwise. What is far from thin things stays as it is, to the bit. *map_io is replaced by a map
 * of the same size; on failure it stays as it was. guide: the photo at the map's size.
 */
SPX_NODISCARD spx_status spx_depth_even_along(spx_plane **map_io, const spx_guide *guide,
                                              const spx_task *task, spx_diag *diag);

#endif
