#ifndef SPX_MATCH_ENLARGE_H
#define SPX_MATCH_ENLARGE_H

#include "base/task.h"
#include "image/plane.h"
#include "spx/image.h"

/**
 * Brings a disparity found on `small` to the size of `large`, the same picture: each pixel takes
 * the answer (also "unknown") of that one of the nine small pixels around it whose colour is
 * nearest to its own, smoothed with those of the nine on the same surface. Disparities are scaled
 * to pixels of the large picture. Both planes are replaced; on failure they stay.
 */
SPX_NODISCARD spx_status spx_match_enlarge(spx_plane **disparity, spx_plane **confidence,
                                           const spx_image *small, const spx_image *large,
                                           const spx_task *task, spx_diag *diag);

#endif
