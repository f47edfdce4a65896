/*
 * All results of a job in one zip, or of several, a folder each. libarchive pushes bytes,
 * libmicrohttpd pulls them: each pull feeds libarchive one more block of the current file until
 * there is something to send. Nothing is compressed (pictures are already) and nothing is held but
 * one block.
 */
#include "jobs/doubts_json.h"
#include "server/http_text.h"
#include "server/late_archive.h"
#include "server/route.h"
#include "server/submit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK_BYTES = 65536, FILE_MODE = 0644, JOBS_MAX = 100 };

/* A job of a zip, and the folder that its files lie in; "" = none. */
typedef struct zip_part {
    char id[SPX_ID_SIZE];
    char folder[SPX_JOB_NAME_SIZE + 8];
} zip_part;

typedef struct zip_stream {
    spx_jobs *jobs; /* borrowed: the queue outlives every connection */
    spx_job job;    /* whose files are sent now */
    zip_part *parts;
    size_t part_count;
    size_t next_part;
    struct archive *archive;
    spx_bytes out;
    size_t out_at;
    size_t next_file;
    int fd; /* of the current file; -1 between two */
    uint64_t left;
    int closed;
    char block[BLOCK_BYTES];
} zip_stream;

static la_ssize_t take_output(struct archive *archive, void *user, const void *data, size_t size)
{
    zip_stream *const zip = user;
    (void)archive;
    spx_bytes_append(&zip->out, data, size);
    return zip->out.failed ? -1 : (la_ssize_t)size;
}

static void destroy_zip(void *user)
{
    zip_stream *const zip = user;
    if (zip == NULL)
        return;
    if (zip->archive != NULL)
        (void)archive_write_free(zip->archive);
    if (zip->fd >= 0)
        (void)close(zip->fd);
    spx_bytes_clear(&zip->out);
    free(zip->parts);
    free(zip);
}

/* parts: from calloc(), moved. */
static zip_stream *create_zip(spx_jobs *jobs, zip_part *parts, size_t part_count)
{
    zip_stream *const zip = calloc(1, sizeof(*zip));
    if (zip == NULL) {
        free(parts);
        return NULL;
    }
    zip->fd = -1;
    zip->jobs = jobs;
    zip->parts = parts;
    zip->part_count = part_count;
    zip->archive = archive_write_new();
    if (zip->archive != NULL && archive_write_set_format_zip(zip->archive) == ARCHIVE_OK &&
        archive_write_zip_set_compression_store(zip->archive) == ARCHIVE_OK &&
        archive_write_set_format_option(zip->archive, "zip", "hdrcharset", "UTF-8") >=
            ARCHIVE_WARN &&
        archive_write_set_bytes_per_block(zip->archive, 0) == ARCHIVE_OK &&
        archive_write_open(zip->archive, zip, NULL, take_output, NULL) == ARCHIVE_OK)
        return zip;
    destroy_zip(zip);
    return NULL;
}

/* Writes the header of the next file; 0 on failure. */
static int begin_file(zip_stream *zip)
{
    char *path = NULL;
    struct stat about;
    char name[sizeof(zip->parts->folder) + SPX_JOB_FILE_NAME_SIZE];
    const spx_job_file *const file = &zip->job.files[zip->next_file++];
    const char *const folder = zip->parts[zip->next_part - 1].folder;
    (void)snprintf(name, sizeof(name), "%s%s%s", folder, folder[0] == '\0' ? "" : "/", file->name);
    if (spx_jobs_file_path(zip->jobs, &zip->job, file, &path, NULL) != SPX_OK)
        return 0;
    zip->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    free(path);
    if (zip->fd < 0 || fstat(zip->fd, &about) != 0)
        return 0;
    zip->left = (uint64_t)about.st_size;
    struct archive_entry *const entry = archive_entry_new();
    if (entry == NULL)
        return 0;
    archive_entry_set_pathname_utf8(entry, name);
    archive_entry_set_size(entry, about.st_size);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, FILE_MODE);
    archive_entry_set_mtime(entry, about.st_mtim.tv_sec, 0);
    const int written = archive_write_header(zip->archive, entry);
    archive_entry_free(entry);
    return written >= ARCHIVE_WARN;
}

/* A job that went meanwhile has no files. */
static void begin_part(zip_stream *zip)
{
    if (spx_jobs_get(zip->jobs, zip->parts[zip->next_part++].id, &zip->job, NULL) != SPX_OK)
        zip->job.file_count = 0;
    zip->next_file = 0;
}

/* Gives libarchive one more block; 0 on failure. */
static int pump(zip_stream *zip)
{
    if (zip->fd < 0 && zip->next_file < zip->job.file_count)
        return begin_file(zip);
    if (zip->fd < 0 && zip->next_part < zip->part_count) {
        begin_part(zip);
        return 1;
    }
    if (zip->fd < 0) {
        zip->closed = 1;
        return archive_write_close(zip->archive) == ARCHIVE_OK;
    }
    const size_t wanted = zip->left < BLOCK_BYTES ? (size_t)zip->left : BLOCK_BYTES;
    const ssize_t got = wanted == 0 ? 0 : read(zip->fd, zip->block, wanted);
    if (got < 0 || (size_t)got != wanted ||
        (got > 0 && archive_write_data(zip->archive, zip->block, (size_t)got) != got))
        return 0;
    zip->left -= (uint64_t)got;
    if (zip->left == 0) {
        (void)close(zip->fd);
        zip->fd = -1;
    }
    return 1;
}

static ssize_t read_zip(void *user, uint64_t position, char *out, size_t most)
{
    zip_stream *const zip = user;
    (void)position;
    while (zip->out_at == zip->out.size) {
        if (zip->closed)
            return MHD_CONTENT_READER_END_OF_STREAM;
        zip->out.size = 0;
        zip->out_at = 0;
        if (!pump(zip))
            return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    const size_t left = zip->out.size - zip->out_at;
    const size_t size = left < most ? left : most;
    memcpy(out, zip->out.data + zip->out_at, size);
    zip->out_at += size;
    return (ssize_t)size;
}

/* parts: from calloc(), moved. */
static spx_answer reply_zip(spx_exchange *exchange, const char *name, zip_part *parts,
                            size_t part_count)
{
    spx_bytes disposition = { 0 };
    spx_diag diag = { 0 };
    const spx_status status = spx_late_archive_open(&diag);
    if (status != SPX_OK) {
        free(parts);
        return spx_reply_failure(exchange, status, &diag);
    }
    zip_stream *const zip = create_zip(exchange->context->jobs, parts, part_count);
    if (zip == NULL)
        return MHD_NO;
    struct MHD_Response *const response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, BLOCK_BYTES, read_zip, zip, destroy_zip);
    if (response == NULL) {
        destroy_zip(zip);
        return MHD_NO;
    }
    spx_append_disposition(&disposition, name, 1);
    if (!disposition.failed) {
        spx_reply_header(response, MHD_HTTP_HEADER_CONTENT_DISPOSITION,
                         (const char *)disposition.data);
    }
    spx_bytes_clear(&disposition);
    spx_reply_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/zip");
    return spx_reply_send(exchange, MHD_HTTP_OK, response);
}

static spx_answer reply_one(spx_exchange *exchange, const spx_job *job)
{
    char base[SPX_JOB_NAME_SIZE];
    char name[SPX_JOB_NAME_SIZE + 16];
    zip_part *const part = calloc(1, sizeof(*part));
    if (part == NULL)
        return MHD_NO;
    memcpy(part->id, job->id, sizeof(part->id));
    spx_job_base(job, base);
    (void)snprintf(name, sizeof(name), "%s_spx.zip", base);
    return reply_zip(exchange, name, part, 1);
}

/* Formats that are to be in the zip; what is not made yet is made first: 1 = so it was answered. Of
 * a group nobody waits for what turned out not to be possible. */
static int waits_for_files(spx_exchange *exchange, spx_job *job, spx_answer *answer)
{
    spx_format wanted = 0;
    spx_format optional = 0;
    int done = 0;
    spx_diag diag = { 0 };
    const char *const words = spx_exchange_query(exchange, "format");
    if (words == NULL)
        return 0;
    spx_status status = spx_formats_read_both(&wanted, &optional, words, &diag);
    wanted &= ~(optional & spx_summary_left_out(job->summary));
    if (status == SPX_OK && (job->kind == SPX_JOB_OUTPAINT || job->state != SPX_JOB_DONE ||
                             (wanted & ~spx_job_made(job)) == 0))
        return 0;
    if (status == SPX_OK)
        status = spx_submit_want(exchange, job, wanted, &done, &diag);
    *answer =
        status == SPX_OK ? spx_reply_making(exchange) : spx_reply_failure(exchange, status, &diag);
    return 1;
}

spx_answer spx_api_archive(spx_exchange *exchange)
{
    static const spx_diag none = { "no results" };
    spx_answer answer = MHD_NO;
    spx_job *const job = spx_exchange_job(exchange, &answer);
    if (job == NULL)
        return answer;
    if (!exchange->head && waits_for_files(exchange, job, &answer)) {
        free(job);
        return answer;
    }
    answer = job->file_count == 0 ? spx_reply_failure(exchange, SPX_ERR_NOT_FOUND, &none)
                                  : reply_one(exchange, job);
    free(job);
    return answer;
}

/* A folder of its own for each: "boats", "boats (2)". */
static void name_folder(zip_part *parts, size_t place, const spx_job *job)
{
    char base[SPX_JOB_NAME_SIZE];
    zip_part *const part = &parts[place];
    spx_job_base(job, base);
    (void)snprintf(part->folder, sizeof(part->folder), "%s", base);
    unsigned copy = 2;
    for (size_t i = 0; i < place; i++) {
        if (strcmp(parts[i].folder, part->folder) != 0)
            continue;
        (void)snprintf(part->folder, sizeof(part->folder), "%s (%u)", base, copy++);
        i = (size_t)-1; /* the new name may be taken as well */
    }
}

/* The jobs of "id,id,..." that have files; parts: [JOBS_MAX]. 0 = the list is none. */
static int read_jobs(const spx_exchange *exchange, zip_part *parts, size_t *count, spx_job *job)
{
    size_t listed = 0;
    const char *at = spx_exchange_query(exchange, "jobs");
    for (; at != NULL && *at != '\0' && listed < JOBS_MAX; listed++) {
        zip_part *const part = &parts[*count];
        const size_t size = strcspn(at, ",");
        (void)snprintf(part->id, sizeof(part->id), "%.*s", (int)size, at);
        if (size != SPX_ID_SIZE - 1 || !spx_id_valid(part->id))
            return 0;
        at += size + (at[size] == ',');
        if (spx_jobs_get(exchange->context->jobs, part->id, job, NULL) != SPX_OK ||
            job->file_count == 0)
            continue;
        name_folder(parts, *count, job);
        (*count)++;
    }
    return listed != 0 && *at == '\0';
}

spx_answer spx_api_archive_of(spx_exchange *exchange)
{
    static const spx_diag none = { "no results" };
    size_t count = 0;
    zip_part *parts = calloc(JOBS_MAX, sizeof(*parts));
    spx_job *const job = malloc(sizeof(*job));
    spx_answer answer = MHD_NO;
    if (parts == NULL || job == NULL)
        goto out;
    if (!read_jobs(exchange, parts, &count, job)) {
        answer = spx_reply_error(exchange, MHD_HTTP_BAD_REQUEST, "bad_request",
                                 "jobs is 1 to 100 ids of jobs, joined by commas");
    } else if (count == 0) {
        answer = spx_reply_failure(exchange, SPX_ERR_NOT_FOUND, &none);
    } else {
        answer = reply_zip(exchange, "spx_photos.zip", parts, count);
        parts = NULL; /* moved to the answer */
    }

out:
    free(job);
    free(parts);
    return answer;
}
