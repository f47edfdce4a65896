/*
 * A depth map of one's own: drawn by hand, measured, or the server's after a person mended it. It
 * stays beside the photo and goes before every network until it is taken away again.
 */
#include "server/job_json.h"
#include "server/route.h"
#include "server/submit.h"

#include <stdlib.h>

/* incoming_id: of the map that arrived; NULL = the job's own map goes. */
static spx_answer set_depth(spx_exchange *exchange, spx_job *job, const char *incoming_id)
{
    int done = 0;
    spx_diag diag = { 0 };
    spx_jobs *const jobs = exchange->context->jobs;
    spx_store_room room = SPX_ROOM_FREE;
    const spx_allowance allowed = spx_submit_allowance(exchange);
    if (job->kind == SPX_JOB_OUTPAINT) {
        return spx_reply_error(exchange, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid",
                               "a photo that is only made larger has no depth");
    }
    if (incoming_id != NULL && spx_submit_is_too_large(exchange->context, incoming_id)) {
        return spx_reply_error(exchange, MHD_HTTP_CONTENT_TOO_LARGE, "too_large",
                               "the map has more pixels than this server takes");
    }
    const char *const when = spx_exchange_query(exchange, "done");
    if (when != NULL && spx_job_options_set(&job->options, "done", when, &diag) != SPX_OK) {
        return spx_reply_error(exchange, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid", diag.text);
    }
    spx_status status = spx_jobs_room_for(jobs, exchange->client, &allowed, &room, &diag);
    if (status == SPX_OK && room != SPX_ROOM_FREE)
        return spx_submit_no_room(exchange, room);
    if (status == SPX_OK)
        status = spx_jobs_set_depth(jobs, job, incoming_id, &done, &diag);
    if (status != SPX_OK)
        return spx_reply_failure(exchange, status, &diag);
    if (!done) {
        return spx_reply_error(exchange, MHD_HTTP_CONFLICT, "busy",
                               "the job waits or runs: wait, or cancel it");
    }
    return spx_reply_job(exchange, MHD_HTTP_ACCEPTED);
}

static spx_answer change(spx_exchange *exchange, const char *incoming_id)
{
    spx_answer answer = MHD_NO;
    spx_job *const job = spx_exchange_job(exchange, &answer);
    if (job == NULL)
        return answer;
    answer = set_depth(exchange, job, incoming_id);
    free(job);
    return answer;
}

spx_answer spx_api_set_depth(spx_exchange *exchange)
{
    return change(exchange, spx_upload_job(exchange->upload)->id);
}

spx_answer spx_api_drop_depth(spx_exchange *exchange)
{
    return change(exchange, NULL);
}
