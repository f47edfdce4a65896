#ifndef SPX_MATCH_MOVE_H
#define SPX_MATCH_MOVE_H

#include "base/task.h"
#include "spx/image.h"

/** How the right eye's picture lies to the left one's. */
typedef struct spx_move {
    double offset_px; /* lower */
    double turn;      /* clockwise, radians */
    double scale;     /* larger, around the middle */
    double gain[3];   /* brighter, gamma-coded values */
} spx_move;

/**
 * Undoes the move in the right eye (sampled with Catmull and Rom's cubic) and cuts both eyes to the
 * pixels that both show. made: left, right; owned by the caller; the left one is eyes[0] itself
 * where nothing is cut.
 */
SPX_NODISCARD spx_status spx_move_eyes(spx_image *made[2], spx_image *const eyes[2],
                                       const spx_move *move, const spx_task *task, spx_diag *diag);

#endif
