#ifndef SPX_SCENE_LIFT_H
#define SPX_SCENE_LIFT_H

#include "base/task.h"
#include "spx/image.h"

/** How a view is seen from a little above or below its own camera. */
typedef struct spx_lift {
    float shift_px; /* how much farther down depth 1 moves than depth 0; negative: up, for a camera
                       below. A few pixels: what comes into view is what lies beside it */
    float window;   /* depth 0..1 that stays where it is */
} spx_lift;

/** view: 8 bits; deep: its depths as grey, of the same size, 255 = near. out: of that size, written
 * whole. */
SPX_NODISCARD spx_status spx_lift_view(spx_image *out, const spx_image *view, const spx_image *deep,
                                       const spx_lift *lift, const spx_task *task, spx_diag *diag);

#endif
