#ifndef SPX_OUTPAINT_EXTEND_H
#define SPX_OUTPAINT_EXTEND_H

#include "base/task.h"
#include "outpaint/frame.h"

/*
 * Borders without patches, for photos that patches do not suit. Every pixel of the photo is kept.
 */

/** True when all margins are so narrow that nobody sees them mirrored. */
int spx_extend_mirror_suits(const spx_frame *frame);
/** True when the photo has no texture to continue: too small, or nearly one colour. */
int spx_extend_smooth_suits(const spx_image *photo);

/** Mirrors the photo at its edges; margins are narrower than the photo. *out is owned by the
 * caller. */
SPX_NODISCARD spx_status spx_extend_mirror(const spx_image *photo, const spx_frame *frame,
                                           const spx_task *task, spx_image **out, spx_diag *diag);
/** Continues the colours of the edges, averaged the wider the farther out, with a little grain.
 * *out is owned by the caller. */
SPX_NODISCARD spx_status spx_extend_smooth(const spx_image *photo, const spx_frame *frame,
                                           uint64_t seed, const spx_task *task, spx_image **out,
                                           spx_diag *diag);

#endif
