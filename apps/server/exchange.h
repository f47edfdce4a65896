#ifndef SPX_SERVER_EXCHANGE_H
#define SPX_SERVER_EXCHANGE_H

/*
 * One request and its answer. libmicrohttpd calls for the same request several times: once with the
 * headers, once for each piece of the body, once at the end (and again after each wake-up). An
 * exchange is what is remembered between those calls.
 *
 *     headers → route → guard → body (upload to disk, or small JSON) → handler → reply
 *
 * What is refused before the body is over waits until the body has been read and thrown away, so
 * that a browser sees the answer; beyond a limit the answer comes at once and the connection ends.
 */
#include "base/bytes.h"
#include "server/crew.h"
#include "server/gzip.h"
#include "server/hub.h"
#include "server/keys.h"
#include "server/late_microhttpd.h"
#include "server/server_options.h"
#include "server/upload.h"

#include <jansson.h>
#include <stdatomic.h>

/** A job whose depth a stream has told. */
typedef struct spx_depth_told {
    char id[SPX_ID_SIZE];
    int is_last; /* no better one follows */
} spx_depth_told;

enum { SPX_AGENT_SIZE = 128, SPX_REPLY_CLASSES = 6, SPX_DEPTHS_TOLD = 16 };

/** Counters of /metrics. */
typedef struct spx_server_metrics {
    _Atomic uint64_t replies[SPX_REPLY_CLASSES]; /* by the first digit of the status */
    _Atomic uint64_t uploaded_bytes;
    _Atomic uint64_t slow_clients; /* connections that were cut because they were too slow */
} spx_server_metrics;

typedef struct spx_access_log spx_access_log;
typedef struct spx_logins spx_logins;
typedef struct spx_links spx_links;
typedef struct spx_link spx_link;

/** What handlers share; nothing here changes after the start but behind locks of its own, and
 * `stopping`. */
typedef struct spx_context {
    spx_server_options options; /* with own copies of token */
    char *token;                /* NULL = none */
    char *hook_secret;          /* NULL = none */
    int local;                  /* listens on a loopback address */
    atomic_int stopping;        /* takes no more jobs; what is there can still be fetched */
    spx_jobs *jobs;
    spx_hub *hub;
    spx_logins *logins;
    spx_links *links;
    spx_packed_assets *packed;
    spx_keys *keys;         /* NULL = there are none */
    spx_access_log *access; /* NULL = none is written */
    spx_crew *courier;      /* NULL = no hooks are told */
    spx_crew *fetcher;      /* NULL = photos are not fetched */
    spx_server_metrics metrics;
} spx_context;

/** Answers of handlers: what MHD_queue_response() said. */
typedef enum MHD_Result spx_answer;

struct spx_route;

typedef struct spx_exchange {
    spx_context *context;
    struct MHD_Connection *connection;
    const struct spx_route *route; /* NULL = none fits */
    spx_link *link;
    char *path;           /* unescaped */
    char id[SPX_ID_SIZE]; /* of the job in the path; empty = none */
    const char *rest;     /* of the path, after the pattern; in `path` */
    char client[SPX_JOB_CLIENT_SIZE];
    char owner[SPX_ID_SIZE]; /* empty = nobody */
    int set_cookie;          /* owner is a new session: tell the browser */
    int authorized;          /* token given, or none wanted */
    int https;               /* a trusted proxy says so */
    spx_key key;             /* whose key it was; without a name: nobody's */
    spx_key_rate rate;       /* what that client may still ask */
    const char *origin;      /* the other site that may read the answer; NULL = none */
    int preflight;           /* a browser asks whether that site may ask */
    const char *method;
    unsigned status; /* of the answer; 0 = none yet */
    double begun_s;
    char agent[SPX_AGENT_SIZE];
    int hang_up; /* the connection ends with the answer */
    int raw;     /* the body is the photo, no form */
    int head;    /* only the answer's head is wanted */

    int refused; /* status to answer after the body; 0 = none */
    const char *refused_code;
    char refused_text[256];
    const char *allow;    /* methods, for 405 */
    const char *location; /* of what was made, for 201; NULL = none */
    int retry_after_s;    /* when to come again; 0 = nothing is said */
    uint64_t received;    /* bytes of the body */

    spx_upload *upload; /* of a form */
    spx_bytes body;     /* of a small request */

    int repeated;  /* `id` is the job of an earlier request with the same key */
    int submitted; /* a waiting request's job has been queued under `id` */
    int waits;     /* its client wants the answer when the job is finished */
    spx_listener listener;
    spx_bytes outgoing; /* of an event stream: not yet sent */
    size_t outgoing_at;
    int last_event;                             /* the stream ends after `outgoing` */
    spx_depth_told depth_told[SPX_DEPTHS_TOLD]; /* what was told last, a ring */
    size_t depth_at;                            /* where the next one goes */
    int64_t told_ms; /* when `outgoing` was gathered; older changes have been told */
} spx_exchange;

/** Sends a JSON value, which is moved (also on failure). */
spx_answer spx_reply_json(spx_exchange *exchange, unsigned status, json_t *json);
/** {"error": {"code", "message"}}, or {"detail"} where the reference's clients ask. */
spx_answer spx_reply_error(spx_exchange *exchange, unsigned status, const char *code,
                           const char *message);
/** The error that spx_exchange_refuse() remembered. */
spx_answer spx_reply_refused(spx_exchange *exchange);
/** The answer of spx_reply_error(), to which headers can be added. Owned by the caller, who sends
 * it; NULL without memory. */
struct MHD_Response *spx_error_response(const spx_exchange *exchange, unsigned status,
                                        const char *code, const char *message);
/** The error that fits a failure of the jobs room or the library. */
spx_answer spx_reply_failure(spx_exchange *exchange, spx_status status, const spx_diag *diag);
/** One of the program's own files. */
spx_answer spx_reply_asset(spx_exchange *exchange, const char *path);
/** The file of a job that the path names, if it is there; nothing is made. */
spx_answer spx_reply_job_file(spx_exchange *exchange, const spx_job *job);
/** Reads the job of the path again and sends it. */
spx_answer spx_reply_job(spx_exchange *exchange, unsigned status);
/** 202 and the job of the path: files are on their way. */
spx_answer spx_reply_making(spx_exchange *exchange);
spx_answer spx_reply_empty(spx_exchange *exchange, unsigned status);
/** Adds the headers that every answer has, counts it and sends it; the response is released. NULL
 * closes the connection. */
spx_answer spx_reply_send(spx_exchange *exchange, unsigned status, struct MHD_Response *response);
/** Adds a header; failures leave it out. */
void spx_reply_header(struct MHD_Response *response, const char *name, const char *value);
/** A request's header; NULL when it has none. */
const char *spx_exchange_header(const spx_exchange *exchange, const char *name);
/** A parameter of the query; NULL when there is none. */
const char *spx_exchange_query(const spx_exchange *exchange, const char *name);
/** The job of the path, owned by the caller: free(). NULL: *answer has been sent instead. */
spx_job *spx_exchange_job(spx_exchange *exchange, spx_answer *answer);
/** Remembers the first reason to refuse a request. */
void spx_exchange_refuse(spx_exchange *exchange, int status, const char *code, const char *message);
/** The same for a failure that is the server's own, which its log tells: 503 where the database or
 * the files that nodes share do not answer, 507 while the disk is full, else 500. */
void spx_exchange_refuse_fault(spx_exchange *exchange, spx_status status, const spx_diag *diag);

#endif
