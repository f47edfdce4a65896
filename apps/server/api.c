/* Jobs: make, list, read, cancel or delete, render again. */
#include "server/job_json.h"
#include "server/route.h"
#include "server/submit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_DEFAULT = 50, LIST_MAX = 200 };

static spx_answer reply_job(spx_exchange *exchange, unsigned status, const spx_job *job)
{
    return spx_reply_json(exchange, status, spx_job_json(job));
}

/* Reads the job of the path again and sends it. */
static spx_answer reply_current(spx_exchange *exchange, unsigned status)
{
    spx_answer answer = MHD_NO;
    spx_job *const job = spx_exchange_job(exchange, &answer);
    if (job != NULL)
        answer = reply_job(exchange, status, job);
    free(job);
    return answer;
}

spx_answer spx_api_create(spx_exchange *exchange)
{
    if (!spx_submit(exchange)) {
        return spx_reply_error(exchange, (unsigned)exchange->refused, exchange->refused_code,
                               exchange->refused_text);
    }
    /* Read again: a worker may have it already, and its place in the queue is known now. */
    char location[64];
    (void)snprintf(location, sizeof(location), "/api/v1/jobs/%s", exchange->id);
    exchange->location = location;
    return reply_current(exchange, MHD_HTTP_CREATED);
}

/* A number of the query; `otherwise` without, 0 when it is none or out of range. */
static size_t query_number(const spx_exchange *exchange, const char *name, size_t most,
                           size_t otherwise)
{
    const char *const text = spx_exchange_query(exchange, name);
    if (text == NULL)
        return otherwise;
    if (text[0] == '\0' || strlen(text) > 6 || strspn(text, "0123456789") != strlen(text))
        return 0;
    const size_t number = strtoul(text, NULL, 10);
    return number <= most ? number : 0;
}

static json_t *list_json(const spx_job *list, size_t count, size_t limit)
{
    char next[96];
    json_t *const jobs = json_array();
    int failed = jobs == NULL;
    for (size_t i = 0; i < count && !failed; i++)
        failed = json_array_append_new(jobs, spx_job_json(&list[i]));
    if (failed) {
        json_decref(jobs);
        return NULL;
    }
    (void)snprintf(next, sizeof(next), "/api/v1/jobs?limit=%zu&before=%s", limit,
                   count == 0 ? "" : list[count - 1].id);
    return json_pack("{so, so}", "jobs", jobs, "next",
                     count == limit ? json_string(next) : json_null());
}

spx_answer spx_api_list(spx_exchange *exchange)
{
    size_t count = 0;
    spx_diag diag = { 0 };
    const char *const before = spx_exchange_query(exchange, "before");
    const size_t limit = query_number(exchange, "limit", LIST_MAX, LIST_DEFAULT);
    if (limit == 0 || (before != NULL && !spx_id_valid(before))) {
        return spx_reply_error(exchange, MHD_HTTP_BAD_REQUEST, "bad_request",
                               "limit is 1..200, before the id of a job");
    }
    const spx_job_page page = { exchange->owner, before, limit };
    spx_job *const list = calloc(limit, sizeof(*list));
    const spx_status status =
        list == NULL ? spx_fail_memory(&diag, "jobs")
                     : spx_jobs_list(exchange->context->jobs, &page, list, &count, &diag);
    const spx_answer answer =
        status == SPX_OK ? spx_reply_json(exchange, MHD_HTTP_OK, list_json(list, count, limit))
                         : spx_reply_failure(exchange, status, &diag);
    free(list);
    return answer;
}

spx_answer spx_api_get(spx_exchange *exchange)
{
    return reply_current(exchange, MHD_HTTP_OK);
}

spx_answer spx_api_delete(spx_exchange *exchange)
{
    spx_jobs_removal removal = SPX_REMOVAL_REMOVED;
    spx_diag diag = { 0 };
    const spx_status status =
        spx_jobs_remove(exchange->context->jobs, exchange->id, &removal, &diag);
    if (status != SPX_OK)
        return spx_reply_failure(exchange, status, &diag);
    switch (removal) {
    case SPX_REMOVAL_CANCELLED:
        return reply_current(exchange, MHD_HTTP_OK);
    case SPX_REMOVAL_CANCELLING:
        return reply_current(exchange, MHD_HTTP_ACCEPTED);
    case SPX_REMOVAL_REMOVED:
        break;
    }
    return spx_reply_empty(exchange, MHD_HTTP_NO_CONTENT);
}

static spx_answer render(spx_exchange *exchange, json_t *wanted, spx_job *job)
{
    int done = 0;
    spx_diag diag = { 0 };
    spx_jobs *const jobs = exchange->context->jobs;
    spx_store_room room = SPX_ROOM_FREE;
    spx_status status = spx_jobs_get(jobs, exchange->id, job, &diag);
    if (status == SPX_OK)
        status = spx_job_options_set_json(&job->options, wanted, &diag);
    if (status == SPX_OK)
        status = spx_submit_check(exchange, &job->options, &diag);
    if (status == SPX_OK)
        status = spx_jobs_room_for(jobs, exchange->client, &room, &diag);
    if (status == SPX_OK && room != SPX_ROOM_FREE)
        return spx_submit_no_room(exchange, room);
    if (status == SPX_OK)
        status = spx_jobs_render(jobs, exchange->id, &job->options, &done, &diag);
    if (status != SPX_OK)
        return spx_reply_failure(exchange, status, &diag);
    if (!done) {
        return spx_reply_error(exchange, MHD_HTTP_CONFLICT, "busy",
                               "the job waits or runs: wait, or cancel it");
    }
    return reply_current(exchange, MHD_HTTP_ACCEPTED);
}

spx_answer spx_api_render(spx_exchange *exchange)
{
    const size_t size = exchange->body.size;
    json_t *const wanted = size == 0 ? json_object()
                                     : json_loadb((const char *)exchange->body.data, size,
                                                  JSON_REJECT_DUPLICATES, NULL);
    if (wanted == NULL || !json_is_object(wanted)) {
        json_decref(wanted);
        return spx_reply_error(exchange, MHD_HTTP_BAD_REQUEST, "bad_request",
                               "the request is not a JSON object");
    }
    spx_job *const job = malloc(sizeof(*job));
    const spx_answer answer = job == NULL ? MHD_NO : render(exchange, wanted, job);
    free(job);
    json_decref(wanted);
    return answer;
}
