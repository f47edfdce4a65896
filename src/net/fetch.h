#ifndef SPX_NET_FETCH_H
#define SPX_NET_FETCH_H

/*
 * One request to a server that a stranger named. Where only public addresses may be reached, each
 * connection, those of redirects too, is made to the very address that was looked at: a name that
 * means something else a moment later gains nothing.
 */
#include "base/status.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/** What strangers' URLs may reach. */
typedef enum spx_fetch_reach {
    SPX_FETCH_NOTHING,
    SPX_FETCH_PUBLIC,   /* addresses of the open internet */
    SPX_FETCH_ANYWHERE, /* this network too, and proxies that the environment names */
} spx_fetch_reach;

/** All borrowed for the call. */
typedef struct spx_fetch {
    const char *url;
    spx_fetch_reach reach;
    const char *body;           /* of a POST; NULL: a GET */
    const char *const *headers; /* lines, NULL behind the last; may be NULL */
    uint64_t most_bytes;        /* of the answer */
    double within_s;
    unsigned redirects; /* followed at most, never from https to http */
    /* Takes the body of a 2xx answer piece by piece; its failure ends the transfer. */
    spx_status (*receive)(void *user, const void *data, size_t size, spx_diag *diag);
    void *user;
    const atomic_int *stop;      /* not 0: give up; may be NULL */
    int (*unwanted)(void *user); /* the same, asked now and then, once a second at least; may be
                                    NULL */
} spx_fetch;

enum { SPX_FETCH_URL_SIZE = 2048 };

/** Opens the library that fetching takes: a server says at its start that it is missing. */
SPX_NODISCARD spx_status spx_fetch_start(spx_diag *diag);
/** Whether a URL may be tried at all: http or https, a host, no user or password, a port of web
 * servers, short enough. SPX_ERR_ARGUMENT says what is wrong. */
SPX_NODISCARD spx_status spx_fetch_check(const char *url, spx_diag *diag);
/** *code: the status of the answer. SPX_ERR_NETWORK when there was none that is whole,
 * SPX_ERR_LIMIT above the bytes, SPX_ERR_CANCELLED after a stop. Messages name no address. */
SPX_NODISCARD spx_status spx_fetch_run(const spx_fetch *what, long *code, spx_diag *diag);

#endif
