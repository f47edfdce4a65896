#ifndef SPX_PREVIEW_H
#define SPX_PREVIEW_H

#include "spx/limits.h"
#include "spx/spx.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Writes a small JPEG of a photo to path: upright, sRGB, without metadata, neither side longer than
 * side_px and never larger than the photo. limits may be NULL (defaults). The file appears whole or
 * not at all.
 */
SPX_API SPX_NODISCARD spx_status spx_preview_write(const spx_input *input, const spx_limits *limits,
                                                   uint32_t side_px, const char *path,
                                                   spx_diag *diag);

#ifdef __cplusplus
}
#endif

#endif
