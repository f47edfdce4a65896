#ifndef SPX_OUTPAINT_RENDER_H
#define SPX_OUTPAINT_RENDER_H

#include "outpaint/local_job.h"
#include "outpaint/pyramid.h"

/**
 * Makes the full-size picture from the half-size layout, tile by tile: memory does not grow with
 * the picture. Writes the frame into *out (of the photo's bits, owned by the caller). Pixels of the
 * photo farther than discard_px + SPX_PATCH_RADIUS from a growing side are copied bit for bit.
 */
SPX_NODISCARD spx_status spx_render(const spx_pyramid *pyramid, const spx_local_job *job,
                                    const spx_task *task, spx_image **out, spx_diag *diag);

#endif
