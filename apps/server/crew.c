#include "server/crew.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdlib.h>

enum { THREADS = 4 };

struct spx_crew {
    spx_crew_turn turn;
    void *user;
    uint32_t look_ms;
    atomic_int stop;
    pthread_mutex_t lock; /* guards calls */
    pthread_cond_t wake;
    unsigned calls;
    pthread_t threads[THREADS];
    unsigned started;
};

static void *run(void *user)
{
    spx_crew *const self = user;
    spx_job *const job = malloc(sizeof(*job));
    (void)pthread_mutex_lock(&self->lock);
    while (job != NULL && !atomic_load(&self->stop)) {
        const unsigned calls = self->calls;
        (void)pthread_mutex_unlock(&self->lock);
        const int found = self->turn(self->user, job, &self->stop);
        (void)pthread_mutex_lock(&self->lock);
        if (!found && calls == self->calls && !atomic_load(&self->stop))
            spx_clock_wait(&self->wake, &self->lock, self->look_ms);
    }
    (void)pthread_mutex_unlock(&self->lock);
    free(job);
    return NULL;
}

spx_status spx_crew_create(spx_crew **out, spx_crew_turn turn, void *user, uint32_t look_ms,
                           spx_diag *diag)
{
    *out = NULL;
    spx_crew *const self = calloc(1, sizeof(*self));
    if (self == NULL)
        return spx_fail_memory(diag, "threads");
    self->turn = turn;
    self->user = user;
    self->look_ms = look_ms;
    (void)pthread_mutex_init(&self->lock, NULL);
    spx_clock_condition_init(&self->wake);
    for (; self->started < THREADS; self->started++) {
        if (pthread_create(&self->threads[self->started], NULL, run, self) != 0) {
            spx_crew_destroy(self);
            return spx_fail(diag, SPX_ERR_NO_MEMORY, "cannot start a thread");
        }
    }
    *out = self;
    return SPX_OK;
}

void spx_crew_destroy(spx_crew *crew)
{
    if (crew == NULL)
        return;
    atomic_store(&crew->stop, 1);
    spx_crew_wake(crew);
    for (unsigned i = 0; i < crew->started; i++)
        (void)pthread_join(crew->threads[i], NULL);
    (void)pthread_cond_destroy(&crew->wake);
    (void)pthread_mutex_destroy(&crew->lock);
    free(crew);
}

void spx_crew_wake(spx_crew *crew)
{
    if (crew == NULL)
        return;
    (void)pthread_mutex_lock(&crew->lock);
    crew->calls++;
    (void)pthread_cond_broadcast(&crew->wake);
    (void)pthread_mutex_unlock(&crew->lock);
}
