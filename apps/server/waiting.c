/* Requests that answer when a job is finished: their connections are suspended, and woken by news.
 */
#include "server/waiting.h"

#include "base/clock.h"

#include <stdlib.h>
#include <string.h>

int spx_waiting_begin(spx_exchange *exchange, double wait_s)
{
    spx_listener *const listener = &exchange->listener;
    listener->connection = exchange->connection;
    memcpy(listener->client, exchange->client, sizeof(listener->client));
    memcpy(listener->id, spx_upload_job(exchange->upload)->id, sizeof(listener->id));
    listener->wake_s = wait_s == 0.0 ? 0.0 : spx_clock_s() + wait_s;
    return spx_hub_join(exchange->context->hub, listener);
}

static int is_active(const spx_exchange *exchange)
{
    spx_job *const job = malloc(sizeof(*job));
    const int active = job != NULL &&
                       spx_jobs_get(exchange->context->jobs, exchange->id, job, NULL) == SPX_OK &&
                       spx_job_active(job->state);
    free(job);
    return active;
}

int spx_waiting_sleeps(spx_exchange *exchange)
{
    spx_hub *const hub = exchange->context->hub;
    spx_listener *const listener = &exchange->listener;
    spx_hub_news news;
    for (;;) {
        while (spx_hub_take(hub, listener, &news))
            continue;
        (void)spx_hub_take_beat(hub, listener);
        (void)spx_hub_take_loss(hub, listener);
        const int late = listener->wake_s != 0.0 && spx_clock_s() >= listener->wake_s;
        if (late || !is_active(exchange) || spx_hub_stopped(hub))
            return 0;
        if (spx_hub_suspend(hub, listener))
            return 1;
    }
}
