#ifndef SPX_JOBS_STORE_INTERNAL_H
#define SPX_JOBS_STORE_INTERNAL_H

/* What the store's files share: statements of a dialect, run in sessions of a database. */
#include "jobs/store.h"
#include "jobs/store_sql.h"

struct spx_store {
    spx_database *database; /* owned */
    const spx_dialect *dialect;
    double up_ms;    /* spx_store_up_ms() when the store was opened */
    double opened_s; /* clock then */
    char node[SPX_ID_SIZE];
    uint32_t lease_ms;
    int64_t level;             /* spx_job_options_level() */
    _Atomic int64_t uncounted; /* jobs that may be added before what waits is counted again … */
    _Atomic double counted_s;  /* … unless that clock is a while ago */
};

#define SPX_VALUES(list) (list), sizeof(list) / sizeof((list)[0])

/** Takes over the database, also when it fails, and makes the tables. name: for people. */
SPX_NODISCARD spx_status spx_store_create(spx_store **out, spx_database *database,
                                          const spx_dialect *dialect, const char *name,
                                          spx_diag *diag);

/** A statement of the dialect. doing: "job database: cannot DOING: why". */
spx_call spx_store_call(const spx_store *store, enum statement which, const spx_value *values,
                        size_t count, const char *doing);
/** Runs a statement that gives no rows, in a session of its own. *changed (may be NULL): rows it
 * changed. */
SPX_NODISCARD spx_status spx_store_change(spx_store *store, enum statement which,
                                          const spx_value *values, size_t count, int *changed,
                                          spx_diag *diag);
/** The same in a session that was entered. */
SPX_NODISCARD spx_status spx_store_change_in(spx_store *store, spx_session *session,
                                             enum statement which, const spx_value *values,
                                             size_t count, spx_diag *diag);
/** The job of the first row; SPX_ERR_NOT_FOUND when there is none. */
SPX_NODISCARD spx_status spx_store_query_one(spx_store *store, enum statement which,
                                             const spx_value *values, size_t count, spx_job *out,
                                             spx_diag *diag);
/** The same of a job that is taken: `begin`, which gets the job's id as its first value and `now`
 * as its second, marks it in the same transaction, where the dialect has such a statement; *done
 * says so. */
SPX_NODISCARD spx_status spx_store_take(spx_store *store, const enum statement both[2],
                                        const spx_value *values, size_t count, spx_job *out,
                                        int *done, spx_diag *diag);
/** The number in the first row's first column; 0 when there is none. */
SPX_NODISCARD spx_status spx_store_read_number(spx_store *store, enum statement which,
                                               const spx_value *values, size_t count, double *out,
                                               spx_diag *diag);
/** What a row of COLUMNS says. */
void spx_store_read_job(const spx_row *row, spx_job *job);

#endif
