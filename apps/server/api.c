/* Jobs: make, list, read, cancel or delete, render again. */
#include "server/http_text.h"
#include "server/job_json.h"
#include "server/route.h"
#include "server/submit.h"
#include "server/waiting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIST_DEFAULT = 50, LIST_MAX = 200 };
static const double longest_wait_s = 60.0;

static spx_answer reply_job(spx_exchange *exchange, unsigned status, const spx_job *job)
{
    return spx_reply_json(exchange, status, spx_job_json(job));
}

spx_answer spx_reply_job(spx_exchange *exchange, unsigned status)
{
    spx_answer answer = MHD_NO;
    spx_job *const job = spx_exchange_job(exchange, &answer);
    if (job != NULL)
        answer = reply_job(exchange, status, job);
    free(job);
    return answer;
}

/* The seconds of "Prefer: wait=20" (RFC 7240, 4.3); 0 without, and at most longest_wait_s. */
static double wait_wanted_s(const spx_exchange *exchange)
{
    const char *const header = spx_exchange_header(exchange, "Prefer");
    const char *const wait = header == NULL ? NULL : strstr(header, "wait=");
    const double wanted_s = wait == NULL ? 0.0 : strtod(wait + strlen("wait="), NULL);
    if (!(wanted_s > 0.0))
        return 0.0;
    return wanted_s < longest_wait_s ? wanted_s : longest_wait_s;
}

/* 1 when the same client sent the same key before: the exchange's job is the one of then. A key
 * that is no key is refused. */
static int was_sent_before(spx_exchange *exchange)
{
    spx_job *const job = spx_upload_job(exchange->upload);
    const char *const key = spx_exchange_header(exchange, "Idempotency-Key");
    if (key != NULL && (key[0] == '\0' || strlen(key) >= sizeof(job->key))) {
        spx_exchange_refuse(exchange, MHD_HTTP_BAD_REQUEST, "bad_request",
                            "Idempotency-Key: 1 to 128 bytes");
        return 0;
    }
    if (key == NULL)
        return 0;
    (void)snprintf(job->key, sizeof(job->key), "%s", key);
    memcpy(job->owner, exchange->owner, sizeof(job->owner));
    memcpy(job->client, exchange->client, sizeof(job->client));
    return spx_submit_find_keyed(exchange, job);
}

spx_answer spx_api_create(spx_exchange *exchange)
{
    if (!exchange->submitted && was_sent_before(exchange))
        return spx_reply_job(exchange, MHD_HTTP_OK);
    if (exchange->refused != 0)
        return spx_reply_refused(exchange);
    if (!exchange->submitted) {
        const double wait_s = wait_wanted_s(exchange);
        exchange->waits = wait_s != 0.0 && spx_waiting_begin(exchange, wait_s);
        if (!spx_submit(exchange))
            return spx_reply_refused(exchange);
        if (exchange->repeated)
            return spx_reply_job(exchange, MHD_HTTP_OK);
    }
    if (exchange->waits && spx_waiting_sleeps(exchange))
        return MHD_YES;
    /* Read again: a worker may have it already, and its place in the queue is known now. */
    char location[64];
    (void)snprintf(location, sizeof(location), "/api/v1/jobs/%s", exchange->id);
    exchange->location = location;
    return spx_reply_job(exchange, MHD_HTTP_CREATED);
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

/* "queued,running" as bits; 0 for a word that is no state. text may be NULL. */
static int read_states(const char *text, unsigned *states)
{
    for (const char *at = text; at != NULL && *at != '\0';) {
        const size_t size = strcspn(at, ",");
        int found = 0;
        for (int state = 0; state < SPX_JOB_STATES; state++) {
            const char *const name = spx_job_state_name((spx_job_state)state);
            if (strlen(name) == size && strncmp(name, at, size) == 0) {
                *states |= 1U << (unsigned)state;
                found = 1;
            }
        }
        if (!found)
            return 0;
        at += size + (at[size] == ',');
    }
    return 1;
}

/* Where the list goes on, with what narrows it. Owned by the caller. */
static json_t *next_json(const spx_exchange *exchange, const spx_job *last, size_t limit)
{
    static const char *const filters[] = { "state", "tag" };
    spx_bytes url = { 0 };
    char head[96];
    (void)snprintf(head, sizeof(head), "/api/v1/jobs?limit=%zu&before=%s", limit, last->id);
    spx_bytes_text(&url, head);
    for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
        const char *const value = spx_exchange_query(exchange, filters[i]);
        if (value == NULL)
            continue;
        spx_bytes_text(&url, "&");
        spx_bytes_text(&url, filters[i]);
        spx_bytes_text(&url, "=");
        spx_append_escaped(&url, value);
    }
    spx_bytes_u8(&url, 0);
    json_t *const value = url.failed ? NULL : json_string((const char *)url.data);
    spx_bytes_clear(&url);
    return value;
}

static json_t *list_json(const spx_exchange *exchange, const spx_job *list, size_t count,
                         size_t limit)
{
    json_t *const jobs = json_array();
    int failed = jobs == NULL;
    for (size_t i = 0; i < count && !failed; i++)
        failed = json_array_append_new(jobs, spx_job_json(&list[i]));
    if (failed) {
        json_decref(jobs);
        return NULL;
    }
    return json_pack("{so, so}", "jobs", jobs, "next",
                     count == limit ? next_json(exchange, &list[count - 1], limit) : json_null());
}

spx_answer spx_api_list(spx_exchange *exchange)
{
    size_t count = 0;
    spx_diag diag = { 0 };
    const char *const before = spx_exchange_query(exchange, "before");
    const size_t limit = query_number(exchange, "limit", LIST_MAX, LIST_DEFAULT);
    unsigned states = 0;
    if (limit == 0 || (before != NULL && !spx_id_valid(before)) ||
        !read_states(spx_exchange_query(exchange, "state"), &states)) {
        return spx_reply_error(exchange, MHD_HTTP_BAD_REQUEST, "bad_request",
                               "limit is 1..200, before the id of a job, state words of states "
                               "joined by commas");
    }
    const spx_job_page page = { .owner = exchange->owner,
                                .before = before,
                                .limit = limit,
                                .states = states,
                                .tag = spx_exchange_query(exchange, "tag") };
    spx_job *const list = calloc(limit, sizeof(*list));
    const spx_status status =
        list == NULL ? spx_fail_memory(&diag, "jobs")
                     : spx_jobs_list(exchange->context->jobs, &page, list, &count, &diag);
    const spx_answer answer =
        status == SPX_OK
            ? spx_reply_json(exchange, MHD_HTTP_OK, list_json(exchange, list, count, limit))
            : spx_reply_failure(exchange, status, &diag);
    free(list);
    return answer;
}

spx_answer spx_api_get(spx_exchange *exchange)
{
    return spx_reply_job(exchange, MHD_HTTP_OK);
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
        return spx_reply_job(exchange, MHD_HTTP_OK);
    case SPX_REMOVAL_CANCELLING:
        return spx_reply_job(exchange, MHD_HTTP_ACCEPTED);
    case SPX_REMOVAL_REMOVED:
        break;
    }
    return spx_reply_empty(exchange, MHD_HTTP_NO_CONTENT);
}

/* A photo that was made larger may become stereo too; nothing else changes its kind. */
static spx_status take_kind(spx_job *job, json_t *wanted, spx_diag *diag)
{
    spx_job_kind kind = job->kind;
    const json_t *const word = json_object_get(wanted, "kind");
    if (word == NULL)
        return SPX_OK;
    if (!json_is_string(word))
        return spx_fail(diag, SPX_ERR_ARGUMENT, "kind: not a word");
    SPX_TRY(spx_job_kind_from_name(&kind, json_string_value(word), diag));
    if (kind != job->kind && (job->kind != SPX_JOB_OUTPAINT || kind != SPX_JOB_BOTH))
        return spx_fail(diag, SPX_ERR_ARGUMENT, "kind: only \"outpaint\" may become \"both\"");
    job->kind = kind;
    (void)json_object_del(wanted, "kind");
    return SPX_OK;
}

static spx_answer render(spx_exchange *exchange, json_t *wanted, spx_job *job)
{
    int done = 0;
    spx_diag diag = { 0 };
    spx_jobs *const jobs = exchange->context->jobs;
    spx_store_room room = SPX_ROOM_FREE;
    /* A render is no new job of the day. */
    const spx_allowance allowed = { .active = exchange->key.at_once };
    spx_status status = spx_jobs_get(jobs, exchange->id, job, &diag);
    if (status == SPX_OK)
        status = take_kind(job, wanted, &diag);
    if (status == SPX_OK)
        status = spx_job_options_set_json(&job->options, wanted, &diag);
    if (status == SPX_OK)
        status = spx_submit_check(exchange, &job->options, &diag);
    if (status == SPX_OK)
        status = spx_jobs_room_for(jobs, exchange->client, &allowed, &room, &diag);
    if (status == SPX_OK && room != SPX_ROOM_FREE)
        return spx_submit_no_room(exchange, room);
    if (status == SPX_OK) {
        status =
            spx_submit_measure_again(exchange->context, job, job->options.convert.formats, &diag);
        if (status == SPX_ERR_LIMIT || status == SPX_ERR_ARGUMENT) {
            spx_submit_refuse_measure(exchange, status, &diag);
            return spx_reply_refused(exchange);
        }
    }
    if (status == SPX_OK)
        status = spx_jobs_render(jobs, job, &done, &diag);
    if (status != SPX_OK)
        return spx_reply_failure(exchange, status, &diag);
    if (!done) {
        return spx_reply_error(exchange, MHD_HTTP_CONFLICT, "busy",
                               "the job waits or runs: wait, or cancel it");
    }
    return spx_reply_job(exchange, MHD_HTTP_ACCEPTED);
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
