#ifndef SPX_JOBS_STORE_INTERNAL_H
#define SPX_JOBS_STORE_INTERNAL_H

/* What the store's files share: statements that are prepared once, and run under one lock. */
#include "jobs/store.h"
#include "jobs/store_sql.h"

#include <pthread.h>
#include <sqlite3.h>

struct spx_store {
    pthread_mutex_t lock; /* guards all below */
    sqlite3 *database;
    sqlite3_stmt *statements[SQL_COUNT];
    spx_store_relief relief; /* called with the lock held */
    void *relief_user;
    double up_ms;    /* of the server when the store was opened, all its lives together */
    double opened_s; /* clock then */
};

spx_status spx_store_fail(const spx_store *store, const char *doing, spx_diag *diag);
void spx_store_lock(spx_store *store);
void spx_store_unlock(spx_store *store);

/* For all below the lock is held. */

/** The prepared statement, ready for bindings; NULL when it cannot be prepared. */
sqlite3_stmt *spx_store_prepare(spx_store *store, enum statement which);
/** Bind a value of a prepared statement, which may be NULL. */
void spx_store_bind_text(sqlite3_stmt *statement, int index, const char *text);
void spx_store_bind_number(sqlite3_stmt *statement, int index, int64_t value);
/** Runs a statement that gives no rows. *changed (may be NULL): rows it changed. */
spx_status spx_store_run(spx_store *store, sqlite3_stmt *statement, const char *doing, int *changed,
                         spx_diag *diag);
spx_status spx_store_run_plain(spx_store *store, enum statement which, spx_diag *diag);
/** Runs an UPDATE or DELETE of one job whose further parameters are bound already. */
spx_status spx_store_change(spx_store *store, enum statement which, const char *id, int *changed,
                            spx_diag *diag);
/** The first row; SPX_ERR_NOT_FOUND when there is none. */
spx_status spx_store_query_one(spx_store *store, sqlite3_stmt *statement, spx_job *out,
                               spx_diag *diag);
/** Begins a transaction; and ends it: keeps what it did, or takes it back when `status` is a
 * failure. */
spx_status spx_store_begin(spx_store *store, spx_diag *diag);
spx_status spx_store_end(spx_store *store, spx_status status, spx_diag *diag);

#endif
