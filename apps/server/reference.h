#ifndef SPX_SERVER_REFERENCE_H
#define SPX_SERVER_REFERENCE_H

#include "jobs/jobs.h"

/**
 * The file behind a path that an answer of /upload/ or /outpaint/ named: reads its job into *job
 * and returns the file, borrowed from it; NULL when no answer can have named this path.
 */
const spx_job_file *spx_reference_find(spx_jobs *jobs, const char *path, spx_job *job);

#endif
