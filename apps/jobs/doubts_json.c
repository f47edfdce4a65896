#include "jobs/doubts_json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* JSON is UTF-8: in a sentence that is not, bytes beyond ASCII become '?'. */
static json_t *sentence_json(const spx_warning *warning)
{
    char text[SPX_WARNING_BYTES];
    json_t *const whole = json_string(warning->text);
    if (whole != NULL)
        return whole;
    memcpy(text, warning->text, sizeof(text));
    for (char *at = text; *at != '\0'; at++) {
        if ((*at & 0x80) != 0)
            *at = '?';
    }
    return json_string(text);
}

json_t *spx_warnings_json(const spx_warning_list *warnings)
{
    json_t *const list = json_array();
    for (size_t i = 0; i < warnings->count; i++) {
        const spx_warning *const warning = &warnings->items[i];
        json_t *const object =
            json_pack("{s:s, s:s, s:o}", "code", spx_warning_name(warning->code), "level",
                      spx_warning_is_note(warning->code) ? "note" : "warning", "text",
                      sentence_json(warning));
        if (json_array_append_new(list, object) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static int has_warning(const json_t *list, const json_t *warning)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (json_equal(json_array_get(list, i), warning))
            return 1;
    }
    return 0;
}

void spx_summary_add_warnings(char summary[SPX_JOB_SUMMARY_SIZE], const char *other)
{
    json_t *const object = json_loads(summary, 0, NULL);
    json_t *const from = json_loads(other, 0, NULL);
    json_t *const list = json_object_get(object, "warnings");
    const json_t *const more = json_object_get(from, "warnings");
    for (size_t i = 0; i < json_array_size(more); i++) {
        json_t *const warning = json_array_get(more, i);
        if (!has_warning(list, warning))
            (void)json_array_append(list, warning);
    }
    char *const text =
        object == NULL ? NULL : json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(6));
    if (text != NULL && strlen(text) < SPX_JOB_SUMMARY_SIZE)
        memcpy(summary, text, strlen(text) + 1);
    free(text);
    json_decref(from);
    json_decref(object);
}

static json_t *metres_json(double metres)
{
    return isfinite(metres) ? json_real(metres) : json_null();
}

json_t *spx_distances_json(const spx_summary *summary)
{
    json_t *const object = json_object();
    if (!(summary->nearest_m > 0.0))
        return object;
    (void)json_object_set_new(object, "subject_m", metres_json(summary->subject_m));
    (void)json_object_set_new(object, "nearest_m", metres_json(summary->nearest_m));
    (void)json_object_set_new(object, "farthest_m", metres_json(summary->farthest_m));
    return object;
}
