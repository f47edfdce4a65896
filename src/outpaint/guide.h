#ifndef SPX_OUTPAINT_GUIDE_H
#define SPX_OUTPAINT_GUIDE_H

#include "image/plane.h"
#include "outpaint/patch_level.h"

/**
 * What to expect around each pixel: mean colour and contrast (half the log2 of the variance of
 * luma) of the photo nearby; outside the photo, of the nearest piece of its border, the wider the
 * farther away. Fills level->guide.
 */
SPX_NODISCARD spx_status spx_patch_guide(spx_patch_level *level, spx_diag *diag);

/**
 * How near things are in the photo, and outside it how near the photo is at the nearest piece of
 * its border: what stands free in the photo should not be repeated there. depth: 0..1, 1 = near,
 * any size. Fills level->nearness.
 */
SPX_NODISCARD spx_status spx_patch_guide_nearness(spx_patch_level *level, const spx_plane *depth,
                                                  spx_diag *diag);

/** Colours every pixel outside the photo with the guide's mean, softly joined to the photo. */
void spx_patch_fill_from_guide(spx_patch_level *level);

#endif
