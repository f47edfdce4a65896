#ifndef SPX_OUTPAINT_LOCAL_ENGINE_H
#define SPX_OUTPAINT_LOCAL_ENGINE_H

#include "base/task.h"
#include "image/plane.h"
#include "outpaint/frame.h"

/**
 * Paints the border on this computer, from the photo itself: continues texture and background,
 * invents nothing. photo: 8 or 16 bits, of the frame's photo size; *out has the same bits and is
 * owned by the caller. depth: 0..1, 1 = near, any size; keeps things in the foreground from being
 * repeated in the border; may be NULL.
 *
 * The photo's pixels are kept bit for bit, but for the outermost 7 at most on growing sides. Same
 * photo, depth, frame and seed give the same pixels on any number of threads.
 */
SPX_NODISCARD spx_status spx_outpaint_local(const spx_image *photo, const spx_plane *depth,
                                            const spx_frame *frame, uint64_t seed,
                                            const spx_task *task, spx_image **out, spx_diag *diag);

#endif
