#ifndef SPX_SERVER_LISTEN_H
#define SPX_SERVER_LISTEN_H

#include "base/status.h"

#include <stdint.h>

/** A socket that listens. */
typedef struct spx_listening {
    int socket;    /* close() */
    uint16_t port; /* the one that was taken where 0 was wished */
    int is_local;  /* only this computer reaches it */
} spx_listening;

/** Listens on a port of an address or name; port 0: any free one. */
SPX_NODISCARD spx_status spx_listen(spx_listening *out, const char *host, uint16_t port,
                                    spx_diag *diag);

#endif
