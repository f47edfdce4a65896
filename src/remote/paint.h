#ifndef SPX_REMOTE_PAINT_H
#define SPX_REMOTE_PAINT_H

#include "outpaint/request.h"

/**
 * An engine: paints the border. The result has the frame's size and the photo's bits, keeps the
 * photo's pixels except for a feather along growing sides, and is owned by the caller. When the
 * task is asked to stop, it gives SPX_ERR_CANCELLED within 0.3 s.
 */
typedef spx_status (*spx_outpaint_engine_fn)(const spx_outpaint_request *request,
                                             const spx_task *task, spx_image **out, spx_diag *diag);

/** What came of a request. */
typedef struct spx_outpaint_outcome {
    spx_outpaint_engine engine; /* that painted */
    char fallback_reason[512];  /* why the wanted one did not; empty = it did */
    spx_frame frame;            /* the request's */
} spx_outpaint_outcome;

/**
 * Runs the engine that the options name, and the local one after it when that is allowed and it
 * fails for another reason than a cancel. Without any margin *out is a copy of the photo.
 */
SPX_NODISCARD spx_status spx_outpaint_paint(const spx_outpaint_request *request,
                                            const spx_task *task, spx_image **out,
                                            spx_outpaint_outcome *outcome, spx_diag *diag);

#endif
