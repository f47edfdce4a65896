#ifndef SPX_OUTPAINT_SKY_H
#define SPX_OUTPAINT_SKY_H

#include "outpaint/patch_level.h"

/**
 * Marks the photo's sky: what hangs together with its upper edge, is smooth, and bright or blue.
 * Outside, marks where the nearest piece of the border shows nothing but sky: only sky may be
 * repeated there. Fills level->sky, or leaves it NULL where the upper edge is not mostly sky.
 */
SPX_NODISCARD spx_status spx_patch_mark_sky(spx_patch_level *level, spx_diag *diag);

/** The same sky on a level of half the size. */
SPX_NODISCARD spx_status spx_patch_halve_sky(spx_patch_level *level, const spx_patch_level *finer,
                                             spx_diag *diag);

#endif
