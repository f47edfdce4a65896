#ifndef SPX_IMAGE_FIT_H
#define SPX_IMAGE_FIT_H

#include "base/task.h"
#include "spx/image.h"

/**
 * A picture of exactly width x height with the whole image in its middle and black around it. A
 * larger image is shrunk as spx_image_shrink() does it, a smaller one keeps its pixels. *out is
 * owned by the caller: spx_image_unref().
 */
SPX_NODISCARD spx_status spx_image_fit(spx_image **out, const spx_image *image, uint32_t width,
                                       uint32_t height, const spx_task *task, spx_diag *diag);

#endif
