/* The store as a whole, and numbers about all jobs. */
#include "base/clock.h"
#include "jobs/store_internal.h"

#include <stdlib.h>

spx_status spx_store_create(spx_store **out, spx_database *database, const spx_dialect *dialect,
                            const char *name, spx_diag *diag)
{
    *out = NULL;
    spx_store *const store = calloc(1, sizeof(*store));
    if (store == NULL) {
        spx_database_close(database);
        return spx_fail_memory(diag, "job database");
    }
    store->database = database;
    store->dialect = dialect;
    store->level = spx_job_options_level();
    store->opened_s = spx_clock_s();
    const spx_status status = dialect->prepare(database, name, diag);
    if (status == SPX_OK) {
        *out = store;
    } else {
        spx_store_close(store);
    }
    return status;
}

void spx_store_close(spx_store *store)
{
    if (store == NULL)
        return;
    spx_database_close(store->database);
    free(store);
}

static spx_status take_number(void *user, const spx_row *row)
{
    double *const out = user;
    *out = spx_row_real(row, 0);
    return SPX_OK;
}

spx_status spx_store_read_number(spx_store *store, enum statement which, const spx_value *values,
                                 size_t count, double *out, spx_diag *diag)
{
    spx_call call = spx_store_call(store, which, values, count, "read a number");
    call.row = take_number;
    call.user = out;
    *out = 0.0;
    return spx_database_run(store->database, &call, diag);
}

spx_status spx_store_queued_cost(spx_store *store, double *out, spx_diag *diag)
{
    return spx_store_read_number(store, SQL_QUEUED_COST, NULL, 0, out, diag);
}

spx_status spx_store_get_fact(spx_store *store, const char *name, double *out, spx_diag *diag)
{
    const spx_value values[] = { SPX_TEXT(name) };
    return spx_store_read_number(store, SQL_GET_FACT, SPX_VALUES(values), out, diag);
}

spx_status spx_store_set_fact(spx_store *store, const char *name, double value, spx_diag *diag)
{
    const spx_value values[] = { SPX_TEXT(name), SPX_REAL(value) };
    return spx_store_change(store, SQL_SET_FACT, SPX_VALUES(values), NULL, diag);
}

void spx_store_set_relief(spx_store *store, spx_store_relief relief, void *user)
{
    store->database->relief = relief;
    store->database->relief_user = user;
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
    const spx_status status = spx_store_read_number(store, SQL_OLDEST, NULL, 0, &number, diag);
    *out_up_ms = number < 0.0 ? spx_store_up_ms(store) : (int64_t)number;
    return status;
}

spx_status spx_store_catch_up(spx_store *store, spx_diag *diag)
{
    double newest = 0.0;
    const spx_status status = spx_store_read_number(store, SQL_NEWEST, NULL, 0, &newest, diag);
    if (newest > store->up_ms)
        store->up_ms = newest;
    return status;
}

spx_status spx_store_shrink(spx_store *store, spx_diag *diag)
{
    const spx_database_functions *const functions = store->database->functions;
    return functions->shrink == NULL ? SPX_OK : functions->shrink(store->database, diag);
}
