#ifndef SPX_REMOTE_REACH_H
#define SPX_REMOTE_REACH_H

/*
 * How far the requests of one remote engine may go. Whoever carries them for a process without a
 * network (http.h) asks here before it sends anything:
 *
 *     sdapi, or gradio with a URL    scheme, host and port of that URL
 *     gradio with a Space            the hub, hosts of the hub, and the host that the hub names
 */
#include "net/http.h"
#include "spx/outpaint.h"

typedef struct spx_reach {
    char *own;       /* the server's URL, or the hub's */
    char *host;      /* what the hub named; NULL = nothing yet, or no Space */
    char *asks_host; /* the URL at the hub that tells it; NULL = no Space */
    int hugging_face;
} spx_reach;

/** url: as in spx_outpaint_options, may be NULL. SPX_ERR_ARGUMENT for one that is none. *out is
 * cleared by spx_reach_clear(). */
SPX_NODISCARD spx_status spx_reach_init(spx_reach *out, spx_outpaint_engine engine, const char *url,
                                        spx_diag *diag);
void spx_reach_clear(spx_reach *reach); /* an empty one is fine */

int spx_reach_holds(const spx_reach *reach, const char *url);
/** Looks whether an answer names the Space's host. */
void spx_reach_learn(spx_reach *reach, const char *url, const spx_http_answer *answer);
/** Who may see the token; borrowed from the reach. */
spx_http_scope spx_reach_scope(const spx_reach *reach);

#endif
