#ifndef SPX_NET_SSE_H
#define SPX_NET_SSE_H

#include "base/bytes.h"

enum { SPX_SSE_EVENT_NAME_SIZE = 64 };

/**
 * Cuts a stream of server-sent events (WHATWG HTML, "Server-sent events") into events, however the
 * stream arrives in pieces. Zero-initialise, set the callback; spx_sse_clear() at the end.
 */
typedef struct spx_sse {
    /**
     * One event with data. event: its name, "message" when it had none. data: [size], borrowed for
     * the call, followed by a zero that does not count. What it returns, spx_sse_feed() returns;
     * anything but SPX_OK ends the feeding.
     */
    spx_status (*event)(void *user, const char *event, const char *data, size_t size);
    void *user;
    size_t most_bytes; /* of one event's data and of one line; SPX_ERR_LIMIT above */
    spx_diag *diag;    /* borrowed; may be NULL */

    /* The parser's own. */
    spx_bytes line;
    spx_bytes data;
    char name[SPX_SSE_EVENT_NAME_SIZE];
    int has_data;
    int after_cr; /* the last byte was a CR that ended a line: an LF now belongs to it */
} spx_sse;

SPX_NODISCARD spx_status spx_sse_feed(spx_sse *sse, const void *bytes, size_t size);
void spx_sse_clear(spx_sse *sse);

#endif
