#ifndef SPX_CODEC_PREVIEW_H
#define SPX_CODEC_PREVIEW_H

#include "base/bytes.h"
#include "spx/limits.h"

/** What a preview is made of and how. All borrowed for the call. */
typedef struct spx_preview_request {
    const void *data; /* an encoded photo */
    size_t size;
    const char *name; /* for messages */
    const spx_limits *limits;
    uint32_t side_px; /* neither side gets longer */
} spx_preview_request;

/**
 * A small JPEG of a photo: upright, sRGB, on white where it is transparent, never larger than the
 * photo, without metadata. Decodes no more pixels than it needs where the format allows. *out must
 * be empty; on failure it stays empty.
 */
SPX_NODISCARD spx_status spx_preview_make(spx_bytes *out, const spx_preview_request *request,
                                          spx_diag *diag);

#endif
