#ifndef SPX_JOBS_DOUBTS_JSON_H
#define SPX_JOBS_DOUBTS_JSON_H

#include "spx/warning.h"

#include <jansson.h>

/** [{"code": "damaged", "level": "warning", "text": "..."}, ...]; level is "note" for notes. Owned
 * by the caller: json_decref(); NULL without memory. */
json_t *spx_warnings_json(const spx_warning_list *warnings);

#endif
