/*
 * Server-sent events (WHATWG HTML, 9.2) of one job or of all jobs of an owner. What a client has
 * missed it learns when it comes back, because each event has an id, which the client repeats:
 *
 * `depth` comes before the `job` event that has it too: from then on a screen can show depth. It
 * comes once more when a better map takes the first one's place.
 *
 *     one job    REVISION-STATE: who has seen the end is told not to come again (204)
 *     all jobs   milliseconds since 1970: what ended since then is told too
 */
#include "server/job_json.h"
#include "server/route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ACTIVE_MAX = 200, BLOCK_BYTES = 4096, EVENT_ID_SIZE = 32, LONGEST_TIME = 15 };

/* job: NULL when it is gone. */
static void event_id(const spx_exchange *exchange, const spx_job *job, char out[EVENT_ID_SIZE])
{
    if (exchange->listener.id[0] == '\0') {
        (void)snprintf(out, EVENT_ID_SIZE, "%lld", (long long)exchange->told_ms);
    } else if (job == NULL) {
        (void)snprintf(out, EVENT_ID_SIZE, "deleted");
    } else {
        (void)snprintf(out, EVENT_ID_SIZE, "%u-%s", job->revision, spx_job_state_name(job->state));
    }
}

static void append_event(spx_exchange *exchange, const char *event, const spx_job *job,
                         json_t *data)
{
    char id[EVENT_ID_SIZE];
    spx_bytes *const out = &exchange->outgoing;
    char *const text =
        data == NULL ? NULL : json_dumps(data, JSON_COMPACT | JSON_REAL_PRECISION(6));
    json_decref(data);
    if (text == NULL)
        return;
    event_id(exchange, job, id);
    const char *const parts[] = { "event: ", event, "\nid: ", id, "\ndata: ", text, "\n\n" };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        spx_bytes_text(out, parts[i]);
    free(text);
}

/* 1 for a running job whose depth this stream has not told, or only its first one; it is told now.
 */
static int tells_depth(spx_exchange *exchange, const spx_job *job)
{
    const int is_last = (job->views & (SPX_VIEW_DEPTH | SPX_VIEW_EYES)) != 0;
    if (job->state != SPX_JOB_RUNNING || (!is_last && (job->views & SPX_VIEW_FIRST) == 0))
        return 0;
    for (size_t i = 0; i < SPX_DEPTHS_TOLD; i++) {
        spx_depth_told *const told = &exchange->depth_told[i];
        if (strcmp(told->id, job->id) == 0) {
            const int is_news = is_last && !told->is_last;
            told->is_last |= is_last;
            return is_news;
        }
    }
    spx_depth_told *const told = &exchange->depth_told[exchange->depth_at];
    memcpy(told->id, job->id, SPX_ID_SIZE);
    told->is_last = is_last;
    exchange->depth_at = (exchange->depth_at + 1) % SPX_DEPTHS_TOLD;
    return 1;
}

/* Appends what the job is now. A stream of one job ends with it. */
static void append_job(spx_exchange *exchange, const char *id, int removed)
{
    const int alone = exchange->listener.id[0] != '\0';
    spx_job *const job = malloc(sizeof(*job));
    if (job == NULL)
        return;
    if (!removed && spx_jobs_get(exchange->context->jobs, id, job, NULL) == SPX_OK) {
        if (tells_depth(exchange, job))
            append_event(exchange, "depth", job, spx_job_depth_json(job));
        append_event(exchange, "job", job, spx_job_event_json(job));
        exchange->last_event |= alone && !spx_job_active(job->state);
    } else {
        append_event(exchange, "deleted", NULL, json_pack("{ss}", "id", id));
        exchange->last_event |= alone;
    }
    free(job);
}

/* What waits and runs, and what ended since then: where a stream of all jobs begins, and goes on
 * after a loss. */
static void append_news_since(spx_exchange *exchange, int64_t since_ms)
{
    size_t count = 0;
    spx_job *const list = calloc(ACTIVE_MAX, sizeof(*list));
    if (list == NULL)
        return;
    const spx_job_page page = { .owner = exchange->listener.owner, .limit = ACTIVE_MAX };
    if (spx_jobs_list(exchange->context->jobs, &page, list, &count, NULL) == SPX_OK) {
        for (size_t i = 0; i < count; i++) {
            if (spx_job_active(list[i].state) || list[i].finished_ms >= since_ms)
                append_event(exchange, "job", &list[i], spx_job_event_json(&list[i]));
        }
    }
    free(list);
}

/* Fills `outgoing` with what there is to tell; 0 when there is nothing. */
static int gather(spx_exchange *exchange)
{
    spx_hub *const hub = exchange->context->hub;
    spx_listener *const listener = &exchange->listener;
    spx_hub_news news;
    const int64_t told_before_ms = exchange->told_ms;
    exchange->outgoing.size = 0;
    exchange->outgoing_at = 0;
    exchange->told_ms = spx_jobs_now_ms();
    if (spx_hub_take_loss(hub, listener))
        append_news_since(exchange, told_before_ms);
    while (exchange->outgoing.size < BLOCK_BYTES && spx_hub_take(hub, listener, &news))
        append_job(exchange, news.id, news.removed);
    if (spx_hub_take_beat(hub, listener) && exchange->outgoing.size == 0)
        spx_bytes_text(&exchange->outgoing, ": still here\n\n");
    return exchange->outgoing.size != 0;
}

/* libmicrohttpd wants the next bytes. Without any the connection sleeps until there is news. */
static ssize_t read_events(void *user, uint64_t position, char *out, size_t most)
{
    spx_exchange *const exchange = user;
    spx_bytes *const outgoing = &exchange->outgoing;
    (void)position;
    while (exchange->outgoing_at == outgoing->size) {
        if (exchange->last_event || spx_hub_stopped(exchange->context->hub))
            return MHD_CONTENT_READER_END_OF_STREAM;
        if (gather(exchange))
            break;
        if (outgoing->failed)
            return MHD_CONTENT_READER_END_WITH_ERROR;
        if (spx_hub_suspend(exchange->context->hub, &exchange->listener))
            return 0;
    }
    const size_t left = outgoing->size - exchange->outgoing_at;
    const size_t size = left < most ? left : most;
    memcpy(out, outgoing->data + exchange->outgoing_at, size);
    exchange->outgoing_at += size;
    return (ssize_t)size;
}

/* Answers at once when the one job is not there, or its client has seen its end: 1 = answered. */
static int has_no_news(spx_exchange *exchange, spx_answer *answer)
{
    char id[EVENT_ID_SIZE];
    const char *const seen = spx_exchange_header(exchange, "Last-Event-ID");
    spx_job *const job = spx_exchange_job(exchange, answer);
    if (job == NULL)
        return 1;
    event_id(exchange, job, id);
    const int over = seen != NULL && !spx_job_active(job->state) && strcmp(seen, id) == 0;
    if (over)
        *answer = spx_reply_empty(exchange, MHD_HTTP_NO_CONTENT);
    free(job);
    return over;
}

/* When a returning client was told last; later than any job for one that is new. */
static int64_t last_told_ms(const spx_exchange *exchange)
{
    const char *const seen = spx_exchange_header(exchange, "Last-Event-ID");
    if (seen == NULL || seen[0] == '\0' || strlen(seen) > LONGEST_TIME ||
        strspn(seen, "0123456789") != strlen(seen))
        return INT64_MAX;
    return strtoll(seen, NULL, 10);
}

spx_answer spx_api_events(spx_exchange *exchange)
{
    spx_listener *const listener = &exchange->listener;
    spx_answer answer = MHD_NO;
    listener->connection = exchange->connection;
    memcpy(listener->id, exchange->id, sizeof(listener->id));
    memcpy(listener->owner, exchange->owner, sizeof(listener->owner));
    memcpy(listener->client, exchange->client, sizeof(listener->client));
    if (exchange->id[0] != '\0' && has_no_news(exchange, &answer))
        return answer;
    if (!spx_hub_join(exchange->context->hub, listener)) {
        return spx_reply_error(exchange, MHD_HTTP_TOO_MANY_REQUESTS, "too_many",
                               "you have many event streams open");
    }
    exchange->told_ms = spx_jobs_now_ms();
    spx_bytes_text(&exchange->outgoing, "retry: 2000\n\n");
    if (exchange->id[0] != '\0') {
        append_job(exchange, exchange->id, 0);
    } else {
        append_news_since(exchange, last_told_ms(exchange));
    }
    struct MHD_Response *const response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, BLOCK_BYTES, read_events, exchange, NULL);
    if (response == NULL)
        return MHD_NO;
    spx_reply_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/event-stream");
    spx_reply_header(response, "X-Accel-Buffering", "no");
    return spx_reply_send(exchange, MHD_HTTP_OK, response);
}
