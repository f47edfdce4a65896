#ifndef SPX_CODEC_PLANE_READ_H
#define SPX_CODEC_PLANE_READ_H

#include "base/bytes.h"
#include "base/task.h"
#include "image/plane.h"
#include "spx/image.h"
#include "spx/limits.h"

/**
 * Reads a picture (any format that spx_photo_read() takes, 8 or 16 bits, upright) as one number for
 * each pixel, 0..1: grey as it is, of colours the luma. *out is owned by the caller:
 * spx_plane_destroy().
 */
SPX_NODISCARD spx_status spx_plane_read(spx_plane **out, const void *data, size_t size,
                                        const char *name, const spx_limits *limits,
                                        const spx_task *task, spx_diag *diag);

/** The value of the first tEXt comment `key` of a PNG file, zero-terminated (the zero does not
 * count in its size), into *out, which must be empty. SPX_ERR_NOT_FOUND when there is none. */
SPX_NODISCARD spx_status spx_plane_png_text(spx_bytes *out, const void *data, size_t size,
                                            const char *key, spx_diag *diag);

#endif
