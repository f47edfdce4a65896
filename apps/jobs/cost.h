#ifndef SPX_JOBS_COST_H
#define SPX_JOBS_COST_H

#include "jobs/job_options.h"

/**
 * What a job takes: megapixels of the picture, as large as its border makes it, times the files
 * that are made of it and two more for reading and depth. One unit is about one megapixel of one
 * file. files: the formats that are made; 0 pixels: not known, costs nothing.
 */
double spx_job_cost(const spx_job_options *options, spx_job_kind kind, spx_format files,
                    uint32_t width, uint32_t height);

#endif
