#ifndef SPX_OUTPAINT_REPEAT_H
#define SPX_OUTPAINT_REPEAT_H

#include "outpaint/offsets.h"

/** Sides of the photo. */
typedef enum spx_patch_side {
    SPX_SIDE_LEFT,
    SPX_SIDE_TOP,
    SPX_SIDE_RIGHT,
    SPX_SIDE_BOTTOM,
    SPX_SIDES,
} spx_patch_side;

/** The way from a pixel outside to one inside that continues the photo's rhythm over each side, in
 * pixels of a level; 0, 0 = the photo has none there. */
typedef struct spx_patch_repeat {
    int32_t x[SPX_SIDES];
    int32_t y[SPX_SIDES];
} spx_patch_repeat;

/**
 * Tries multiples of the offsets on the photo's own border: moved by one of them it must look the
 * same, and much more so than moved by a little less or more. Returns how many sides have one.
 */
int spx_patch_repeat_find(spx_patch_repeat *out, const spx_patch_level *level,
                          const spx_patch_offsets *offsets);

/** The same for a level of half the size, `times` over. */
spx_patch_repeat spx_patch_repeat_halved(const spx_patch_repeat *repeat, int32_t times);

static inline int spx_patch_repeat_on(const spx_patch_repeat *repeat, int side)
{
    return repeat->x[side] != 0 || repeat->y[side] != 0;
}

#endif
