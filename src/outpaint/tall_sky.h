#ifndef SPX_OUTPAINT_TALL_SKY_H
#define SPX_OUTPAINT_TALL_SKY_H

#include "outpaint/local_job.h"

#include "base/task.h"

/**
 * Skies, plain walls and blurred backgrounds that grow far upwards: patches would repeat the last
 * cloud's edge again and again. Above the columns where the photo's upper edge is soft, the colours
 * of that edge go on as they change towards it, ever more of them mixed the higher it is, drifting
 * sideways, with slow changes of light and the grain of the photo's upper rows. Walls are not soft.
 * image: of the job's frame, painted; changed in place. band: rows of the photo at its upper edge
 * that need not stay, in pixels: there sky and photo are mixed.
 */
SPX_NODISCARD spx_status spx_tall_sky_paint(spx_image *image, const spx_local_job *job,
                                            uint32_t band, const spx_task *task, spx_diag *diag);

#endif
