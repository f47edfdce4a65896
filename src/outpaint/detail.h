#ifndef SPX_OUTPAINT_DETAIL_H
#define SPX_OUTPAINT_DETAIL_H

#include "outpaint/pyramid.h"

/**
 * Fills the detail of the levels `last` .. top: how much fine structure is around each pixel of
 * the photo. It is seen at the photo's own size, of large photos on the finest level of at most
 * tuned.local_long_side_px, so coarse levels, which do not show it, know it.
 */
SPX_NODISCARD spx_status spx_patch_find_detail(spx_pyramid *pyramid, int32_t last, spx_diag *diag);

#endif
