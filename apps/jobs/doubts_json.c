#include "jobs/doubts_json.h"

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
