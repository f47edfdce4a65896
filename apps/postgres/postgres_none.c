/* Stands in for postgres.c where libpq's headers were not there. */
#include "postgres/postgres.h"

spx_status spx_postgres_open(spx_database **out, const char *url, spx_diag *diag)
{
    (void)url;
    *out = NULL;
    return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                    "this spx was built without PostgreSQL (SPX_POSTGRES)");
}
