#ifndef SPX_IMAGE_RESIZE_H
#define SPX_IMAGE_RESIZE_H

#include "base/task.h"
#include "spx/image.h"

/**
 * A smaller copy whose longer side has long_side pixels: each new pixel is the mean of what it
 * covers, border pixels by their share, in gamma-coded values. An image that is no larger than that
 * is copied. *out is owned by the caller: spx_image_unref().
 */
SPX_NODISCARD spx_status spx_image_shrink(spx_image **out, const spx_image *image,
                                          uint32_t long_side, const spx_task *task, spx_diag *diag);

/**
 * A copy of exactly that size, made the same way; where a side grows, a new pixel shows the old
 * ones that it lies on. *out is owned by the caller.
 */
SPX_NODISCARD spx_status spx_image_resize(spx_image **out, const spx_image *image, uint32_t width,
                                          uint32_t height, const spx_task *task, spx_diag *diag);

#endif
