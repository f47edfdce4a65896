#ifndef SPX_SERVER_HUB_H
#define SPX_SERVER_HUB_H

/*
 * Who waits for news of jobs: event streams, and requests of the reference's kind that answer when
 * the work is done. Their connections are suspended and cost no thread. Workers bring news; the hub
 * wakes the connections, and the HTTP threads read the jobs' state then: a slow reader misses steps
 * between, never the last one.
 */
#include "jobs/job.h"
#include "server/late_microhttpd.h"

typedef struct spx_hub spx_hub;

enum { SPX_HUB_NEWS_MAX = 256 };

/** One change that a listener has not yet read. */
typedef struct spx_hub_news {
    char id[SPX_ID_SIZE];
    int removed;
} spx_hub_news;

/** One waiting connection. Zeroed by its owner, who sets the first three; the rest is the hub's. */
typedef struct spx_listener {
    struct MHD_Connection *connection;
    char id[SPX_ID_SIZE]; /* of the one job; empty = all of the owner */
    char owner[SPX_ID_SIZE];
    char client[SPX_JOB_CLIENT_SIZE];
    double wake_s; /* spx_clock_s() at which it wants to be woken anyway; 0 = never */

    struct spx_listener *next;
    struct spx_listener *previous;
    spx_hub_news news[SPX_HUB_NEWS_MAX];
    size_t news_count;
    int lost; /* news did not fit: everything may have changed */
    int beat; /* a sign of life is due */
    int suspended;
    int listed;
} spx_listener;

SPX_NODISCARD spx_status spx_hub_create(spx_hub **out, uint32_t most_per_client, spx_diag *diag);
void spx_hub_destroy(spx_hub *hub); /* NULL is fine; nobody listens any more */

/** 0 when this client listens too often already. */
int spx_hub_join(spx_hub *hub, spx_listener *listener);
void spx_hub_leave(spx_hub *hub, spx_listener *listener); /* one that never joined is fine */
/** Suspends the listener's connection unless there is something to read: 1 = suspended. Only from
 * the connection's own callbacks. */
int spx_hub_suspend(spx_hub *hub, spx_listener *listener);
/** Takes one piece of news; 0 when there is none. */
int spx_hub_take(spx_hub *hub, spx_listener *listener, spx_hub_news *out);
/** 1 once for each beat, or loss of news, since the last call. */
int spx_hub_take_beat(spx_hub *hub, spx_listener *listener);
int spx_hub_take_loss(spx_hub *hub, spx_listener *listener);

/** Wakes those who wait for this job. */
void spx_hub_tell(spx_hub *hub, const spx_job *job, int removed);
/** Any job may have changed: everybody looks again. */
void spx_hub_miss(spx_hub *hub);
/** Wakes those whose time has come. */
void spx_hub_wake_late(spx_hub *hub, double now_s);
/** Wakes everybody for a sign of life, which shows who is gone. */
void spx_hub_beat(spx_hub *hub);
/** Wakes everybody for good: nobody is suspended any more. */
void spx_hub_stop(spx_hub *hub);
int spx_hub_stopped(spx_hub *hub);
uint32_t spx_hub_listeners(spx_hub *hub);

#endif
