#ifndef SPX_FILL_BACKDROP_H
#define SPX_FILL_BACKDROP_H

#include "base/task.h"
#include "fill/backdrop_planes.h"

/**
 * Gives every wanted pixel a colour of the surface it belongs to: from known pixels at its own
 * depth or behind, never from what stands before it.
 */
SPX_NODISCARD spx_status spx_backdrop_fill(const spx_backdrop *backdrop, const spx_task *task,
                                           spx_diag *diag);

#endif
