#ifndef SPX_CODEC_SRGB_H
#define SPX_CODEC_SRGB_H

#include "base/bytes.h"
#include "base/task.h"
#include "spx/image.h"

/**
 * A picture in sRGB, of the same size and bits: relative colorimetric with black point
 * compensation, colours outside sRGB clipped. *out is NULL where nothing is to be done: no profile
 * (icc NULL or empty), an sRGB profile, one that cannot be read. Owned by the caller:
 * spx_image_unref().
 */
SPX_NODISCARD spx_status spx_image_to_srgb(spx_image **out, const spx_image *image,
                                           const spx_bytes *icc, const spx_task *task,
                                           spx_diag *diag);

#endif
