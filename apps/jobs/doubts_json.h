#ifndef SPX_JOBS_DOUBTS_JSON_H
#define SPX_JOBS_DOUBTS_JSON_H

#include "jobs/job.h"
#include "spx/spx.h"

#include <jansson.h>

/** [{"code": "damaged", "level": "warning", "text": "..."}, ...]; level is "note" for notes. Owned
 * by the caller: json_decref(); NULL without memory. */
json_t *spx_warnings_json(const spx_warning_list *warnings);

/** Adds to a job's summary those warnings of another one that it does not have; where they do not
 * fit, it stays as it is. */
void spx_summary_add_warnings(char summary[SPX_JOB_SUMMARY_SIZE], const char *other);

/** {"subject_m": 2.1, "nearest_m": 0.8, "farthest_m": 31} where distances are known, else {};
 * farthest_m is null where the sky is. Owned by the caller. */
json_t *spx_distances_json(const spx_summary *summary);

#endif
