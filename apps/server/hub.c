#include "server/hub.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct spx_hub {
    pthread_mutex_t lock; /* guards all below and what the hub keeps in listeners */
    spx_listener *first;
    uint32_t count;
    uint32_t most_per_client;
    int stopped;
};

spx_status spx_hub_create(spx_hub **out, uint32_t most_per_client, spx_diag *diag)
{
    *out = calloc(1, sizeof(**out));
    if (*out == NULL)
        return spx_fail_memory(diag, "event hub");
    (void)pthread_mutex_init(&(*out)->lock, NULL);
    (*out)->most_per_client = most_per_client;
    return SPX_OK;
}

void spx_hub_destroy(spx_hub *hub)
{
    if (hub == NULL)
        return;
    (void)pthread_mutex_destroy(&hub->lock);
    free(hub);
}

static void lock(spx_hub *hub)
{
    (void)pthread_mutex_lock(&hub->lock);
}

static void unlock(spx_hub *hub)
{
    (void)pthread_mutex_unlock(&hub->lock);
}

int spx_hub_join(spx_hub *hub, spx_listener *listener)
{
    uint32_t same = 0;
    lock(hub);
    for (const spx_listener *at = hub->first; at != NULL; at = at->next)
        same += strcmp(at->client, listener->client) == 0;
    const int room = same < hub->most_per_client;
    if (room) {
        listener->next = hub->first;
        listener->previous = NULL;
        if (hub->first != NULL)
            hub->first->previous = listener;
        hub->first = listener;
        hub->count++;
        listener->listed = 1;
    }
    unlock(hub);
    return room;
}

void spx_hub_leave(spx_hub *hub, spx_listener *listener)
{
    if (!listener->listed)
        return;
    lock(hub);
    if (listener->previous != NULL) {
        listener->previous->next = listener->next;
    } else {
        hub->first = listener->next;
    }
    if (listener->next != NULL)
        listener->next->previous = listener->previous;
    hub->count--;
    listener->listed = 0;
    unlock(hub);
}

/* Suspending and waking happen under the lock: a connection that is woken has been suspended. */
int spx_hub_suspend(spx_hub *hub, spx_listener *listener)
{
    lock(hub);
    const int idle =
        listener->news_count == 0 && !listener->beat && !listener->lost && !hub->stopped;
    if (idle && !listener->suspended) {
        listener->suspended = 1;
        MHD_suspend_connection(listener->connection);
    }
    unlock(hub);
    return idle;
}

static void wake(spx_listener *listener)
{
    if (!listener->suspended)
        return;
    listener->suspended = 0;
    MHD_resume_connection(listener->connection);
}

int spx_hub_take(spx_hub *hub, spx_listener *listener, spx_hub_news *out)
{
    lock(hub);
    const int some = listener->news_count != 0;
    if (some) {
        *out = listener->news[0];
        listener->news_count--;
        memmove(listener->news, listener->news + 1, listener->news_count * sizeof(*out));
    }
    unlock(hub);
    return some;
}

static int take_flag(spx_hub *hub, int *flag)
{
    lock(hub);
    const int was = *flag;
    *flag = 0;
    unlock(hub);
    return was;
}

int spx_hub_take_beat(spx_hub *hub, spx_listener *listener)
{
    return take_flag(hub, &listener->beat);
}

int spx_hub_take_loss(spx_hub *hub, spx_listener *listener)
{
    return take_flag(hub, &listener->lost);
}

static void note(spx_listener *listener, const char *id, int removed)
{
    for (size_t i = 0; i < listener->news_count; i++) {
        if (strcmp(listener->news[i].id, id) == 0) {
            listener->news[i].removed = removed;
            return;
        }
    }
    if (listener->news_count == SPX_HUB_NEWS_MAX) {
        listener->lost = 1;
        return;
    }
    spx_hub_news *const news = &listener->news[listener->news_count++];
    memcpy(news->id, id, sizeof(news->id));
    news->removed = removed;
}

void spx_hub_tell(spx_hub *hub, const spx_job *job, int removed)
{
    lock(hub);
    for (spx_listener *at = hub->first; at != NULL; at = at->next) {
        const int concerned =
            at->id[0] != '\0' ? strcmp(at->id, job->id) == 0 : strcmp(at->owner, job->owner) == 0;
        if (!concerned)
            continue;
        note(at, job->id, removed);
        wake(at);
    }
    unlock(hub);
}

void spx_hub_miss(spx_hub *hub)
{
    lock(hub);
    for (spx_listener *at = hub->first; at != NULL; at = at->next) {
        if (at->id[0] == '\0') {
            at->lost = 1;
        } else {
            note(at, at->id, 0);
        }
        wake(at);
    }
    unlock(hub);
}

void spx_hub_beat(spx_hub *hub)
{
    lock(hub);
    for (spx_listener *at = hub->first; at != NULL; at = at->next) {
        at->beat = 1;
        wake(at);
    }
    unlock(hub);
}

void spx_hub_wake_late(spx_hub *hub, double now_s)
{
    lock(hub);
    for (spx_listener *at = hub->first; at != NULL; at = at->next) {
        if (at->wake_s == 0.0 || at->wake_s > now_s)
            continue;
        at->beat = 1;
        wake(at);
    }
    unlock(hub);
}

void spx_hub_stop(spx_hub *hub)
{
    lock(hub);
    hub->stopped = 1;
    for (spx_listener *at = hub->first; at != NULL; at = at->next)
        wake(at);
    unlock(hub);
}

int spx_hub_stopped(spx_hub *hub)
{
    lock(hub);
    const int stopped = hub->stopped;
    unlock(hub);
    return stopped;
}

uint32_t spx_hub_listeners(spx_hub *hub)
{
    lock(hub);
    const uint32_t count = hub->count;
    unlock(hub);
    return count;
}
