/* The child's side: reads a request, shuts itself in, and lets libspx work. */
#include "jobs/job_child.h"

#include "base/file.h"
#include "child/inside.h"
#include "spx/outpaint.h"
#include "spx/preview.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *key)
{
    const char *const text = json_string_value(json_object_get(object, key));
    return text == NULL ? "" : text;
}

/* Of a path; lives as long as the process. */
static const char *path_of(const json_t *object, const char *key)
{
    const char *const path = spx_child_bytes(json_object_get(object, key));
    return path == NULL ? "" : path;
}

static uint64_t number_of(const json_t *object, const char *key)
{
    return (uint64_t)json_integer_value(json_object_get(object, key));
}

static void read_engine(spx_engine_options *out, const json_t *from)
{
    spx_engine_options_init(out);
    out->threads = (unsigned)number_of(from, "threads");
    out->model_dir = spx_child_bytes(json_object_get(from, "model_dir"));
    out->limits.file_bytes = number_of(from, "file_bytes");
    out->limits.pixels = number_of(from, "pixels");
    out->limits.side_px = (uint32_t)number_of(from, "side_px");
}

static void say_progress(void *user, const char *stage, double fraction)
{
    (void)user;
    spx_child_say(json_pack("{s:[s, f]}", "at", stage, fraction));
}

static spx_status read_job(spx_job *job, const json_t *request, spx_diag *diag)
{
    spx_job_set_name(job, text_of(request, "name"));
    (void)snprintf(job->second, sizeof(job->second), "%s", text_of(request, "second_name"));
    spx_job_options_init(&job->options);
    job->revision = (uint32_t)number_of(request, "revision");
    SPX_TRY(spx_job_kind_from_name(&job->kind, text_of(request, "kind"), diag));
    return spx_job_options_set_json(&job->options, json_object_get(request, "options"), diag);
}

static json_t *result_json(const spx_job *made)
{
    json_t *const files = json_array();
    for (size_t i = 0; i < made->file_count; i++) {
        const spx_job_file *const file = &made->files[i];
        (void)json_array_append_new(files,
                                    json_pack("{s:s, s:s, s:s, s:s, s:I}", "name", file->name,
                                              "role", file->role, "type", file->type, "disk",
                                              file->disk, "size", (json_int_t)file->size));
    }
    return json_pack("{s:o, s:s}", "files", files, "summary", made->summary);
}

/* How the photo grows; NULL = it does not. */
static const spx_outpaint_options *outpaint_of(const spx_job *job, spx_outpaint_options *storage)
{
    if (job->kind == SPX_JOB_CONVERT)
        return NULL;
    spx_outpaint_options_init(storage);
    const spx_status status = spx_border_apply(&job->options.border, storage, NULL);
    (void)status; /* what contradicts itself is told by the job */
    return storage;
}

/* folders: cache, output, larger photos. */
static spx_status make_folders(const spx_job *job, const char *const folders[3],
                               spx_sandbox *sandbox, spx_diag *diag)
{
    SPX_TRY(spx_folder_make(folders[1], diag));
    if (job->kind == SPX_JOB_CONVERT)
        return SPX_OK;
    sandbox->write[1] = folders[2];
    return spx_folder_make(folders[2], diag);
}

/* The request's parts live as long as the process. */
static spx_status do_job(const json_t *request, spx_job *made, spx_diag *diag)
{
    static spx_job job;
    const json_t *const painter = json_object_get(request, "painter");
    const char *const folders[] = { path_of(request, "cache"), path_of(request, "output"),
                                    path_of(request, "outpaint") };
    const char *const photo_path = path_of(request, "photo");
    const char *const second_path = path_of(request, "second");
    spx_libspx_options library = { .painter = json_string_value(json_object_get(painter, "name")),
                                   .painter_url =
                                       json_string_value(json_object_get(painter, "url")) };
    spx_inside inside = { .sandbox = { .write = { folders[0], NULL } } };
    spx_outpaint_options larger;
    spx_input photo;
    spx_libspx_maker *maker = NULL;
    read_engine(&library.engine, json_object_get(request, "engine"));
    SPX_TRY(read_job(&job, request, diag));
    SPX_TRY(make_folders(&job, folders, &inside.sandbox, diag));
    const spx_convert_options convert = spx_job_options_convert(&job.options);
    const spx_child_work work = {
        .formats = job.kind == SPX_JOB_OUTPAINT ? 0 : convert.formats,
        .detail = convert.detail,
        .outpaint = outpaint_of(&job, &larger),
    };
    spx_inside_find_weights(&inside, &library.engine, spx_job_options_model(&job.options),
                            job.kind != SPX_JOB_CONVERT);
    SPX_TRY(spx_inside_enter(&inside, &photo, photo_path,
                             second_path[0] == '\0' ? NULL : second_path, &library.engine, &work,
                             diag));
    SPX_TRY(spx_libspx_maker_create(&maker, &library, diag));
    const spx_maker functions = spx_libspx_maker_functions(maker);
    const spx_make what = { .job = &job,
                            .photo_path = photo_path,
                            .photo = photo.data,
                            .photo_size = photo.size,
                            .second_path = photo.right_path,
                            .second = photo.right_data,
                            .second_size = photo.right_size,
                            .cache_dir = folders[0],
                            .output_dir = folders[1],
                            .outpaint_dir = folders[2],
                            .views_only = json_is_true(json_object_get(request, "views_only")),
                            .progress = say_progress };
    return functions.make(functions.user, &what, made, diag);
}

static spx_status do_preview(const json_t *request, spx_diag *diag)
{
    const char *const output = path_of(request, "output");
    char *const folder = spx_path_folder(output);
    spx_inside inside = { .sandbox = { .write = { folder, NULL } } };
    const spx_child_work work = { .threads = 1 };
    spx_engine_options engine;
    spx_input photo;
    read_engine(&engine, json_object_get(request, "engine"));
    SPX_TRY(
        spx_inside_enter(&inside, &photo, path_of(request, "photo"), NULL, &engine, &work, diag));
    return spx_preview_write(&photo, &engine.limits, (uint32_t)number_of(request, "side"), output,
                             diag);
}

_Noreturn void spx_job_child_main(json_t *request)
{
    static spx_job made;
    spx_diag diag = { 0 };
    if (strcmp(text_of(request, "do"), "preview") == 0) {
        const spx_status status = do_preview(request, &diag);
        spx_child_finish(status, &diag, NULL);
    }
    spx_job_set_name(&made, text_of(request, "name"));
    (void)snprintf(made.second, sizeof(made.second), "%s", text_of(request, "second_name"));
    made.revision = (uint32_t)number_of(request, "revision");
    const spx_status status = do_job(request, &made, &diag);
    spx_child_finish(status, &diag, status == SPX_OK ? result_json(&made) : NULL);
}
