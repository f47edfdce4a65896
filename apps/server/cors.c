/*
 * Pages of other sites (Fetch standard, "CORS protocol"). Those that the operator named may read
 * answers and send what changes something. Cookies are never theirs: such a page brings a token, or
 * uses the ids that it got, so "*" gives no site a visitor's jobs.
 */
#include "server/cors.h"

#include "server/http_text.h"
#include "server/route.h"

#include <string.h>
#include <strings.h>

static const char methods[] = "GET, HEAD, POST, DELETE";
static const char request_headers[] =
    "Authorization, Content-Type, Idempotency-Key, If-None-Match, If-Range, Last-Event-ID, Prefer, "
    "Range";
static const char answer_headers[] =
    "Content-Disposition, Content-Range, ETag, Location, RateLimit-Limit, RateLimit-Remaining, "
    "RateLimit-Reset, Retry-After";
static const char preflight_s[] = "600";

int spx_cors_is_origin(const char *text)
{
    static const char host[] = "abcdefghijklmnopqrstuvwxyz0123456789-._[]:";
    if (strcmp(text, "*") == 0)
        return 1;
    const size_t scheme = strncmp(text, "https://", 8) == 0  ? 8
                          : strncmp(text, "http://", 7) == 0 ? 7
                                                             : 0;
    return scheme != 0 && text[scheme] != '\0' &&
           strspn(text + scheme, host) == strlen(text + scheme);
}

static int is_allowed(const spx_option_texts *origins, const char *origin)
{
    for (size_t i = 0; origins != NULL && i < origins->count; i++) {
        if (strcmp(origins->items[i], "*") == 0 || strcasecmp(origins->items[i], origin) == 0)
            return strcmp(origin, "null") != 0;
    }
    return 0;
}

void spx_cors_look(spx_exchange *exchange, const char *method)
{
    const char *const origin = spx_exchange_header(exchange, "Origin");
    const char *const host = spx_exchange_header(exchange, MHD_HTTP_HEADER_HOST);
    if (origin == NULL || (host != NULL && spx_origin_is_host(origin, host)) ||
        !is_allowed(exchange->context->options.origins, origin))
        return;
    exchange->origin = origin;
    exchange->preflight = strcmp(method, MHD_HTTP_METHOD_OPTIONS) == 0 &&
                          spx_exchange_header(exchange, "Access-Control-Request-Method") != NULL;
}

void spx_cors_add_headers(const spx_exchange *exchange, struct MHD_Response *response)
{
    if (exchange->context->options.origins == NULL)
        return;
    spx_reply_header(response, MHD_HTTP_HEADER_VARY, "Origin");
    if (exchange->origin == NULL)
        return;
    spx_reply_header(response, "Access-Control-Allow-Origin", exchange->origin);
    if (exchange->preflight) {
        spx_reply_header(response, "Access-Control-Allow-Methods", methods);
        spx_reply_header(response, "Access-Control-Allow-Headers", request_headers);
        spx_reply_header(response, "Access-Control-Max-Age", preflight_s);
    } else {
        spx_reply_header(response, "Access-Control-Expose-Headers", answer_headers);
    }
}

spx_answer spx_cors_reply_preflight(spx_exchange *exchange)
{
    return spx_reply_empty(exchange, MHD_HTTP_NO_CONTENT);
}
