#ifndef SPX_MATCH_CLEAN_H
#define SPX_MATCH_CLEAN_H

#include "base/task.h"
#include "image/plane.h"

/** Takes out islands: connected pixels, each within 1 px of disparity of the next, that are fewer
 * than `least` become NaN with confidence 0. */
SPX_NODISCARD spx_status spx_match_remove_islands(spx_plane *disparity, spx_plane *confidence,
                                                  uint32_t least, spx_diag *diag);

/** Each known pixel becomes the median of the known ones in its 3x3 neighbourhood. */
SPX_NODISCARD spx_status spx_match_median(spx_plane *disparity, const spx_task *task,
                                          spx_diag *diag);

#endif
