/* Server-sent events (WHATWG HTML, 9.2) of one job or of all jobs of an owner. */
#include "server/job_json.h"
#include "server/route.h"

#include <stdlib.h>
#include <string.h>

enum { ACTIVE_MAX = 200, BLOCK_BYTES = 4096 };

static void append_event(spx_bytes *out, const char *event, json_t *data)
{
    char *const text =
        data == NULL ? NULL : json_dumps(data, JSON_COMPACT | JSON_REAL_PRECISION(6));
    json_decref(data);
    if (text == NULL)
        return;
    spx_bytes_text(out, "event: ");
    spx_bytes_text(out, event);
    spx_bytes_text(out, "\ndata: ");
    spx_bytes_text(out, text);
    spx_bytes_text(out, "\n\n");
    free(text);
}

/* Appends what the job is now. A stream of one job ends with it. */
static void append_job(spx_exchange *exchange, const char *id, int removed)
{
    const int alone = exchange->listener.id[0] != '\0';
    spx_job *const job = malloc(sizeof(*job));
    if (job == NULL)
        return;
    if (!removed && spx_jobs_get(exchange->context->jobs, id, job, NULL) == SPX_OK) {
        append_event(&exchange->outgoing, "job", spx_job_event_json(job));
        exchange->last_event |= alone && !spx_job_active(job->state);
    } else {
        append_event(&exchange->outgoing, "deleted", json_pack("{ss}", "id", id));
        exchange->last_event |= alone;
    }
    free(job);
}

/* What waits and runs: where a stream of all jobs begins. */
static void append_active(spx_exchange *exchange)
{
    size_t count = 0;
    spx_job *const list = calloc(ACTIVE_MAX, sizeof(*list));
    if (list == NULL)
        return;
    const spx_job_page page = { exchange->listener.owner, NULL, ACTIVE_MAX };
    if (spx_jobs_list(exchange->context->jobs, &page, list, &count, NULL) == SPX_OK) {
        for (size_t i = 0; i < count; i++) {
            if (spx_job_active(list[i].state))
                append_event(&exchange->outgoing, "job", spx_job_event_json(&list[i]));
        }
    }
    free(list);
}

/* Fills `outgoing` with what there is to tell; 0 when there is nothing. */
static int gather(spx_exchange *exchange)
{
    spx_hub *const hub = exchange->context->hub;
    spx_listener *const listener = &exchange->listener;
    spx_news news;
    exchange->outgoing.size = 0;
    exchange->outgoing_at = 0;
    if (spx_hub_take_loss(hub, listener))
        append_active(exchange);
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

spx_answer spx_api_events(spx_exchange *exchange)
{
    spx_listener *const listener = &exchange->listener;
    if (exchange->id[0] != '\0') {
        spx_answer answer = MHD_NO;
        spx_job *const job = spx_exchange_job(exchange, &answer);
        if (job == NULL)
            return answer;
        free(job);
    }
    listener->connection = exchange->connection;
    memcpy(listener->id, exchange->id, sizeof(listener->id));
    memcpy(listener->owner, exchange->owner, sizeof(listener->owner));
    memcpy(listener->client, exchange->client, sizeof(listener->client));
    if (!spx_hub_join(exchange->context->hub, listener)) {
        return spx_reply_error(exchange, MHD_HTTP_TOO_MANY_REQUESTS, "too_many",
                               "you have many event streams open");
    }
    spx_bytes_text(&exchange->outgoing, "retry: 2000\n\n");
    if (exchange->id[0] != '\0') {
        append_job(exchange, exchange->id, 0);
    } else {
        append_active(exchange);
    }
    struct MHD_Response *const response = MHD_create_response_from_callback(
        MHD_SIZE_UNKNOWN, BLOCK_BYTES, read_events, exchange, NULL);
    if (response == NULL)
        return MHD_NO;
    spx_reply_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/event-stream");
    spx_reply_header(response, "X-Accel-Buffering", "no");
    return spx_reply_send(exchange, MHD_HTTP_OK, response);
}
