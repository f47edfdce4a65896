#ifndef SPX_IMAGE_SHIFT_H
#define SPX_IMAGE_SHIFT_H

#include "image/image.h"

/**
 * A picture moved sideways by whole pixels: shift_px > 0 to the right. The columns that come into
 * view are the strip's, which is |shift_px| wide and has the picture's height and bits; strip may
 * be NULL when shift_px is 0: *out is then a further owner of the picture. Owned by the caller.
 */
SPX_NODISCARD spx_status spx_image_shift(spx_image **out, spx_image *image, const spx_image *strip,
                                         int32_t shift_px, spx_diag *diag);

/** Columns [x, x + width) of a picture, which has them. Owned by the caller. */
SPX_NODISCARD spx_status spx_image_columns(spx_image **out, const spx_image *image, uint32_t x,
                                           uint32_t width, spx_diag *diag);

#endif
