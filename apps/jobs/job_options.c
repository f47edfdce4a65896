#include "jobs/job_options.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct range {
    double least;
    double most;
} range;

static const range margin_range = { 0.0, 300.0 };
static const range aspect_range = { 0.05, 20.0 };
static const range seed_range = { 0.0, 4294967295.0 };

enum { LIST_SIZE = 1024 };

static const char *const kind_names[] = { "convert", "outpaint", "both" };
static const char *const side_names[] = { "margin_left", "margin_top", "margin_right",
                                          "margin_bottom" };

const char *spx_job_kind_name(spx_job_kind kind)
{
    return kind_names[kind];
}

spx_status spx_job_kind_from_name(spx_job_kind *out, const char *name, spx_diag *diag)
{
    *out = SPX_JOB_CONVERT;
    for (int i = 0; i <= SPX_JOB_BOTH; i++) {
        if (strcmp(name, kind_names[i]) == 0) {
            *out = (spx_job_kind)i;
            return SPX_OK;
        }
    }
    return spx_fail(diag, SPX_ERR_ARGUMENT, "kind: convert, outpaint or both, not \"%.40s\"", name);
}

void spx_job_options_init(spx_job_options *options)
{
    *options = (spx_job_options){ .margin_pct = { 20.0, 20.0, 20.0, 20.0 } };
    spx_convert_options_init(&options->convert);
}

/* Which of the names a text option fills; rows: of one section. */
static size_t name_index(const spx_option *wanted)
{
    size_t index = 0;
    for (int section = 0; section < SPX_OPTIONS_LIMITS; section++) {
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
    for (int section = 0; section < SPX_OPTIONS_LIMITS; section++) {
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
    for (int section = 0; section < SPX_OPTIONS_LIMITS; section++) {
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

/* A decimal number and nothing else: no hex, no "nan", no white space. */
static int read_number(double *out, const char *value)
{
    char *end = NULL;
    if (value[0] == '\0' || strlen(value) > 32 || strspn(value, "0123456789+-.eE") != strlen(value))
        return 0;
    *out = strtod(value, &end);
    return *end == '\0' && isfinite(*out);
}

static spx_status set_number(double *out, const char *name, const char *value, range allowed,
                             spx_diag *diag)
{
    double number = 0.0;
    if (!read_number(&number, value) || number < allowed.least || number > allowed.most) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: a number from %.10g to %.10g, not \"%.40s\"",
                        name, allowed.least, allowed.most, value);
    }
    *out = number;
    return SPX_OK;
}

static spx_status set_integer(uint32_t *out, const char *name, const char *value, range allowed,
                              spx_diag *diag)
{
    double number = 0.0;
    SPX_TRY(set_number(&number, name, value, allowed, diag));
    if (number != floor(number))
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: a whole number, not \"%.40s\"", name, value);
    *out = (uint32_t)number;
    return SPX_OK;
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

/* "1.78" or "16:9". */
static spx_status set_aspect(double *out, const char *value, spx_diag *diag)
{
    char width[LIST_SIZE];
    const char *const colon = strchr(value, ':');
    double across = 0.0;
    double down = 1.0;
    const size_t size = colon == NULL ? strlen(value) : (size_t)(colon - value);
    const int fits = size < sizeof(width);
    (void)snprintf(width, sizeof(width), "%.*s", (int)(fits ? size : 0), value);
    if (!read_number(&across, width) || (colon != NULL && !read_number(&down, colon + 1)) ||
        down <= 0.0 || across / down < aspect_range.least || across / down > aspect_range.most) {
        return spx_fail(diag, SPX_ERR_ARGUMENT,
                        "aspect: width / height from %g to %g, not \"%.40s\"", aspect_range.least,
                        aspect_range.most, value);
    }
    *out = across / down;
    return SPX_OK;
}

static spx_status set_painter(int *remote, const char *value, spx_diag *diag)
{
    *remote = strcmp(value, "remote") == 0;
    if (*remote || strcmp(value, "local") == 0)
        return SPX_OK;
    return spx_fail(diag, SPX_ERR_ARGUMENT, "painter: local or remote, not \"%.40s\"", value);
}

static spx_status set_border(spx_job_options *options, const char *name, const char *value,
                             spx_diag *diag)
{
    double margin = 0.0;
    if (strcmp(name, "margin") == 0) {
        SPX_TRY(set_number(&margin, name, value, margin_range, diag));
        for (size_t i = 0; i < SPX_SIDE_COUNT; i++)
            options->margin_pct[i] = margin;
        return SPX_OK;
    }
    for (size_t i = 0; i < SPX_SIDE_COUNT; i++) {
        if (strcmp(name, side_names[i]) == 0)
            return set_number(&options->margin_pct[i], name, value, margin_range, diag);
    }
    if (strcmp(name, "aspect") == 0)
        return set_aspect(&options->aspect, value, diag);
    if (strcmp(name, "seed") == 0)
        return set_integer(&options->seed, name, value, seed_range, diag);
    if (strcmp(name, "painter") == 0)
        return set_painter(&options->remote, value, diag);
    return spx_fail(diag, SPX_ERR_ARGUMENT, "there is no option \"%.40s\"", name);
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

spx_status spx_job_options_set_json(spx_job_options *options, json_t *object, spx_diag *diag)
{
    if (!json_is_object(object))
        return spx_fail(diag, SPX_ERR_ARGUMENT, "the options are not a JSON object");
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        char text[LIST_SIZE];
        const char *const name = json_object_iter_key(at);
        SPX_TRY(json_text(text, name, json_object_iter_value(at), diag));
        SPX_TRY(spx_job_options_set(options, name, text, diag));
    }
    return SPX_OK;
}

static json_t *formats_json(spx_format formats)
{
    json_t *const list = json_array();
    for (size_t i = 0; i < spx_format_count(); i++) {
        const spx_format_info *const format = spx_format_at(i);
        if ((formats & format->flag) != 0 &&
            json_array_append_new(list, json_string(format->word)) != 0)
            break;
    }
    return list;
}

static json_t *value_json(const spx_job_options *options, const spx_option *row)
{
    const spx_convert_options *const convert = &options->convert;
    const char *const field = (const char *)convert + row->offset;
    const char *word = spx_option_word_of(row, convert);
    double number = 0;
    int whole = 0;
    if (row->type == SPX_OPTION_FORMATS)
        return formats_json(convert->formats);
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

static int put_border(json_t *object, const spx_job_options *options)
{
    int failed = json_object_set_new(object, "seed", json_integer((json_int_t)options->seed));
    failed |=
        json_object_set_new(object, "painter", json_string(options->remote ? "remote" : "local"));
    for (size_t i = 0; i < SPX_SIDE_COUNT; i++)
        failed |= json_object_set_new(object, side_names[i], json_real(options->margin_pct[i]));
    if (options->aspect > 0.0)
        failed |= json_object_set_new(object, "aspect", json_real(options->aspect));
    return failed;
}

json_t *spx_job_options_json(const spx_job_options *options)
{
    json_t *const object = json_object();
    int failed = object == NULL || put_border(object, options) != 0;
    for (int section = 0; section < SPX_OPTIONS_LIMITS && !failed; section++) {
        const spx_option *row = spx_options_of((spx_option_section)section);
        for (; row->name != NULL && !failed; row++) {
            if ((row->who & SPX_BY_API) != 0)
                failed = json_object_set_new(object, row->name, value_json(options, row)) != 0;
        }
    }
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}
