/*
 * libmicrohttpd's post processor takes the form apart and calls take_piece() for pieces of its
 * parts. The photo goes to incoming/ID in the data folder; its first bytes say what it is. Options
 * are short and collected until their part is over.
 */
#include "server/upload.h"

#include "server/http_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FORM_BUFFER = 32768, NAME_SIZE = 64, VALUE_SIZE = 256, MOST_PARTS = 64, FILE_MODE = 0600 };

struct spx_upload {
    struct MHD_PostProcessor *form;
    spx_upload_refusal refusal;
    spx_job job;
    uint64_t most_bytes;
    char *path;
    int fd;
    int has_file;
    uint8_t head[SPX_PHOTO_MAGIC_BYTES];
    size_t head_size;
    unsigned parts;
    char part[NAME_SIZE]; /* the beginning of the field's name of the part that arrives */
    uint64_t part_bytes;
    char name[NAME_SIZE]; /* of the option that arrives; empty = none */
    char value[VALUE_SIZE];
    size_t value_size;
};

static void refuse(spx_upload *upload, int status, const char *code, const char *format, ...)
    SPX_PRINTF(4, 5);

static void refuse(spx_upload *upload, int status, const char *code, const char *format, ...)
{
    if (upload->refusal.status != 0)
        return;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(upload->refusal.text, sizeof(upload->refusal.text), format, args);
    va_end(args);
    upload->refusal.status = status;
    upload->refusal.code = code;
}

static void check_type(spx_upload *upload)
{
    const char *const type = spx_photo_media_type(upload->head, upload->head_size);
    if (type == NULL) {
        refuse(upload, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "unsupported_type",
               "%s is not a photo of a kind that is read here (JPEG, PNG, WebP, TIFF, HEIC, AVIF, "
               "JPEG "
               "XL, GIF, BMP, raw files of cameras)",
               upload->job.name);
    } else {
        (void)snprintf(upload->job.type, sizeof(upload->job.type), "%s", type);
    }
}

static void note_head(spx_upload *upload, const char *data, size_t size)
{
    if (upload->head_size == sizeof(upload->head))
        return;
    const size_t room = sizeof(upload->head) - upload->head_size;
    const size_t taken = size < room ? size : room;
    memcpy(upload->head + upload->head_size, data, taken);
    upload->head_size += taken;
    if (upload->head_size == sizeof(upload->head))
        check_type(upload);
}

static void write_file(spx_upload *upload, const char *data, size_t size)
{
    while (size != 0) {
        const ssize_t put = write(upload->fd, data, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0) {
            const int full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
            refuse(upload, full ? MHD_HTTP_INSUFFICIENT_STORAGE : MHD_HTTP_INTERNAL_SERVER_ERROR,
                   full ? "disk_full" : "internal", "the server cannot keep the photo");
            return;
        }
        data += put;
        size -= (size_t)put;
    }
}

static void begin_file(spx_upload *upload, const char *client_name)
{
    if (upload->has_file) {
        refuse(upload, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid",
               "one photo a request: there are several");
        return;
    }
    upload->has_file = 1;
    spx_job_set_name(&upload->job, client_name);
    upload->fd =
        open(upload->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    if (upload->fd < 0) {
        refuse(upload, MHD_HTTP_INTERNAL_SERVER_ERROR, "internal",
               "the server cannot keep the photo");
    }
}

static void take_file(spx_upload *upload, const char *data, size_t size)
{
    if (size > upload->most_bytes - upload->job.size) {
        refuse(upload, MHD_HTTP_CONTENT_TOO_LARGE, "too_large",
               "the photo is larger than %llu bytes", (unsigned long long)upload->most_bytes);
        return;
    }
    note_head(upload, data, size);
    upload->job.size += size;
    if (upload->refusal.status == 0)
        write_file(upload, data, size);
}

/* The option whose value has been collected is over. */
static void end_option(spx_upload *upload)
{
    spx_diag diag = { 0 };
    if (upload->name[0] == '\0')
        return;
    upload->value[upload->value_size] = '\0';
    const spx_status status =
        strcmp(upload->name, "kind") == 0
            ? spx_job_kind_from_name(&upload->job.kind, upload->value, &diag)
            : spx_job_options_set(&upload->job.options, upload->name, upload->value, &diag);
    if (status != SPX_OK)
        refuse(upload, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid", "%.250s", diag.text);
    upload->name[0] = '\0';
}

static void begin_option(spx_upload *upload, const char *name)
{
    if (strlen(name) >= sizeof(upload->name) || name[0] == '\0') {
        refuse(upload, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid", "there is no option \"%.40s\"",
               name);
        return;
    }
    (void)snprintf(upload->name, sizeof(upload->name), "%s", name);
    upload->value_size = 0;
}

static void take_option(spx_upload *upload, const char *data, size_t size)
{
    if (upload->value_size + size >= sizeof(upload->value)) {
        refuse(upload, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid", "%s: the value is too long",
               upload->name);
        return;
    }
    memcpy(upload->value + upload->value_size, data, size);
    upload->value_size += size;
    if (memchr(data, '\0', size) != NULL)
        refuse(upload, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid", "%s: not a text", upload->name);
}

/* libmicrohttpd may tell the beginning of a part several times before its first byte. */
static int begins_part(spx_upload *upload, const char *key, uint64_t offset, size_t size)
{
    const int begins = offset == 0 && (upload->parts == 0 || upload->part_bytes != 0 ||
                                       strncmp(key, upload->part, NAME_SIZE - 1) != 0);
    if (begins) {
        upload->parts++;
        upload->part_bytes = 0;
        (void)snprintf(upload->part, sizeof(upload->part), "%s", key);
    }
    upload->part_bytes += size;
    return begins;
}

/* The signature is libmicrohttpd's. */
/* NOLINTNEXTLINE(readability-function-size) */
static enum MHD_Result take_piece(void *user, enum MHD_ValueKind kind, const char *key,
                                  const char *filename, const char *content_type,
                                  const char *transfer_encoding, const char *data, uint64_t offset,
                                  size_t size)
{
    spx_upload *const upload = user;
    (void)kind;
    (void)content_type;
    (void)transfer_encoding;
    if (upload->refusal.status != 0)
        return MHD_NO;
    const int begins = begins_part(upload, key == NULL ? "" : key, offset, size);
    if (begins)
        end_option(upload);
    if (key == NULL || upload->parts > MOST_PARTS) {
        refuse(upload, MHD_HTTP_BAD_REQUEST, "bad_request",
               "the form is not one that is asked for");
    } else if (strcmp(key, "file") == 0 && filename != NULL) {
        if (begins)
            begin_file(upload, filename);
        if (upload->refusal.status == 0)
            take_file(upload, data, size);
    } else if (filename != NULL) {
        refuse(upload, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid",
               "a file is only taken in the field \"file\", not in \"%.40s\"", key);
    } else {
        if (begins)
            begin_option(upload, key);
        if (upload->refusal.status == 0)
            take_option(upload, data, size);
    }
    return upload->refusal.status == 0 ? MHD_YES : MHD_NO;
}

spx_status spx_upload_create(spx_upload **out, struct MHD_Connection *connection, spx_jobs *jobs,
                             uint64_t most_bytes, spx_diag *diag)
{
    spx_status status = SPX_OK;
    *out = NULL;
    spx_upload *upload = calloc(1, sizeof(*upload));
    if (upload == NULL)
        return spx_fail_memory(diag, "upload");
    upload->fd = -1;
    upload->most_bytes = most_bytes;
    spx_job_options_init(&upload->job.options);
    SPX_TRY_OUT(spx_id_make(upload->job.id, diag));
    SPX_TRY_OUT(spx_jobs_incoming_path(jobs, upload->job.id, &upload->path, diag));
    upload->form = MHD_create_post_processor(connection, FORM_BUFFER, take_piece, upload);
    if (upload->form == NULL) {
        status = spx_fail(diag, SPX_ERR_ARGUMENT, "the request is not a multipart/form-data form");
        goto out;
    }
    *out = upload;
    upload = NULL;

out:
    spx_upload_destroy(upload);
    return status;
}

void spx_upload_destroy(spx_upload *upload)
{
    if (upload == NULL)
        return;
    if (upload->form != NULL)
        (void)MHD_destroy_post_processor(upload->form);
    if (upload->fd >= 0)
        (void)close(upload->fd);
    if (upload->has_file)
        (void)unlink(upload->path); /* gone already when a job has it */
    free(upload->path);
    free(upload);
}

void spx_upload_feed(spx_upload *upload, const char *data, size_t size)
{
    if (upload->refusal.status == 0 && MHD_post_process(upload->form, data, size) != MHD_YES)
        refuse(upload, MHD_HTTP_BAD_REQUEST, "bad_request", "the form is broken");
}

void spx_upload_finish(spx_upload *upload)
{
    const int whole = MHD_destroy_post_processor(upload->form) == MHD_YES;
    upload->form = NULL;
    if (upload->fd >= 0 && close(upload->fd) != 0) {
        refuse(upload, MHD_HTTP_INSUFFICIENT_STORAGE, "disk_full",
               "the server cannot keep the photo");
    }
    upload->fd = -1;
    if (upload->refusal.status == 0)
        end_option(upload);
    if (!whole)
        refuse(upload, MHD_HTTP_BAD_REQUEST, "bad_request", "the form ends too early");
    if (!upload->has_file) {
        refuse(upload, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid",
               "the field \"file\" with a photo is missing");
    }
    if (upload->job.size == 0)
        refuse(upload, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid", "%s is empty", upload->job.name);
    if (upload->refusal.status == 0 && upload->job.type[0] == '\0')
        check_type(upload);
}

const spx_upload_refusal *spx_upload_refused(const spx_upload *upload)
{
    return &upload->refusal;
}

spx_job *spx_upload_job(spx_upload *upload)
{
    return &upload->job;
}
