/* Jobs that have to do with other servers: photos that are fetched, ends that are told. */
#include "jobs/store_internal.h"

spx_status spx_store_claim_awaited(spx_store *store, spx_job *out, spx_diag *diag)
{
    static const enum statement both[] = { SQL_NEXT_AWAITED, SQL_BEGIN_AWAITED };
    int done = 0;
    return spx_store_take(store, both, NULL, 0, out, &done, diag);
}

spx_status spx_store_is_awaited(spx_store *store, const char *id, int *out, spx_diag *diag)
{
    double number = 0.0;
    const spx_value values[] = { SPX_TEXT(id) };
    const spx_status status =
        spx_store_read_number(store, SQL_IS_AWAITED, SPX_VALUES(values), &number, diag);
    *out = number != 0.0;
    return status;
}

spx_status spx_store_arrived(spx_store *store, const spx_job *job, int *done, spx_diag *diag)
{
    const spx_value values[] = { SPX_TEXT(job->id), SPX_TEXT(job->type), SPX_NUMBER(job->size),
                                 SPX_REAL(job->cost) };
    return spx_store_change(store, SQL_ARRIVED, SPX_VALUES(values), done, diag);
}

spx_status spx_store_lost(spx_store *store, const spx_job *job, int *done, spx_diag *diag)
{
    const spx_value values[] = { SPX_TEXT(job->id), SPX_NUMBER(job->finished_ms),
                                 SPX_NUMBER(job->failure), SPX_TEXT(job->error),
                                 SPX_NUMBER(spx_store_up_ms(store)) };
    return spx_store_change(store, SQL_LOST, SPX_VALUES(values), done, diag);
}

spx_status spx_store_next_hook(spx_store *store, int64_t now_ms, spx_job *out, spx_diag *diag)
{
    const spx_value values[] = { SPX_NUMBER(now_ms) };
    return spx_store_query_one(store, SQL_NEXT_HOOK, SPX_VALUES(values), out, diag);
}

spx_status spx_store_set_hook(spx_store *store, const spx_job *job, spx_diag *diag)
{
    const spx_value values[] = { SPX_TEXT(job->id),
                                 SPX_NUMBER(job->hooked),
                                 SPX_NUMBER(job->hook_attempts),
                                 SPX_NUMBER(job->hook_due_ms),
                                 SPX_TEXT(job->hook_answer),
                                 SPX_NUMBER(job->revision) };
    return spx_store_change(store, SQL_SET_HOOK, SPX_VALUES(values), NULL, diag);
}
