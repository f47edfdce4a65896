#ifndef SPX_NN_SCRATCH_H
#define SPX_NN_SCRATCH_H

#include "base/status.h"
#include "base/task.h"
#include "nn/kernels.h"
#include "nn/reserve.h"

#include <stddef.h>

/** Equal areas of memory, one for each thread that may work on a loop at once. */
typedef struct spx_scratch spx_scratch;

/** Owned by the caller: spx_scratch_destroy(). reserve: borrowed until then; may be NULL. */
SPX_NODISCARD spx_status spx_scratch_create(spx_scratch **out, unsigned areas, size_t bytes,
                                            spx_reserve *reserve, spx_diag *diag);
void spx_scratch_destroy(spx_scratch *scratch); /* NULL is fine */
/** An area nobody else has, 64-byte aligned, contents undefined; there are enough for the threads
 * of the pool. */
void *spx_scratch_take(spx_scratch *scratch);
void spx_scratch_give(spx_scratch *scratch, void *area);

/** What every layer needs to run; all borrowed. */
typedef struct spx_nn_run {
    const spx_nn_kernels *kernels;
    const spx_task *task; /* may be NULL */
    spx_scratch *scratch;
    spx_reserve *reserve; /* of the run's maps; may be NULL */
    spx_diag *diag;
} spx_nn_run;

#endif
