#ifndef SPX_WARP_TIPS_H
#define SPX_WARP_TIPS_H

#include "base/task.h"
#include "warp/matte.h"

/**
 * Gives thin ends and small parts that a network's map cuts off a near thing the depth of that
 * thing. depth: the canvas that source->depth points to, changed in place.
 */
SPX_NODISCARD spx_status spx_tips_lengthen(const spx_layers *layers, const spx_matte_source *source,
                                           uint16_t *depth, const spx_task *task, spx_diag *diag);

#endif
