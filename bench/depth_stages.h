#ifndef SPX_BENCH_DEPTH_STAGES_H
#define SPX_BENCH_DEPTH_STAGES_H

#include "nn/kernels.h"

/**
 * Times a network's kernels apart, on one thread: a table that hands every call on to `real` and
 * counts what it took, its operations and the bytes it had to touch. One at a time; static storage.
 */
const spx_nn_kernels *depth_stages_wrap(const spx_nn_kernels *real);

/**
 * Prints a line for each stage: milliseconds of a run, the floor and their ratio. The floor is
 * operations over the rate that this processor reaches in a loop of the table's own instruction
 * without memory, or bytes over what it copies within its second-level cache, whichever is more.
 * runs: since depth_stages_wrap().
 */
void depth_stages_print(unsigned runs);

#endif
