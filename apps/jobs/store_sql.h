#ifndef SPX_JOBS_STORE_SQL_H
#define SPX_JOBS_STORE_SQL_H

/* What the store says to a database. Kinds of databases differ in some statements, and in how their
 * tables are made. */
#include "database/database.h"

enum column {
    AT_ID,
    AT_OWNER,
    AT_CLIENT,
    AT_NAME,
    AT_TYPE,
    AT_SIZE,
    AT_KIND,
    AT_STATE,
    AT_OPTIONS,
    AT_REVISION,
    AT_ATTEMPTS,
    AT_PREVIEW,
    AT_CREATED,
    AT_STARTED,
    AT_FINISHED,
    AT_FAILURE,
    AT_ERROR,
    AT_SUMMARY,
    AT_FILES,
    AT_WANTED,
    AT_SECOND,
    AT_SHARE,
    AT_TAG,
    AT_KEY,
    AT_HOOK,
    AT_SOURCE,
    AT_ARRIVAL,
    AT_HOOKED,
    AT_HOOK_ATTEMPTS,
    AT_HOOK_DUE,
    AT_HOOK_ANSWER,
    AT_COST,
    AT_SEEN_RUN,
    AT_SEEN_VIEWS,
    AT_POSITION,
    AT_AHEAD,
    AT_RUN,
    AT_STAGE,
    AT_PERCENT,
    AT_VIEWS,
    AT_REFUSED_BY,
};

enum statement {
    SQL_ADD,
    SQL_ADD_IF_ROOM,
    SQL_GET,
    SQL_LIST,
    SQL_NEXT,
    SQL_START,
    SQL_REQUEUE,
    SQL_FINISH,
    SQL_CANCEL,
    SQL_RENDER,
    SQL_REMOVE,
    SQL_RECOVER_FAIL,
    SQL_RECOVER,
    SQL_EXPIRED,
    SQL_PREVIEW_WANTED,
    SQL_PREVIEW_BEGUN,
    SQL_SET_PREVIEW,
    SQL_COUNTS,
    SQL_ROOM,
    SQL_COUNT_DAY,
    SQL_FORGET_DAYS,
    SQL_SWEEP_DAYS,
    SQL_SWEEP_TURNS,
    SQL_SWEEP_NODES,
    SQL_QUEUED_COST,
    SQL_GET_FACT,
    SQL_SET_FACT,
    SQL_OLDEST,
    SQL_NEWEST,
    SQL_RECORD,
    SQL_WANT,
    SQL_NEXT_WANTED,
    SQL_BEGIN_WANTED,
    SQL_FINISH_WANTED,
    SQL_SHARE,
    SQL_SHARED,
    SQL_KEYED,
    SQL_NEXT_AWAITED,
    SQL_BEGIN_AWAITED,
    SQL_ARRIVED,
    SQL_IS_AWAITED,
    SQL_LOST,
    SQL_NEXT_HOOK,
    SQL_SET_HOOK,
    SQL_BEAT,
    SQL_ASK_CANCEL,
    SQL_REFUSE,
    SQL_GIVE_UP,
    SQL_NODE,
    SQL_WORKERS,
    SQL_COUNT,
};

/** What one kind of database is told. */
typedef struct spx_dialect {
    const char *const *texts; /* [SQL_COUNT]; NULL = it has no need of that statement */
    /** Makes the tables, or brings those of an earlier version up to date. name: of the database,
     * for people. */
    spx_status (*prepare)(spx_database *database, const char *name, spx_diag *diag);
} spx_dialect;

extern const spx_dialect spx_dialect_sqlite;
extern const spx_dialect spx_dialect_postgres;

#endif
