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

#endif
