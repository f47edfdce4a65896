#ifndef SPX_CHILD_CHILD_H
#define SPX_CHILD_CHILD_H

/*
 * One photo, one process. `spx` starts itself again for each photo, so that whatever a decoder does
 * with it (crash, hang, eat memory, run foreign code) ends with that process. The parent sees open
 * descriptors go in and lines of JSON come out:
 *
 *     0     request: one line; then "go" when the child may use what it asked for
 *     1     answers, a line each: {"at":[stage, fraction]}, {"wants":{...}}, {"asks":number, ...},
 *           {"http":{...}} (carry.h), and last {"status":0, ...} or {"status":N, "error":text}
 *     2     what libraries print: kept for the report on a crash
 *     3, 4  the photos
 *     5     bodies of HTTP exchanges, with a remote painter
 *
 * The parent looks at the cancel flag 20 times a second, and kills: no decoder has to agree.
 */
#include "base/status.h"
#include "spx/cancel.h"
#include "spx/outpaint.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    SPX_CHILD_FILES_MOST = 2,
    SPX_CHILD_FIRST_FILE = 3,
    SPX_CHILD_BODY_FILE = SPX_CHILD_FIRST_FILE + SPX_CHILD_FILES_MOST,
    SPX_CHILD_NOISE_SIZE = 2048,
    SPX_CHILD_BODY_MOST = 256 << 20, /* bytes of one body */
};

/** First word of the command line of a child: no verb, and in no help. */
#define SPX_CHILD_WORD "--child"

/** What a child has found out that it needs, before it decodes. */
typedef struct spx_child_needs {
    uint64_t memory_bytes;
    double cpu_s;
    uint64_t pixels;
} spx_child_needs;

/** A remote painter that the child may ask for, by way of the parent. All borrowed. */
typedef struct spx_child_painter {
    spx_outpaint_engine engine;
    const char *url;   /* as in spx_outpaint_options; may be NULL */
    const char *token; /* the child does not see it; may be NULL */
    double timeout_s;
} spx_child_painter;

/** Everything borrowed for the call. */
typedef struct spx_child_task {
    json_t *request;
    int files[SPX_CHILD_FILES_MOST]; /* open photos; stay the caller's */
    size_t file_count;
    const spx_cancel *cancel;         /* may be NULL */
    const spx_child_painter *painter; /* NULL = it reaches no other computer */
    /** An answer that is not the last. May be NULL; from the calling thread. */
    void (*answer)(void *user, const json_t *line);
    /** A question, {"asks": number, ...}: returns the number of the answer. May be NULL. */
    int (*question)(void *user, const json_t *line);
    /** Returns when the child may have what it needs, or fails: then it is ended and this is what
     * the task failed with. May be NULL: everything is allowed. Asked once at most. */
    spx_status (*admit)(void *user, const spx_child_needs *needs, spx_diag *diag);
    void *user;
} spx_child_task;

/** How it went. */
typedef struct spx_child_outcome {
    json_t *result; /* last answer; owned by the caller: json_decref(); NULL when there was none */
    pid_t process;  /* that was; 0 = it could not be started */
    int signal;     /* that ended it; 0 = none */
    char noise[SPX_CHILD_NOISE_SIZE]; /* last of what libraries printed */
} spx_child_outcome;

/**
 * Runs a task in a process of its own and waits for its end, or ends it: SPX_ERR_CANCELLED within
 * 0.1 s of the cancel, SPX_ERR_CRASH for a process that died of itself, SPX_ERR_NO_MEMORY where the
 * computer lacked memory or threads, SPX_ERR_LIMIT for one that used more than it was let. Else the
 * status of its last answer.
 */
SPX_NODISCARD spx_status spx_child_run(const spx_child_task *task, spx_child_outcome *out,
                                       spx_diag *diag);

/** Bytes of any kind (a path need not be UTF-8) as a JSON string: each byte is one character. NULL
 * for NULL and without memory. */
json_t *spx_child_text(const char *bytes);
/** The way back: owned by the caller, free(); NULL where there is no string. */
char *spx_child_bytes(const json_t *text);

/** What the last answer of a child or copy says: its status, and why. */
SPX_NODISCARD spx_status spx_child_ended(const json_t *answer, spx_diag *diag);

/* ---- in the child ---- */

/** Gets ready: dies with the parent, lets go of what it inherited by mistake, reads the request.
 * Owned by the caller: json_decref(); NULL when nobody asks anything. */
json_t *spx_child_begin(void);
/** An answer; line is moved. */
void spx_child_say(json_t *line);
/** The parent's next line; ends the process when the parent is gone. */
void spx_child_hear(char *out, size_t size);
/** Asks; line is moved. Returns the number that was answered. */
int spx_child_question(json_t *line);
/** Asks for what is needed and waits for the answer. */
void spx_child_ask(const spx_child_needs *needs);
/** The last answer: `result` (an object, moved; may be NULL) or the failure; ends the process. */
_Noreturn void spx_child_finish(spx_status status, const spx_diag *diag, json_t *result);

#endif
