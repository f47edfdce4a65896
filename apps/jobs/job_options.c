/*
 * A job's options come as form fields or JSON from strangers, and are read by the tables that the
 * command line uses too (spx/option.h). What the API may not set is refused by name. The JSON that
 * the API shows has all of them; a stored job has those that differ from the defaults. A default is
 * therefore part of what is stored: whoever changes one raises the store's layout, and writes the
 * earlier default into rows that lack the option (a test holds the defaults).
 */
#include "jobs/job_options.h"

#include "jobs/table_json.h"
#include "spx/outpaint.h"
#include "spx/version.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_SIZE = 1024 };

void spx_job_options_init(spx_job_options *options)
{
    *options = (spx_job_options){ .remote = 0 };
    spx_border_init(&options->border);
    spx_convert_options_init(&options->convert);
}

/* Which of the names a text option fills; rows: of one section. */
static size_t name_index(const spx_option *wanted)
{
    size_t index = 0;
    for (int section = 0; section < SPX_OPTIONS_BORDER; section++) {
        const spx_option *row = spx_options_of((spx_option_section)section);
        for (; row->name != NULL && row != wanted; row++)
            index += row->type == SPX_OPTION_TEXT && (row->who & SPX_BY_API) != 0;
        if (row == wanted)
            break;
    }
    return index;
}

static const spx_option *find_row(const char *name, const char **suffix)
{
    for (int section = 0; section < SPX_OPTIONS_BORDER; section++) {
        const spx_option *const row = spx_option_find(spx_options_of((spx_option_section)section),
                                                      name, strlen(name), suffix);
        if (row != NULL && (row->who & SPX_BY_API) != 0)
            return row;
    }
    return NULL;
}

spx_convert_options spx_job_options_convert(const spx_job_options *options)
{
    spx_convert_options convert = options->convert;
    for (int section = 0; section < SPX_OPTIONS_BORDER; section++) {
        const spx_option *row = spx_options_of((spx_option_section)section);
        for (; row->name != NULL; row++) {
            if (row->type != SPX_OPTION_TEXT || (row->who & SPX_BY_API) == 0)
                continue;
            const char *const name = options->names[name_index(row)];
            const char *const text = name[0] == '\0' ? NULL : name;
            memcpy((char *)&convert + row->offset, &text, sizeof(text));
        }
    }
    return convert;
}

const char *spx_job_options_model(const spx_job_options *options)
{
    const char *const name = options->names[name_index(find_row("model", NULL))];
    return name[0] == '\0' ? "auto" : name;
}

/* A name only: a client must not point the library at a file of this machine. */
static spx_status set_name(spx_job_options *options, const spx_option *row, const char *value,
                           spx_diag *diag)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    const size_t size = strlen(value);
    const size_t index = name_index(row);
    if (size == 0 || size >= SPX_JOB_OPTION_NAME_SIZE || strspn(value, allowed) != size ||
        index >= SPX_JOB_NAMES)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: not a name: \"%.40s\"", row->name, value);
    memcpy(options->names[index], value, size + 1);
    return SPX_OK;
}

static spx_status set_painter(int *remote, const char *value, spx_diag *diag)
{
    spx_job_order order = { .painter = SPX_JOB_PAINTER_LOCAL };
    SPX_TRY(spx_option_read(&spx_job_rows[SPX_JOB_ROW_PAINTER], value, &order, diag));
    *remote = order.painter == SPX_JOB_PAINTER_REMOTE;
    return SPX_OK;
}

static spx_status set_done(int *files_follow, const char *value, spx_diag *diag)
{
    spx_job_order order = { .done = SPX_JOB_DONE_FILES };
    SPX_TRY(spx_option_read(&spx_job_rows[SPX_JOB_ROW_DONE], value, &order, diag));
    *files_follow = order.done == SPX_JOB_DONE_VIEWS;
    return SPX_OK;
}

/* Text for people and networks: no control characters. */
static spx_status set_prompt(char out[SPX_JOB_PROMPT_SIZE], const char *value, spx_diag *diag)
{
    const size_t size = strlen(value);
    if (size >= SPX_JOB_PROMPT_SIZE) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "prompt: at most %d bytes",
                        SPX_JOB_PROMPT_SIZE - 1);
    }
    json_t *const text = json_string(value); /* NULL: it is not UTF-8 */
    json_decref(text);
    for (const char *at = value; *at != '\0'; at++) {
        if (text == NULL || (unsigned char)*at < ' ' || *at == 0x7f)
            return spx_fail(diag, SPX_ERR_ARGUMENT, "prompt: not a text of one line");
    }
    memcpy(out, value, size + 1);
    return SPX_OK;
}

/* Margins and a shape exclude each other: the last one counts. */
static void clear_others(spx_border *border, const spx_option *row)
{
    spx_border none;
    spx_border_init(&none);
    none.seed = border->seed;
    if (row->type == SPX_OPTION_LENGTH && row->offset != offsetof(spx_border, expand)) {
        border->aspect = 0.0;
    } else if (row->type != SPX_OPTION_SIZE) {
        *border = none;
    }
}

static spx_status set_border(spx_job_options *options, const char *name, const char *value,
                             spx_diag *diag)
{
    char whole[LIST_SIZE];
    const char *suffix = NULL;
    const spx_option *const row =
        spx_option_find(spx_options_of(SPX_OPTIONS_BORDER), name, strlen(name), &suffix);
    if (strcmp(name, spx_job_rows[SPX_JOB_ROW_PAINTER].name) == 0)
        return set_painter(&options->remote, value, diag);
    if (strcmp(name, spx_job_rows[SPX_JOB_ROW_DONE].name) == 0)
        return set_done(&options->files_follow, value, diag);
    if (strcmp(name, "prompt") == 0)
        return set_prompt(options->prompt, value, diag);
    if (row == NULL || (row->who & SPX_BY_API) == 0)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "there is no option \"%.40s\"", name);
    spx_border wanted = options->border;
    clear_others(&wanted, row);
    (void)snprintf(whole, sizeof(whole), "%s%s", value, suffix == NULL ? "" : suffix);
    SPX_TRY(spx_option_read(row, whole, &wanted, diag));
    options->border = wanted;
    return SPX_OK;
}

spx_status spx_job_options_set(spx_job_options *options, const char *name, const char *value,
                               spx_diag *diag)
{
    const spx_option *const row = find_row(name, NULL);
    if (row != NULL && row->type == SPX_OPTION_TEXT)
        return set_name(options, row, value, diag);
    if (row != NULL)
        return spx_option_read(row, value, &options->convert, diag);
    return set_border(options, name, value, diag);
}

/* Any JSON value that can be an option as the text that a form would have sent. */
static spx_status json_text(char out[LIST_SIZE], const char *name, const json_t *value,
                            spx_diag *diag)
{
    size_t used = 0;
    out[0] = '\0';
    if (json_is_integer(value)) {
        (void)snprintf(out, LIST_SIZE, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return SPX_OK;
    }
    if (json_is_real(value)) {
        (void)snprintf(out, LIST_SIZE, "%.17g", json_real_value(value));
        return SPX_OK;
    }
    if (json_is_boolean(value)) {
        (void)snprintf(out, LIST_SIZE, "%s", json_is_true(value) ? "yes" : "no");
        return SPX_OK;
    }
    const size_t count = json_is_array(value) ? json_array_size(value) : 1;
    for (size_t i = 0; i < count; i++) {
        const json_t *const item = json_is_array(value) ? json_array_get(value, i) : value;
        if (!json_is_string(item) || used + json_string_length(item) + 2 > LIST_SIZE)
            return spx_fail(diag, SPX_ERR_ARGUMENT, "%.40s: not a text or number that fits", name);
        used += (size_t)snprintf(out + used, LIST_SIZE - used, "%s%s", i == 0 ? "" : ",",
                                 json_string_value(item));
    }
    return SPX_OK;
}

static spx_status set_member(spx_job_options *options, void *at, spx_diag *diag)
{
    char text[LIST_SIZE];
    const char *const name = json_object_iter_key(at);
    SPX_TRY(json_text(text, name, json_object_iter_value(at), diag));
    return spx_job_options_set(options, name, text, diag);
}

spx_status spx_job_options_set_json(spx_job_options *options, json_t *object, spx_diag *diag)
{
    if (!json_is_object(object))
        return spx_fail(diag, SPX_ERR_ARGUMENT, "the options are not a JSON object");
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at))
        SPX_TRY(set_member(options, at, diag));
    return SPX_OK;
}

spx_status spx_job_options_set_known(spx_job_options *options, json_t *object, spx_diag *diag)
{
    spx_status first = SPX_OK;
    if (!json_is_object(object))
        return spx_fail(diag, SPX_ERR_CORRUPT, "the options are not a JSON object");
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        const spx_status status = set_member(options, at, diag);
        first = first == SPX_OK ? status : first;
    }
    return first;
}

int64_t spx_job_options_level(void)
{
    static const int64_t most_known = 10000; /* of one version */
    int64_t known = (int64_t)spx_format_count();
    for (int section = 0; section <= SPX_OPTIONS_BORDER; section++) {
        const spx_option *row = spx_options_of((spx_option_section)section);
        for (; row->name != NULL; row++) {
            known++;
            for (const spx_option_word *word = row->words; word != NULL && word->text != NULL;
                 word++)
                known++;
        }
    }
    return SPX_VERSION_NUMBER(SPX_VERSION_MAJOR, SPX_VERSION_MINOR, SPX_VERSION_PATCH) *
               most_known +
           known;
}

static json_t *value_json(const spx_job_options *options, const spx_option *row)
{
    const spx_convert_options *const convert = &options->convert;
    const char *const field = (const char *)convert + row->offset;
    const char *word = spx_option_word_of(row, convert);
    double number = 0;
    int whole = 0;
    if (row->type == SPX_OPTION_FORMATS)
        return spx_table_words_of(*(const spx_format *)(const void *)field);
    if (word != NULL)
        return json_string(word);
    switch (row->type) {
    case SPX_OPTION_TEXT:
        word = options->names[name_index(row)];
        return json_string(word[0] == '\0' ? "auto" : word);
    case SPX_OPTION_NUMBER:
        memcpy(&number, field, sizeof(number));
        return json_real(number);
    case SPX_OPTION_SET:
        memcpy(&whole, field, sizeof(whole));
        return json_boolean(whole);
    default: /* of one size: INT and UNSIGNED, whose range is within int */
        memcpy(&whole, field, sizeof(whole));
        return json_integer(whole);
    }
}

enum { MARGINS = 4 };

static const char *const margin_names[MARGINS] = { "left", "top", "right", "bottom" };

/* Pixels as a number, per cent as "20%". */
static json_t *margin_json(const spx_margin *margin)
{
    return margin->percent ? json_sprintf("%.10g%%", margin->amount) : json_real(margin->amount);
}

static int put_border(json_t *object, const spx_job_options *options)
{
    spx_outpaint_options outpaint;
    const spx_border *const border = &options->border;
    const spx_margin *const margins[MARGINS] = { &outpaint.left, &outpaint.top, &outpaint.right,
                                                 &outpaint.bottom };
    spx_outpaint_options_init(&outpaint);
    if (spx_border_apply(border, &outpaint, NULL) != SPX_OK)
        return 1;
    int failed = json_object_set_new(object, "seed", json_integer((json_int_t)border->seed));
    failed |=
        json_object_set_new(object, "painter",
                            json_string(spx_job_painter_name(
                                options->remote ? SPX_JOB_PAINTER_REMOTE : SPX_JOB_PAINTER_LOCAL)));
    failed |=
        json_object_set_new(object, "done",
                            json_string(spx_job_done_name(
                                options->files_follow ? SPX_JOB_DONE_VIEWS : SPX_JOB_DONE_FILES)));
    failed |= json_object_set_new(object, "prompt", json_string(options->prompt));
    if (outpaint.rule == SPX_FRAME_ASPECT)
        return failed | json_object_set_new(object, "aspect", json_real(border->aspect));
    if (outpaint.rule == SPX_FRAME_SIZE) {
        return failed |
               json_object_set_new(object, "size",
                                   json_sprintf("%ux%u", border->size.width, border->size.height));
    }
    for (size_t i = 0; i < MARGINS; i++)
        failed |= json_object_set_new(object, margin_names[i], margin_json(margins[i]));
    return failed;
}

/* What the API may set; a list of nothing is not written. */
static int put_row(json_t *object, const spx_job_options *options, const spx_option *row)
{
    if ((row->who & SPX_BY_API) == 0)
        return 0;
    json_t *const value = value_json(options, row);
    if (!json_is_array(value) || json_array_size(value) != 0)
        return json_object_set_new(object, row->name, value);
    json_decref(value);
    return 0;
}

json_t *spx_job_options_json(const spx_job_options *options)
{
    json_t *const object = json_object();
    int failed = object == NULL || put_border(object, options) != 0;
    for (int section = 0; section < SPX_OPTIONS_BORDER && !failed; section++) {
        const spx_option *row = spx_options_of((spx_option_section)section);
        for (; row->name != NULL && !failed; row++)
            failed = put_row(object, options, row) != 0;
    }
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}

/* One margin alone says that there are no others: they stay together. */
static int is_margin(const char *name)
{
    for (size_t i = 0; i < MARGINS; i++) {
        if (strcmp(name, margin_names[i]) == 0)
            return 1;
    }
    return 0;
}

static int has_other_margins(const json_t *object, const json_t *usual)
{
    for (size_t i = 0; i < MARGINS; i++) {
        if (!json_equal(json_object_get(object, margin_names[i]),
                        json_object_get(usual, margin_names[i])))
            return 1;
    }
    return 0;
}

json_t *spx_job_options_brief(const spx_job_options *options)
{
    spx_job_options defaults;
    spx_job_options_init(&defaults);
    json_t *const object = spx_job_options_json(options);
    json_t *const usual = object == NULL ? NULL : spx_job_options_json(&defaults);
    if (usual == NULL) {
        json_decref(object);
        return NULL;
    }
    const int margins = has_other_margins(object, usual);
    for (void *at = json_object_iter(usual); at != NULL; at = json_object_iter_next(usual, at)) {
        const char *const name = json_object_iter_key(at);
        if (json_equal(json_object_get(object, name), json_object_iter_value(at)) &&
            !(margins && is_margin(name)))
            (void)json_object_del(object, name);
    }
    json_decref(usual);
    return object;
}
