#ifndef SPX_BASE_POOL_H
#define SPX_BASE_POOL_H

#include "base/status.h"

#include <stddef.h>

/**
 * A fixed set of threads that share loops. Any number of threads may call spx_pool_run() on one
 * pool at once; the calling thread works too, so a pool of 1 has no thread of its own and nested
 * calls cannot block each other.
 */
typedef struct spx_pool spx_pool;

/** One turn of a loop. */
typedef void (*spx_pool_fn)(void *context, size_t index);

/** threads: callers and helpers together, 0 = one per processor. Owned by the caller:
 * spx_pool_destroy(). */
SPX_NODISCARD spx_status spx_pool_create(spx_pool **out, unsigned threads, spx_diag *diag);
void spx_pool_destroy(spx_pool *pool);           /* NULL is fine; no loop may be running */
unsigned spx_pool_threads(const spx_pool *pool); /* 1 for NULL */

/** Calls fn(context, 0) … fn(context, count - 1) in any order on the pool's threads; returns when
 * all are done. pool may be NULL. */
void spx_pool_run(spx_pool *pool, size_t count, spx_pool_fn fn, void *context);

#endif
