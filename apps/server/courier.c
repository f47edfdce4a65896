/*
 * The end of a job is told to the URL that its client named: a POST of JSON, signed so that the
 * receiver knows who sends it, and tried again ever more seldom until somebody says 2xx. What was
 * tried and when comes next stands in the database before each attempt, so a killed server neither
 * forgets one nor sends it in a loop.
 *
 *     Spx-Signature: t=SECONDS,v1=HEX     HEX: HMAC-SHA256 of "SECONDS.BODY" with the secret
 *     Spx-Delivery: ID-REVISION           the same for all attempts
 */
#include "server/courier.h"

#include "base/sha256.h"
#include "net/fetch.h"
#include "server/job_json.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOOK_MS = 1000, MS_PER_S = 1000, ANSWER_BYTES = 65536, HEADER_SIZE = 160 };
static const double within_s = 15.0;

/* Seconds until the next attempt; after the last one nobody tries again. */
static const int pauses_s[] = { 2, 10, 60, 300, 1800, 7200, 21600, 43200 };
enum { MOST_ATTEMPTS = sizeof(pauses_s) / sizeof(pauses_s[0]) + 1 };

static pthread_mutex_t taking =
    PTHREAD_MUTEX_INITIALIZER; /* one thread at a time looks and takes */

/* Takes a job whose hook is due: from now on it is due again after a pause. */
static int take(spx_jobs *jobs, spx_job *job)
{
    if (spx_jobs_next_hook(jobs, job, NULL) != SPX_OK)
        return 0;
    const size_t last = sizeof(pauses_s) / sizeof(pauses_s[0]) - 1;
    const size_t at = job->hook_attempts < last ? job->hook_attempts : last;
    job->hook_attempts++;
    job->hook_due_ms = spx_jobs_now_ms() + (int64_t)(pauses_s[at] + (int)within_s) * MS_PER_S;
    return spx_jobs_set_hook(jobs, job, NULL) == SPX_OK;
}

static char *body_of(const spx_job *job)
{
    json_t *const object =
        json_pack("{ss, sI, so}", "event", spx_job_state_name(job->state), "revision",
                  (json_int_t)job->revision, "job", spx_job_json(job));
    char *const body = object == NULL ? NULL : json_dumps(object, JSON_COMPACT);
    json_decref(object);
    return body;
}

static void sign(char out[HEADER_SIZE], const char *secret, const char *body)
{
    char seconds[24];
    char hex[SPX_SHA256_HEX];
    spx_bytes text = { 0 };
    (void)snprintf(seconds, sizeof(seconds), "%lld", (long long)(spx_jobs_now_ms() / MS_PER_S));
    spx_bytes_text(&text, seconds);
    spx_bytes_text(&text, ".");
    spx_bytes_text(&text, body);
    spx_hmac_sha256(secret, strlen(secret), text.data, text.failed ? 0 : text.size, hex);
    (void)snprintf(out, HEADER_SIZE, "Spx-Signature: t=%s,v1=%s", seconds, hex);
    spx_bytes_clear(&text);
}

// NOLINTNEXTLINE(readability-function-size): six
static spx_status post(const spx_context *context, const spx_job *job, const char *body,
                       const atomic_int *stop, long *code, spx_diag *diag)
{
    const spx_server_options *const options = &context->options;
    char signature[HEADER_SIZE];
    char delivery[HEADER_SIZE];
    sign(signature, context->hook_secret, body);
    (void)snprintf(delivery, sizeof(delivery), "Spx-Delivery: %s-%u", job->id, job->revision);
    const char *const headers[] = { "Content-Type: application/json", "Expect:", signature,
                                    delivery, NULL };
    const spx_fetch what = { .url = job->hook,
                             .reach = options->hook_urls,
                             .body = body,
                             .headers = headers,
                             .most_bytes = ANSWER_BYTES,
                             .within_s = within_s,
                             .stop = stop };
    return spx_fetch_run(&what, code, diag);
}

/* Says in the job what came of an attempt, and when the next one is due. */
static void note(spx_job *job, spx_status status, long code, const char *why)
{
    const int told = status == SPX_OK && code / 100 == 2;
    const int gone = status == SPX_OK && code == MHD_HTTP_GONE;
    if (status == SPX_OK) {
        (void)snprintf(job->hook_answer, sizeof(job->hook_answer), "HTTP %ld", code);
    } else {
        (void)snprintf(job->hook_answer, sizeof(job->hook_answer), "%.120s", why);
    }
    if (told || gone || job->hook_attempts >= MOST_ATTEMPTS) {
        job->hooked = job->revision;
        job->hook_due_ms = 0;
    } else {
        job->hook_due_ms = spx_jobs_now_ms() + (int64_t)pauses_s[job->hook_attempts - 1] * MS_PER_S;
    }
}

static void deliver(const spx_context *context, spx_job *job, const atomic_int *stop)
{
    long code = 0;
    spx_diag diag = { 0 };
    char *const body = body_of(job);
    const spx_status status = body == NULL ? spx_fail_memory(&diag, "webhook")
                                           : post(context, job, body, stop, &code, &diag);
    free(body);
    if (status == SPX_ERR_CANCELLED) { /* the server stops: that was no attempt */
        job->hook_attempts--;
        job->hook_due_ms = 0;
    } else {
        note(job, status, code, diag.text);
    }
    spx_diag failed = { 0 };
    if (spx_jobs_set_hook(context->jobs, job, &failed) != SPX_OK && context->options.log != NULL)
        context->options.log(context->options.user, failed.text);
}

static int turn(void *user, spx_job *job, const atomic_int *stop)
{
    const spx_context *const context = user;
    (void)pthread_mutex_lock(&taking);
    const int found = take(context->jobs, job);
    (void)pthread_mutex_unlock(&taking);
    if (found)
        deliver(context, job, stop);
    return found;
}

spx_status spx_courier_create(spx_crew **out, spx_context *context, spx_diag *diag)
{
    *out = NULL;
    SPX_TRY(spx_fetch_start(diag));
    return spx_crew_create(out, turn, context, LOOK_MS, diag);
}
