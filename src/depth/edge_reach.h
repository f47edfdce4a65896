#ifndef SPX_DEPTH_EDGE_REACH_H
#define SPX_DEPTH_EDGE_REACH_H

#include "base/task.h"
#include "depth/guide.h"
#include "image/plane.h"

/**
 * Networks lose the tips of near things, and where they are not sure a step in depth cuts through
 * what is one thing in the photo: its parts would come apart in the eyes. So depth reaches on from
 * where it is sure, over similar colours, losing a little with each pixel and much with each change
 * of colour. A tip stays with what it grows from, and a step that no colour shows becomes a slope.
 * Where colours change with depth the step stays. In place.
 *
 * depth: normalised. guide: of the same size.
 */
SPX_NODISCARD spx_status spx_depth_reach(spx_plane *depth, const spx_guide *guide,
                                         const spx_task *task, spx_diag *diag);

#endif
