#include "base/clock.h"

#include <time.h>

enum { MS_PER_S = 1000, NS_PER_MS = 1000000, NS_PER_S = 1000000000 };

double spx_clock_s(void)
{
    struct timespec now = { 0 };
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void spx_clock_condition_init(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(condition, &attributes);
    (void)pthread_condattr_destroy(&attributes);
}

void spx_clock_wait(pthread_cond_t *condition, pthread_mutex_t *lock, uint32_t most_ms)
{
    struct timespec until = { 0 };
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    const long ns = until.tv_nsec + (long)(most_ms % MS_PER_S) * NS_PER_MS;
    until.tv_sec += (time_t)(most_ms / MS_PER_S) + ns / NS_PER_S;
    until.tv_nsec = ns % NS_PER_S;
    (void)pthread_cond_timedwait(condition, lock, &until);
}
