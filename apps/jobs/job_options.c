#include "jobs/job_options.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct range {
    double least;
    double most;
} range;

static const range strength_range = { 0.0, 10.0 };
static const range convergence_range = { 0.0, 1.0 };
static const range quality_range = { 1.0, 100.0 };
static const range hfov_range = { 1.0, 170.0 };
static const range baseline_range = { 1.0, 1000.0 };
static const range depth_size_range = { 0.0, 2048.0 };
static const range margin_range = { 0.0, 300.0 };
static const range aspect_range = { 0.05, 20.0 };
static const range seed_range = { 0.0, 4294967295.0 };

enum { LIST_SIZE = 1024 };

static const char *const view_names[] = { "both", "right", "left" };
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
    *options = (spx_job_options){
        .strength_pct = SPX_AUTO,
        .convergence = SPX_AUTO,
        .formats = SPX_FORMATS_DEFAULT,
        .views = SPX_VIEWS_BOTH,
        .quality = 85,
        .baseline_mm = 64.0,
        .model = "auto",
        .margin_pct = { 20.0, 20.0, 20.0, 20.0 },
    };
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

/* `automatic` is what "auto" stands for. */
static spx_status set_or_auto(double *out, const char *name, const char *value, range allowed,
                              double automatic, spx_diag *diag)
{
    if (strcmp(value, "auto") == 0) {
        *out = automatic;
        return SPX_OK;
    }
    return set_number(out, name, value, allowed, diag);
}

static spx_status set_views(spx_views *out, const char *value, spx_diag *diag)
{
    for (int i = 0; i <= SPX_VIEWS_LEFT; i++) {
        if (strcmp(value, view_names[i]) == 0) {
            *out = (spx_views)i;
            return SPX_OK;
        }
    }
    return spx_fail(diag, SPX_ERR_ARGUMENT, "views: both, right or left, not \"%.40s\"", value);
}

/* A name only: a client must not point the library at a file of this machine. */
static spx_status set_model(spx_job_options *options, const char *value, spx_diag *diag)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    const size_t size = strlen(value);
    if (size == 0 || size >= sizeof(options->model) || strspn(value, allowed) != size)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "model: not the name of a model: \"%.40s\"", value);
    memcpy(options->model, value, size + 1);
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
    if (strcmp(name, "strength") == 0)
        return set_or_auto(&options->strength_pct, name, value, strength_range, SPX_AUTO, diag);
    if (strcmp(name, "convergence") == 0)
        return set_or_auto(&options->convergence, name, value, convergence_range, SPX_AUTO, diag);
    if (strcmp(name, "hfov") == 0)
        return set_or_auto(&options->hfov_deg, name, value, hfov_range, 0.0, diag);
    if (strcmp(name, "baseline") == 0)
        return set_number(&options->baseline_mm, name, value, baseline_range, diag);
    if (strcmp(name, "formats") == 0)
        return spx_formats_read(&options->formats, value, diag);
    if (strcmp(name, "views") == 0)
        return set_views(&options->views, value, diag);
    if (strcmp(name, "model") == 0)
        return set_model(options, value, diag);
    if (strcmp(name, "depth_size") == 0)
        return set_integer(&options->depth_size, name, value, depth_size_range, diag);
    if (strcmp(name, "quality") == 0) {
        uint32_t quality = 0;
        SPX_TRY(set_integer(&quality, name, value, quality_range, diag));
        options->quality = (int)quality;
        return SPX_OK;
    }
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

static json_t *number_or_auto(double value, int automatic)
{
    return automatic ? json_string("auto") : json_real(value);
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

json_t *spx_job_options_json(const spx_job_options *options)
{
    json_t *const object = json_pack(
        "{so, so, so, ss, si, so, sf, ss, sI, sI, ss}", "strength",
        number_or_auto(options->strength_pct, options->strength_pct < 0.0), "convergence",
        number_or_auto(options->convergence, options->convergence < 0.0), "formats",
        formats_json(options->formats), "views", view_names[options->views], "quality",
        options->quality, "hfov", number_or_auto(options->hfov_deg, options->hfov_deg <= 0.0),
        "baseline", options->baseline_mm, "model", options->model, "depth_size",
        (json_int_t)options->depth_size, "seed", (json_int_t)options->seed, "painter",
        options->remote ? "remote" : "local");
    int failed = object == NULL;
    for (size_t i = 0; i < SPX_SIDE_COUNT && !failed; i++)
        failed = json_object_set_new(object, side_names[i], json_real(options->margin_pct[i]));
    if (!failed && options->aspect > 0.0)
        failed = json_object_set_new(object, "aspect", json_real(options->aspect));
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}
