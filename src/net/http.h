#ifndef SPX_NET_HTTP_H
#define SPX_NET_HTTP_H

#include "base/bytes.h"
#include "base/task.h"
#include "net/http_address.h"

/**
 * A talk with one remote service: cookies, token, deadline, cancel. A token goes only where its
 * scope says. Redirects are followed by hand: one to another server is refused while a token is
 * set, one from https to http always.
 *
 * A request may be sent from within another one's receive() or tick(); all from one thread.
 */
typedef struct spx_http spx_http;

enum { SPX_HTTP_TOKEN_MAX = 4096 };

typedef struct spx_http_options {
    const char *token;    /* "USER:PASSWORD" is sent as Basic, else as Bearer; NULL or "" = none.
                             Borrowed until close */
    spx_http_scope scope; /* its strings are borrowed until close */
    const spx_task *task; /* cancel; borrowed until close; may be NULL */
    double deadline_s;    /* of spx_clock_s(); 0 = none */
    size_t most_bytes;    /* of an answer that is kept whole */
    int says_all;         /* failures have libcurl's own words: they may name hosts and ports */
} spx_http_options;

/** SPX_ERR_ARGUMENT when the token cannot be sent: it holds blanks or control characters. */
SPX_NODISCARD spx_status spx_http_open(spx_http **out, const spx_http_options *options,
                                       spx_diag *diag);
void spx_http_close(spx_http *http); /* NULL is fine */
/** Whether the token is "USER:PASSWORD", so that a request with `login` makes sense. */
int spx_http_has_login(const spx_http *http);

/** One file of a multipart upload. All borrowed. */
typedef struct spx_http_part {
    const char *field;
    const char *file_name;
    const char *content_type;
    const void *data;
    size_t size;
} spx_http_part;

/** The body of a PUT, or of another method. Borrowed. */
typedef struct spx_http_put {
    const void *data;
    size_t size;
} spx_http_put;

/** What to ask. All borrowed and, but for url, may be NULL; at most one of json, login, part: a
 * POST with that body; put: a PUT; method: another one, with put's body or none. */
typedef struct spx_http_request {
    const char *url;
    const char *method;
    const char *json; /* body, application/json */
    int login;        /* body: a form with the token's "username" and "password" */
    const spx_http_part *part;
    const spx_http_put *put;
    const char *const *headers; /* "Name: value"; NULL behind the last */
    const struct spx_aws_identity
        *signer; /* of a request to S3: net/aws_sign.h says what it takes */
    /* A stream: every piece of a 2xx answer goes here instead of being kept. Its failure ends the
     * transfer. */
    spx_status (*receive)(void *user, const void *bytes, size_t size);
    /* Before the first piece of a stream: the status, and how many bytes are to come, 0 = not told.
     * Its failure ends the transfer. */
    spx_status (*begin)(void *user, long code, uint64_t size);
    /* Each header line of each answer, also of redirects; not terminated. */
    void (*header)(void *user, const char *line, size_t size);
    void (*tick)(void *user); /* about every second while waiting */
    void *user;
    int is_event_stream; /* asks for text/event-stream */
    uint32_t quiet_s;    /* ends as broken when nothing at all came for so long; 0 = never */
    uint64_t resume_at;  /* asks for the bytes from here on; the server may send all, as 200 */
    double within_s;     /* shorter limit for this request alone; 0 = none */
    size_t most_bytes;   /* the same for an answer that is kept whole */
    int farewell;        /* sent even after a cancel: wants within_s */
} spx_http_request;

/** What came back. Zero-initialise; spx_http_answer_clear(). */
typedef struct spx_http_answer {
    long code;      /* HTTP status */
    int is_reached; /* some server answered; stays after a failure */
    spx_bytes body; /* followed by a zero that does not count; an error's body even for streams */
} spx_http_answer;

void spx_http_answer_clear(spx_http_answer *answer);

/** Any HTTP status is SPX_OK. SPX_ERR_NETWORK with the URL when there was no whole answer. */
SPX_NODISCARD spx_status spx_http_send(spx_http *http, const spx_http_request *request,
                                       spx_http_answer *answer, spx_diag *diag);

/** Waits before the next try, .2 s after the first and twice as long after each. tries: before this
 * one, from 0; task: cancel, may be NULL. */
SPX_NODISCARD spx_status spx_http_pause(const spx_task *task, unsigned tries, spx_diag *diag);

/** Appends a text as a URL has it (RFC 3986): all but letters, digits, "-._~" and those of `kept`
 * as %XX. */
void spx_http_escape(spx_bytes *out, const char *text, size_t size, const char *kept);
/** Appends "NAME=VALUE" to a form's body, "&" before all but the first; the value is escaped. */
void spx_http_form_add(spx_bytes *form, const char *name, const char *value, size_t size);

/** How an answer is limited. */
typedef struct spx_http_terms {
    size_t most_bytes; /* of an answer that is kept whole */
    double left_s;     /* until the deadline; 0 = none */
} spx_http_terms;

/** Brings requests out of a process that may use no network: somebody else has the sockets, and the
 * token, and decides where requests may go. */
typedef struct spx_http_carrier {
    /** As spx_http_send(). */
    spx_status (*send)(void *user, const spx_http_request *request, const spx_http_terms *terms,
                       spx_http_answer *answer, spx_diag *diag);
    int has_login; /* the token that it has is "USER:PASSWORD" */
    void *user;
} spx_http_carrier;

/** From now on all requests of this process go through the carrier. Called once, before there are
 * threads; borrowed until the end of the process. */
void spx_http_use_carrier(const spx_http_carrier *chosen);

#endif
