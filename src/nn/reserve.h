#ifndef SPX_NN_RESERVE_H
#define SPX_NN_RESERVE_H

#include "base/status.h"

#include <stddef.h>

/**
 * Memory that the runs of a network hand on to each other: a page that the kernel has given once
 * costs nothing the next time. Fresh ones took 6 % of a run of Depth Anything V2 Small (AMD EPYC,
 * Zen 5). Several threads may be in here at once.
 */
typedef struct spx_reserve spx_reserve;

/** Empty. Owned by the caller: spx_reserve_destroy(), when all its memory has been given back. */
SPX_NODISCARD spx_status spx_reserve_create(spx_reserve **out, spx_diag *diag);
void spx_reserve_destroy(spx_reserve *reserve); /* NULL is fine */

/** count * size bytes at a multiple of 64, contents undefined; NULL when there are none. reserve:
 * NULL = straight from the system. Released by spx_reserve_give(), without a reserve by free() too.
 */
void *spx_reserve_take(spx_reserve *reserve, size_t count, size_t size);
/** The same, zeroed. */
void *spx_reserve_zeros(spx_reserve *reserve, size_t count, size_t size);
void spx_reserve_give(spx_reserve *reserve, void *memory); /* NULL is fine */

/** Returns to the system what nobody has. */
void spx_reserve_trim(spx_reserve *reserve);
/** Bytes that came from the system, whoever has them now. */
size_t spx_reserve_bytes(spx_reserve *reserve);

#endif
