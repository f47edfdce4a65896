#ifndef SPX_JOBS_DOUBTS_JSON_H
#define SPX_JOBS_DOUBTS_JSON_H

#include "jobs/job.h"
#include "spx/spx.h"

#include <jansson.h>

/** [{"code": "damaged", "level": "warning", "text": "..."}, ...]; level is "note" for notes. Owned
 * by the caller: json_decref(); NULL without memory. */
json_t *spx_warnings_json(const spx_warning_list *warnings);

/** Adds to a job's summary what another one of the same revision has more: warnings, and formats
 * that were left out; where they do not fit, it stays as it is. */
void spx_summary_add(char summary[SPX_JOB_SUMMARY_SIZE], const char *other);

/** A job that was done with its small pictures alone: what only whole pictures tell exactly is
 * taken from the summary of the first files. */
void spx_summary_measure(char summary[SPX_JOB_SUMMARY_SIZE], const char *files);

/** The files of such a job show what its small pictures do: what was automatic becomes what the
 * summary tells. Real stereo keeps its own. */
void spx_summary_fix(const char *summary, spx_convert_options *options);

/** Adds formats that turned out not to be possible. */
void spx_summary_leave_out(char summary[SPX_JOB_SUMMARY_SIZE], spx_format formats);

/** The formats that turned out not to be possible of this photo with these options. */
spx_format spx_summary_left_out(const char *summary);

/** {"subject_m": 2.1, "nearest_m": 0.8, "farthest_m": 31} where distances are known, else {};
 * farthest_m is null where the sky is. Owned by the caller. */
json_t *spx_distances_json(const spx_summary *summary);

#endif
