#ifndef SPX_OUTPAINT_GUIDE_H
#define SPX_OUTPAINT_GUIDE_H

#include "outpaint/patch_level.h"

/**
 * What to expect around each pixel: mean colour and contrast (half the log2 of the variance of
 * luma) of the photo nearby; outside the photo, of the nearest piece of its border, the wider the
 * farther away. Fills level->guide.
 */
SPX_NODISCARD spx_status spx_patch_guide(spx_patch_level *level, spx_diag *diag);

/** Colours every pixel outside the photo with the guide's mean, softly joined to the photo. */
void spx_patch_fill_from_guide(spx_patch_level *level);

#endif
