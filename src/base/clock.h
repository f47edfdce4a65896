#ifndef SPX_BASE_CLOCK_H
#define SPX_BASE_CLOCK_H

#include <pthread.h>
#include <stdint.h>

/** Seconds of a clock that only goes forward; its zero means nothing. */
double spx_clock_s(void);

/** Initialises a condition whose waits are measured by that clock: pthread_cond_destroy(). */
void spx_clock_condition_init(pthread_cond_t *condition);
/** Waits on such a condition at most that long; the lock is held. */
void spx_clock_wait(pthread_cond_t *condition, pthread_mutex_t *lock, uint32_t most_ms);

#endif
