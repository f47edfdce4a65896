#include "server/submit.h"

#include "base/status.h"

#include <string.h>

int spx_submit_allowed(const spx_exchange *exchange, const spx_job_options *options, spx_diag *diag)
{
    if (!options->remote || exchange->context->options.remote_painter)
        return 1;
    const spx_status status =
        spx_fail(diag, SPX_ERR_ARGUMENT, "painter: this server has no remote engine");
    return status == SPX_OK;
}

void spx_submit_refuse_room(spx_exchange *exchange, spx_store_room room)
{
    if (room == SPX_ROOM_QUEUE_FULL) {
        spx_exchange_refuse(exchange, MHD_HTTP_SERVICE_UNAVAILABLE, "queue_full",
                            "the queue is full: try again in a moment");
    } else {
        spx_exchange_refuse(exchange, MHD_HTTP_TOO_MANY_REQUESTS, "too_many",
                            "you have many photos waiting: try again when some are done");
    }
}

spx_answer spx_submit_no_room(spx_exchange *exchange, spx_store_room room)
{
    spx_submit_refuse_room(exchange, room);
    return spx_reply_error(exchange, (unsigned)exchange->refused, exchange->refused_code,
                           exchange->refused_text);
}

int spx_submit(spx_exchange *exchange)
{
    spx_context *const context = exchange->context;
    spx_job *const job = spx_upload_job(exchange->upload);
    spx_store_room room = SPX_ROOM_FREE;
    spx_diag diag = { 0 };
    memcpy(job->owner, exchange->owner, sizeof(job->owner));
    memcpy(job->client, exchange->client, sizeof(job->client));
    if (!spx_submit_allowed(exchange, &job->options, &diag)) {
        spx_exchange_refuse(exchange, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid", diag.text);
        return 0;
    }
    if (spx_jobs_add(context->jobs, job, &room, &diag) != SPX_OK) {
        if (context->options.log != NULL)
            context->options.log(context->options.user, diag.text);
        spx_exchange_refuse(exchange, MHD_HTTP_INSUFFICIENT_STORAGE, "disk_full",
                            "the server cannot keep the photo");
        return 0;
    }
    if (room != SPX_ROOM_FREE) {
        spx_submit_refuse_room(exchange, room);
        return 0;
    }
    memcpy(exchange->id, job->id, sizeof(exchange->id));
    exchange->submitted = 1;
    return 1;
}
