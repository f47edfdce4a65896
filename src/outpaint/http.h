#ifndef SPX_OUTPAINT_HTTP_H
#define SPX_OUTPAINT_HTTP_H

#include "base/bytes.h"
#include "base/task.h"

/**
 * A talk with one remote server: cookies, token, deadline, cancel. A token goes only to the host it
 * was given for: redirects are followed by hand, and a redirect to another host is refused while a
 * token is set.
 */
typedef struct spx_http spx_http;

typedef struct spx_http_options {
    const char *token;      /* sent as bearer token to `token_host` and its subdomains; may be NULL.
                               Borrowed until close */
    const char *token_host; /* "hf.space"; NULL = the host of each request's own URL is trusted.
                               Borrowed until close */
    const spx_task *task;   /* cancel; borrowed until close; may be NULL */
    double deadline_s;      /* of spx_clock_s(); 0 = none */
    size_t most_bytes;      /* of an answer that is kept whole */
} spx_http_options;

SPX_NODISCARD spx_status spx_http_open(spx_http **out, const spx_http_options *options,
                                       spx_diag *diag);
void spx_http_close(spx_http *http); /* NULL is fine */

/** One file of a multipart upload. All borrowed. */
typedef struct spx_http_part {
    const char *field;
    const char *file_name;
    const char *content_type;
    const void *data;
    size_t size;
} spx_http_part;

/** What to ask. All borrowed and, but for url, may be NULL; at most one of json, form, part: a POST
 * with that body. */
typedef struct spx_http_request {
    const char *url;
    const char *json; /* body, application/json */
    const char *form; /* body, application/x-www-form-urlencoded */
    const spx_http_part *part;
    /* A stream: every piece of a 2xx answer goes here instead of being kept. Its failure ends the
     * transfer. */
    spx_status (*receive)(void *user, const void *bytes, size_t size);
    void *user;
    int is_event_stream; /* ends as broken when nothing at all came for a minute */
} spx_http_request;

/** What came back. Zero-initialise; spx_http_answer_clear(). */
typedef struct spx_http_answer {
    long code;      /* HTTP status */
    spx_bytes body; /* followed by a zero that does not count; an error's body even for streams */
} spx_http_answer;

void spx_http_answer_clear(spx_http_answer *answer);

/** Any HTTP status is SPX_OK. SPX_ERR_NETWORK with the host's name when there was no whole answer.
 */
SPX_NODISCARD spx_status spx_http_send(spx_http *http, const spx_http_request *request,
                                       spx_http_answer *answer, spx_diag *diag);

#endif
