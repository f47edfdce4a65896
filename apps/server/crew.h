#ifndef SPX_SERVER_CREW_H
#define SPX_SERVER_CREW_H

#include "jobs/job.h"

#include <stdatomic.h>

/** A few threads that look for work of one kind, and sleep while there is none. */
typedef struct spx_crew spx_crew;

/** One turn: looks for something to do and does it; 0 = there was nothing. job: the thread's own
 * memory; stop: not 0 = end soon. Several threads at once. */
typedef int (*spx_crew_turn)(void *user, spx_job *job, const atomic_int *stop);

/** Owned by the caller: spx_crew_destroy(). look_ms: a thread that sleeps looks so often anyway. */
SPX_NODISCARD spx_status spx_crew_create(spx_crew **out, spx_crew_turn turn, void *user,
                                         uint32_t look_ms, spx_diag *diag);
void spx_crew_destroy(spx_crew *crew); /* NULL is fine; ends the turns that are under way */
/** There may be something to do. NULL is fine. */
void spx_crew_wake(spx_crew *crew);

#endif
