#ifndef SPX_CLI_SERVE_SANDBOX_H
#define SPX_CLI_SERVE_SANDBOX_H

#include "base/status.h"

/** What a server works with; all but data may be NULL. */
typedef struct spx_serve_paths {
    const char *data;
    const char *models;
    const char *blobs; /* a folder is written to; not NULL: credentials are read */
    const char *keys;
    const char *access_log;
} spx_serve_paths;

/** The server gives up what it does not need either: it writes to its data folder and to that of
 * its log, and reads itself, the models, the keys and what names and certificates are looked up in.
 * Before it starts threads. */
SPX_NODISCARD spx_status spx_serve_shut_in(const spx_serve_paths *paths, spx_diag *diag);

#endif
