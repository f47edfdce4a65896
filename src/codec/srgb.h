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

/**
 * A picture in the colours of another profile, of the same size and bits, as above; an empty
 * profile is sRGB. Owned by the caller. SPX_ERR_UNSUPPORTED where a profile cannot be read.
 */
SPX_NODISCARD spx_status spx_image_to_profile(spx_image **out, const spx_image *image,
                                              const spx_bytes *from, const spx_bytes *to,
                                              const spx_task *task, spx_diag *diag);

#endif
