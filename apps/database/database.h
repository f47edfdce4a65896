#ifndef SPX_DATABASE_DATABASE_H
#define SPX_DATABASE_DATABASE_H

/*
 * What a job store wants of an SQL database: statements with parameters ?1, ?2, ..., rows, and
 * transactions. Rooms of their own implement it (apps/sqlite, apps/postgres); who uses it knows
 * neither.
 *
 * A session is a connection that one thread has to itself between enter and leave. Any thread may
 * enter; where all sessions are taken, it waits.
 */
#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct spx_database spx_database;
typedef struct spx_session spx_session;

typedef enum spx_value_type {
    SPX_VALUE_NULL,
    SPX_VALUE_NUMBER,
    SPX_VALUE_REAL,
    SPX_VALUE_TEXT,
} spx_value_type;

/** A parameter. text: borrowed for the call. */
typedef struct spx_value {
    spx_value_type type;
    int64_t number;
    double real;
    const char *text; /* NULL = the value is NULL */
} spx_value;

#define SPX_TEXT(given)                                                                            \
    {                                                                                              \
        .type = SPX_VALUE_TEXT, .text = (given)                                                    \
    }
#define SPX_NUMBER(given)                                                                          \
    {                                                                                              \
        .type = SPX_VALUE_NUMBER, .number = (int64_t)(given)                                       \
    }
#define SPX_REAL(given)                                                                            \
    {                                                                                              \
        .type = SPX_VALUE_REAL, .real = (given)                                                    \
    }

enum { SPX_VALUES_MOST = 32, SPX_ANY_STATEMENT = -1 };

/** A row of an answer, for the time of the call that is handed it. Columns count from 0; one that
 * is NULL, or not there, is 0 or "". */
typedef struct spx_row {
    const spx_database *database;
    const void *answer; /* the implementation's own */
    int at;             /* row in it */
    int columns;
} spx_row;

int64_t spx_row_number(const spx_row *row, int column);
double spx_row_real(const spx_row *row, int column);
const char *spx_row_text(const spx_row *row, int column); /* borrowed from the row */
/** Of a column, and of a file's rows alone. */
const char *spx_row_name(const spx_row *row, int column); /* borrowed */
spx_value_type spx_row_type(const spx_row *row, int column);

/** One statement. All borrowed. */
typedef struct spx_call {
    int statement;    /* its number, by which it is prepared once; or SPX_ANY_STATEMENT */
    const char *text; /* the same for the same number */
    const spx_value *values;
    size_t count;      /* a file's statements may name fewer; a server wants as many as they name */
    const char *doing; /* "job database: cannot DOING: why" */
    /** Hears of each row; its failure ends the statement and is handed on. NULL = no row is wanted.
     */
    spx_status (*row)(void *user, const spx_row *row);
    void *user;
    int *changed; /* rows that were changed; may be NULL */
} spx_call;

/** A change that other processes are to hear of, or have told us: a line of text. */
typedef void (*spx_news_heard)(void *user, const char *line);

/** Called when the disk is full and a statement must get through: 1 = there is room now. */
typedef int (*spx_database_relief)(void *user);

/** One implementation. */
typedef struct spx_database_functions {
    void (*close)(spx_database *database);
    spx_status (*enter)(spx_database *database, spx_session **out, spx_diag *diag);
    void (*leave)(spx_database *database, spx_session *session);
    spx_status (*run)(spx_session *session, const spx_call *call, spx_diag *diag);
    spx_status (*begin)(spx_session *session, spx_diag *diag);
    /** Keeps what was done since begin(), or takes it back when `status` is a failure. */
    spx_status (*end)(spx_session *session, spx_status status, spx_diag *diag);
    /** Runs many statements without parameters, split by semicolons. */
    spx_status (*script)(spx_session *session, const char *script, spx_diag *diag);

    int64_t (*number)(const spx_row *row, int column);
    double (*real)(const spx_row *row, int column);
    const char *(*text)(const spx_row *row, int column);
    /** Of a file alone, whose rows are kept beside it too; NULL elsewhere. */
    const char *(*name)(const spx_row *row, int column);
    spx_value_type (*type)(const spx_row *row, int column);

    /** Makes its files small. NULL = it sees to that itself. */
    spx_status (*shrink)(spx_database *database, spx_diag *diag);
    /** Tells other processes these lines, and waits for theirs, at most that long; wake() ends the
     * wait. From one thread. NULL = there are no other processes. */
    spx_status (*exchange)(spx_database *database, const char *const *lines, size_t count,
                           uint32_t wait_ms, spx_diag *diag);
    void (*wake)(spx_database *database);
} spx_database_functions;

/** What every implementation begins with. */
struct spx_database {
    const spx_database_functions *functions;
    spx_database_relief relief; /* may be NULL; called within a statement */
    void *relief_user;
    spx_news_heard heard; /* called within exchange() */
    void *heard_user;
};

SPX_NODISCARD spx_status spx_database_enter(spx_database *database, spx_session **out,
                                            spx_diag *diag);
/** The calls below are for the thread that entered. */
void spx_database_leave(spx_database *database, spx_session *session);
SPX_NODISCARD spx_status spx_session_run(spx_database *database, spx_session *session,
                                         const spx_call *call, spx_diag *diag);
/** Enters, runs one statement, leaves. */
SPX_NODISCARD spx_status spx_database_run(spx_database *database, const spx_call *call,
                                          spx_diag *diag);
/** The number in the first row's first column of a statement without parameters that is run once; 0
 * when there is none. session: NULL = one of its own. */
SPX_NODISCARD spx_status spx_database_number(spx_database *database, spx_session *session,
                                             const char *text, int64_t *out, spx_diag *diag);
/** What is done within a transaction; its failure takes all back. */
typedef spx_status spx_transaction(void *user, spx_session *session, spx_diag *diag);
/** Enters, runs a transaction, leaves. */
SPX_NODISCARD spx_status spx_database_transact(spx_database *database, spx_transaction *run,
                                               void *user, spx_diag *diag);
void spx_database_close(spx_database *database); /* NULL is fine */

#endif
