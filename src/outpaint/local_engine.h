#ifndef SPX_OUTPAINT_LOCAL_ENGINE_H
#define SPX_OUTPAINT_LOCAL_ENGINE_H

#include "base/task.h"
#include "outpaint/local_job.h"

/**
 * Paints the border on this computer, from the photo itself: continues texture and background,
 * invents nothing. *out has the photo's bits and is owned by the caller.
 *
 * The photo's pixels are kept bit for bit, but for the outermost 7 at most on growing sides. The
 * same job gives the same pixels on any number of threads.
 */
SPX_NODISCARD spx_status spx_outpaint_local(const spx_local_job *job, const spx_task *task,
                                            spx_image **out, spx_diag *diag);

#endif
