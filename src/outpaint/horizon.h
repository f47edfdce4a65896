#ifndef SPX_OUTPAINT_HORIZON_H
#define SPX_OUTPAINT_HORIZON_H

#include "outpaint/patch_level.h"

/** A line from side to side of a photo, where what is above changes into what is below. */
typedef struct spx_horizon {
    int found;
    float slope; /* rows down per column to the right */
} spx_horizon;

/**
 * Looks beside both sides of the photo for the row where the colour changes most; when the same
 * change is found on both, and it is a strong one, the line between them is the horizon.
 */
SPX_NODISCARD spx_status spx_horizon_find(spx_horizon *out, const spx_patch_level *level,
                                          spx_diag *diag);

#endif
