#ifndef SPX_WARP_BLOCK_MATCH_H
#define SPX_WARP_BLOCK_MATCH_H

#include "base/task.h"
#include "image/plane.h"
#include "spx/image.h"

/**
 * Disparity of a rectified pair of one size: for each pixel of the left eye how far to the left, in
 * pixels and parts of them, the right eye has the same thing (larger = nearer), searched up to
 * `range_px` to both sides. NaN where nothing tells: no texture, hidden from the other eye,
 * repetition. Where things leave the frame on one side only, the value beside them goes on to the
 * frame. *out is owned by the caller: spx_plane_destroy().
 */
SPX_NODISCARD spx_status spx_block_match(spx_plane **out, const spx_image *left,
                                         const spx_image *right, uint32_t range_px,
                                         const spx_task *task, spx_diag *diag);

#endif
