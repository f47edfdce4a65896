#ifndef SPX_OUTPAINT_PATCH_VOTE_H
#define SPX_OUTPAINT_PATCH_VOTE_H

#include "outpaint/patch_level.h"

/**
 * Every pixel outside the context becomes the weighted mean of what the patches over it say; a
 * patch weighs less the worse it fits (halved at about 1.4 * spread) and the farther it is from the
 * context. spread: in cost units; see spx_patch_level_cost_at().
 */
SPX_NODISCARD spx_status spx_patch_vote(spx_patch_level *level, float spread, const spx_task *task,
                                        spx_diag *diag);

enum { SPX_PATCH_VOTE_FAR_PX = 40 }; /* farther from the context no vote weighs less */

/** Weight of one patch: cost, and distance of its centre to the context in pixels. */
float spx_patch_vote_weight(float cost, float spread, int32_t distance_px);

#endif
