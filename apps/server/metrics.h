#ifndef SPX_SERVER_METRICS_H
#define SPX_SERVER_METRICS_H

/* Numbers for Prometheus (text format 0.0.4). */
#include "base/bytes.h"
#include "jobs/jobs.h"

#define SPX_METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

/** Appends a line of at most 255 bytes. */
void spx_metrics_line(spx_bytes *out, const char *format, ...) SPX_PRINTF(2, 3);
/** Appends what is to be said of jobs; nothing when the database does not answer. */
void spx_metrics_jobs(spx_bytes *out, spx_jobs *jobs);

#endif
