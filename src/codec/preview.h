#ifndef SPX_CODEC_PREVIEW_H
#define SPX_CODEC_PREVIEW_H

#include "base/bytes.h"
#include "spx/limits.h"

/**
 * A small JPEG of a photo: upright, sRGB, on white where it is transparent, neither side longer
 * than side_px, never larger than the photo, without metadata. Decodes no more pixels than it needs
 * where the format allows. name: for messages. *out must be empty; on failure it stays empty.
 */
SPX_NODISCARD spx_status spx_preview_make(spx_bytes *out, const void *data, size_t size,
                                          const char *name, const spx_limits *limits,
                                          uint32_t side_px, spx_diag *diag);

#endif
