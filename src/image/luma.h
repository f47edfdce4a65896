#ifndef SPX_IMAGE_LUMA_H
#define SPX_IMAGE_LUMA_H

#include "base/task.h"
#include "image/plane.h"
#include "spx/image.h"

/** One number for each pixel, 0..1 of what its bits can hold: grey as it is, of colours the luma.
 * *out is owned by the caller: spx_plane_destroy(). */
SPX_NODISCARD spx_status spx_plane_from_image(spx_plane **out, const spx_image *image,
                                              const spx_task *task, spx_diag *diag);

#endif
