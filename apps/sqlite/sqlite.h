#ifndef SPX_SQLITE_SQLITE_H
#define SPX_SQLITE_SQLITE_H

/* A database in one file, for one process: write-ahead log, one session. */
#include "database/database.h"

/** Opens or makes the file and looks whether it is whole: SPX_ERR_CORRUPT. Owned by the caller:
 * spx_database_close(). */
SPX_NODISCARD spx_status spx_sqlite_open(spx_database **out, const char *path, spx_diag *diag);

#endif
