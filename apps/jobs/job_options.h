#ifndef SPX_JOBS_JOB_OPTIONS_H
#define SPX_JOBS_JOB_OPTIONS_H

#include "base/status.h"
#include "jobs/job_rows.h"

#include <jansson.h>
#include <stdint.h>

enum { SPX_JOB_NAMES = 4, SPX_JOB_OPTION_NAME_SIZE = 64 };

/** A client's wishes, each within its range. A plain value. */
typedef struct spx_job_options {
    spx_convert_options
        convert; /* as the table of options says; its texts are not set, see below */
    char names[SPX_JOB_NAMES][SPX_JOB_OPTION_NAME_SIZE]; /* texts of the table's options in their
                                                            order, e.g. of a model; empty = none */
    spx_border border;                /* outpainting; of margins and shape the last one counts */
    int files_follow;                 /* the job is done when both eyes can be shown */
    int remote;                       /* painted by the server's remote engine */
    char prompt[SPX_JOB_PROMPT_SIZE]; /* what that is told to paint; empty = its own words */
} spx_job_options;

void spx_job_options_init(spx_job_options *options);
/** Sets one option from a form's text. SPX_ERR_ARGUMENT names the option and what it may be. */
SPX_NODISCARD spx_status spx_job_options_set(spx_job_options *options, const char *name,
                                             const char *value, spx_diag *diag);
/** The options of the conversion with their texts, which are borrowed from `options`. */
spx_convert_options spx_job_options_convert(const spx_job_options *options);
/** The name of the depth network; "auto" when none was asked for. Borrowed. */
const char *spx_job_options_model(const spx_job_options *options);
/** Sets every option of a JSON object: strings, numbers, and arrays of strings for formats. */
SPX_NODISCARD spx_status spx_job_options_set_json(spx_job_options *options, json_t *object,
                                                  spx_diag *diag);
/** Sets those of a JSON object that this spx knows, also when it fails. SPX_ERR_ARGUMENT names the
 * first that it does not, or whose value it does not: a newer spx may have written them. */
SPX_NODISCARD spx_status spx_job_options_set_known(spx_job_options *options, json_t *object,
                                                   spx_diag *diag);
/** How much this spx knows of options: more in a later version, and with each option, word and
 * format that is added. > 0. */
int64_t spx_job_options_level(void);
/** As an object that spx_job_options_set_json() reads. Owned by the caller: json_decref(); NULL
 * without memory. */
json_t *spx_job_options_json(const spx_job_options *options);
/** The same without what is as spx_job_options_init() leaves it: an older spx understands all of
 * it, unless it was asked for what only a newer one knows. Owned by the caller: json_decref(); NULL
 * without memory. */
json_t *spx_job_options_brief(const spx_job_options *options);

#endif
