#ifndef SPX_DEPTH_PREPARE_H
#define SPX_DEPTH_PREPARE_H

#include "base/task.h"
#include "spx/image.h"

/**
 * What networks trained on ImageNet want to see: the photo at width x height, antialiased (a box
 * over whole pixels first, then a triangle as wide as the rest of the step), 0..1 less the mean and
 * divided by the deviation of each channel. out: [3][height][width].
 */
SPX_NODISCARD spx_status spx_depth_prepare(const spx_image *photo, uint32_t width, uint32_t height,
                                           const spx_task *task, float *out, spx_diag *diag);

/** The same with a cubic (a = -1/2, twice as wide) instead of the triangle: sharper, as
 * transformers were trained to see it. */
SPX_NODISCARD spx_status spx_depth_prepare_cubic(const spx_image *photo, uint32_t width,
                                                 uint32_t height, const spx_task *task, float *out,
                                                 spx_diag *diag);

#endif
