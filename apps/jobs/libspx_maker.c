/*
 * Jobs made by libspx. The library only ever hears of the name "photo", so that no client's words
 * become a path; the names that clients see are put together afterwards.
 */
#include "jobs/libspx_maker.h"

#include "base/file.h"
#include "jobs/doubts_json.h"
#include "jobs/table_json.h"
#include "spx/outpaint.h"
#include "spx/preview.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PREVIEW_PX = 1600 };
static const double outpaint_share = 0.5; /* of a job that outpaints and converts */

struct spx_libspx_maker {
    spx_engine *engine;
    spx_libspx_options options;
    spx_outpaint_engine painter;
};

/* Where in the whole job a call of the library stands. */
typedef struct stretch {
    const spx_make *what;
    const char *stage; /* NULL = the library's own */
    double begin;
    double share;
} stretch;

static void pass_progress(void *user, spx_stage stage, double fraction)
{
    const stretch *const self = user;
    self->what->progress(self->what->user,
                         self->stage != NULL ? self->stage : spx_stage_name(stage),
                         self->begin + self->share * fraction);
}

/* The library called the photo "photo"; clients see its own name. */
static void take_file(spx_job *made, const spx_job *job, const spx_file *from)
{
    const spx_format_info *const format = spx_format_of(from->format);
    if (made->file_count == SPX_JOB_FILE_MAX || format == NULL)
        return;
    spx_job_file *const file = &made->files[made->file_count++];
    spx_job_file_name(job, format, file->name);
    (void)snprintf(file->role, sizeof(file->role), "%s", format->word);
    (void)snprintf(file->type, sizeof(file->type), "%s", format->media_type);
    (void)snprintf(file->disk, sizeof(file->disk), "%s", from->name);
    file->size = from->size;
}

/* What is told of a job: numbers of the conversion, and warnings of all steps. */
typedef struct account {
    json_t *summary;  /* NULL = nothing was converted */
    json_t *warnings; /* array */
} account;

static json_t *summary_json(const spx_summary *summary)
{
    json_t *const seconds = json_object();
    for (int i = 0; i < SPX_STAGE_COUNT; i++) {
        (void)json_object_set_new(seconds, spx_stage_name((spx_stage)i),
                                  json_real(summary->stage_s[i]));
    }
    json_t *const object = json_pack(
        "{sI, sI, sf, sf, sf, sf, sf, sf, ss, so}", "width", (json_int_t)summary->width, "height",
        (json_int_t)summary->height, "strength", summary->strength_pct, "convergence",
        summary->convergence, "hfov", summary->hfov_deg, "baseline", summary->baseline_mm,
        "disparity_adjustment", summary->disparity_adjustment, "filled_share",
        summary->comfort.filled_share, "model", summary->model, "seconds", seconds);
    (void)json_object_update_missing_new(object, spx_distances_json(summary));
    if (summary->stereo[0] != '\0')
        (void)json_object_set_new(object, "stereo", json_string(summary->stereo));
    if (summary->left_out != 0)
        (void)json_object_set_new(object, "left_out", spx_table_words_of(summary->left_out));
    (void)json_object_set_new(
        object, "comfort",
        json_pack("{sf, ss}", "score", summary->comfort.score, "advice", summary->comfort.advice));
    return object;
}

/* Fills made->summary; of more warnings than there is room for, the first ones stay. */
static spx_status write_account(spx_job *made, const account *told, spx_diag *diag)
{
    json_t *const object = told->summary == NULL ? json_object() : json_deep_copy(told->summary);
    json_t *const warnings = json_deep_copy(told->warnings);
    char *text = NULL;
    int bad = json_object_set(object, "warnings", warnings) != 0;
    while (!bad) {
        text = json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(6));
        if (text == NULL || strlen(text) < sizeof(made->summary))
            break;
        free(text);
        text = NULL;
        bad = json_array_remove(warnings, json_array_size(warnings) - 1) != 0;
    }
    json_decref(warnings);
    json_decref(object);
    if (text == NULL)
        return spx_fail_memory(diag, "summary");
    memcpy(made->summary, text, strlen(text) + 1);
    free(text);
    return SPX_OK;
}

static spx_status take_warnings(account *told, const spx_warning_list *warnings, spx_diag *diag)
{
    json_t *const list = spx_warnings_json(warnings);
    const int bad = list == NULL || json_array_extend(told->warnings, list) != 0;
    json_decref(list);
    return bad ? spx_fail_memory(diag, "warnings") : SPX_OK;
}

/* photo_path: the upload, or the outpainted picture; depth_path: where its depth is kept. */
// NOLINTNEXTLINE(readability-function-size): seven parameters
static spx_status convert(const spx_libspx_maker *self, const stretch *where,
                          const char *photo_path, const char *depth_path, spx_job *made,
                          account *told, spx_diag *diag)
{
    const spx_make *const what = where->what;
    spx_convert_options options = spx_job_options_convert(&what->job->options);
    spx_result *result = NULL;
    stretch own = *where;
    options.depth_cache = depth_path;
    options.output_dir = what->output_dir;
    options.preview_dir = what->output_dir;
    if (what->views_only)
        options.formats = 0;
    const int is_upload = strcmp(photo_path, what->photo_path) == 0;
    const int is_pair = is_upload && what->second_path != NULL;
    if (is_pair)
        options.stereo = SPX_STEREO_INPUT_PAIR;
    const spx_input input = { .path = photo_path,
                              .data = is_upload ? what->photo : NULL,
                              .size = is_upload ? what->photo_size : 0,
                              .name = "photo",
                              .right_path = is_pair ? what->second_path : NULL,
                              .right_data = is_pair ? what->second : NULL,
                              .right_size = is_pair ? what->second_size : 0,
                              .called = is_upload ? what->job->name : NULL };
    const spx_watch watch = { .progress = pass_progress, .user = &own, .cancel = what->cancel };
    char *const own_depth = spx_path_join(what->cache_dir, SPX_OWN_DEPTH);
    if (own_depth == NULL)
        return spx_fail_memory(diag, "job");
    if (access(own_depth, R_OK) == 0)
        options.depth_map = own_depth;
    spx_status status = spx_convert(self->engine, &input, &options, &watch, &result, diag);
    free(own_depth);
    if (status == SPX_OK) {
        for (size_t i = 0; i < spx_result_file_count(result); i++)
            take_file(made, what->job, spx_result_file(result, i));
        told->summary = summary_json(spx_result_summary(result));
        status = told->summary == NULL ? spx_fail_memory(diag, "summary")
                                       : take_warnings(told, spx_result_warnings(result), diag);
    }
    spx_result_destroy(result);
    return status;
}

static spx_status set_outpaint_options(spx_outpaint_options *out, const spx_libspx_maker *self,
                                       const spx_job_options *wanted, spx_diag *diag)
{
    spx_outpaint_options_init(out);
    SPX_TRY(spx_border_apply(&wanted->border, out, diag));
    if (wanted->remote && self->options.painter != NULL) {
        out->engine = self->painter;
        out->url = self->options.painter_url;
        out->token = self->options.painter_token;
        if (wanted->prompt[0] != '\0')
            out->prompt = wanted->prompt;
    }
    return SPX_OK;
}

/* FNV-1a of what decides the larger picture: equal options find the picture of an earlier
 * revision. */
static void outpaint_key(const spx_job_options *options, char out[24])
{
    const spx_border *const border = &options->border;
    const spx_option_length sides[] = { border->expand, border->left, border->top, border->right,
                                        border->bottom };
    char text[512];
    size_t used = 0;
    uint64_t hash = 0xcbf29ce484222325U;
    for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++) {
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%.17g%s ", sides[i].value,
                                 sides[i].percent ? "%" : "");
    }
    (void)snprintf(text + used, sizeof(text) - used, "%.17g %ux%u %llu %d", border->aspect,
                   border->size.width, border->size.height, (unsigned long long)border->seed,
                   options->remote);
    for (const char *at = text; *at != '\0'; at++)
        hash = (hash ^ (unsigned char)*at) * 0x100000001b3U;
    for (const char *at = options->remote ? options->prompt : ""; *at != '\0'; at++)
        hash = (hash ^ (unsigned char)*at) * 0x100000001b3U;
    (void)snprintf(out, 24, "%016llx", (unsigned long long)hash);
}

static void take_picture(spx_job *made, const spx_job *job, const char *disk, uint64_t size)
{
    char stem[SPX_JOB_NAME_SIZE];
    spx_job_file *const file = &made->files[made->file_count++];
    spx_job_stem(job, stem);
    (void)snprintf(file->name, sizeof(file->name), "%s_outpainted.png", stem);
    (void)snprintf(file->role, sizeof(file->role), "outpainted");
    (void)snprintf(file->type, sizeof(file->type), "image/png");
    (void)snprintf(file->disk, sizeof(file->disk), "%s", disk);
    file->size = size;
}

/* The warnings of a picture stand beside it, for revisions that find the picture there. */
static spx_status keep_warnings(const char *path, const json_t *warnings, spx_diag *diag)
{
    char *const text = json_dumps(warnings, JSON_COMPACT);
    const spx_status status = text == NULL ? spx_fail_memory(diag, "warnings")
                                           : spx_file_write(path, text, strlen(text), diag);
    free(text);
    return status;
}

static void find_warnings(const char *path, json_t *warnings)
{
    json_t *const kept = json_load_file(path, 0, NULL);
    if (json_is_array(kept))
        (void)json_array_extend(warnings, kept);
    json_decref(kept);
}

/* Where the remote painter lives is the operator's business: words that hold an address, or the
 * host of the painter's, are not told. */
static void hide_address(const spx_libspx_maker *self, char *text, size_t size)
{
    static const char instead[] = "the remote painter";
    char host[256] = "";
    const char *const url = self->options.painter_url;
    const char *const begin = url == NULL ? NULL : strstr(url, "://");
    if (url != NULL) {
        const char *const from = begin == NULL ? url : begin + 3;
        (void)snprintf(host, sizeof(host), "%.*s", (int)strcspn(from, ":/"), from);
    }
    char *const whole = strdup(text);
    size_t used = 0;
    if (whole == NULL) {
        (void)snprintf(text, size, "%s", instead);
        return;
    }
    text[0] = '\0';
    for (const char *at = whole; *at != '\0' && used < size - 1;) {
        const size_t blanks = strspn(at, " ");
        const size_t length = strcspn(at + blanks, " ");
        char word[512];
        (void)snprintf(word, sizeof(word), "%.*s", (int)length, at + blanks);
        const int hidden =
            strstr(word, "://") != NULL || (host[0] != '\0' && strstr(word, host) != NULL);
        used += (size_t)snprintf(text + used, size - used, "%.*s%s%s", (int)blanks, at,
                                 hidden ? instead : word,
                                 hidden && at[blanks + length - 1] == ':' ? ":" : "");
        at += blanks + length;
    }
    free(whole);
}

/* Makes the larger picture at `path`. */
static spx_status paint(const spx_libspx_maker *self, const stretch *where, const char *path,
                        const char *warnings_path, account *told, spx_diag *diag)
{
    const spx_make *const what = where->what;
    spx_outpaint_options options;
    spx_outpaint_result result = { 0 };
    stretch own = *where;
    own.stage = "outpaint";
    SPX_TRY(set_outpaint_options(&options, self, &what->job->options, diag));
    options.output_path = path;
    const spx_input input = {
        .path = what->photo_path, .data = what->photo, .size = what->photo_size, .name = "photo"
    };
    const spx_watch watch = { .progress = pass_progress, .user = &own, .cancel = what->cancel };
    spx_status status = spx_outpaint(self->engine, &input, &options, &watch, &result, diag);
    if (status != SPX_OK) {
        if (what->job->options.remote && diag != NULL)
            hide_address(self, diag->text, sizeof(diag->text));
        return status;
    }
    for (size_t i = 0; i < result.warnings.count && what->job->options.remote; i++) {
        spx_warning *const warning = &result.warnings.items[i];
        hide_address(self, warning->text, sizeof(warning->text));
    }
    status = take_warnings(told, &result.warnings, diag);
    if (status == SPX_OK)
        status = keep_warnings(warnings_path, told->warnings, diag);
    spx_outpaint_result_clear(&result);
    return status;
}

/* The larger picture, made or found. */
static spx_status outpaint(const spx_libspx_maker *self, const stretch *where, char **path,
                           spx_job *made, account *told, spx_diag *diag)
{
    const spx_make *const what = where->what;
    spx_mapping there = { 0 };
    char key[24];
    char disk[48];
    char *warnings_path = NULL;
    spx_status status = SPX_OK;
    *path = NULL;
    outpaint_key(&what->job->options, key);
    (void)snprintf(disk, sizeof(disk), "picture-%s.png", key);
    SPX_TRY(spx_folder_make(what->outpaint_dir, diag));
    *path = spx_path_join(what->outpaint_dir, disk);
    if (*path == NULL || asprintf(&warnings_path, "%s.json", *path) < 0)
        return spx_fail_memory(diag, "job");
    if (spx_mapping_open(&there, *path, NULL) == SPX_OK) {
        find_warnings(warnings_path, told->warnings);
    } else {
        SPX_TRY_OUT(paint(self, where, *path, warnings_path, told, diag));
        SPX_TRY_OUT(spx_mapping_open(&there, *path, diag));
    }
    take_picture(made, what->job, disk, there.size);

out:
    spx_mapping_close(&there);
    free(warnings_path);
    return status;
}

/* What depth and eyes of a larger photo belong to. */
static spx_status show_larger(const spx_libspx_maker *self, const spx_make *what,
                              const char *picture, spx_diag *diag)
{
    const spx_input input = { .path = picture };
    SPX_TRY(spx_folder_make(what->output_dir, diag));
    char *const path = spx_path_join(what->output_dir, "photo_preview.jpg");
    if (path == NULL)
        return spx_fail_memory(diag, "preview");
    const spx_status status =
        spx_preview_write(&input, &self->options.engine.limits, PREVIEW_PX, path, diag);
    free(path);
    return status;
}

static spx_status make_files(const spx_libspx_maker *self, const spx_make *what, spx_job *made,
                             account *told, spx_diag *diag)
{
    char *picture = NULL;
    char *depth = NULL;
    spx_status status = SPX_OK;
    if (what->job->kind == SPX_JOB_CONVERT) {
        const stretch whole = { .what = what, .share = 1.0 };
        depth = spx_path_join(what->cache_dir, "depth.cache");
        status = depth == NULL ? spx_fail_memory(diag, "job")
                               : convert(self, &whole, what->photo_path, depth, made, told, diag);
        goto out;
    }
    const int both = what->job->kind == SPX_JOB_BOTH;
    const stretch first = { .what = what, .share = both ? outpaint_share : 1.0 };
    const stretch second = { .what = what, .begin = outpaint_share, .share = 1.0 - outpaint_share };
    SPX_TRY_OUT(outpaint(self, &first, &picture, made, told, diag));
    if (both && asprintf(&depth, "%s.depth", picture) < 0) {
        depth = NULL;
        status = spx_fail_memory(diag, "job");
    } else if (both) {
        SPX_TRY_OUT(show_larger(self, what, picture, diag));
        status = convert(self, &second, picture, depth, made, told, diag);
    }

out:
    free(depth);
    free(picture);
    return status;
}

/* A job's buffers leave holes in the heap; given back, a server at rest is some 100 MB smaller. */
static spx_status make(void *user, const spx_make *what, spx_job *made, spx_diag *diag)
{
    account told = { .warnings = json_array() };
    spx_status status = make_files(user, what, made, &told, diag);
    if (status == SPX_OK)
        status = write_account(made, &told, diag);
    json_decref(told.summary);
    json_decref(told.warnings);
    (void)malloc_trim(0);
    return status;
}

static spx_status preview(void *user, const char *photo_path, uint32_t side_px,
                          const char *out_path, const spx_cancel *cancel, spx_diag *diag)
{
    const spx_libspx_maker *const self = user;
    const spx_input input = { .path = photo_path };
    if (cancel != NULL && spx_cancel_requested(cancel)) /* it cannot be stopped in the middle */
        return spx_fail(diag, SPX_ERR_CANCELLED, "cancelled");
    return spx_preview_write(&input, &self->options.engine.limits, side_px, out_path, diag);
}

spx_status spx_libspx_maker_create(spx_libspx_maker **out, const spx_libspx_options *options,
                                   spx_diag *diag)
{
    spx_status status = SPX_OK;
    *out = NULL;
    spx_libspx_maker *maker = calloc(1, sizeof(*maker));
    if (maker == NULL)
        return spx_fail_memory(diag, "maker");
    maker->options = *options;
    /* Where another allocator stands in for libc's (a sanitizer's, a preloaded one), libc's own is
     * set up by the first trim: here, before there are workers who could both be the first. */
    (void)malloc_trim(0);
    if (options->painter != NULL)
        SPX_TRY_OUT(spx_outpaint_engine_from_name(&maker->painter, options->painter, diag));
    SPX_TRY_OUT(spx_engine_create(&maker->engine, &options->engine, diag));
    *out = maker;
    maker = NULL;

out:
    spx_libspx_maker_destroy(maker);
    return status;
}

void spx_libspx_maker_destroy(spx_libspx_maker *maker)
{
    if (maker == NULL)
        return;
    spx_engine_destroy(maker->engine);
    free(maker);
}

spx_maker spx_libspx_maker_functions(spx_libspx_maker *maker)
{
    return (spx_maker){ .make = make, .preview = preview, .user = maker };
}
