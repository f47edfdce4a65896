/*
 * Every answer leaves through spx_reply_send(), which adds what all have: security headers, the
 * client's rate, the session's cookie, CORS. Errors are made in one place, in the words of the API
 * or, on the reference application's addresses, in its own.
 */
#include "jobs/utf8.h"
#include "server/cors.h"
#include "server/exchange.h"
#include "server/route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    JSON_FLAGS = JSON_COMPACT | JSON_REAL_PRECISION(10),
    HUNDRED = 100,
    RETRY_AFTER_S = 5,
    DISK_RETRY_S = 60,
    LEAST_PACKED_BYTES = 1024
};

/* What every answer says to browsers. The page brings all that it needs; nothing else may run. */
static const char *const common_headers[][2] = {
    { "X-Content-Type-Options", "nosniff" },
    { "Referrer-Policy", "no-referrer" },
    { "Content-Security-Policy",
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
      "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
      "frame-ancestors 'none'" },
    { "X-Frame-Options", "DENY" },
    { "Cross-Origin-Resource-Policy", "same-origin" },
    { "Cross-Origin-Opener-Policy", "same-origin" },
    { "Permissions-Policy",
      "camera=(), microphone=(), geolocation=(), xr-spatial-tracking=(self)" },
};

/* The same for a page that is made to be framed: it shows, and can do nothing. */
static const char embed_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors *";

void spx_reply_header(struct MHD_Response *response, const char *name, const char *value)
{
    (void)MHD_add_response_header(response, name, value);
}

const char *spx_exchange_header(const spx_exchange *exchange, const char *name)
{
    return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
}

const char *spx_exchange_query(const spx_exchange *exchange, const char *name)
{
    return MHD_lookup_connection_value(exchange->connection, MHD_GET_ARGUMENT_KIND, name);
}

void spx_exchange_refuse(spx_exchange *exchange, int status, const char *code, const char *message)
{
    if (exchange->refused != 0)
        return;
    exchange->refused = status;
    exchange->refused_code = code;
    (void)snprintf(exchange->refused_text, sizeof(exchange->refused_text), "%s", message);
}

static void add_cookie(const spx_exchange *exchange, struct MHD_Response *response)
{
    char cookie[160];
    (void)snprintf(cookie, sizeof(cookie),
                   "spx_session=%s; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict%s",
                   exchange->owner, exchange->https ? "; Secure" : "");
    spx_reply_header(response, MHD_HTTP_HEADER_SET_COOKIE, cookie);
}

static void add_common(const spx_exchange *exchange, struct MHD_Response *response)
{
    const int embed = exchange->route != NULL && (exchange->route->flags & SPX_ROUTE_EMBED) != 0;
    for (size_t i = 0; i < sizeof(common_headers) / sizeof(common_headers[0]); i++) {
        const char *const name = common_headers[i][0];
        if (embed && strcmp(name, "X-Frame-Options") == 0)
            continue;
        const int is_policy = strcmp(name, "Content-Security-Policy") == 0;
        spx_reply_header(response, name, embed && is_policy ? embed_policy : common_headers[i][1]);
    }
}

static void add_number(struct MHD_Response *response, const char *name, uint32_t number)
{
    char text[16];
    (void)snprintf(text, sizeof(text), "%u", number);
    spx_reply_header(response, name, text);
}

/* What a client with a key may still ask. */
static void add_rate(const spx_key_rate *rate, struct MHD_Response *response)
{
    if (rate->limit == 0)
        return;
    add_number(response, "RateLimit-Limit", rate->limit);
    add_number(response, "RateLimit-Remaining", rate->remaining);
    add_number(response, "RateLimit-Reset", rate->reset_s);
}

spx_answer spx_reply_send(spx_exchange *exchange, unsigned status, struct MHD_Response *response)
{
    if (response == NULL)
        return MHD_NO;
    add_common(exchange, response);
    if (MHD_get_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL) == NULL)
        spx_reply_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (exchange->location != NULL && status == MHD_HTTP_CREATED)
        spx_reply_header(response, MHD_HTTP_HEADER_LOCATION, exchange->location);
    if (exchange->retry_after_s != 0) {
        add_number(response, MHD_HTTP_HEADER_RETRY_AFTER, (uint32_t)exchange->retry_after_s);
    }
    if (exchange->set_cookie)
        add_cookie(exchange, response);
    spx_cors_add_headers(exchange, response);
    add_rate(&exchange->rate, response);
    exchange->status = status;
    if (exchange->hang_up)
        spx_reply_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    if (status / HUNDRED < SPX_REPLY_CLASSES)
        (void)atomic_fetch_add(&exchange->context->metrics.replies[status / HUNDRED], 1);
    const spx_answer answer = MHD_queue_response(exchange->connection, status, response);
    MHD_destroy_response(response);
    return answer;
}

/* Moves the text, or what it becomes when it is packed, into a response. */
static struct MHD_Response *text_response(const spx_exchange *exchange, char *text)
{
    const size_t size = strlen(text);
    spx_bytes packed = { 0 };
    struct MHD_Response *response = NULL;
    if (size >= LEAST_PACKED_BYTES &&
        spx_accepts_gzip(spx_exchange_header(exchange, MHD_HTTP_HEADER_ACCEPT_ENCODING)))
        spx_gzip(&packed, text, size);
    if (packed.size == 0 || packed.failed) {
        spx_bytes_clear(&packed);
        response = MHD_create_response_from_buffer(size, text, MHD_RESPMEM_MUST_FREE);
        if (response == NULL)
            free(text);
    } else {
        free(text);
        response = MHD_create_response_from_buffer(packed.size, packed.data, MHD_RESPMEM_MUST_FREE);
        if (response == NULL) {
            spx_bytes_clear(&packed);
            return NULL;
        }
        spx_reply_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
    }
    return response;
}

static struct MHD_Response *json_response(const spx_exchange *exchange, json_t *json)
{
    char *const text = json == NULL ? NULL : json_dumps(json, JSON_FLAGS);
    json_decref(json);
    if (text == NULL)
        return NULL;
    struct MHD_Response *const response = text_response(exchange, text);
    if (response != NULL) {
        spx_reply_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
        spx_reply_header(response, MHD_HTTP_HEADER_VARY, MHD_HTTP_HEADER_ACCEPT_ENCODING);
    }
    return response;
}

spx_answer spx_reply_json(spx_exchange *exchange, unsigned status, json_t *json)
{
    return spx_reply_send(exchange, status, json_response(exchange, json));
}

spx_answer spx_reply_empty(spx_exchange *exchange, unsigned status)
{
    return spx_reply_send(exchange, status,
                          MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT));
}

/* The reference's framework tells a missing field in a list. */
static json_t *reference_error(unsigned status, const char *message)
{
    if (status != MHD_HTTP_UNPROCESSABLE_CONTENT)
        return json_pack("{so}", "detail", spx_utf8_json(message));
    return json_pack("{s[{s[ss], so, ss}]}", "detail", "loc", "body", "file", "msg",
                     spx_utf8_json(message), "type", "value_error");
}

static int speaks_reference(const spx_exchange *exchange)
{
    return exchange->route != NULL && (exchange->route->flags & SPX_ROUTE_REFERENCE) != 0;
}

struct MHD_Response *spx_error_response(const spx_exchange *exchange, unsigned status,
                                        const char *code, const char *message)
{
    return json_response(exchange, speaks_reference(exchange)
                                       ? reference_error(status, message)
                                       : json_pack("{s{ss, so}}", "error", "code", code, "message",
                                                   spx_utf8_json(message)));
}

/* When to come again, where nobody knows better; 0 = it would be the same then. */
static int retry_after_s(unsigned status)
{
    switch (status) {
    case MHD_HTTP_TOO_MANY_REQUESTS:
    case MHD_HTTP_SERVICE_UNAVAILABLE:
        return RETRY_AFTER_S;
    case MHD_HTTP_INSUFFICIENT_STORAGE:
        return DISK_RETRY_S; /* until somebody has made room */
    default:
        return 0;
    }
}

spx_answer spx_reply_error(spx_exchange *exchange, unsigned status, const char *code,
                           const char *message)
{
    struct MHD_Response *const response = spx_error_response(exchange, status, code, message);
    if (response == NULL)
        return MHD_NO;
    if (exchange->retry_after_s == 0)
        exchange->retry_after_s = retry_after_s(status);
    if (status == MHD_HTTP_UNAUTHORIZED)
        spx_reply_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
    if (status == MHD_HTTP_METHOD_NOT_ALLOWED && exchange->allow != NULL)
        spx_reply_header(response, MHD_HTTP_HEADER_ALLOW, exchange->allow);
    return spx_reply_send(exchange, status, response);
}

spx_answer spx_reply_refused(spx_exchange *exchange)
{
    return spx_reply_error(exchange, (unsigned)exchange->refused, exchange->refused_code,
                           exchange->refused_text);
}

/* Causes inside the server are for its log, not for clients. */
void spx_exchange_refuse_fault(spx_exchange *exchange, spx_status status, const spx_diag *diag)
{
    const spx_context *const context = exchange->context;
    if (context->options.log != NULL)
        context->options.log(context->options.user, diag->text);
    if (status == SPX_ERR_NETWORK || status == SPX_ERR_REMOTE) {
        spx_exchange_refuse(exchange, MHD_HTTP_SERVICE_UNAVAILABLE, "unavailable",
                            "the server cannot reach its jobs or files: try again");
    } else if (spx_jobs_is_disk_full(context->jobs)) {
        spx_exchange_refuse(exchange, MHD_HTTP_INSUFFICIENT_STORAGE, "disk_full",
                            "the server's disk is full");
    } else {
        spx_exchange_refuse(exchange, MHD_HTTP_INTERNAL_SERVER_ERROR, "internal",
                            "the server failed; its log says why");
    }
}

spx_answer spx_reply_failure(spx_exchange *exchange, spx_status status, const spx_diag *diag)
{
    switch (status) {
    case SPX_ERR_NOT_FOUND:
        return spx_reply_error(exchange, MHD_HTTP_NOT_FOUND, "not_found",
                               speaks_reference(exchange) ? "File not found"
                                                          : "there is no such job or file");
    case SPX_ERR_ARGUMENT:
        return spx_reply_error(exchange, MHD_HTTP_UNPROCESSABLE_CONTENT, "invalid", diag->text);
    case SPX_ERR_UNSUPPORTED:
        return spx_reply_error(exchange, MHD_HTTP_NOT_IMPLEMENTED, "unsupported", diag->text);
    default:
        spx_exchange_refuse_fault(exchange, status, diag);
        return spx_reply_refused(exchange);
    }
}

spx_job *spx_exchange_job(spx_exchange *exchange, spx_answer *answer)
{
    spx_diag diag = { 0 };
    spx_job *const job = malloc(sizeof(*job));
    *answer = MHD_NO;
    if (job == NULL)
        return NULL;
    const spx_status status = spx_jobs_get(exchange->context->jobs, exchange->id, job, &diag);
    if (status == SPX_OK)
        return job;
    *answer = spx_reply_failure(exchange, status, &diag);
    free(job);
    return NULL;
}
