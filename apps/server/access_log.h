#ifndef SPX_SERVER_ACCESS_LOG_H
#define SPX_SERVER_ACCESS_LOG_H

/*
 * One line of JSON for each request that was answered. Tokens, cookies and queries are not in it,
 * and of the ids in a path, which are what lets somebody in, only the beginning.
 */
#include "base/status.h"

typedef struct spx_access_log spx_access_log;
struct spx_exchange;

/** Appends to the file, whose path is borrowed. Owned by the caller: spx_access_log_close(). */
SPX_NODISCARD spx_status spx_access_log_open(spx_access_log **out, const char *path,
                                             spx_diag *diag);
void spx_access_log_close(spx_access_log *log); /* NULL is fine */
/** Goes on in the file that has the name now; on failure in the one that had it. */
SPX_NODISCARD spx_status spx_access_log_reopen(spx_access_log *log, spx_diag *diag);
/** ended: 1 = the client has the whole answer. log: NULL is fine. */
void spx_access_log_write(spx_access_log *log, const struct spx_exchange *exchange, int ended);

#endif
