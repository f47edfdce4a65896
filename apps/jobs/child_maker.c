/* The parent's side: a job becomes a request, its answers become progress and files. */
#include "jobs/job_child.h"

#include "base/file.h"
#include "child/attempts.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RETRIES = 2, ABOUT_BYTES = 400 };
static const double pause_s = 1.0;

struct spx_child_maker {
    spx_libspx_options options;
    spx_gate *gate;
    char *reports; /* folder */
    spx_child_painter painter;
};

static json_t *engine_json(const spx_engine_options *engine)
{
    return json_pack(
        "{s:i, s:o*, s:I, s:I, s:I}", "threads", (int)engine->threads, "model_dir",
        spx_child_text(engine->model_dir), "file_bytes", (json_int_t)engine->limits.file_bytes,
        "pixels", (json_int_t)engine->limits.pixels, "side_px", (json_int_t)engine->limits.side_px);
}

static json_t *job_request(const spx_child_maker *self, const spx_make *what)
{
    const spx_job *const job = what->job;
    const spx_libspx_options *const options = &self->options;
    json_t *const request = json_pack(
        "{s:s, s:s, s:s, s:s, s:i, s:b, s:o, s:o, s:o, s:o*, s:o, s:o, s:o}", "do", "job", "kind",
        spx_job_kind_name(job->kind), "name", job->name, "second_name", job->second, "revision",
        (int)job->revision, "views_only", what->views_only, "options",
        spx_job_options_json(&job->options), "engine", engine_json(&options->engine), "photo",
        spx_child_text(what->photo_path), "second", spx_child_text(what->second_path), "cache",
        spx_child_text(what->cache_dir), "output", spx_child_text(what->output_dir), "outpaint",
        spx_child_text(what->outpaint_dir));
    if (request != NULL && job->options.remote && options->painter != NULL) {
        (void)json_object_set_new(
            request, "painter",
            json_pack("{s:s, s:s*}", "name", options->painter, "url", options->painter_url));
    }
    return request;
}

static void pass_progress(void *user, const json_t *line)
{
    const spx_make *const what = user;
    const json_t *const at = json_object_get(line, "at");
    const char *const stage = json_string_value(json_array_get(at, 0));
    if (stage != NULL && what->progress != NULL)
        what->progress(what->user, stage, json_number_value(json_array_get(at, 1)));
}

static void take_text(char *out, size_t size, const json_t *object, const char *key)
{
    const char *const text = json_string_value(json_object_get(object, key));
    (void)snprintf(out, size, "%s", text == NULL ? "" : text);
}

/* A child that went bad may say anything: nothing of it becomes a path. */
static int is_plain_name(const char *name)
{
    return name[0] != '\0' && name[0] != '.' && strchr(name, '/') == NULL;
}

static spx_status take_result(spx_job *made, const json_t *result, spx_diag *diag)
{
    const json_t *const files = json_object_get(result, "files");
    take_text(made->summary, sizeof(made->summary), result, "summary");
    for (size_t i = 0; i < json_array_size(files); i++) {
        const json_t *const from = json_array_get(files, i);
        if (made->file_count == SPX_JOB_FILE_MAX)
            return spx_fail(diag, SPX_ERR_CRASH, "a process made more files than there are kinds");
        spx_job_file *const file = &made->files[made->file_count++];
        take_text(file->name, sizeof(file->name), from, "name");
        take_text(file->role, sizeof(file->role), from, "role");
        take_text(file->type, sizeof(file->type), from, "type");
        take_text(file->disk, sizeof(file->disk), from, "disk");
        file->size = (uint64_t)json_integer_value(json_object_get(from, "size"));
        if (!is_plain_name(file->disk) || !is_plain_name(file->name))
            return spx_fail(diag, SPX_ERR_CRASH, "a process named its files as nobody would");
    }
    return SPX_OK;
}

/* Runs a request about the photos at `paths`, task->file_count of them. request: moved; NULL = no
 * memory for it. */
// NOLINTNEXTLINE(readability-function-size): seven parameters
static spx_status run(const spx_child_maker *self, const spx_child_task *wanted, json_t *request,
                      const char *const *paths, const char *id, spx_child_outcome *out,
                      spx_diag *diag)
{
    spx_child_task task = *wanted;
    spx_child_rules rules = { .gate = self->gate, .retries = RETRIES, .pause_s = pause_s };
    char about[ABOUT_BYTES];
    char name[SPX_ID_SIZE + 8];
    char *report = NULL;
    spx_status status = SPX_OK;
    *out = (spx_child_outcome){ .result = NULL };
    int opened = 1;
    task.request = request;
    for (size_t i = 0; i < task.file_count; i++) {
        task.files[i] = open(paths[i], O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        opened &= task.files[i] >= 0;
    }
    (void)snprintf(name, sizeof(name), "%s.txt", id);
    (void)snprintf(about, sizeof(about), "job %s", id);
    if (id[0] != '\0')
        report = spx_path_join(self->reports, name);
    rules.report = report;
    rules.about = about;
    if (request == NULL) {
        status = spx_fail_memory(diag, "request");
    } else if (!opened) {
        status = spx_fail(diag, SPX_ERR_IO, "the upload cannot be opened");
    } else {
        status = spx_child_attempt(&task, &rules, out, diag);
    }
    for (size_t i = 0; i < task.file_count; i++) {
        if (task.files[i] >= 0)
            (void)close(task.files[i]);
    }
    free(report);
    json_decref(request);
    return status;
}

/* What a process that was killed left half written. */
static void sweep(const spx_make *what, const spx_child_outcome *out)
{
    const char *const folders[] = { what->cache_dir, what->output_dir, what->outpaint_dir };
    for (size_t i = 0; out->process > 0 && i < sizeof(folders) / sizeof(folders[0]); i++)
        spx_folder_sweep(folders[i], (long)out->process);
}

static spx_status make(void *user, const spx_make *what, spx_job *made, spx_diag *diag)
{
    const spx_child_maker *const self = user;
    const spx_job *const job = what->job;
    spx_child_outcome out;
    spx_make own = *what; /* for pass_progress(), which changes nothing */
    const char *const paths[] = { what->photo_path, what->second_path };
    const spx_child_task task = { .file_count = what->second_path == NULL ? 1 : 2,
                                  .cancel = what->cancel,
                                  .painter = job->options.remote && self->options.painter != NULL
                                                 ? &self->painter
                                                 : NULL,
                                  .answer = pass_progress,
                                  .user = &own };
    spx_status status = run(self, &task, job_request(self, what), paths, job->id, &out, diag);
    if (status == SPX_OK)
        status = take_result(made, out.result, diag);
    if (status != SPX_OK)
        sweep(what, &out);
    json_decref(out.result);
    return status;
}

static spx_status preview(void *user, const char *photo_path, uint32_t side_px,
                          const char *out_path, const spx_cancel *cancel, spx_diag *diag)
{
    const spx_child_maker *const self = user;
    const spx_child_task task = { .file_count = 1, .cancel = cancel };
    spx_child_outcome out;
    json_t *const request =
        json_pack("{s:s, s:o, s:i, s:o, s:o}", "do", "preview", "engine",
                  engine_json(&self->options.engine), "side", (int)side_px, "output",
                  spx_child_text(out_path), "photo", spx_child_text(photo_path));
    const spx_status status = run(self, &task, request, &photo_path, "", &out, diag);
    if (status != SPX_OK && out.process > 0)
        spx_folder_sweep_of(out_path);
    json_decref(out.result);
    return status;
}

static spx_status set_painter(spx_child_maker *self, spx_diag *diag)
{
    spx_outpaint_options usual;
    spx_outpaint_options_init(&usual);
    self->painter = (spx_child_painter){ .url = self->options.painter_url,
                                         .token = self->options.painter_token,
                                         .timeout_s = usual.timeout_s };
    return spx_outpaint_engine_from_name(&self->painter.engine, self->options.painter, diag);
}

spx_status spx_child_maker_create(spx_child_maker **out, const spx_libspx_options *options,
                                  uint64_t memory_bytes, const char *data_dir, spx_diag *diag)
{
    spx_status status = SPX_OK;
    *out = NULL;
    spx_child_maker *maker = calloc(1, sizeof(*maker));
    if (maker == NULL)
        return spx_fail_memory(diag, "maker");
    maker->options = *options;
    if (options->painter != NULL)
        SPX_TRY_OUT(set_painter(maker, diag));
    maker->reports = spx_path_join(data_dir, "reports");
    if (maker->reports == NULL) {
        status = spx_fail_memory(diag, "maker");
        goto out;
    }
    SPX_TRY_OUT(spx_folder_make(maker->reports, diag));
    SPX_TRY_OUT(spx_gate_create(&maker->gate, memory_bytes, diag));
    *out = maker;
    maker = NULL;

out:
    spx_child_maker_destroy(maker);
    return status;
}

void spx_child_maker_destroy(spx_child_maker *maker)
{
    if (maker == NULL)
        return;
    spx_gate_destroy(maker->gate);
    free(maker->reports);
    free(maker);
}

spx_maker spx_child_maker_functions(spx_child_maker *maker)
{
    return (spx_maker){ .make = make, .preview = preview, .user = maker };
}
