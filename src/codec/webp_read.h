#ifndef SPX_CODEC_WEBP_READ_H
#define SPX_CODEC_WEBP_READ_H

#include "codec/photo_file.h"

/**
 * Reads what there is of a cut WebP picture, row by row through libwebp, and judges what is missing
 * (codec/damage.h): it is grey. libvips reads whole files only. *photo must be empty; on failure
 * the caller clears it.
 */
SPX_NODISCARD spx_status spx_webp_read_cut(spx_photo *photo, const spx_photo_file *file,
                                           const spx_limits *limits, const spx_task *task,
                                           spx_diag *diag);

#endif
