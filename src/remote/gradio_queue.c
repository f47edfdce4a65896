/*
 * Runs the function, in whichever way the server's version knows, and listens until it is done.
 *
 *     4.9 on       POST queue/join → event_id; GET queue/data?session_hash= → events
 *     4.0 to 4.8   GET queue/join?fn_index=&session_hash= → events; at "send_data" POST queue/data
 *     queue off,
 *     3.x          POST run/NAME → outputs
 *     no queue to
 *     be reached   POST call/NAME → event_id; GET call/NAME/EVENT_ID → events of another kind
 */
#include "remote/gradio.h"

#include "net/sse.h"
#include "remote/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum {
    EVENT_MAX = 64 << 20,
    NOT_FOUND = 404,
    NOT_ALLOWED = 405,
    NOTE_SIZE = 200,
    QUIET_S = 60, /* heartbeats come every 15 s */
};

/* Shares of the progress. */
static const double queue_begins = 0.10;
static const double work_begins = 0.15;
static const double work_ends = 0.90;
/* How long a goodbye may take: who cancels does not wait. */
static const double farewell_s = 0.1;

typedef struct job {
    spx_gradio *gradio;
    json_t *inputs; /* borrowed */
    spx_sse sse;
    char *event_id; /* NULL before the server gave one */
    int done;       /* outputs are there, or the failure is told */
    spx_status status;
} job;

static spx_status end(job *self, spx_status status)
{
    self->done = 1;
    self->status = status;
    return SPX_ERR_INTERNAL; /* ends the stream; what counts is in the job */
}

static spx_status app_failed(const spx_gradio *gradio, const char *error, const char *title)
{
    char text[SPX_REMOTE_TEXT_SIZE];
    char head[SPX_REMOTE_TEXT_SIZE];
    spx_remote_plain(text, error);
    spx_remote_plain(head, title);
    if (strstr(text, "exceeded your") != NULL && strstr(text, "quota") != NULL)
        return spx_fail(gradio->diag, SPX_ERR_REMOTE, "the Space's GPU quota is used up: %s", text);
    if (text[0] == '\0') {
        return spx_fail(gradio->diag, SPX_ERR_REMOTE,
                        "the remote function failed and does not say why");
    }
    const int has_head = head[0] != '\0' && strcmp(head, "Error") != 0;
    return spx_fail(gradio->diag, SPX_ERR_REMOTE, "the remote function failed: %s%s%s",
                    has_head ? head : "", has_head ? ": " : "", text);
}

static spx_status keep_outputs(spx_gradio *gradio, json_t *outputs)
{
    if (!json_is_array(outputs))
        return spx_fail(gradio->diag, SPX_ERR_REMOTE, "the remote function gave no result");
    json_decref(gradio->outputs);
    gradio->outputs = json_incref(outputs);
    return SPX_OK;
}

/* ---- messages of the queue ---- */

static void tell_rank(const job *self, const json_t *message)
{
    char note[NOTE_SIZE];
    const json_int_t rank = spx_gradio_number(json_object_get(message, "rank"));
    const double eta_s = json_number_value(json_object_get(message, "rank_eta"));
    if (rank < 0)
        return;
    (void)snprintf(note, sizeof(note), "place %lld in the queue", (long long)rank + 1);
    if (eta_s >= 1.0) {
        const size_t size = strlen(note);
        (void)snprintf(note + size, sizeof(note) - size, ", about %.0f s", fmin(eta_s, 1e5));
    }
    spx_task_note(self->gradio->task, note);
    spx_task_progress(self->gradio->task, queue_begins);
}

static void tell_progress(const job *self, const json_t *message)
{
    const json_t *const steps = json_object_get(message, "progress_data");
    const size_t count = json_array_size(steps);
    if (count == 0)
        return;
    const json_t *const last = json_array_get(steps, count - 1);
    const double index = json_number_value(json_object_get(last, "index"));
    const double length = json_number_value(json_object_get(last, "length"));
    double share = json_number_value(json_object_get(last, "progress"));
    if (length > 0.0)
        share = index / length;
    if (share >= 0.0 && share <= 1.0)
        spx_task_progress(self->gradio->task, work_begins + (work_ends - work_begins) * share);
}

static spx_status complete(job *self, const json_t *message)
{
    const json_t *const output = json_object_get(message, "output");
    if (!json_is_false(json_object_get(message, "success")))
        return end(self, keep_outputs(self->gradio, json_object_get(output, "data")));
    const json_t *const title = json_object_get(output, "title");
    return end(self, app_failed(self->gradio, json_string_value(json_object_get(output, "error")),
                                json_string_value(
                                    title != NULL ? title : json_object_get(message, "title"))));
}

/** 4.0 to 4.8: the server asks for the data while its stream is open. */
static spx_status send_data(job *self, const json_t *message)
{
    spx_gradio *const gradio = self->gradio;
    json_t *answer = NULL;
    free(self->event_id);
    const char *const id = json_string_value(json_object_get(message, "event_id"));
    self->event_id = strdup(id == NULL ? "" : id);
    json_t *const body =
        json_pack("{s:s?,s:O,s:I,s:s}", "event_id", self->event_id, "data", self->inputs,
                  "fn_index", gradio->function_id, "session_hash", gradio->session);
    char *const text = json_dumps(body, JSON_COMPACT);
    char *const url = spx_gradio_url(gradio, "queue/data", "");
    const spx_status status = text == NULL ? spx_fail_memory(gradio->diag, "network")
                                           : spx_gradio_ask(gradio, url, text, &answer);
    json_decref(answer);
    json_decref(body);
    free(text);
    free(url);
    return status == SPX_OK ? SPX_OK : end(self, status);
}

static spx_status take_message(job *self, const json_t *message)
{
    spx_gradio *const gradio = self->gradio;
    const char *const kind = json_string_value(json_object_get(message, "msg"));
    if (kind == NULL)
        return SPX_OK;
    if (strcmp(kind, "estimation") == 0)
        tell_rank(self, message);
    if (strcmp(kind, "progress") == 0)
        tell_progress(self, message);
    if (strcmp(kind, "process_starts") == 0) {
        spx_task_note(gradio->task, "painting remotely");
        spx_task_progress(gradio->task, work_begins);
    }
    if (strcmp(kind, "process_completed") == 0)
        return complete(self, message);
    if (strcmp(kind, "send_data") == 0)
        return send_data(self, message);
    if (strcmp(kind, "queue_full") == 0)
        return end(self, spx_fail(gradio->diag, SPX_ERR_REMOTE, "the server's queue is full"));
    if (strcmp(kind, "unexpected_error") == 0) {
        return end(
            self, app_failed(gradio, json_string_value(json_object_get(message, "message")), NULL));
    }
    if (strcmp(kind, "close_stream") == 0) {
        return end(self, spx_fail(gradio->diag, SPX_ERR_REMOTE,
                                  "the server closed the stream without a result"));
    }
    return SPX_OK; /* heartbeat, log, process_generating and what else there may be */
}

static spx_status hear_queue(void *user, const char *event, const char *data, size_t size)
{
    job *const self = user;
    (void)event;
    json_t *const message = spx_gradio_parse(data, size);
    if (message == NULL) {
        return end(self, spx_fail(self->gradio->diag, SPX_ERR_REMOTE,
                                  "the server sent an event that is no JSON"));
    }
    const spx_status status = take_message(self, message);
    json_decref(message);
    return status;
}

/* ---- events of /call ---- */

static spx_status hear_call(void *user, const char *event, const char *data, size_t size)
{
    job *const self = user;
    json_t *const json = spx_gradio_parse(data, size);
    spx_status status = SPX_OK;
    if (strcmp(event, "complete") == 0) {
        status = end(self, keep_outputs(self->gradio, json));
    } else if (strcmp(event, "error") == 0) {
        const json_t *const error = json_object_get(json, "error");
        status = end(self, app_failed(self->gradio,
                                      json_string_value(json_is_string(json) ? json : error),
                                      json_string_value(json_object_get(json, "title"))));
    }
    json_decref(json);
    return status;
}

/* ---- the ways ---- */

static spx_status receive(void *user, const void *bytes, size_t size)
{
    job *const self = user;
    return spx_sse_feed(&self->sse, bytes, size);
}

static spx_status listen(job *self, const char *url,
                         spx_status (*hear)(void *, const char *, const char *, size_t))
{
    spx_gradio *const gradio = self->gradio;
    const spx_http_request request = {
        .url = url, .receive = receive, .user = self, .is_event_stream = 1, .quiet_s = QUIET_S
    };
    spx_http_answer answer = { 0 };
    if (url == NULL)
        return spx_fail_memory(gradio->diag, "network");
    self->sse =
        (spx_sse){ .event = hear, .user = self, .most_bytes = EVENT_MAX, .diag = gradio->diag };
    spx_status status = spx_http_send(gradio->http, &request, &answer, gradio->diag);
    spx_sse_clear(&self->sse);
    if (self->done) {
        status = self->status;
    } else if (status == SPX_OK && !spx_remote_is_success(&answer)) {
        status = spx_remote_refused(&answer, "queue", gradio->diag);
    } else if (status == SPX_OK) {
        status = spx_fail(gradio->diag, SPX_ERR_NETWORK,
                          "the server broke off before the result was there");
    }
    spx_http_answer_clear(&answer);
    return status;
}

/** POSTs the job. *code: the HTTP status; a refusal is a failure but for 404 and 405. */
static spx_status post_job(job *self, const char *url, const json_t *body, json_t **out, long *code)
{
    const spx_gradio *const gradio = self->gradio;
    char *const text = json_dumps(body, JSON_COMPACT);
    const spx_http_request request = { .url = url, .json = text };
    spx_http_answer answer = { 0 };
    spx_status status = SPX_OK;
    *out = NULL;
    *code = 0;
    if (text == NULL || url == NULL) {
        status = spx_fail_memory(gradio->diag, "network");
        goto out;
    }
    SPX_TRY_OUT(spx_http_send(gradio->http, &request, &answer, gradio->diag));
    *code = answer.code;
    if (spx_remote_is_success(&answer)) {
        *out = spx_gradio_parse(answer.body.data, answer.body.size);
        if (*out == NULL)
            status = spx_fail(gradio->diag, SPX_ERR_REMOTE, "the server's answer is no JSON");
    } else if (answer.code != NOT_FOUND && answer.code != NOT_ALLOWED) {
        status = spx_remote_refused(&answer, "remote function", gradio->diag);
    }
out:
    spx_http_answer_clear(&answer);
    free(text);
    return status;
}

static json_t *queue_body(const job *self)
{
    const spx_gradio *const gradio = self->gradio;
    return json_pack("{s:O,s:I,s:s,s:n,s:n}", "data", self->inputs, "fn_index", gradio->function_id,
                     "session_hash", gradio->session, "event_data", "trigger_id");
}

static spx_status keep_event_id(job *self, const json_t *answer)
{
    const char *const id = json_string_value(json_object_get(answer, "event_id"));
    if (id == NULL || id[0] == '\0' || strspn(id, "0123456789abcdefABCDEF-") != strlen(id))
        return spx_fail(self->gradio->diag, SPX_ERR_REMOTE, "the server gave the job no number");
    self->event_id = strdup(id);
    return self->event_id == NULL ? spx_fail_memory(self->gradio->diag, "network") : SPX_OK;
}

/** Posts the job and hears what becomes of it, by the queue or by /call. *taken: 0 when the server
 * has no such way. */
static spx_status run_posted(job *self, int by_call, int *taken)
{
    spx_gradio *const gradio = self->gradio;
    char tail[SPX_GRADIO_NAME_SIZE * 2];
    json_t *answer = NULL;
    long code = 0;
    json_t *const body = by_call ? json_pack("{s:O}", "data", self->inputs) : queue_body(self);
    char *url = by_call ? spx_gradio_url(gradio, "call/", gradio->api_name)
                        : spx_gradio_url(gradio, "queue/join", "");
    spx_status status = SPX_OK;
    SPX_TRY_OUT(post_job(self, url, body, &answer, &code));
    *taken = answer != NULL;
    if (!*taken)
        goto out;
    SPX_TRY_OUT(keep_event_id(self, answer));
    if (by_call) {
        (void)snprintf(tail, sizeof(tail), "%s/%s", gradio->api_name, self->event_id);
    } else {
        (void)snprintf(tail, sizeof(tail), "?session_hash=%s", gradio->session);
    }
    free(url);
    url = spx_gradio_url(gradio, by_call ? "call/" : "queue/data", tail);
    SPX_TRY_OUT(listen(self, url, by_call ? hear_call : hear_queue));
out:
    json_decref(answer);
    json_decref(body);
    free(url);
    return status;
}

/** By the queue, or by /call where something before the server hides the queue. */
static spx_status run_queue(job *self)
{
    int taken = 0;
    SPX_TRY(run_posted(self, 0, &taken));
    if (!taken)
        SPX_TRY(run_posted(self, 1, &taken));
    return taken ? SPX_OK
                 : spx_fail(self->gradio->diag, SPX_ERR_REMOTE,
                            "the server takes no jobs: it has neither queue/join nor call/%s",
                            self->gradio->api_name);
}

static spx_status run_stream(job *self)
{
    const spx_gradio *const gradio = self->gradio;
    char tail[SPX_GRADIO_NAME_SIZE];
    (void)snprintf(tail, sizeof(tail), "?fn_index=%lld&session_hash=%s",
                   (long long)gradio->function_id, gradio->session);
    char *const url = spx_gradio_url(gradio, "queue/join", tail);
    const spx_status status = listen(self, url, hear_queue);
    free(url);
    return status;
}

static spx_status run_direct(job *self)
{
    spx_gradio *const gradio = self->gradio;
    json_t *answer = NULL;
    long code = 0;
    if (gradio->protocol == SPX_GRADIO_DIRECT &&
        json_is_true(json_object_get(gradio->config, "enable_queue")) &&
        !json_is_false(json_object_get(gradio->function, "queue"))) {
        return spx_fail(gradio->diag, SPX_ERR_UNSUPPORTED,
                        "the server runs Gradio 3, whose queue spx does not speak: it must be 4.0 "
                        "or newer");
    }
    json_t *const body = queue_body(self);
    char *const url = spx_gradio_url(gradio, "run/", gradio->api_name);
    spx_status status = SPX_OK;
    SPX_TRY_OUT(post_job(self, url, body, &answer, &code));
    if (answer == NULL) {
        status =
            spx_fail(gradio->diag, SPX_ERR_REMOTE, "the server has no run/%s", gradio->api_name);
    } else if (json_object_get(answer, "data") == NULL) {
        status = app_failed(gradio, json_string_value(json_object_get(answer, "error")), NULL);
    } else {
        status = keep_outputs(gradio, json_object_get(answer, "data"));
    }
out:
    json_decref(answer);
    json_decref(body);
    free(url);
    return status;
}

/** Tells the server that nobody waits any more. It may not hear it: then it notices itself. */
static void say_farewell(const job *self)
{
    const spx_gradio *const gradio = self->gradio;
    static const char *const routes[] = { "cancel", "reset" };
    json_t *const body = json_pack("{s:s,s:I,s:s}", "session_hash", gradio->session, "fn_index",
                                   gradio->function_id, "event_id", self->event_id);
    char *const text = json_dumps(body, JSON_COMPACT);
    for (size_t i = 0; text != NULL && i < sizeof(routes) / sizeof(routes[0]); i++) {
        char *const url = spx_gradio_url(gradio, routes[i], "");
        const spx_http_request request = {
            .url = url, .json = text, .within_s = farewell_s, .farewell = 1
        };
        spx_http_answer answer = { 0 };
        if (url != NULL && spx_http_send(gradio->http, &request, &answer, NULL) == SPX_OK)
            spx_http_answer_clear(&answer);
        free(url);
    }
    json_decref(body);
    free(text);
}

/** Unguessable: who knows it can listen to the job. */
static spx_status choose_session(spx_gradio *self)
{
    static const char signs[] = "abcdefghijklmnopqrstuvwxyz012345"; /* 32 of them: no bias */
    unsigned char random[SPX_GRADIO_HASH_SIZE - 1];
    if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
        return spx_fail(self->diag, SPX_ERR_INTERNAL, "no random numbers");
    for (size_t i = 0; i < sizeof(random); i++)
        self->session[i] = signs[random[i] % (sizeof(signs) - 1)];
    self->session[sizeof(random)] = '\0';
    return SPX_OK;
}

spx_status spx_gradio_run(spx_gradio *self, json_t *inputs)
{
    job work = { .gradio = self, .inputs = inputs };
    spx_status status = SPX_OK;
    SPX_TRY(choose_session(self));
    spx_task_progress(self->task, queue_begins);
    if (json_is_false(json_object_get(self->function, "queue")) ||
        self->protocol == SPX_GRADIO_DIRECT) {
        status = run_direct(&work);
    } else if (self->protocol == SPX_GRADIO_SSE) {
        status = run_stream(&work);
    } else {
        status = run_queue(&work);
    }
    if (status != SPX_OK && !work.done && work.event_id != NULL)
        say_farewell(&work);
    free(work.event_id);
    return status;
}
