#ifndef SPX_SERVER_LINKS_H
#define SPX_SERVER_LINKS_H

/*
 * The open connections, to end those whose clients are silent for 30 s, or send or read so slowly
 * that they only hold a place. libmicrohttpd's own time-out is not used: it counts from when a byte
 * was read, and a server that was held up closes requests that have come and wait unread.
 */
#include "base/status.h"

#include <stdint.h>

typedef struct spx_links spx_links;
typedef struct spx_link spx_link;

typedef enum spx_link_phase {
    SPX_LINK_IDLE,  /* no request, or its headers are not whole */
    SPX_LINK_BODY,  /* a body arrives */
    SPX_LINK_REPLY, /* work, waiting and the answer */
} spx_link_phase;

SPX_NODISCARD spx_status spx_links_create(spx_links **out, spx_diag *diag);
void spx_links_destroy(spx_links *links); /* NULL is fine; all are removed */
/** Owned by the links until spx_links_remove(), before the socket is closed. NULL without memory.
 */
spx_link *spx_links_add(spx_links *links, int fd);
void spx_links_remove(spx_links *links, spx_link *link); /* NULL is fine */
/** link may be NULL. */
void spx_link_enter(spx_link *link, spx_link_phase phase, double now_s);
void spx_link_received(spx_link *link, uint64_t bytes);
/** Shuts down the connections that are too slow; says how many. */
uint32_t spx_links_cut(spx_links *links, double now_s);

#endif
