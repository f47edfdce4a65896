#ifndef SPX_IMAGE_PLANE_BLUR_H
#define SPX_IMAGE_PLANE_BLUR_H

#include "base/task.h"
#include "image/plane.h"

/**
 * Blurs a plane in place, nearly as a Gaussian of sigma_px does: three boxes in a row (Wells 1986),
 * in a time that does not depend on sigma. At the borders a box counts what it has.
 */
SPX_NODISCARD spx_status spx_plane_blur(spx_plane *plane, double sigma_px, spx_diag *diag);

/** The same of several planes, on a thread each. */
SPX_NODISCARD spx_status spx_planes_blur(spx_plane *const *planes, size_t count, double sigma_px,
                                         const spx_task *task, spx_diag *diag);

/** One such box along a row: each value becomes the mean of it and up to `radius` neighbours on
 * both sides. copy: [width], overwritten. */
void spx_row_blur(float *row, uint32_t width, uint32_t radius, float *copy);

#endif
