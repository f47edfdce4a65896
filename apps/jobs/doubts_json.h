#ifndef SPX_JOBS_DOUBTS_JSON_H
#define SPX_JOBS_DOUBTS_JSON_H

#include "jobs/job.h"
#include "spx/warning.h"

#include <jansson.h>

/** [{"code": "damaged", "level": "warning", "text": "..."}, ...]; level is "note" for notes. Owned
 * by the caller: json_decref(); NULL without memory. */
json_t *spx_warnings_json(const spx_warning_list *warnings);

/** Adds to a job's summary those warnings of another one that it does not have; where they do not
 * fit, it stays as it is. */
void spx_summary_add_warnings(char summary[SPX_JOB_SUMMARY_SIZE], const char *other);

#endif
