/*
 * Looking without touching: a job may get a second id, under which others see its pictures and
 * fetch the files that are there. It says nothing of the job's own id, so nobody who has it can
 * make, change or delete anything.
 */
#include "server/job_json.h"
#include "server/route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static spx_answer set_share(spx_exchange *exchange, int on)
{
    char url[64];
    spx_diag diag = { 0 };
    spx_answer answer = MHD_NO;
    spx_job *const job = spx_exchange_job(exchange, &answer);
    if (job == NULL)
        return answer;
    const spx_status status = spx_jobs_share(exchange->context->jobs, job, on, &diag);
    (void)snprintf(url, sizeof(url), "/s/%s", job->share);
    if (status != SPX_OK) {
        answer = spx_reply_failure(exchange, status, &diag);
    } else if (!on) {
        answer = spx_reply_empty(exchange, MHD_HTTP_NO_CONTENT);
    } else {
        answer = spx_reply_json(exchange, MHD_HTTP_OK,
                                json_pack("{ss, ss}", "share", job->share, "url", url));
    }
    free(job);
    return answer;
}

spx_answer spx_api_share(spx_exchange *exchange)
{
    return set_share(exchange, 1);
}

spx_answer spx_api_unshare(spx_exchange *exchange)
{
    return set_share(exchange, 0);
}

/* The job that is shared under the id of the path, owned by the caller: free(). NULL: answered. */
static spx_job *find_shared(spx_exchange *exchange, spx_answer *answer)
{
    spx_diag diag = { 0 };
    spx_job *const job = malloc(sizeof(*job));
    *answer = MHD_NO;
    if (job == NULL)
        return NULL;
    const spx_status status =
        spx_jobs_get_shared(exchange->context->jobs, exchange->id, job, &diag);
    if (status == SPX_OK)
        return job;
    *answer = spx_reply_failure(exchange, status, &diag);
    free(job);
    return NULL;
}

spx_answer spx_shared_get(spx_exchange *exchange)
{
    spx_answer answer = MHD_NO;
    spx_job *const job = find_shared(exchange, &answer);
    if (job == NULL)
        return answer;
    answer = spx_reply_json(exchange, MHD_HTTP_OK, spx_job_shared_json(job));
    free(job);
    return answer;
}

spx_answer spx_shared_file(spx_exchange *exchange)
{
    spx_answer answer = MHD_NO;
    spx_job *const job = find_shared(exchange, &answer);
    if (job == NULL)
        return answer;
    answer = spx_reply_job_file(exchange, job);
    free(job);
    return answer;
}

spx_answer spx_shared_page(spx_exchange *exchange)
{
    spx_answer answer = MHD_NO;
    spx_job *const job = find_shared(exchange, &answer);
    if (job == NULL)
        return answer;
    free(job);
    return spx_reply_asset(exchange, "/share.html");
}

spx_answer spx_shared_code(spx_exchange *exchange)
{
    spx_answer answer = MHD_NO;
    spx_job *const job = find_shared(exchange, &answer);
    if (job == NULL)
        return answer;
    answer = spx_reply_code(exchange, job->share);
    free(job);
    return answer;
}
