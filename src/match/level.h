#ifndef SPX_MATCH_LEVEL_H
#define SPX_MATCH_LEVEL_H

#include "base/task.h"
#include "image/plane.h"

/** Two grey pictures of one size and where to search. Disparity is xL - xR in pixels, larger =
 * nearer; candidate k is disparity `most - k`. */
typedef struct spx_match_level {
    const spx_plane *left; /* grey, 0..255 */
    const spx_plane *right;
    int32_t most;        /* largest disparity searched */
    uint32_t candidates; /* a multiple of SPX_MATCH_LANES */
} spx_match_level;

/**
 * Semi-global matching (Hirschmüller 2008) with census costs along eight paths, parts of a pixel,
 * checked from right to left. Both planes have the left picture's size: disparity is NaN where the
 * check fails or the answer lies at the search's end; confidence is 0..1, 0 where it is NaN.
 * Memory: about 3 bytes for each pixel and candidate of the strips at work, one strip a thread.
 */
SPX_NODISCARD spx_status spx_match_level_run(const spx_match_level *level, spx_plane *disparity,
                                             spx_plane *confidence, const spx_task *task,
                                             spx_diag *diag);

#endif
