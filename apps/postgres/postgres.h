#ifndef SPX_POSTGRES_POSTGRES_H
#define SPX_POSTGRES_POSTGRES_H

/*
 * A PostgreSQL server's database, for many processes on many machines. Who asks is told as other
 * programs are told: in the address, by PGUSER, PGPASSWORD, PGPASSFILE and their kin, or by
 * ~/.pgpass. No message has a secret in it.
 */
#include "database/database.h"

/** Whether a text begins with "postgres://" or "postgresql://". */
int spx_postgres_is_url(const char *url);
/** Connects. SPX_ERR_UNSUPPORTED where this build has no PostgreSQL, or the library is missing.
 * Owned by the caller: spx_database_close(). */
SPX_NODISCARD spx_status spx_postgres_open(spx_database **out, const char *url, spx_diag *diag);

#endif
