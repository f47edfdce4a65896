#ifndef SPX_OUTPAINT_CALM_H
#define SPX_OUTPAINT_CALM_H

#include "outpaint/local_job.h"
#include "outpaint/repeat.h"

/**
 * Lets shapes go out of focus far from the photo. Patches continue what the frame cuts as a column
 * of it, a comb, or a second one; nobody knows what is there, and what is out of focus does not
 * pretend to. Texture without shapes (gravel, leaves, planks, grass) stays as it is, and so does
 * every border near the photo. image: of the job's frame, painted; changed in place. in_step: 1 for
 * sides that stay as they are, because the photo's own rhythm goes on there.
 */
SPX_NODISCARD spx_status spx_calm_far_border(spx_image *image, const spx_local_job *job,
                                             const uint8_t in_step[SPX_SIDES], const spx_task *task,
                                             spx_diag *diag);

/** For tests: how many pixels long and wide a cell is, in which shapes are looked for. */
uint32_t spx_calm_cell(const spx_frame *frame);

#endif
