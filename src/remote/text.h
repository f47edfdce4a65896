#ifndef SPX_REMOTE_TEXT_H
#define SPX_REMOTE_TEXT_H

#include "net/http.h"

enum { SPX_REMOTE_TEXT_SIZE = 240 };

/** What a server wrote, as one line for people: no HTML tags, no control characters, cut to fit
 * between two characters. text may be NULL. */
void spx_remote_plain(char out[SPX_REMOTE_TEXT_SIZE], const char *text);

/** The failure behind an answer whose code is no 2xx: what `what` did, the code, the server's
 * text. Returns SPX_ERR_REMOTE. */
spx_status spx_remote_refused(const spx_http_answer *answer, const char *what, spx_diag *diag);

static inline int spx_remote_is_success(const spx_http_answer *answer)
{
    return answer->code >= 200 && answer->code < 300; // NOLINT
}

/** Overwrites what a message repeats of a secret. secret may be NULL. */
void spx_remote_mask(char *text, const char *secret);

/** The value of "NAME=VALUE" among the options' parameters, NULL when it is not there. */
const char *spx_remote_parameter(const char *const *parameters, const char *name);

/** Waits; SPX_ERR_CANCELLED within 50 ms of a cancel. */
SPX_NODISCARD spx_status spx_remote_sleep(const spx_task *task, double seconds, spx_diag *diag);

#endif
