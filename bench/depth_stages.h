#ifndef SPX_BENCH_DEPTH_STAGES_H
#define SPX_BENCH_DEPTH_STAGES_H

#include "nn/kernels.h"

/**
 * Times a network's kernels apart, on one thread: a table that hands every call on to `real` and
 * counts what it took, its operations and the bytes it had to touch. One at a time; static storage.
 */
const spx_nn_kernels *depth_stages_wrap(const spx_nn_kernels *real);
/** Before each run; all are alike. */
void depth_stages_begin(void);

/**
 * Prints a line for each stage: milliseconds of a run, each call's shortest of all runs, the floor
 * and their ratio, and what lies between the calls. The floor is
 * operations over the rate that this processor reaches in a loop of the table's own instruction
 * without memory, or bytes over what it copies within its second-level cache, whichever is more.
 * Ends the counting.
 */
void depth_stages_print(void);

#endif
