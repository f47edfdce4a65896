#ifndef SPX_FILL_TEXTURE_H
#define SPX_FILL_TEXTURE_H

#include "base/task.h"
#include "fill/backdrop_planes.h"

/**
 * Repaints the wanted pixels, which already have rough colours, with texture copied from known
 * pixels of the same surface, piece by piece, so that stripes go on and grain stays.
 */
SPX_NODISCARD spx_status spx_texture_paint(const spx_backdrop *backdrop, const spx_task *task,
                                           spx_diag *diag);

#endif
