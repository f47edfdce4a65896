#ifndef SPX_SERVER_JOB_JSON_H
#define SPX_SERVER_JOB_JSON_H

#include "jobs/job.h"

#include <jansson.h>

/** Milliseconds since 1970 in the form of RFC 3339, UTC; null for 0. */
json_t *spx_time_json(int64_t ms);
/** A job as the API tells it. Owned by the caller: json_decref(); NULL without memory. */
json_t *spx_job_json(const spx_job *job);
/** What changes while it is made: for events. */
json_t *spx_job_event_json(const spx_job *job);
/** What a screen needs to show depth: for the event that comes as soon as it is known. */
json_t *spx_job_depth_json(const spx_job *job);
/** What others see of it, with addresses under its share's id. */
json_t *spx_job_shared_json(const spx_job *job);

#endif
