#include "base/thread_trial.h"

#include <pthread.h>
#include <string.h>

enum { MOST_TRIED = 64, STACK_BYTES = 1 << 16 };

/* `lock` guards `ends`. */
typedef struct trial {
    pthread_mutex_t lock;
    pthread_cond_t end;
    int ends;
} trial;

static void *stay(void *context)
{
    trial *const self = context;
    (void)pthread_mutex_lock(&self->lock);
    while (!self->ends)
        (void)pthread_cond_wait(&self->end, &self->lock);
    (void)pthread_mutex_unlock(&self->lock);
    return NULL;
}

spx_status spx_threads_try(unsigned count, const char *what, spx_diag *diag)
{
    trial self = { .lock = PTHREAD_MUTEX_INITIALIZER, .end = PTHREAD_COND_INITIALIZER };
    pthread_t threads[MOST_TRIED];
    pthread_attr_t small;
    const unsigned wanted = count < MOST_TRIED ? count : MOST_TRIED;
    unsigned started = 0;
    int failed = pthread_attr_init(&small);
    if (failed == 0) {
        (void)pthread_attr_setstacksize(&small, STACK_BYTES);
        while (started < wanted && failed == 0) {
            failed = pthread_create(&threads[started], &small, stay, &self);
            started += failed == 0;
        }
        (void)pthread_attr_destroy(&small);
    }
    (void)pthread_mutex_lock(&self.lock);
    self.ends = 1;
    (void)pthread_cond_broadcast(&self.end);
    (void)pthread_mutex_unlock(&self.lock);
    for (unsigned i = 0; i < started; i++)
        (void)pthread_join(threads[i], NULL);
    if (failed == 0)
        return SPX_OK;
    return spx_fail(diag, SPX_ERR_NO_MEMORY,
                    "%s: this computer gives only %u of %u threads (%s); a limit on processes or "
                    "memory is reached",
                    what, started, wanted, strerrordesc_np(failed));
}
