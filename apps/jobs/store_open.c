/* The database's file: opened, made, brought up to date. */
#include "base/clock.h"
#include "jobs/store_internal.h"

#include <stdlib.h>
#include <string.h>

enum { BUSY_MS = 5000 };

static spx_status read_version(spx_store *store, int *version, spx_diag *diag)
{
    sqlite3_stmt *ask = NULL;
    if (sqlite3_prepare_v2(store->database, "PRAGMA user_version", -1, &ask, NULL) != SQLITE_OK ||
        sqlite3_step(ask) != SQLITE_ROW) {
        (void)sqlite3_finalize(ask);
        return spx_store_fail(store, "open", diag);
    }
    *version = sqlite3_column_int(ask, 0);
    (void)sqlite3_finalize(ask);
    return SPX_OK;
}

static int run_script(spx_store *store, const char *script)
{
    return sqlite3_exec(store->database, script, NULL, NULL, NULL) == SQLITE_OK;
}

/* Makes the tables, or brings those of an earlier version up to date. */
static spx_status prepare_tables(spx_store *store, const char *path, spx_diag *diag)
{
    int version = 0;
    SPX_TRY(read_version(store, &version, diag));
    if (version > SCHEMA_VERSION) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                        "%s: made by a newer spx (layout %d, this one knows %d)", path, version,
                        SCHEMA_VERSION);
    }
    if (!run_script(store, schema) || (version < 2 && !run_script(store, second_layout)) ||
        (version < 3 && !run_script(store, third_layout)) || !run_script(store, indices))
        return spx_store_fail(store, "open", diag);
    return SPX_OK;
}

/* A damaged file is found now, and not when somebody asks for what was in it. */
static spx_status check(spx_store *store, spx_diag *diag)
{
    sqlite3_stmt *ask = NULL;
    if (sqlite3_prepare_v2(store->database, "PRAGMA quick_check(1)", -1, &ask, NULL) != SQLITE_OK ||
        sqlite3_step(ask) != SQLITE_ROW) {
        (void)sqlite3_finalize(ask);
        return spx_store_fail(store, "open", diag);
    }
    const char *const said = (const char *)sqlite3_column_text(ask, 0);
    const int whole = said != NULL && strcmp(said, "ok") == 0;
    (void)sqlite3_finalize(ask);
    return whole ? SPX_OK : spx_fail(diag, SPX_ERR_CORRUPT, "job database: it is damaged");
}

spx_status spx_store_open(spx_store **out, const char *path, spx_diag *diag)
{
    spx_status status = SPX_OK;
    *out = NULL;
    spx_store *store = calloc(1, sizeof(*store));
    if (store == NULL)
        return spx_fail_memory(diag, "job database");
    (void)pthread_mutex_init(&store->lock, NULL);
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path, &store->database, flags, NULL) != SQLITE_OK) {
        status = spx_fail(diag, SPX_ERR_IO, "%s: cannot open the job database: %s", path,
                          store->database == NULL ? "no memory" : sqlite3_errmsg(store->database));
        goto out;
    }
    (void)sqlite3_busy_timeout(store->database, BUSY_MS);
    SPX_TRY_OUT(check(store, diag));
    SPX_TRY_OUT(prepare_tables(store, path, diag));
    store->opened_s = spx_clock_s();
    SPX_TRY_OUT(spx_store_get_fact(store, "up_ms", &store->up_ms, diag));
    *out = store;
    store = NULL;

out:
    spx_store_close(store);
    return status;
}

void spx_store_close(spx_store *store)
{
    if (store == NULL)
        return;
    for (size_t i = 0; i < SQL_COUNT; i++)
        (void)sqlite3_finalize(store->statements[i]);
    (void)sqlite3_close(store->database);
    (void)pthread_mutex_destroy(&store->lock);
    free(store);
}
