#ifndef SPX_OUTPAINT_SOFT_SIDE_H
#define SPX_OUTPAINT_SOFT_SIDE_H

#include "outpaint/local_job.h"

#include "base/task.h"

/**
 * Sides that grow where the photo is soft along its edge: skies that grow far upwards, where
 * patches would repeat the last cloud's edge again and again, and what is out of focus at any side,
 * whose slow changes no patch goes on with, so that a line would stay at the photo's edge. The
 * edge's colours go on as they change towards it, ever more of them mixed the farther out, drifting
 * along the side, with slow changes of light and the grain of the photo's first rows. Walls are not
 * soft, and levels beside each other, as a lake in haze below its sky, are left to patches at the
 * left and right. image: of the job's frame, painted; changed in place. band: rows of the photo at
 * its edges that need not stay, in pixels: there border and photo are mixed.
 */
SPX_NODISCARD spx_status spx_soft_sides_paint(spx_image *image, const spx_local_job *job,
                                              uint32_t band, const spx_task *task, spx_diag *diag);

#endif
