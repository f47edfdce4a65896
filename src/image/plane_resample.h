#ifndef SPX_IMAGE_PLANE_RESAMPLE_H
#define SPX_IMAGE_PLANE_RESAMPLE_H

#include "image/plane.h"

/**
 * A plane at another size: mean of the covered area where it shrinks, bilinear between pixel
 * centres where it grows, per axis. *out is owned by the caller.
 */
SPX_NODISCARD spx_status spx_plane_resample(spx_plane **out, const spx_plane *plane, uint32_t width,
                                            uint32_t height, spx_diag *diag);

#endif
