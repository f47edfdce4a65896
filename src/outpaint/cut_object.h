#ifndef SPX_OUTPAINT_CUT_OBJECT_H
#define SPX_OUTPAINT_CUT_OBJECT_H

#include "image/plane.h"
#include "outpaint/repeat.h"
#include "spx/outpaint.h"

/** What a frame asks of an engine that continues texture only. */
typedef struct spx_outpaint_doubts {
    const char *cut_side; /* "left", "top", "right" or "bottom": a near thing is cut off there by
                             the photo's edge, and the frame grows there; NULL = nowhere */
    double most_growth;   /* the largest growth of a side, as a share of the photo's */
} spx_outpaint_doubts;

/** From so large a growth of one side on a local engine has little to go by. */
#define SPX_OUTPAINT_LARGE_GROWTH 0.3

/** depth: of the photo, normalised, of any size; NULL = not known, then nothing is cut. */
spx_outpaint_doubts spx_outpaint_doubts_find(const spx_frame *frame, const spx_plane *depth);

/** Marks what is near and cut off by that side of the photo: 1 there, 0 elsewhere, from the side's
 * left or upper end on. marks: as many as the map is wide or high. Returns how many. */
uint32_t spx_cut_things_mark(const spx_plane *depth, spx_patch_side which, uint8_t *marks);

#endif
