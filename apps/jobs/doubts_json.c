#include "jobs/doubts_json.h"

#include "jobs/table_json.h"
#include "jobs/utf8.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

json_t *spx_warnings_json(const spx_warning_list *warnings)
{
    json_t *const list = json_array();
    for (size_t i = 0; i < warnings->count; i++) {
        const spx_warning *const warning = &warnings->items[i];
        json_t *const object =
            json_pack("{s:s, s:s, s:o}", "code", spx_warning_name(warning->code), "level",
                      spx_warning_is_note(warning->code) ? "note" : "warning", "text",
                      spx_utf8_json(warning->text));
        if (json_array_append_new(list, object) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static int has(const json_t *list, const json_t *value)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (json_equal(json_array_get(list, i), value))
            return 1;
    }
    return 0;
}

/* What the array of that name lacks of the other object's. */
static void add_to_list(json_t *object, const char *name, const json_t *from)
{
    const json_t *const more = json_object_get(from, name);
    if (json_array_size(more) != 0 && json_object_get(object, name) == NULL)
        (void)json_object_set_new(object, name, json_array());
    json_t *const list = json_object_get(object, name);
    for (size_t i = 0; i < json_array_size(more); i++) {
        json_t *const value = json_array_get(more, i);
        if (!has(list, value))
            (void)json_array_append(list, value);
    }
}

/* Writes it, where there is room. */
static void write_summary(char summary[SPX_JOB_SUMMARY_SIZE], const json_t *object)
{
    char *const text =
        object == NULL ? NULL : json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(6));
    if (text != NULL && strlen(text) < SPX_JOB_SUMMARY_SIZE)
        memcpy(summary, text, strlen(text) + 1);
    free(text);
}

/* Puts the lists of another summary behind those of this one. */
static void merge(char summary[SPX_JOB_SUMMARY_SIZE], const json_t *from)
{
    json_t *const object = json_loads(summary, 0, NULL);
    add_to_list(object, "warnings", from);
    add_to_list(object, "left_out", from);
    write_summary(summary, object);
    json_decref(object);
}

void spx_summary_measure(char summary[SPX_JOB_SUMMARY_SIZE], const char *files)
{
    static const char *const names[] = { "disparity_adjustment", "filled_share", "comfort" };
    json_t *const object = json_loads(summary, 0, NULL);
    json_t *const from = json_loads(files, 0, NULL);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        json_t *const value = json_object_get(from, names[i]);
        if (object != NULL && value != NULL)
            (void)json_object_set(object, names[i], value);
    }
    write_summary(summary, object);
    json_decref(from);
    json_decref(object);
}

static void fix(double *field, const json_t *value)
{
    if (*field == SPX_AUTO && json_is_number(value))
        *field = json_number_value(value);
}

void spx_summary_fix(const char *summary, spx_convert_options *options)
{
    json_t *const object = json_loads(summary, 0, NULL);
    if (json_object_get(object, "stereo") == NULL) {
        fix(&options->strength_pct, json_object_get(object, "strength"));
        fix(&options->convergence, json_object_get(object, "convergence"));
    }
    json_decref(object);
}

void spx_summary_add(char summary[SPX_JOB_SUMMARY_SIZE], const char *other)
{
    json_t *const from = json_loads(other, 0, NULL);
    merge(summary, from);
    json_decref(from);
}

void spx_summary_leave_out(char summary[SPX_JOB_SUMMARY_SIZE], spx_format formats)
{
    json_t *const from = json_pack("{s:o}", "left_out", spx_table_words_of(formats));
    merge(summary, from);
    json_decref(from);
}

spx_format spx_summary_left_out(const char *summary)
{
    json_t *const object = json_loads(summary, 0, NULL);
    const json_t *const words = json_object_get(object, "left_out");
    spx_format found = 0;
    for (size_t i = 0; i < json_array_size(words); i++) {
        const char *const word = json_string_value(json_array_get(words, i));
        found |= word == NULL ? 0 : spx_format_named(word);
    }
    json_decref(object);
    return found;
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
