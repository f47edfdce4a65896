/*
 * Rows of options and formats become JSON field by field, so that a new field of a row is added
 * here and nowhere else.
 */
#include "jobs/table_json.h"

#include "jobs/job_rows.h"

#include <math.h>
#include <string.h>

enum { NAME_MOST = 63 };

static const char *const type_names[] = {
    [SPX_OPTION_SET] = "yes",       [SPX_OPTION_TEXT] = "text",
    [SPX_OPTION_TEXTS] = "texts",   [SPX_OPTION_ARGUMENT] = "argument",
    [SPX_OPTION_INT] = "integer",   [SPX_OPTION_UNSIGNED] = "integer",
    [SPX_OPTION_NUMBER] = "number", [SPX_OPTION_NUMBERS] = "numbers",
    [SPX_OPTION_SIZE] = "size",     [SPX_OPTION_SECONDS] = "seconds",
    [SPX_OPTION_LENGTH] = "length", [SPX_OPTION_DIMENSIONS] = "dimensions",
    [SPX_OPTION_RATIO] = "ratio",   [SPX_OPTION_CHOICE] = "choice",
    [SPX_OPTION_LIST] = "list",     [SPX_OPTION_FORMATS] = "formats",
};

static void put(json_t *object, const char *key, json_t *value)
{
    (void)json_object_set_new(object, key, value);
}

/* Whole numbers as such: they are whole in every precision. */
static json_t *number_json(double value)
{
    static const double most = 9007199254740992.0; /* 2^53 */
    return value == floor(value) && fabs(value) <= most ? json_integer((json_int_t)value)
                                                        : json_real(value);
}

static int has_range(const spx_option *row)
{
    return row->type != SPX_OPTION_CHOICE && row->max > row->min;
}

/* A word that another row of the list says better: an old one. */
static int is_second(const spx_option *row, const spx_option_word *word)
{
    for (const spx_option_word *other = row->words; other != word; other++) {
        if (other->value == word->value)
            return 1;
    }
    return 0;
}

json_t *spx_table_words(const spx_option *row)
{
    json_t *const list = json_array();
    for (const spx_option_word *word = row->words; word != NULL && word->text != NULL; word++) {
        if (!is_second(row, word))
            (void)json_array_append_new(list, json_string(word->text));
    }
    return list;
}

/* "a,b" as a list; NULL as an empty one. */
static json_t *split(const char *words, char between)
{
    const char ends[] = { between, '\0' };
    json_t *const list = json_array();
    for (const char *at = words; at != NULL && *at != '\0';) {
        const size_t size = strcspn(at, ends);
        (void)json_array_append_new(list, json_stringn(at, size));
        at += size + (at[size] == between);
    }
    return list;
}

static json_t *old_json(const spx_option *row)
{
    json_t *const list = json_array();
    for (const spx_option_old *old = row->old; old != NULL && old->name != NULL; old++)
        (void)json_array_append_new(list, json_string(old->name));
    return list;
}

static json_t *standard_json(const spx_option *row)
{
    for (const spx_option_word *word = row->words; word != NULL && word->text != NULL; word++) {
        if (word->value == row->standard)
            return json_string(word->text);
    }
    switch (row->type) {
    case SPX_OPTION_SET:
        return json_boolean(row->standard != 0.0);
    case SPX_OPTION_FORMATS:
        return json_string(row->standard_text == NULL ? "default" : row->standard_text);
    case SPX_OPTION_INT:
    case SPX_OPTION_UNSIGNED:
    case SPX_OPTION_SIZE:
        return json_integer((json_int_t)row->standard);
    case SPX_OPTION_NUMBER:
    case SPX_OPTION_SECONDS:
        return json_real(row->standard);
    default:
        return row->standard_text == NULL ? json_null() : json_string(row->standard_text);
    }
}

static json_t *who_json(unsigned who)
{
    json_t *const list = json_array();
    if ((who & SPX_BY_CLI) != 0)
        (void)json_array_append_new(list, json_string("cli"));
    if ((who & SPX_BY_API) != 0)
        (void)json_array_append_new(list, json_string("api"));
    if ((who & SPX_BY_PAGE) != 0)
        (void)json_array_append_new(list, json_string("page"));
    return list;
}

json_t *spx_table_option(const spx_option *row)
{
    char range[160];
    spx_option_describe(row, range);
    json_t *const object = json_pack("{ss, so, ss, so, so, so, ss, ss}", "name", row->name, "old",
                                     old_json(row), "type", type_names[row->type], "default",
                                     standard_json(row), "words", spx_table_words(row), "who",
                                     who_json(row->who), "help", row->help, "range", range);
    if (object == NULL)
        return NULL;
    if (row->letter != 0)
        put(object, "letter", json_stringn(&row->letter, 1));
    if (row->value != NULL)
        put(object, "value", json_string(row->value));
    if (row->unit != NULL)
        put(object, "unit", json_string(row->unit));
    if (row->label != NULL)
        put(object, "label", json_string(row->label));
    if (row->hint != NULL)
        put(object, "hint", json_string(row->hint));
    if (row->word_labels != NULL)
        put(object, "word_labels", split(row->word_labels, '|'));
    if (!has_range(row))
        return object;
    put(object, "min", number_json(row->min));
    put(object, "max", number_json(row->max));
    if (row->step > 0.0)
        put(object, "step", number_json(row->step));
    const int usual = row->usual_max > row->usual_min;
    put(object, "usual_min", number_json(usual ? row->usual_min : row->min));
    put(object, "usual_max", number_json(usual ? row->usual_max : row->max));
    return object;
}

static void put_rows(json_t *list, const spx_option *row, const char *section, unsigned who)
{
    for (; row->name != NULL; row++) {
        json_t *const object = (row->who & who) == 0 ? NULL : spx_table_option(row);
        if (object == NULL)
            continue;
        put(object, "section", json_string(section));
        (void)json_array_append_new(list, object);
    }
}

json_t *spx_table_options(unsigned who)
{
    json_t *const list = json_array();
    put_rows(list, spx_job_rows, "Job", who);
    for (int section = 0; section < SPX_OPTION_SECTIONS; section++) {
        if (section == SPX_OPTIONS_PICTURE) /* rows of a conversion, for another struct */
            continue;
        put_rows(list, spx_options_of((spx_option_section)section),
                 spx_option_section_title((spx_option_section)section), who);
    }
    return list;
}

static json_t *needs_json(unsigned needs)
{
    static const struct {
        unsigned flag;
        const char *word;
    } names[] = {
        { SPX_NEEDS_EYES, "eyes" },
        { SPX_NEEDS_DEPTH, "depth" },
        { SPX_NEEDS_RAW, "raw" },
        { SPX_NEEDS_PHOTO, "photo" },
    };
    json_t *const list = json_array();
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if ((needs & names[i].flag) != 0)
            (void)json_array_append_new(list, json_string(names[i].word));
    }
    return list;
}

json_t *spx_table_words_of(spx_format formats)
{
    json_t *const list = json_array();
    for (size_t i = 0; i < spx_format_count(); i++) {
        if ((formats & spx_format_at(i)->flag) != 0)
            (void)json_array_append_new(list, json_string(spx_format_at(i)->word));
    }
    return list;
}

json_t *spx_table_formats(void)
{
    json_t *const list = json_array();
    for (size_t i = 0; i < spx_format_count(); i++) {
        const spx_format_info *const row = spx_format_at(i);
        (void)json_array_append_new(
            list, json_pack("{ss, so, ss, ss, so, so, ss, ss, ss}", "word", row->word, "old",
                            split(row->old_words, ','), "file", row->file, "type", row->media_type,
                            "needs", needs_json(row->needs), "groups", split(row->groups, ','),
                            "shelf", row->shelf, "label", row->label, "help", row->help));
    }
    return list;
}

json_t *spx_table_groups(void)
{
    json_t *const list = json_array();
    for (size_t i = 0; i < spx_format_group_count(); i++) {
        const spx_format_group *const group = spx_format_group_at(i);
        (void)json_array_append_new(
            list, json_pack("{ss, ss, so}", "word", group->word, "help", group->help, "formats",
                            spx_table_words_of(spx_format_group_flags(group->word))));
    }
    return list;
}

json_t *spx_table_shelves(void)
{
    json_t *const list = json_array();
    for (size_t i = 0; i < spx_format_shelf_count(); i++) {
        const spx_format_group *const shelf = spx_format_shelf_at(i);
        spx_format formats = 0;
        for (size_t k = 0; k < spx_format_count(); k++) {
            if (strcmp(spx_format_at(k)->shelf, shelf->word) == 0)
                formats |= spx_format_at(k)->flag;
        }
        (void)json_array_append_new(list, json_pack("{ss, ss, so}", "word", shelf->word, "label",
                                                    shelf->label, "formats",
                                                    spx_table_words_of(formats)));
    }
    return list;
}

static json_t *number_schema(const spx_option *row)
{
    const int whole = row->type != SPX_OPTION_NUMBER;
    json_t *const number =
        json_pack("{ss, so, so}", "type", whole ? "integer" : "number", "minimum",
                  number_json(row->min), "maximum", number_json(row->max));
    if (row->words == NULL)
        return number;
    return json_pack("{s[o, {ss, so}]}", "oneOf", number, "type", "string", "enum",
                     spx_table_words(row));
}

json_t *spx_table_schema(const spx_option *row, int form)
{
    json_t *schema = NULL;
    switch (row->type) {
    case SPX_OPTION_SET:
        schema = json_pack("{ss}", "type", "boolean");
        break;
    case SPX_OPTION_TEXT:
        schema = json_pack("{ss, si}", "type", "string", "maxLength",
                           strcmp(row->name, "prompt") == 0 ? SPX_JOB_PROMPT_SIZE - 1 : NAME_MOST);
        break;
    case SPX_OPTION_CHOICE:
        schema = json_pack("{ss, so}", "type", "string", "enum", spx_table_words(row));
        break;
    case SPX_OPTION_FORMATS:
        schema = form ? json_pack("{ss}", "type", "string")
                      : json_pack("{ss, si, s{ss, so}}", "type", "array", "minItems", 1, "items",
                                  "type", "string", "enum", spx_table_words_of(spx_formats_all()));
        break;
    case SPX_OPTION_LENGTH: /* pixels, or "20%" */
    case SPX_OPTION_RATIO:  /* 1.78, or "16:9" */
        schema = json_pack("{s[ss]}", "type", "number", "string");
        break;
    case SPX_OPTION_DIMENSIONS:
        schema = json_pack("{ss}", "type", "string");
        break;
    default:
        schema = number_schema(row);
        break;
    }
    if (schema != NULL)
        put(schema, "description", json_string(row->help));
    return schema;
}
