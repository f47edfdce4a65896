#ifndef SPX_OUTPAINT_REQUEST_H
#define SPX_OUTPAINT_REQUEST_H

#include "base/bytes.h"
#include "base/task.h"
#include "image/plane.h"
#include "outpaint/frame.h"

/** Pixels to files and back, lent by the caller because this room knows no picture formats. */
typedef struct spx_outpaint_codec {
    /** Encodes a picture into *out (empty before). */
    spx_status (*encode_png)(void *user, const spx_image *image, spx_bytes *out, spx_diag *diag);
    /** Decodes PNG, JPEG or WebP by content, upright; *out is owned by the caller. */
    spx_status (*decode)(void *user, const void *data, size_t size, spx_image **out,
                         spx_diag *diag);
    void *user;
} spx_outpaint_codec;

/** What every engine is asked for. All borrowed for the call. */
typedef struct spx_outpaint_request {
    const spx_image *photo;
    spx_frame frame; /* has at least one margin that is not 0 */
    const spx_outpaint_options
        *options; /* seed and the remote fields count; rule, margins, output do not */
    const spx_outpaint_codec *codec; /* remote engines only; may be NULL for the local one */
    const spx_plane *depth;          /* see spx_local_job; may be NULL */
} spx_outpaint_request;

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
