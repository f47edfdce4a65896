#ifndef SPX_OUTPAINT_PYRAMID_H
#define SPX_OUTPAINT_PYRAMID_H

#include "outpaint/frame.h"
#include "outpaint/patch_level.h"
#include "outpaint/repeat.h"

enum { SPX_PYRAMID_LEVELS_MAX = 16 };

/**
 * The photo and the canvas around it at halved sizes. A canvas pixel (x, y) of level k + 1 covers
 * (2x..2x+1, 2y..2y+1) of level k exactly: margins are rounded up to whole pixels of the coarsest
 * level, so the canvas is a little larger than the frame, and the photo's last pixels that do not
 * fill a coarse one count as unknown there.
 *
 * Level 0 holds the photo only (its canvas is the photo), without its outermost pixels on growing
 * sides: those are often damaged by resizing or sharpening and are painted anew.
 */
typedef struct spx_pyramid {
    int32_t top; /* index of the coarsest level, >= 1 */
    spx_patch_level levels[SPX_PYRAMID_LEVELS_MAX];
    spx_patch_rect canvas;      /* of level 0: x0 = y0 = 0 */
    spx_patch_rect photo;       /* what is kept of the photo, on that canvas */
    spx_patch_rect frame;       /* the wanted picture, on that canvas */
    int32_t discard_px;         /* cut from the photo on each growing side */
    uint8_t in_step[SPX_SIDES]; /* 1: the layout goes on there by the photo's rhythm */
} spx_pyramid;

/** True when a photo is too small for patches. */
int spx_pyramid_too_small(const spx_frame *frame);

/** photo: 8 or 16 bits, of the frame's photo size; not too small. */
SPX_NODISCARD spx_status spx_pyramid_build(spx_pyramid *out, const spx_image *photo,
                                           const spx_frame *frame, const spx_task *task,
                                           spx_diag *diag);
void spx_pyramid_clear(spx_pyramid *pyramid); /* an empty one is fine */

#endif
