#ifndef SPX_PIPELINE_EYE_BORDER_H
#define SPX_PIPELINE_EYE_BORDER_H

#include "base/task.h"
#include "image/plane.h"
#include "spx/image.h"

/** Two real eyes, and what is known of their distances. All borrowed. */
typedef struct spx_eye_border {
    const spx_image *eyes[2];   /* left, right: one size, as many bits */
    const spx_plane *disparity; /* xL - xR of each pixel of the left eye; NaN = unknown; may be NULL
                                 */
} spx_eye_border;

/**
 * `by` columns that continue an eye (0 = left) beyond its left or right side. What the other eye
 * shows of the place is taken from there, at the distance that the eye's own side has in that row,
 * where both fit together at the side; the rest continues the picture. Owned by the caller.
 */
SPX_NODISCARD spx_status spx_eye_border_continue(spx_image **out, const spx_eye_border *border,
                                                 int eye, int right_side, uint32_t by,
                                                 const spx_task *task, spx_diag *diag);

#endif
