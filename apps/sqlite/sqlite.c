/*
 * One connection, which is the one session; a lock hands it from thread to thread. Each statement
 * with a number is prepared once, when it is first wanted: a step takes microseconds, and no reader
 * ever waits for a worker.
 */
#include "sqlite/sqlite.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

enum { BUSY_MS = 5000, STATEMENTS_MOST = 128 };

struct spx_session {
    spx_database common; /* first: the database is its own session */
    pthread_mutex_t lock;
    sqlite3 *handle;
    sqlite3_stmt *statements[STATEMENTS_MOST];
};

static spx_session *session_of(spx_database *database)
{
    return (spx_session *)(void *)database;
}

static spx_status fail(const spx_session *session, const char *doing, spx_diag *diag)
{
    const int code = sqlite3_errcode(session->handle);
    const spx_status status = code == SQLITE_NOMEM                              ? SPX_ERR_NO_MEMORY
                              : code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? SPX_ERR_CORRUPT
                                                                                : SPX_ERR_IO;
    return spx_fail(diag, status, "job database: cannot %s: %s", doing,
                    sqlite3_errmsg(session->handle));
}

/* ---- rows ---- */

static sqlite3_stmt *row_of(const spx_row *row)
{
    return (sqlite3_stmt *)(uintptr_t)row->answer; // NOLINT(performance-no-int-to-ptr)
}

static int64_t number(const spx_row *row, int column)
{
    return sqlite3_column_int64(row_of(row), column);
}

static double real(const spx_row *row, int column)
{
    return sqlite3_column_double(row_of(row), column);
}

static const char *text(const spx_row *row, int column)
{
    return (const char *)sqlite3_column_text(row_of(row), column);
}

static const char *name(const spx_row *row, int column)
{
    return sqlite3_column_name(row_of(row), column);
}

static spx_value_type type(const spx_row *row, int column)
{
    switch (sqlite3_column_type(row_of(row), column)) {
    case SQLITE_INTEGER:
        return SPX_VALUE_NUMBER;
    case SQLITE_FLOAT:
        return SPX_VALUE_REAL;
    case SQLITE_NULL:
        return SPX_VALUE_NULL;
    default:
        return SPX_VALUE_TEXT;
    }
}

/* ---- statements ---- */

static sqlite3_stmt *prepare(spx_session *session, const spx_call *call)
{
    sqlite3_stmt *statement = NULL;
    const int kept = call->statement >= 0 && call->statement < STATEMENTS_MOST;
    if (kept && session->statements[call->statement] != NULL)
        return session->statements[call->statement];
    (void)sqlite3_prepare_v3(session->handle, call->text, -1, kept ? SQLITE_PREPARE_PERSISTENT : 0,
                             &statement, NULL);
    if (kept)
        session->statements[call->statement] = statement;
    return statement;
}

static void bind(sqlite3_stmt *statement, const spx_call *call)
{
    for (size_t i = 0; i < call->count; i++) {
        const spx_value *const value = &call->values[i];
        const int at = (int)i + 1;
        if (value->type == SPX_VALUE_NUMBER) {
            (void)sqlite3_bind_int64(statement, at, value->number);
        } else if (value->type == SPX_VALUE_REAL) {
            (void)sqlite3_bind_double(statement, at, value->real);
        } else if (value->type == SPX_VALUE_TEXT) {
            (void)sqlite3_bind_text(statement, at, value->text, -1, SQLITE_TRANSIENT);
        }
    }
}

/* The first step. On a full disk what ends a job, or lets it go, gets through: that is what makes
 * room. */
static int first_step(spx_session *session, sqlite3_stmt *statement)
{
    const spx_database *const common = &session->common;
    const int code = sqlite3_step(statement);
    if (code != SQLITE_FULL || common->relief == NULL ||
        sqlite3_get_autocommit(session->handle) == 0 || !common->relief(common->relief_user))
        return code;
    (void)sqlite3_reset(statement);
    return sqlite3_step(statement);
}

static spx_status step_through(spx_session *session, sqlite3_stmt *statement, const spx_call *call,
                               spx_diag *diag)
{
    const spx_row row = { .database = &session->common,
                          .answer = statement,
                          .columns = sqlite3_column_count(statement) };
    int code = first_step(session, statement);
    while (code == SQLITE_ROW) {
        if (call->row != NULL)
            SPX_TRY(call->row(call->user, &row));
        code = sqlite3_step(statement);
    }
    return code == SQLITE_DONE ? SPX_OK : fail(session, call->doing, diag);
}

static spx_status run(spx_session *session, const spx_call *call, spx_diag *diag)
{
    if (call->changed != NULL)
        *call->changed = 0;
    sqlite3_stmt *const statement = prepare(session, call);
    if (statement == NULL)
        return fail(session, call->doing, diag);
    bind(statement, call);
    const spx_status status = step_through(session, statement, call, diag);
    if (status == SPX_OK && call->changed != NULL)
        *call->changed = sqlite3_changes(session->handle);
    (void)sqlite3_reset(statement);
    (void)sqlite3_clear_bindings(statement);
    if (call->statement < 0 || call->statement >= STATEMENTS_MOST)
        (void)sqlite3_finalize(statement);
    return status;
}

static spx_status script(spx_session *session, const char *statements, spx_diag *diag)
{
    return sqlite3_exec(session->handle, statements, NULL, NULL, NULL) == SQLITE_OK
               ? SPX_OK
               : fail(session, "run its statements", diag);
}

/* ---- sessions ---- */

static spx_status enter(spx_database *database, spx_session **out, spx_diag *diag)
{
    (void)diag;
    *out = session_of(database);
    (void)pthread_mutex_lock(&(*out)->lock);
    return SPX_OK;
}

static void leave(spx_database *database, spx_session *session)
{
    (void)database;
    (void)pthread_mutex_unlock(&session->lock);
}

static spx_status begin(spx_session *session, spx_diag *diag)
{
    return script(session, "BEGIN IMMEDIATE", diag);
}

static spx_status end(spx_session *session, spx_status status, spx_diag *diag)
{
    if (status == SPX_OK)
        status = script(session, "COMMIT", diag);
    if (status != SPX_OK && sqlite3_get_autocommit(session->handle) == 0) {
        const spx_status undone = script(session, "ROLLBACK", NULL);
        (void)undone; /* the first failure is the one to tell */
    }
    return status;
}

static spx_status shrink(spx_database *database, spx_diag *diag)
{
    spx_session *const session = session_of(database);
    (void)pthread_mutex_lock(&session->lock);
    const int code =
        sqlite3_wal_checkpoint_v2(session->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    const spx_status status = code == SQLITE_OK ? SPX_OK : fail(session, "shorten its log", diag);
    (void)pthread_mutex_unlock(&session->lock);
    return status;
}

static void close_database(spx_database *database)
{
    spx_session *const session = session_of(database);
    for (size_t i = 0; i < STATEMENTS_MOST; i++)
        (void)sqlite3_finalize(session->statements[i]);
    (void)sqlite3_close(session->handle);
    (void)pthread_mutex_destroy(&session->lock);
    free(session);
}

static const spx_database_functions functions = {
    .close = close_database,
    .enter = enter,
    .leave = leave,
    .run = run,
    .begin = begin,
    .end = end,
    .script = script,
    .number = number,
    .real = real,
    .text = text,
    .name = name,
    .type = type,
    .shrink = shrink,
};

static spx_status hear_check(void *user, const spx_row *row)
{
    int *const whole = user;
    *whole = strcmp(spx_row_text(row, 0), "ok") == 0;
    return SPX_OK;
}

/* A damaged file is found now, and not when somebody asks for what was in it. */
static spx_status check(spx_session *session, spx_diag *diag)
{
    int whole = 0;
    const spx_call call = { .statement = SPX_ANY_STATEMENT,
                            .text = "PRAGMA quick_check(1)",
                            .doing = "open",
                            .row = hear_check,
                            .user = &whole };
    SPX_TRY(run(session, &call, diag));
    return whole ? SPX_OK : spx_fail(diag, SPX_ERR_CORRUPT, "job database: it is damaged");
}

spx_status spx_sqlite_open(spx_database **out, const char *path, spx_diag *diag)
{
    spx_status status = SPX_OK;
    *out = NULL;
    spx_session *session = calloc(1, sizeof(*session));
    if (session == NULL)
        return spx_fail_memory(diag, "job database");
    session->common.functions = &functions;
    (void)pthread_mutex_init(&session->lock, NULL);
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(path, &session->handle, flags, NULL) != SQLITE_OK) {
        status = spx_fail(diag, SPX_ERR_IO, "%s: cannot open the job database: %s", path,
                          session->handle == NULL ? "no memory" : sqlite3_errmsg(session->handle));
        goto out;
    }
    (void)sqlite3_busy_timeout(session->handle, BUSY_MS);
    SPX_TRY_OUT(check(session, diag));
    *out = &session->common;
    session = NULL;

out:
    if (session != NULL)
        close_database(&session->common);
    return status;
}
