/* Files: of jobs with ranges and ETags, the page, and the reference's downloads. */
#include "server/assets.h"
#include "server/http_text.h"
#include "server/job_json.h"
#include "server/reference.h"
#include "server/route.h"
#include "server/submit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ETAG_SIZE = 64 };

/* What is sent and what it is called. */
typedef struct served_file {
    const char *path;
    const char *name;
    const char *type;
    uint32_t revision;
    int attachment;
} served_file;

static void describe(struct MHD_Response *response, const served_file *file, const char *etag)
{
    spx_bytes disposition = { 0 };
    spx_append_disposition(&disposition, file->name, file->attachment);
    if (!disposition.failed) {
        spx_reply_header(response, MHD_HTTP_HEADER_CONTENT_DISPOSITION,
                         (const char *)disposition.data);
    }
    spx_bytes_clear(&disposition);
    spx_reply_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, file->type);
    spx_reply_header(response, MHD_HTTP_HEADER_ETAG, etag);
    spx_reply_header(response, MHD_HTTP_HEADER_ACCEPT_RANGES, "bytes");
    spx_reply_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "private, no-cache");
}

static spx_answer reply_not_modified(spx_exchange *exchange, const char *etag)
{
    struct MHD_Response *const response =
        MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return MHD_NO;
    spx_reply_header(response, MHD_HTTP_HEADER_ETAG, etag);
    spx_reply_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "private, no-cache");
    return spx_reply_send(exchange, MHD_HTTP_NOT_MODIFIED, response);
}

static spx_answer reply_outside(spx_exchange *exchange, uint64_t size)
{
    char range[48];
    struct MHD_Response *const response = spx_error_response(
        exchange, MHD_HTTP_RANGE_NOT_SATISFIABLE, "bad_range", "the file is shorter");
    if (response == NULL)
        return MHD_NO;
    (void)snprintf(range, sizeof(range), "bytes */%llu", (unsigned long long)size);
    spx_reply_header(response, MHD_HTTP_HEADER_CONTENT_RANGE, range);
    return spx_reply_send(exchange, MHD_HTTP_RANGE_NOT_SATISFIABLE, response);
}

/* What of a file is sent. */
typedef struct span {
    uint64_t first;
    uint64_t last;
    uint64_t size; /* of the whole file */
    int asked;     /* it is the answer to a range, even where that is the whole file */
} span;

/* Sends a part of an open file, which is moved. */
static spx_answer reply_part(spx_exchange *exchange, const served_file *file, int fd,
                             const char *etag, const span *part)
{
    const uint64_t first = part->first;
    const uint64_t size = part->size;
    const uint64_t count = size == 0 ? 0 : part->last - first + 1;
    struct MHD_Response *const response = MHD_create_response_from_fd_at_offset64(count, fd, first);
    if (response == NULL) {
        (void)close(fd);
        return MHD_NO;
    }
    describe(response, file, etag);
    if (!part->asked)
        return spx_reply_send(exchange, MHD_HTTP_OK, response);
    char range[80];
    (void)snprintf(range, sizeof(range), "bytes %llu-%llu/%llu", (unsigned long long)first,
                   (unsigned long long)part->last, (unsigned long long)size);
    spx_reply_header(response, MHD_HTTP_HEADER_CONTENT_RANGE, range);
    return spx_reply_send(exchange, MHD_HTTP_PARTIAL_CONTENT, response);
}

static spx_answer reply_file(spx_exchange *exchange, const served_file *file)
{
    static const spx_diag gone = { "a file of a job is gone" };
    struct stat about;
    char etag[ETAG_SIZE];
    uint64_t first = 0;
    uint64_t last = 0;
    const int fd = open(file->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return spx_reply_failure(exchange, SPX_ERR_NOT_FOUND, &gone);
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
        (void)close(fd);
        return spx_reply_failure(exchange, SPX_ERR_NOT_FOUND, &gone);
    }
    const uint64_t size = (uint64_t)about.st_size;
    (void)snprintf(etag, sizeof(etag), "\"%u-%llx-%llx\"", file->revision, (unsigned long long)size,
                   (unsigned long long)about.st_mtim.tv_sec);
    if (spx_etag_listed(spx_exchange_header(exchange, MHD_HTTP_HEADER_IF_NONE_MATCH), etag)) {
        (void)close(fd);
        return reply_not_modified(exchange, etag);
    }
    const char *const same = spx_exchange_header(exchange, MHD_HTTP_HEADER_IF_RANGE);
    const char *const range = same == NULL || strcmp(same, etag) == 0
                                  ? spx_exchange_header(exchange, MHD_HTTP_HEADER_RANGE)
                                  : NULL;
    const spx_range_kind kind = spx_range_read(range, size, &first, &last);
    if (kind == SPX_RANGE_OUTSIDE) {
        (void)close(fd);
        return reply_outside(exchange, size);
    }
    const int asked = kind == SPX_RANGE_PART;
    const span part = {
        .first = asked ? first : 0, .last = asked ? last : size - 1, .size = size, .asked = asked
    };
    return reply_part(exchange, file, fd, etag, &part);
}

typedef struct view {
    const char *name;
    unsigned flag;
} view;

static const view *find_view(const spx_job *job, const char *name)
{
    static const view views[] = {
        { "depth_first.jpg", SPX_VIEW_FIRST },   { "depth_preview.jpg", SPX_VIEW_DEPTH },
        { "left_preview.jpg", SPX_VIEW_EYES },   { "right_preview.jpg", SPX_VIEW_EYES },
        { "photo_preview.jpg", SPX_VIEW_PHOTO },
    };
    for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
        if (strcmp(name, views[i].name) == 0)
            return (job->views & views[i].flag) == 0 ? NULL : &views[i];
    }
    return NULL;
}

/* Finds what a name stands for in a job: the path is owned by the caller. */
static spx_status find_file(spx_exchange *exchange, const spx_job *job, served_file *file,
                            char **path, spx_diag *diag)
{
    const char *const name = exchange->rest;
    const spx_job_file *const named = spx_job_find_file(job, name);
    const spx_job_file *const made = named != NULL ? named : spx_job_find_role(job, name);
    *path = NULL;
    if (made != NULL) {
        file->name = made->name;
        file->type = made->type;
        return spx_jobs_file_path(exchange->context->jobs, job, made, path, diag);
    }
    if (job->preview == SPX_PREVIEW_MADE &&
        (strcmp(name, "preview.jpg") == 0 || strcmp(name, "thumbnail.jpg") == 0)) {
        file->name = strcmp(name, "preview.jpg") == 0 ? "preview.jpg" : "thumbnail.jpg";
        file->type = "image/jpeg";
        file->revision = 0;
        return spx_jobs_part_path(exchange->context->jobs, job, file->name, path, diag);
    }
    const view *const small = find_view(job, name);
    if (small == NULL)
        return SPX_ERR_NOT_FOUND;
    file->name = small->name;
    file->type = "image/jpeg";
    file->revision = job->views_revision;
    return spx_jobs_view_path(exchange->context->jobs, job, small->name, path, diag);
}

static int wants_attachment(const spx_exchange *exchange)
{
    const char *const download = spx_exchange_query(exchange, "download");
    return download != NULL && strcmp(download, "1") == 0;
}

spx_answer spx_reply_job_file(spx_exchange *exchange, const spx_job *job)
{
    spx_diag diag = { 0 };
    char *path = NULL;
    served_file file = { .revision = job->files_revision,
                         .attachment = wants_attachment(exchange) };
    const spx_status status = find_file(exchange, job, &file, &path, &diag);
    file.path = path;
    const spx_answer answer =
        status == SPX_OK ? reply_file(exchange, &file) : spx_reply_failure(exchange, status, &diag);
    free(path);
    return answer;
}

/* A file that could be there: it is made now. */
static spx_answer make_file(spx_exchange *exchange, spx_job *job, spx_format format)
{
    int done = 0;
    spx_diag diag = { 0 };
    if (spx_job_active(job->state) && (job->options.convert.formats & format) == 0) {
        return spx_reply_error(exchange, MHD_HTTP_CONFLICT, "busy",
                               "the job waits or runs: ask for more files when it is done");
    }
    if (!spx_job_active(job->state)) {
        const spx_status status = spx_submit_want(exchange, job, format, &done, &diag);
        if (status != SPX_OK)
            return spx_reply_failure(exchange, status, &diag);
        if (!done)
            return spx_reply_failure(exchange, SPX_ERR_NOT_FOUND, &diag);
    }
    return spx_reply_making(exchange);
}

spx_answer spx_reply_making(spx_exchange *exchange)
{
    spx_answer answer = MHD_NO;
    spx_job *const job = spx_exchange_job(exchange, &answer);
    if (job == NULL)
        return answer;
    exchange->retry_after_s = 1;
    answer = spx_reply_json(exchange, MHD_HTTP_ACCEPTED, spx_job_json(job));
    free(job);
    return answer;
}

/* The small pictures of the upload, which are still to be made. */
static int waits_for_disk(const spx_exchange *exchange, const spx_job *job)
{
    const char *const name = exchange->rest;
    return job->preview == SPX_PREVIEW_WANTED &&
           (strcmp(name, "preview.jpg") == 0 || strcmp(name, "thumbnail.jpg") == 0) &&
           spx_jobs_is_disk_full(exchange->context->jobs);
}

spx_answer spx_api_file(spx_exchange *exchange)
{
    spx_diag diag = { 0 };
    char *path = NULL;
    spx_answer answer = MHD_NO;
    spx_job *const job = spx_exchange_job(exchange, &answer);
    if (job == NULL)
        return answer;
    served_file file = { .revision = job->files_revision,
                         .attachment = wants_attachment(exchange) };
    const spx_status status = find_file(exchange, job, &file, &path, &diag);
    const spx_format format = spx_job_format_named(job, exchange->rest);
    file.path = path;
    if (status == SPX_OK) {
        answer = reply_file(exchange, &file);
    } else if (status == SPX_ERR_NOT_FOUND && format != 0 && !exchange->head) {
        answer = make_file(exchange, job, format);
    } else if (status == SPX_ERR_NOT_FOUND && waits_for_disk(exchange, job)) {
        answer = spx_reply_error(exchange, MHD_HTTP_INSUFFICIENT_STORAGE, "disk_full",
                                 "the server's disk is full: the picture is made when there is "
                                 "room");
    } else {
        answer = spx_reply_failure(exchange, status, &diag);
    }
    free(path);
    free(job);
    return answer;
}

spx_answer spx_api_original(spx_exchange *exchange)
{
    spx_diag diag = { 0 };
    char *path = NULL;
    spx_answer answer = MHD_NO;
    spx_job *const job = spx_exchange_job(exchange, &answer);
    if (job == NULL)
        return answer;
    const spx_status status =
        spx_jobs_part_path(exchange->context->jobs, job, "photo", &path, &diag);
    const served_file file = {
        .path = path, .name = job->name, .type = job->type, .attachment = wants_attachment(exchange)
    };
    answer =
        status == SPX_OK ? reply_file(exchange, &file) : spx_reply_failure(exchange, status, &diag);
    free(path);
    free(job);
    return answer;
}

spx_answer spx_download(spx_exchange *exchange)
{
    char *path = NULL;
    spx_answer answer = MHD_NO;
    spx_job *const job = malloc(sizeof(*job));
    const spx_job_file *const made =
        job == NULL ? NULL : spx_reference_find(exchange->context->jobs, exchange->rest, job);
    if (made != NULL &&
        spx_jobs_file_path(exchange->context->jobs, job, made, &path, NULL) == SPX_OK) {
        const served_file file = { .path = path,
                                   .name = made->name,
                                   .type = "application/octet-stream",
                                   .revision = job->revision,
                                   .attachment = 1 };
        answer = reply_file(exchange, &file);
    } else {
        answer = spx_reply_error(exchange, MHD_HTTP_NOT_FOUND, "not_found", "File not found");
    }
    free(path);
    free(job);
    return answer;
}

spx_answer spx_asset_get(spx_exchange *exchange)
{
    return spx_reply_asset(exchange, exchange->path);
}

spx_answer spx_reply_asset(spx_exchange *exchange, const char *path)
{
    const spx_asset *const asset = spx_asset_find(path);
    if (asset == NULL)
        return spx_reply_error(exchange, MHD_HTTP_NOT_FOUND, "not_found", "there is nothing here");
    if (spx_etag_listed(spx_exchange_header(exchange, MHD_HTTP_HEADER_IF_NONE_MATCH), asset->etag))
        return reply_not_modified(exchange, asset->etag);
    const spx_bytes *const packed = spx_packed_asset(exchange->context->packed, asset);
    const int small =
        packed != NULL &&
        spx_accepts_gzip(spx_exchange_header(exchange, MHD_HTTP_HEADER_ACCEPT_ENCODING));
    /* libmicrohttpd wants a pointer without const and does not write through it. */
    /* NOLINTNEXTLINE(performance-no-int-to-ptr) */
    void *const data = (void *)(uintptr_t)(small ? packed->data : asset->data);
    struct MHD_Response *const response = MHD_create_response_from_buffer(
        small ? packed->size : asset->size, data, MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return MHD_NO;
    if (small)
        spx_reply_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
    spx_reply_header(response, MHD_HTTP_HEADER_VARY, MHD_HTTP_HEADER_ACCEPT_ENCODING);
    spx_reply_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, asset->type);
    spx_reply_header(response, MHD_HTTP_HEADER_ETAG, asset->etag);
    spx_reply_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-cache");
    return spx_reply_send(exchange, MHD_HTTP_OK, response);
}
