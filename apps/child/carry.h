#ifndef SPX_CHILD_CARRY_H
#define SPX_CHILD_CARRY_H

/*
 * A remote painter for a child that has no sockets: the child asks for one HTTP exchange after the
 * other, and the parent, who has the network and the token, makes them with the configured painter
 * and with nobody else (remote/reach.h). Bodies lie in memory that both have open, of a size that
 * neither can change:
 *
 *     child                                      parent
 *     body, {"http":{"url":…, "body":"json"}} ──► checks the address, sends
 *                                            ◄── "piece BYTES" of a stream, or "tick" each second
 *     {"http":"on"}, {"http":"stop"}, or one more exchange ──►
 *                                            ◄── "done CODE BYTES", "failed STATUS BYTES" (words)
 */
#include "base/status.h"
#include "child/child.h"

#include <jansson.h>

typedef struct spx_carry spx_carry;

/** How the child is reached while an exchange goes on. */
typedef struct spx_carry_line {
    json_t *(*next)(void *user); /* the child's next line about HTTP, for json_decref(); NULL = it
                                    is gone, or has to go */
    int (*say)(void *user, const char *text); /* 0 = it is gone */
    void *user;
} spx_carry_line;

/** painter, cancel (may be NULL) and line: borrowed until the destroy. Owned by the caller. */
SPX_NODISCARD spx_status spx_carry_create(spx_carry **out, const spx_child_painter *painter,
                                          const spx_cancel *cancel, const spx_carry_line *line,
                                          spx_diag *diag);
void spx_carry_destroy(spx_carry *carry); /* NULL is fine */
/** The bodies' descriptor; borrowed. */
int spx_carry_bodies(const spx_carry *carry);
/** Makes the exchange that a line asks for. Returns NULL, or why the child has to go. */
const char *spx_carry_exchange(spx_carry *carry, const json_t *line);
/** Whether it was cancelled a moment ago, so that the child may still say goodbye to the painter.
 */
int spx_carry_says_farewell(const spx_carry *carry);
/** Masks the painter's token in words from the child. text may be NULL. */
void spx_carry_mask(const spx_child_painter *painter, char *text);

/* ---- in the child ---- */

/** All requests of this process go to the parent from now on. carry: what the request has under
 * "carry". */
void spx_carry_begin(const json_t *carry);

#endif
