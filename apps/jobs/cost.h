#ifndef SPX_JOBS_COST_H
#define SPX_JOBS_COST_H

#include "jobs/job_options.h"
#include "spx/outpaint.h"

/** The larger picture of a job; the photo itself where no border fits, which fails later. */
spx_frame spx_job_frame(const spx_job_options *options, uint32_t width, uint32_t height);

/**
 * What a job takes: megapixels of the picture, as large as its border makes it, times what is made
 * of it. One unit is one megapixel of a spatial photo. files: the formats that are made; 0 pixels:
 * not known, costs nothing.
 */
double spx_job_cost(const spx_job_options *options, spx_job_kind kind, spx_format files,
                    uint32_t width, uint32_t height);

#endif
