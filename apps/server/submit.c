#include "server/submit.h"

#include "base/file.h"
#include "jobs/cost.h"
#include "spx/info.h"
#include "spx/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

spx_status spx_submit_check(const spx_exchange *exchange, const spx_job_options *options,
                            spx_diag *diag)
{
    char *path = NULL;
    if (options->remote && !exchange->context->options.remote_painter)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "painter: this server has no remote engine");
    const spx_status status = spx_model_resolve(spx_job_options_model(options), NULL, &path, NULL);
    free(path);
    if (status == SPX_OK)
        return SPX_OK;
    return spx_fail(diag, SPX_ERR_ARGUMENT, "model: this server has no \"%s\"",
                    spx_job_options_model(options));
}

spx_allowance spx_submit_allowance(const spx_exchange *exchange)
{
    return (spx_allowance){ .active = exchange->key.at_once, .daily = exchange->key.jobs_a_day };
}

/* Seconds until tomorrow, in UTC. */
static int rest_of_day_s(void)
{
    enum { MS_PER_S = 1000, S_PER_DAY = 86400 };
    return S_PER_DAY - (int)(spx_jobs_now_ms() / MS_PER_S % S_PER_DAY);
}

void spx_submit_refuse_room(spx_exchange *exchange, spx_store_room room)
{
    if (room == SPX_ROOM_QUEUE_FULL) {
        spx_exchange_refuse(exchange, MHD_HTTP_SERVICE_UNAVAILABLE, "queue_full",
                            "the queue is full: try again in a moment");
    } else if (room == SPX_ROOM_DAY_FULL) {
        exchange->retry_after_s = rest_of_day_s();
        spx_exchange_refuse(exchange, MHD_HTTP_TOO_MANY_REQUESTS, "too_many",
                            "this key's jobs of today are used up");
    } else {
        spx_exchange_refuse(exchange, MHD_HTTP_TOO_MANY_REQUESTS, "too_many",
                            "you have many photos waiting: try again when some are done");
    }
}

spx_answer spx_submit_no_room(spx_exchange *exchange, spx_store_room room)
{
    spx_submit_refuse_room(exchange, room);
    return spx_reply_refused(exchange);
}

/* What the header of a file says; zeros when it cannot be read here, which fails later. */
static void read_size(const char *path, uint32_t *width, uint32_t *height)
{
    spx_mapping file = { 0 };
    *width = 0;
    *height = 0;
    if (spx_mapping_open(&file, path, NULL) == SPX_OK)
        spx_info_size(file.data, file.size, width, height);
    spx_mapping_close(&file);
}

static int is_over(const spx_limits *limits, uint32_t width, uint32_t height)
{
    return width > limits->side_px || height > limits->side_px ||
           (uint64_t)width * height > limits->pixels;
}

int spx_submit_is_too_large(const spx_context *context, const char *id)
{
    uint32_t width = 0;
    uint32_t height = 0;
    char *path = NULL;
    if (spx_jobs_incoming_path(context->jobs, id, &path, NULL) == SPX_OK)
        read_size(path, &width, &height);
    free(path);
    return is_over(&context->options.photo, width, height);
}

/* The widest border of a job's picture, per cent of the photo's side. */
static double margin_pct(const spx_job *job, uint32_t width, uint32_t height)
{
    if (job->kind == SPX_JOB_CONVERT || width == 0 || height == 0)
        return 0.0;
    const spx_frame frame = spx_job_frame(&job->options, width, height);
    const double right = (double)frame.width - frame.photo_x - frame.photo_width;
    const double bottom = (double)frame.height - frame.photo_y - frame.photo_height;
    return 100.0 * fmax(fmax(frame.photo_x, right) / width, fmax(frame.photo_y, bottom) / height);
}

static spx_status check_margin(const spx_context *context, const spx_job *job, uint32_t width,
                               uint32_t height, spx_diag *diag)
{
    static const double rounding_pct = 0.5; /* borders are whole pixels */
    const double most = context->options.most_margin_pct;
    const double margin = margin_pct(job, width, height);
    if (most == 0.0 || margin <= most + rounding_pct)
        return SPX_OK;
    return spx_fail(diag, SPX_ERR_ARGUMENT,
                    "this border would be %.4g %% wide, and this server takes up to %.4g %%",
                    margin, most);
}

spx_status spx_submit_measure(const spx_context *context, spx_job *job, spx_format files,
                              const char *path, spx_diag *diag)
{
    const double most = context->options.most_cost;
    uint32_t width = 0;
    uint32_t height = 0;
    read_size(path, &width, &height);
    if (is_over(&context->options.photo, width, height))
        return spx_fail(diag, SPX_ERR_LIMIT, "the photo has more pixels than this server takes");
    SPX_TRY(check_margin(context, job, width, height, diag));
    job->cost = spx_job_cost(&job->options, job->kind, files, width, height);
    if (most == 0.0 || job->cost <= most)
        return SPX_OK;
    return spx_fail(diag, SPX_ERR_ARGUMENT,
                    "this job would cost %.4g, and this server takes up to %.4g: fewer formats, a "
                    "smaller photo or border cost less",
                    job->cost, most);
}

spx_status spx_submit_measure_again(const spx_context *context, spx_job *job, spx_format files,
                                    spx_diag *diag)
{
    char *path = NULL;
    SPX_TRY(spx_jobs_part_path(context->jobs, job, "photo", &path, diag));
    const spx_status status = spx_submit_measure(context, job, files, path, diag);
    free(path);
    return status;
}

spx_status spx_submit_want(const spx_exchange *exchange, spx_job *job, spx_format formats,
                           int *done, spx_diag *diag)
{
    const spx_context *const context = exchange->context;
    *done = 0;
    if (context->options.most_cost != 0.0)
        SPX_TRY(spx_submit_measure_again(context, job, formats & ~spx_job_made(job), diag));
    return spx_jobs_want(context->jobs, job, formats, done, diag);
}

void spx_submit_refuse_measure(spx_exchange *exchange, spx_status status, const spx_diag *diag)
{
    const int large = status == SPX_ERR_LIMIT;
    spx_exchange_refuse(exchange,
                        large ? MHD_HTTP_CONTENT_TOO_LARGE : MHD_HTTP_UNPROCESSABLE_CONTENT,
                        large ? "too_large" : "too_costly", diag->text);
}

/* The uploads of a job; 0: refused. */
static int measure_uploads(spx_exchange *exchange, spx_job *job)
{
    const spx_context *const context = exchange->context;
    const char *const ids[] = { job->second[0] == '\0' ? NULL : job->second_id, job->id };
    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        char *path = NULL;
        spx_diag diag = { 0 };
        if (ids[i] == NULL || spx_jobs_incoming_path(context->jobs, ids[i], &path, NULL) != SPX_OK)
            continue;
        const spx_status status =
            spx_submit_measure(context, job, job->options.convert.formats, path, &diag);
        free(path);
        if (status == SPX_OK)
            continue;
        spx_submit_refuse_measure(exchange, status, &diag);
        return 0;
    }
    return 1;
}

int spx_submit_find_keyed(spx_exchange *exchange, const spx_job *like)
{
    spx_job *const before = malloc(sizeof(*before));
    const int found =
        before != NULL && spx_jobs_get_keyed(exchange->context->jobs, like, before, NULL) == SPX_OK;
    if (found)
        memcpy(exchange->id, before->id, sizeof(exchange->id));
    free(before);
    return found;
}

/* The same client sent the same key at the same moment, to this node or another, and was heard
 * first: that job is the answer, unless it went again. */
static int answer_as_keyed(spx_exchange *exchange, const spx_job *job)
{
    exchange->repeated = spx_submit_find_keyed(exchange, job);
    if (!exchange->repeated) {
        exchange->retry_after_s = 1;
        spx_exchange_refuse(exchange, MHD_HTTP_SERVICE_UNAVAILABLE, "unavailable",
                            "another request with this Idempotency-Key is in the way: try again");
    }
    return exchange->repeated;
}

int spx_submit(spx_exchange *exchange)
{
    spx_context *const context = exchange->context;
    spx_job *const job = spx_upload_job(exchange->upload);
    spx_store_room room = SPX_ROOM_FREE;
    spx_diag diag = { 0 };
    memcpy(job->owner, exchange->owner, sizeof(job->owner));
    memcpy(job->client, exchange->client, sizeof(job->client));
    job->allowed = spx_submit_allowance(exchange);
    if (job->source[0] != '\0' && context->fetcher == NULL) {
        spx_exchange_refuse(exchange, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid",
                            "source_url: this server fetches no photos");
        return 0;
    }
    if (job->hook[0] != '\0' && context->courier == NULL) {
        spx_exchange_refuse(exchange, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid",
                            "webhook_url: this server tells no other server");
        return 0;
    }
    if (spx_submit_check(exchange, &job->options, &diag) != SPX_OK) {
        spx_exchange_refuse(exchange, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid", diag.text);
        return 0;
    }
    if (job->source[0] == '\0' && !measure_uploads(exchange, job))
        return 0;
    const spx_status status = spx_jobs_add(context->jobs, job, &room, &diag);
    if (status != SPX_OK) {
        spx_exchange_refuse_fault(exchange, status, &diag);
        return 0;
    }
    if (room == SPX_ROOM_KEY_TAKEN)
        return answer_as_keyed(exchange, job);
    if (room != SPX_ROOM_FREE) {
        spx_submit_refuse_room(exchange, room);
        return 0;
    }
    memcpy(exchange->id, job->id, sizeof(exchange->id));
    exchange->submitted = 1;
    return 1;
}
