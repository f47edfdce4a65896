/*
 * libmicrohttpd's post processor takes the form apart and calls take_piece() for pieces of its
 * parts. The photo goes to incoming/ID in the data folder; its first bytes say what it is. Options
 * are short and collected until their part is over. A body that is the photo itself goes there as
 * it is, with its options in the query.
 */
#include "server/upload_internal.h"

#include "base/file.h"
#include "net/fetch.h"
#include "server/http_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FORM_BUFFER = 32768, NAME_SIZE = 64, VALUE_SIZE = 2304, MOST_PARTS = 64, FILE_MODE = 0600 };

enum { FILES = 2 };

/* One file that arrives. */
typedef struct arrival {
    char *path;
    int fd;
    int there;
    uint64_t size;
    uint8_t head[SPX_PHOTO_MAGIC_BYTES];
    size_t head_size;
} arrival;

struct spx_upload {
    struct MHD_PostProcessor *form; /* NULL = the body is the photo */
    spx_upload_refusal refusal;
    spx_job job;
    uint64_t most_bytes;  /* of all files */
    arrival files[FILES]; /* the photo, or the left and the right eye */
    arrival *file;        /* the one that arrives */
    int is_pair;          /* the client says so */
    int is_map;           /* of depth */
    int painter_said;     /* the client chose who paints */
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

/* What people call it. */
static const char *name_of(const spx_upload *upload, const arrival *file)
{
    return file == &upload->files[0] ? upload->job.name : upload->job.second;
}

/* The magic of a grey portable float map: two letters and white space. */
static int is_float_map(const arrival *file)
{
    return file->head_size > 3 && memcmp(file->head, "Pf", 2) == 0 &&
           (file->head[2] == '\n' || file->head[2] == ' ' || file->head[2] == '\r');
}

static void check_type(spx_upload *upload, const arrival *file)
{
    const char *const type = spx_photo_media_type(file->head, file->head_size);
    if (type == NULL && upload->is_map && is_float_map(file))
        return;
    if (type == NULL && upload->is_map) {
        refuse(upload, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "unsupported_type",
               "%s is neither a picture of a kind that is read here nor a grey PFM",
               name_of(upload, file));
    } else if (type == NULL) {
        refuse(upload, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "unsupported_type",
               "%s is not a photo of a kind that is read here (JPEG, PNG, WebP, TIFF, HEIC, AVIF, "
               "JPEG "
               "XL, GIF, BMP, raw files of cameras)",
               name_of(upload, file));
    } else if (file == &upload->files[0]) {
        (void)snprintf(upload->job.type, sizeof(upload->job.type), "%s", type);
    }
}

static void note_head(spx_upload *upload, arrival *file, const char *data, size_t size)
{
    if (file->head_size == sizeof(file->head))
        return;
    const size_t room = sizeof(file->head) - file->head_size;
    const size_t taken = size < room ? size : room;
    memcpy(file->head + file->head_size, data, taken);
    file->head_size += taken;
    if (file->head_size == sizeof(file->head))
        check_type(upload, file);
}

static void write_file(spx_upload *upload, const char *data, size_t size)
{
    if (spx_fd_write(upload->file->fd, data, size))
        return;
    const int full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;
    refuse(upload, full ? MHD_HTTP_INSUFFICIENT_STORAGE : MHD_HTTP_INTERNAL_SERVER_ERROR,
           full ? "disk_full" : "internal", "the server cannot keep the photo");
}

/* Both eyes of a pair come in "left" and "right", or one after the other in "file". */
static arrival *file_of(spx_upload *upload, const char *field)
{
    if (strcmp(field, "left") == 0)
        return &upload->files[0];
    if (strcmp(field, "right") == 0)
        return &upload->files[1];
    if (strcmp(field, "file") == 0)
        return &upload->files[upload->files[0].there];
    return NULL;
}

static void set_second_name(spx_upload *upload, const char *client_name)
{
    spx_job *const named = calloc(1, sizeof(*named));
    if (named == NULL)
        return;
    spx_job_set_name(named, client_name);
    memcpy(upload->job.second, named->name, sizeof(upload->job.second));
    free(named);
}

static void begin_file(spx_upload *upload, const char *field, const char *client_name)
{
    arrival *const file = file_of(upload, field);
    if (file == NULL) {
        refuse(upload, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid",
               "a file is only taken in the fields \"file\", \"left\" and \"right\", not in "
               "\"%.40s\"",
               field);
        return;
    }
    if (file->there) {
        refuse(upload, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid",
               "one photo a request, or the two eyes of one: there are more");
        return;
    }
    file->there = 1;
    upload->file = file;
    if (file == &upload->files[0]) {
        spx_job_set_name(&upload->job, client_name);
    } else {
        set_second_name(upload, client_name);
    }
    file->fd = open(file->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    if (file->fd < 0) {
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
    note_head(upload, upload->file, data, size);
    upload->file->size += size;
    upload->job.size += size;
    if (upload->refusal.status == 0)
        write_file(upload, data, size);
}

static void set_url(spx_upload *upload, const char *name, char out[SPX_JOB_URL_SIZE],
                    const char *value)
{
    spx_diag diag = { 0 };
    if (spx_fetch_check(value, &diag) != SPX_OK) {
        refuse(upload, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid", "%s: %.200s", name, diag.text);
        return;
    }
    (void)snprintf(out, SPX_JOB_URL_SIZE, "%s", value);
}

/* What the photo at a URL is called: the last part of its path. */
static void name_by_url(spx_job *job)
{
    char url[SPX_JOB_URL_SIZE];
    (void)snprintf(url, sizeof(url), "%s", strstr(job->source, "://") + strlen("://"));
    url[strcspn(url, "?#")] = '\0';
    spx_unescape(url);
    const char *const slash = strrchr(url, '/');
    spx_job_set_name(job, slash == NULL ? "" : slash);
}

static void set_option(spx_upload *upload, const char *name, const char *value)
{
    spx_diag diag = { 0 };
    spx_status status = SPX_OK;
    if (strcmp(name, "name") == 0) {
        spx_job_set_name(&upload->job, value);
    } else if (strcmp(name, "kind") == 0) {
        status = spx_job_kind_from_name(&upload->job.kind, value, &diag);
    } else if (strcmp(name, "tag") == 0) {
        if (strlen(value) >= sizeof(upload->job.tag)) {
            refuse(upload, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid", "tag: at most %zu bytes",
                   sizeof(upload->job.tag) - 1);
        }
        (void)snprintf(upload->job.tag, sizeof(upload->job.tag), "%s", value);
    } else if (strcmp(name, "source_url") == 0) {
        set_url(upload, name, upload->job.source, value);
    } else if (strcmp(name, "webhook_url") == 0) {
        set_url(upload, name, upload->job.hook, value);
    } else if (strcmp(name, "stereo") == 0 && strcmp(value, "pair") == 0) {
        upload->is_pair = 1;
    } else {
        upload->painter_said |= strcmp(name, "painter") == 0;
        status = spx_job_options_set(&upload->job.options, name, value, &diag);
    }
    if (status != SPX_OK)
        refuse(upload, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid", "%.250s", diag.text);
}

/* The option whose value has been collected is over. */
static void end_option(spx_upload *upload)
{
    if (upload->name[0] == '\0')
        return;
    upload->value[upload->value_size] = '\0';
    set_option(upload, upload->name, upload->value);
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

int spx_upload_take_piece(spx_upload *upload, const spx_upload_piece *piece)
{
    const char *const key = piece->key;
    if (upload->refusal.status != 0)
        return 0;
    const int begins = begins_part(upload, key == NULL ? "" : key, piece->offset, piece->size);
    if (begins)
        end_option(upload);
    if (key == NULL || upload->parts > MOST_PARTS) {
        refuse(upload, MHD_HTTP_BAD_REQUEST, "bad_request",
               "the form is not one that is asked for");
    } else if (piece->file_name != NULL) {
        if (begins)
            begin_file(upload, key, piece->file_name);
        if (upload->file == NULL)
            refuse(upload, MHD_HTTP_BAD_REQUEST, "bad_request", "a file goes on that never began");
        if (upload->refusal.status == 0)
            take_file(upload, piece->data, piece->size);
    } else {
        if (begins)
            begin_option(upload, key);
        if (upload->refusal.status == 0)
            take_option(upload, piece->data, piece->size);
    }
    return upload->refusal.status == 0;
}

/* The signature is libmicrohttpd's. */
/* NOLINTNEXTLINE(readability-function-size) */
static enum MHD_Result take_piece(void *user, enum MHD_ValueKind kind, const char *key,
                                  const char *filename, const char *content_type,
                                  const char *transfer_encoding, const char *data, uint64_t offset,
                                  size_t size)
{
    const spx_upload_piece piece = {
        .key = key, .file_name = filename, .data = data, .offset = offset, .size = size
    };
    (void)kind;
    (void)content_type;
    (void)transfer_encoding;
    return spx_upload_take_piece(user, &piece) ? MHD_YES : MHD_NO;
}

/* The signature is libmicrohttpd's. */
static enum MHD_Result take_query(void *user, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
    spx_upload *const upload = user;
    (void)kind;
    set_option(upload, name, value == NULL ? "" : value);
    return MHD_YES;
}

static spx_status begin_body(spx_upload *upload, struct MHD_Connection *connection, int raw,
                             spx_diag *diag)
{
    if (raw) {
        begin_file(upload, "file", "photo");
        (void)MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, take_query, upload);
        return SPX_OK;
    }
    upload->form = MHD_create_post_processor(connection, FORM_BUFFER, take_piece, upload);
    if (upload->form == NULL)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "the request is not a multipart/form-data form");
    return SPX_OK;
}

spx_status spx_upload_create_at(spx_upload **out, char *const paths[2], uint64_t most_bytes,
                                spx_diag *diag)
{
    *out = NULL;
    spx_upload *const upload = calloc(1, sizeof(*upload));
    if (upload == NULL)
        return spx_fail_memory(diag, "upload");
    for (size_t i = 0; i < FILES; i++)
        upload->files[i] = (arrival){ .path = paths[i], .fd = -1 };
    upload->most_bytes = most_bytes;
    spx_job_options_init(&upload->job.options);
    *out = upload;
    return SPX_OK;
}

// NOLINTNEXTLINE(readability-function-size): six and where the failure is told
spx_status spx_upload_create(spx_upload **out, struct MHD_Connection *connection, spx_jobs *jobs,
                             uint64_t most_bytes, int raw, spx_diag *diag)
{
    char ids[FILES][SPX_ID_SIZE];
    char *paths[FILES] = { NULL, NULL };
    spx_upload *upload = NULL;
    spx_status status = SPX_OK;
    *out = NULL;
    for (size_t i = 0; i < FILES; i++) {
        SPX_TRY_OUT(spx_id_make(ids[i], diag));
        SPX_TRY_OUT(spx_jobs_incoming_path(jobs, ids[i], &paths[i], diag));
    }
    SPX_TRY_OUT(spx_upload_create_at(&upload, paths, most_bytes, diag));
    paths[0] = paths[1] = NULL;                     /* moved */
    memcpy(upload->job.id, ids[0], sizeof(ids[0])); // NOLINT: there is one after SPX_OK
    memcpy(upload->job.second_id, ids[1], sizeof(ids[1]));
    SPX_TRY_OUT(begin_body(upload, connection, raw, diag));
    *out = upload;
    upload = NULL;

out:
    spx_upload_destroy(upload);
    free(paths[0]);
    free(paths[1]);
    return status;
}

void spx_upload_take_map(spx_upload *upload)
{
    upload->is_map = 1;
}

void spx_upload_destroy(spx_upload *upload)
{
    if (upload == NULL)
        return;
    if (upload->form != NULL)
        (void)MHD_destroy_post_processor(upload->form);
    for (size_t i = 0; i < FILES; i++) {
        if (upload->files[i].fd >= 0)
            (void)close(upload->files[i].fd);
        if (upload->files[i].there)
            (void)unlink(upload->files[i].path); /* gone already when a job has it */
        free(upload->files[i].path);
    }
    free(upload);
}

void spx_upload_feed(spx_upload *upload, const char *data, size_t size)
{
    if (upload->refusal.status != 0)
        return;
    if (upload->form == NULL) {
        take_file(upload, data, size);
    } else if (MHD_post_process(upload->form, data, size) != MHD_YES) {
        refuse(upload, MHD_HTTP_BAD_REQUEST, "bad_request", "the form is broken");
    }
}

static void check_files(spx_upload *upload)
{
    const int two = upload->files[1].there;
    if (upload->job.source[0] != '\0') {
        if (upload->files[0].there || two || upload->is_pair) {
            refuse(upload, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid",
                   "source_url stands in place of a file, and of one photo alone");
        }
        if (upload->job.name[0] == '\0')
            name_by_url(&upload->job);
        return;
    }
    if (!upload->files[0].there) {
        refuse(upload, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid",
               "the field \"file\" with a photo is missing");
    }
    if (two && !upload->is_pair) {
        refuse(upload, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid",
               "two files are the left and the right eye of one photo: say stereo=pair");
    }
    if (!two && upload->is_pair) {
        refuse(upload, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid",
               "stereo=pair wants two files, the left and the right eye");
    }
    if (two && upload->job.kind != SPX_JOB_CONVERT) {
        refuse(upload, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid",
               "a pair cannot be made larger: its kind is convert");
    }
    for (size_t i = 0; i <= (size_t)two; i++) {
        arrival *const file = &upload->files[i];
        if (file->size == 0) {
            refuse(upload, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid", "%s is empty",
                   name_of(upload, file));
        }
        if (upload->refusal.status == 0 && file->head_size < sizeof(file->head))
            check_type(upload, file);
    }
}

void spx_upload_finish(spx_upload *upload)
{
    const int whole = upload->form == NULL || MHD_destroy_post_processor(upload->form) == MHD_YES;
    upload->form = NULL;
    for (size_t i = 0; i < FILES; i++) {
        if (upload->files[i].fd >= 0 && close(upload->files[i].fd) != 0) {
            refuse(upload, MHD_HTTP_INSUFFICIENT_STORAGE, "disk_full",
                   "the server cannot keep the photo");
        }
        upload->files[i].fd = -1;
    }
    if (upload->refusal.status == 0)
        end_option(upload);
    if (!whole)
        refuse(upload, MHD_HTTP_BAD_REQUEST, "bad_request", "the form ends too early");
    check_files(upload);
}

int spx_upload_chose_painter(const spx_upload *upload)
{
    return upload->painter_said;
}

const spx_upload_refusal *spx_upload_refused(const spx_upload *upload)
{
    return &upload->refusal;
}

spx_job *spx_upload_job(spx_upload *upload)
{
    return &upload->job;
}
