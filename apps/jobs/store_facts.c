/* Numbers about all jobs. */
#include "jobs/store_internal.h"

/* The one number of a query's first row; 0 when there is none. The lock is held. */
static spx_status read_number(spx_store *store, sqlite3_stmt *ask, double *out, spx_diag *diag)
{
    const int code = ask == NULL ? SQLITE_ERROR : sqlite3_step(ask);
    *out = code == SQLITE_ROW ? sqlite3_column_double(ask, 0) : 0.0;
    const spx_status status = code == SQLITE_ROW || code == SQLITE_DONE
                                  ? SPX_OK
                                  : spx_store_fail(store, "read a number", diag);
    (void)sqlite3_reset(ask);
    return status;
}

spx_status spx_store_queued_cost(spx_store *store, double *out, spx_diag *diag)
{
    spx_store_lock(store);
    const spx_status status =
        read_number(store, spx_store_prepare(store, SQL_QUEUED_COST), out, diag);
    spx_store_unlock(store);
    return status;
}

spx_status spx_store_get_fact(spx_store *store, const char *name, double *out, spx_diag *diag)
{
    spx_store_lock(store);
    sqlite3_stmt *const ask = spx_store_prepare(store, SQL_GET_FACT);
    spx_store_bind_text(ask, 1, name);
    const spx_status status = read_number(store, ask, out, diag);
    spx_store_unlock(store);
    return status;
}

spx_status spx_store_set_fact(spx_store *store, const char *name, double value, spx_diag *diag)
{
    spx_store_lock(store);
    sqlite3_stmt *const set = spx_store_prepare(store, SQL_SET_FACT);
    spx_store_bind_text(set, 1, name);
    if (set != NULL)
        (void)sqlite3_bind_double(set, 2, value);
    const spx_status status = spx_store_run(store, set, "keep a number", NULL, diag);
    spx_store_unlock(store);
    return status;
}
