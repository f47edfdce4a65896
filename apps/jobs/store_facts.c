/* Numbers about all jobs. */
#include "base/clock.h"
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

void spx_store_set_relief(spx_store *store, spx_store_relief relief, void *user)
{
    store->relief = relief;
    store->relief_user = user;
}

int64_t spx_store_up_ms(const spx_store *store)
{
    static const double ms_per_s = 1000.0;
    return (int64_t)(store->up_ms + (spx_clock_s() - store->opened_s) * ms_per_s);
}

spx_status spx_store_keep_up(spx_store *store, spx_diag *diag)
{
    return spx_store_set_fact(store, "up_ms", (double)spx_store_up_ms(store), diag);
}

spx_status spx_store_oldest(spx_store *store, int64_t *out_up_ms, spx_diag *diag)
{
    double number = 0.0;
    spx_store_lock(store);
    const spx_status status =
        read_number(store, spx_store_prepare(store, SQL_OLDEST), &number, diag);
    spx_store_unlock(store);
    *out_up_ms = number < 0.0 ? spx_store_up_ms(store) : (int64_t)number;
    return status;
}

spx_status spx_store_catch_up(spx_store *store, spx_diag *diag)
{
    double newest = 0.0;
    spx_store_lock(store);
    const spx_status status =
        read_number(store, spx_store_prepare(store, SQL_NEWEST), &newest, diag);
    if (newest > store->up_ms)
        store->up_ms = newest;
    spx_store_unlock(store);
    return status;
}

spx_status spx_store_shrink(spx_store *store, spx_diag *diag)
{
    spx_store_lock(store);
    const int code =
        sqlite3_wal_checkpoint_v2(store->database, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    const spx_status status =
        code == SQLITE_OK ? SPX_OK : spx_store_fail(store, "shorten its log", diag);
    spx_store_unlock(store);
    return status;
}
