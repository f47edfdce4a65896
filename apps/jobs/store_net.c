/* Jobs that have to do with other servers: photos that are fetched, ends that are told. */
#include "jobs/store_internal.h"

spx_status spx_store_claim_awaited(spx_store *store, spx_job *out, spx_diag *diag)
{
    spx_store_lock(store);
    spx_status status =
        spx_store_query_one(store, spx_store_prepare(store, SQL_NEXT_AWAITED), out, diag);
    if (status == SPX_OK)
        status = spx_store_change(store, SQL_BEGIN_AWAITED, out->id, NULL, diag);
    spx_store_unlock(store);
    return status;
}

spx_status spx_store_arrived(spx_store *store, const spx_job *job, int *done, spx_diag *diag)
{
    spx_store_lock(store);
    sqlite3_stmt *const arrived = spx_store_prepare(store, SQL_ARRIVED);
    spx_store_bind_text(arrived, 2, job->type);
    spx_store_bind_number(arrived, 3, (int64_t)job->size);
    if (arrived != NULL)
        (void)sqlite3_bind_double(arrived, 4, job->cost);
    const spx_status status = spx_store_change(store, SQL_ARRIVED, job->id, done, diag);
    spx_store_unlock(store);
    return status;
}

spx_status spx_store_lost(spx_store *store, const spx_job *job, int *done, spx_diag *diag)
{
    spx_store_lock(store);
    sqlite3_stmt *const lost = spx_store_prepare(store, SQL_LOST);
    spx_store_bind_number(lost, 2, job->finished_ms);
    spx_store_bind_number(lost, 3, (int64_t)job->failure);
    spx_store_bind_text(lost, 4, job->error);
    spx_store_bind_number(lost, 5, spx_store_up_ms(store));
    const spx_status status = spx_store_change(store, SQL_LOST, job->id, done, diag);
    spx_store_unlock(store);
    return status;
}

spx_status spx_store_next_hook(spx_store *store, int64_t now_ms, spx_job *out, spx_diag *diag)
{
    spx_store_lock(store);
    sqlite3_stmt *const next = spx_store_prepare(store, SQL_NEXT_HOOK);
    spx_store_bind_number(next, 1, now_ms);
    const spx_status status = spx_store_query_one(store, next, out, diag);
    spx_store_unlock(store);
    return status;
}

spx_status spx_store_set_hook(spx_store *store, const spx_job *job, spx_diag *diag)
{
    spx_store_lock(store);
    sqlite3_stmt *const set = spx_store_prepare(store, SQL_SET_HOOK);
    spx_store_bind_number(set, 2, (int64_t)job->hooked);
    spx_store_bind_number(set, 3, (int64_t)job->hook_attempts);
    spx_store_bind_number(set, 4, job->hook_due_ms);
    spx_store_bind_text(set, 5, job->hook_answer);
    spx_store_bind_number(set, 6, (int64_t)job->revision);
    const spx_status status = spx_store_change(store, SQL_SET_HOOK, job->id, NULL, diag);
    spx_store_unlock(store);
    return status;
}
