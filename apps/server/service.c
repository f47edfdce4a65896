/* What is about the server itself: its offer, sessions, health and metrics. */
#include "jobs/table_json.h"
#include "server/guard.h"
#include "server/http_text.h"
#include "server/links.h"
#include "server/metrics.h"
#include "server/route.h"
#include "spx/model.h"
#include "spx/version.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The networks whose weights are on this computer, but for those whose names no option can say. */
static json_t *models_json(void)
{
    spx_model_list *models = NULL;
    spx_job_options options;
    const char *last = "";
    json_t *const list = json_pack("[s]", "auto");
    if (spx_model_list_create(&models, NULL, NULL) != SPX_OK)
        return list;
    spx_job_options_init(&options);
    for (size_t i = 0; i < spx_model_list_count(models); i++) {
        const char *const name = spx_model_list_at(models, i)->name;
        if (strcmp(name, last) != 0 && spx_job_options_set(&options, "model", name, NULL) == SPX_OK)
            (void)json_array_append_new(list, json_string(name));
        last = name;
    }
    spx_model_list_destroy(models);
    return list;
}

static json_t *painters_json(const spx_context *context)
{
    json_t *const words = spx_table_words(&spx_job_rows[SPX_JOB_ROW_PAINTER]);
    if (!context->options.remote_painter)
        (void)json_array_remove(words, SPX_JOB_PAINTER_REMOTE);
    return words;
}

/* What the operator had better fetch; null when there is nothing better. */
static json_t *recommended_json(void)
{
    uint64_t size = 0;
    const char *const name = spx_model_recommended(NULL, &size);
    if (name == NULL)
        return json_null();
    return json_pack("{ss, sI, ss}", "name", name, "bytes", (json_int_t)size, "command",
                     "spx model fetch recommended");
}

/* Seconds until all jobs are done; null until one was measured. */
static json_t *queue_json(spx_jobs *jobs)
{
    const double seconds = spx_jobs_queue_s(jobs);
    return seconds < 0.0 ? json_null() : json_real(ceil(seconds));
}

spx_answer spx_api_server(spx_exchange *exchange)
{
    const spx_context *const context = exchange->context;
    const spx_server_options *const options = &context->options;
    uint32_t counts[SPX_JOB_STATES];
    spx_diag diag = { 0 };
    const spx_status status = spx_jobs_counts(context->jobs, counts, &diag);
    if (status != SPX_OK)
        return spx_reply_failure(exchange, status, &diag);
    return spx_reply_json(
        exchange, MHD_HTTP_OK,
        json_pack("{ss, s{sb, sb}, s{sI, sI, sI, sI, sf, sf}, s{sb, sb}, so, so, so, so, s{sI, sI, "
                  "sI, so}, "
                  "so, so, so, so, so}",
                  "version", spx_version(), "auth", "required", spx_guard_is_closed(context),
                  "authorized", exchange->authorized, "limits", "upload_bytes",
                  (json_int_t)options->upload_bytes, "queue", (json_int_t)options->limits.queued,
                  "client_jobs", (json_int_t)options->limits.client, "retention_s",
                  (json_int_t)options->retention_s, "cost", options->most_cost, "margin",
                  options->most_margin_pct, "takes", "source_url",
                  options->photo_urls != SPX_FETCH_NOTHING, "webhook_url",
                  options->hook_urls != SPX_FETCH_NOTHING, "models", models_json(), "formats",
                  spx_table_words_of(spx_formats_all()), "kinds",
                  spx_table_words(&spx_job_rows[SPX_JOB_ROW_KIND]), "painters",
                  painters_json(context), "queue", "queued", (json_int_t)counts[SPX_JOB_QUEUED],
                  "running", (json_int_t)counts[SPX_JOB_RUNNING], "workers",
                  (json_int_t)spx_jobs_workers(context->jobs), "eta_s", queue_json(context->jobs),
                  "options", spx_table_options(SPX_BY_API), "format_table", spx_table_formats(),
                  "groups", spx_table_groups(), "shelves", spx_table_shelves(), "recommended_model",
                  recommended_json()));
}

spx_answer spx_api_login(spx_exchange *exchange)
{
    spx_context *const context = exchange->context;
    spx_diag diag = { 0 };
    spx_key key = { .name = "" };
    json_t *const body =
        json_loadb((const char *)exchange->body.data, exchange->body.size, 0, NULL);
    const char *const given = json_string_value(json_object_get(body, "token"));
    const int right = given != NULL && spx_guard_knows(context, given, &key);
    json_decref(body);
    if (!spx_guard_is_closed(context))
        return spx_reply_empty(exchange, MHD_HTTP_NO_CONTENT);
    if (!right) {
        return spx_reply_error(exchange, MHD_HTTP_UNAUTHORIZED, "unauthorized",
                               "this is not the server's token");
    }
    const spx_status status = spx_logins_add(context->logins, key.name, exchange->owner, &diag);
    if (status != SPX_OK)
        return spx_reply_failure(exchange, status, &diag);
    exchange->set_cookie = 1;
    return spx_reply_empty(exchange, MHD_HTTP_NO_CONTENT);
}

spx_answer spx_api_logout(spx_exchange *exchange)
{
    const char *const cookie = spx_guard_cookie(exchange);
    if (cookie != NULL)
        spx_logins_remove(exchange->context->logins, cookie);
    struct MHD_Response *const response =
        MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return MHD_NO;
    spx_reply_header(response, MHD_HTTP_HEADER_SET_COOKIE,
                     "spx_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    return spx_reply_send(exchange, MHD_HTTP_NO_CONTENT, response);
}

spx_answer spx_health(spx_exchange *exchange)
{
    uint32_t counts[SPX_JOB_STATES];
    if (atomic_load(&exchange->context->stopping)) {
        return spx_reply_error(exchange, MHD_HTTP_SERVICE_UNAVAILABLE, "stopping",
                               "the server stops");
    }
    if (spx_jobs_counts(exchange->context->jobs, counts, NULL) != SPX_OK) {
        return spx_reply_error(exchange, MHD_HTTP_SERVICE_UNAVAILABLE, "database",
                               "the job database does not answer");
    }
    if (spx_jobs_is_disk_full(exchange->context->jobs)) {
        return spx_reply_error(exchange, MHD_HTTP_SERVICE_UNAVAILABLE, "disk_full",
                               "the disk is full: jobs wait, and what is deleted makes room");
    }
    return spx_reply_json(exchange, MHD_HTTP_OK, json_pack("{ss}", "status", "ok"));
}

spx_answer spx_metrics(spx_exchange *exchange)
{
    spx_context *const context = exchange->context;
    spx_bytes out = { 0 };
    spx_metrics_jobs(&out, context->jobs);
    spx_metrics_line(&out, "# HELP spx_http_replies_total Answers by class of status.\n"
                           "# TYPE spx_http_replies_total counter");
    for (unsigned i = 2; i < SPX_REPLY_CLASSES; i++) {
        spx_metrics_line(&out, "spx_http_replies_total{class=\"%uxx\"} %llu", i,
                         (unsigned long long)atomic_load(&context->metrics.replies[i]));
    }
    spx_metrics_line(&out,
                     "# HELP spx_uploaded_bytes_total Bytes of uploads that were taken.\n"
                     "# TYPE spx_uploaded_bytes_total counter\nspx_uploaded_bytes_total %llu",
                     (unsigned long long)atomic_load(&context->metrics.uploaded_bytes));
    spx_metrics_line(&out,
                     "# HELP spx_slow_clients_total Connections that were cut for being too slow.\n"
                     "# TYPE spx_slow_clients_total counter\nspx_slow_clients_total %llu",
                     (unsigned long long)atomic_load(&context->metrics.slow_clients));
    spx_metrics_line(&out,
                     "# HELP spx_listeners Event streams and requests that wait for a job.\n"
                     "# TYPE spx_listeners gauge\nspx_listeners %u",
                     spx_hub_listeners(context->hub));
    if (out.failed) {
        spx_bytes_clear(&out);
        return MHD_NO;
    }
    struct MHD_Response *const response =
        MHD_create_response_from_buffer(out.size, out.data, MHD_RESPMEM_MUST_FREE);
    if (response == NULL) {
        spx_bytes_clear(&out);
        return MHD_NO;
    }
    spx_reply_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, SPX_METRICS_TYPE);
    return spx_reply_send(exchange, MHD_HTTP_OK, response);
}
