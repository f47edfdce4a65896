/*
 * A few threads take jobs whose photo lies elsewhere, fetch it into a file of its own, look whether
 * it is a photo that this server takes, and give it to the queue. What goes wrong is the job's
 * failure, in words that tell nothing of this network.
 */
#include "server/fetcher.h"

#include "base/clock.h"
#include "base/file.h"
#include "net/fetch.h"
#include "server/http_text.h"
#include "server/submit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOOK_MS = 10000, REDIRECTS = 5, FILE_MODE = 0600 };
static const double within_s = 120.0;
static const double look_s = 0.25; /* between two looks at the job */

/* One photo that comes. */
typedef struct arrival {
    int fd;
    uint64_t size;
    uint8_t head[SPX_PHOTO_MAGIC_BYTES];
    size_t head_size;
    spx_jobs *jobs;
    const char *id;  /* of the job */
    double looked_s; /* clock: when the job was looked at last */
} arrival;

/* Whether the job was cancelled or deleted meanwhile, on whichever server of those that share its
 * database. */
static int is_unwanted(void *user)
{
    arrival *const self = user;
    const double now_s = spx_clock_s();
    if (now_s - self->looked_s < look_s)
        return 0;
    self->looked_s = now_s;
    return !spx_jobs_is_awaited(self->jobs, self->id);
}

static spx_status check_type(const arrival *self, spx_diag *diag)
{
    if (spx_photo_media_type(self->head, self->head_size) != NULL)
        return SPX_OK;
    return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                    "what is there is no photo of a kind that is read here");
}

static spx_status take_piece(void *user, const void *data, size_t size, spx_diag *diag)
{
    arrival *const self = user;
    const size_t room = sizeof(self->head) - self->head_size;
    const size_t taken = size < room ? size : room;
    memcpy(self->head + self->head_size, data, taken);
    self->head_size += taken;
    if (taken != 0 && self->head_size == sizeof(self->head))
        SPX_TRY(check_type(self, diag));
    self->size += size;
    return spx_fd_write(self->fd, data, size)
               ? SPX_OK
               : spx_fail(diag, SPX_ERR_IO, "the server cannot keep the photo");
}

/* Into the file at `path`; fills the job's type and size. */
static spx_status fetch(const spx_context *context, spx_job *job, const char *path,
                        const atomic_int *stop, spx_diag *diag)
{
    const spx_server_options *const options = &context->options;
    arrival photo = { .fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                                 FILE_MODE),
                      .jobs = context->jobs,
                      .id = job->id,
                      .looked_s = spx_clock_s() };
    long code = 0;
    if (photo.fd < 0)
        return spx_fail(diag, SPX_ERR_IO, "the server cannot keep the photo");
    const spx_fetch what = { .url = job->source,
                             .reach = options->photo_urls,
                             .most_bytes = options->upload_bytes,
                             .within_s = within_s,
                             .redirects = REDIRECTS,
                             .receive = take_piece,
                             .user = &photo,
                             .stop = stop,
                             .unwanted = is_unwanted };
    spx_status status = spx_fetch_run(&what, &code, diag);
    if (close(photo.fd) != 0 && status == SPX_OK)
        status = spx_fail(diag, SPX_ERR_IO, "the server cannot keep the photo");
    if (status == SPX_OK && code != MHD_HTTP_OK)
        status = spx_fail(diag, SPX_ERR_NETWORK, "the answer is HTTP %ld", code);
    if (status == SPX_OK)
        status = check_type(&photo, diag);
    if (status != SPX_OK)
        return status;
    (void)snprintf(job->type, sizeof(job->type), "%s",
                   spx_photo_media_type(photo.head, photo.head_size));
    job->size = photo.size;
    return SPX_OK;
}

static void work(const spx_context *context, spx_job *job, const atomic_int *stop)
{
    spx_jobs *const jobs = context->jobs;
    char id[SPX_ID_SIZE] = "";
    char error[sizeof(job->error)];
    char *path = NULL;
    spx_diag diag = { 0 };
    spx_status status = spx_id_make(id, &diag);
    if (status == SPX_OK)
        status = spx_jobs_incoming_path(jobs, id, &path, &diag);
    if (status == SPX_OK)
        status = fetch(context, job, path, stop, &diag);
    if (status == SPX_OK) {
        status = spx_submit_measure(context, job, job->options.convert.formats, path, &diag);
    }
    if (status == SPX_OK)
        status = spx_jobs_arrived(jobs, job, id, &diag);
    if (status != SPX_OK && status != SPX_ERR_CANCELLED && !atomic_load(stop)) {
        spx_diag failed = { 0 };
        (void)snprintf(error, sizeof(error), "source_url: %.480s", diag.text);
        if (spx_jobs_lost(jobs, job, status, error, &failed) != SPX_OK &&
            context->options.log != NULL)
            context->options.log(context->options.user, failed.text);
    }
    if (path != NULL)
        (void)unlink(path); /* gone already when the job has it */
    free(path);
}

static int turn(void *user, spx_job *job, const atomic_int *stop)
{
    const spx_context *const context = user;
    if (spx_jobs_claim_awaited(context->jobs, job, NULL) != SPX_OK)
        return 0;
    work(context, job, stop);
    return 1;
}

spx_status spx_fetcher_create(spx_crew **out, spx_context *context, spx_diag *diag)
{
    *out = NULL;
    SPX_TRY(spx_fetch_start(diag));
    return spx_crew_create(out, turn, context, LOOK_MS, diag);
}
