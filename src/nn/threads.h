#ifndef SPX_NN_THREADS_H
#define SPX_NN_THREADS_H

/*
 * oneDNN shares its loops through OpenMP, whose thread count is a setting of the calling thread.
 * Around every call that makes or runs primitives, the caller sets it to what its task may use (at
 * most the threads of the task's pool) and puts it back afterwards: concurrent callers and the
 * application's own OpenMP code do not see each other's numbers.
 */

/** Returns what spx_nn_threads_leave() on the same thread wants back. */
int spx_nn_threads_enter(unsigned threads);
void spx_nn_threads_leave(int before);

#endif
