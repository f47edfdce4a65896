#ifndef SPX_SCENE_LOOP_H
#define SPX_SCENE_LOOP_H

#include "scene/views.h"

/** How a camera moves along a row of cameras, and above and below it. */
typedef struct spx_loop_motion {
    size_t pictures; /* different ones, 2..32768; even where there is a lift */
    double lift;     /* 0: from the left to the right and back, slower at both ends; else an ellipse
                        that is so much as high as it is wide, and evenly fast */
} spx_loop_motion;

/** Views in time, which begin anew without a jump. */
typedef struct spx_loop {
    spx_image **pictures;
    size_t picture_count;
    uint16_t *order; /* [length] */
    size_t length;
} spx_loop;

/** Pictures are smaller than the photo by what their cameras see beside the frame. photo: 8 bits.
 * Cleared by the caller. */
SPX_NODISCARD spx_status spx_loop_render(spx_loop *loop, spx_image *photo, const spx_plane *depth,
                                         const spx_camera_row *row, const spx_loop_motion *motion,
                                         const spx_task *task, spx_diag *diag);
void spx_loop_clear(spx_loop *loop); /* an empty one is fine */

#endif
