/*
 * The endpoints that clients of the reference application know. A request waits, suspended, until
 * its job is finished; the paths in its answer are names, not places on the disk:
 *
 *     uploads/ID/NAME_output/FILE        outpainted/ID/NAME_outpainted.png
 */
#include "server/reference.h"

#include "server/http_text.h"
#include "server/route.h"
#include "server/submit.h"
#include "server/waiting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 600 };

static void output_path(const spx_job *job, const char *file, char out[PATH_SIZE])
{
    char stem[SPX_JOB_NAME_SIZE];
    spx_job_stem(job, stem);
    (void)snprintf(out, PATH_SIZE, "uploads/%s/%s_output%s%s", job->id, stem,
                   file[0] == '\0' ? "" : "/", file);
}

static void file_path(const spx_job *job, const spx_job_file *file, char out[PATH_SIZE])
{
    if (strcmp(file->role, "outpainted") == 0) {
        (void)snprintf(out, PATH_SIZE, "outpainted/%s/%s", job->id, file->name);
    } else {
        output_path(job, file->name, out);
    }
}

const spx_job_file *spx_reference_find(spx_jobs *jobs, const char *path, spx_job *job)
{
    char id[SPX_ID_SIZE] = "";
    char known[PATH_SIZE];
    const char *const slash = strchr(path, '/');
    if (slash == NULL || strlen(slash + 1) < SPX_ID_LENGTH)
        return NULL;
    memcpy(id, slash + 1, SPX_ID_LENGTH);
    id[SPX_ID_LENGTH] = '\0';
    if (!spx_id_valid(id) || spx_jobs_get(jobs, id, job, NULL) != SPX_OK)
        return NULL;
    for (size_t i = 0; i < job->file_count; i++) {
        file_path(job, &job->files[i], known);
        if (strcmp(known, path) == 0)
            return &job->files[i];
    }
    /* The reference's page puts names into addresses as they are: of "50%25.jpg" comes "50%.jpg".
     */
    for (size_t i = 0; i < job->file_count; i++) {
        file_path(job, &job->files[i], known);
        spx_unescape(known);
        if (strcmp(known, path) == 0)
            return &job->files[i];
    }
    return NULL;
}

static int set_path(json_t *files, const char *key, const spx_job *job, const char *role)
{
    char path[PATH_SIZE];
    const spx_job_file *const file = spx_job_find_role(job, role);
    if (file == NULL)
        return 0;
    file_path(job, file, path);
    return json_object_set_new(files, key, json_string(path));
}

static json_t *upload_json(const spx_job *job)
{
    char folder[PATH_SIZE];
    json_t *const files = json_object();
    output_path(job, "", folder);
    if (set_path(files, "depth_image", job, "depth") != 0 ||
        set_path(files, "stereo_left", job, "left") != 0 ||
        set_path(files, "stereo_right", job, "right") != 0 ||
        set_path(files, "output_hevc_file", job, "sbs") != 0 ||
        set_path(files, "spatial_heic", job, "spatial") != 0) {
        json_decref(files);
        return NULL;
    }
    return json_pack("{ss, ss, so, ss}", "message", "Image processed successfully",
                     "output_directory", folder, "files", files, "job", job->id);
}

static json_t *outpaint_json(const spx_job *job)
{
    char path[PATH_SIZE] = "";
    const spx_job_file *const file = spx_job_find_role(job, "outpainted");
    if (file != NULL)
        file_path(job, file, path);
    return json_pack("{ss, ss, ss}", "message",
                     "Image outpainted and converted to PNG successfully", "outpaint_path", path,
                     "job", job->id);
}

static spx_answer reply_finished(spx_exchange *exchange, const spx_job *job)
{
    switch (job->state) {
    case SPX_JOB_DONE:
        return spx_reply_json(exchange, MHD_HTTP_OK,
                              job->kind == SPX_JOB_OUTPAINT ? outpaint_json(job)
                                                            : upload_json(job));
    case SPX_JOB_CANCELLED:
        return spx_reply_error(exchange, MHD_HTTP_CONFLICT, "cancelled", "the job was cancelled");
    default:
        return spx_reply_error(exchange, MHD_HTTP_INTERNAL_SERVER_ERROR, "failed", job->error);
    }
}

/* Answers when the job is finished, sleeps otherwise. */
static spx_answer wait_for(spx_exchange *exchange)
{
    spx_answer answer = MHD_NO;
    if (spx_waiting_sleeps(exchange))
        return MHD_YES;
    spx_job *const job = spx_exchange_job(exchange, &answer);
    if (job != NULL && spx_job_active(job->state)) {
        answer = spx_reply_error(exchange, MHD_HTTP_SERVICE_UNAVAILABLE, "stopping",
                                 "the server stops; the photo will be done when it is back");
    } else if (job != NULL) {
        answer = reply_finished(exchange, job);
    }
    free(job);
    return answer;
}

static spx_answer submit_and_wait(spx_exchange *exchange, spx_job_kind kind)
{
    if (!exchange->submitted) {
        spx_job *const job = spx_upload_job(exchange->upload);
        job->kind = kind;
        /* The reference's outpainting is a remote engine's: where this server has one, it paints.
         */
        if (kind == SPX_JOB_OUTPAINT && !spx_upload_chose_painter(exchange->upload))
            job->options.remote = exchange->context->options.remote_painter;
        if (!spx_waiting_begin(exchange, 0.0)) {
            return spx_reply_error(exchange, MHD_HTTP_TOO_MANY_REQUESTS, "too_many",
                                   "you have many requests waiting");
        }
        if (!spx_submit(exchange))
            return spx_reply_refused(exchange);
    }
    return wait_for(exchange);
}

spx_answer spx_reference_upload(spx_exchange *exchange)
{
    return submit_and_wait(exchange, SPX_JOB_CONVERT);
}

spx_answer spx_reference_outpaint(spx_exchange *exchange)
{
    return submit_and_wait(exchange, SPX_JOB_OUTPAINT);
}
