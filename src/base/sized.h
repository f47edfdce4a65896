#ifndef SPX_BASE_SIZED_H
#define SPX_BASE_SIZED_H

#include "base/status.h"

#include <stddef.h>

/*
 * Option structs that programs of an older or a newer spx hand in: their first field is a size_t
 * with the size that the program knew (doc/abi.md).
 */

/** Writes the defaults into a caller's struct of caller_size bytes: what it does not hold is left
 * out, what the library does not know is zero. defaults: `size` bytes. */
void spx_sized_init(void *caller, size_t caller_size, const void *defaults, size_t size);

/**
 * Makes a caller's struct whole: *out, which holds the defaults (its own size first), takes over
 * what the caller's holds. last: the offset of the last field of the first version that had a size.
 * SPX_ERR_ARGUMENT when the caller's was never set up; SPX_ERR_UNSUPPORTED when it asks for what
 * only a newer library knows.
 */
SPX_NODISCARD spx_status spx_sized_take(void *out, const void *caller, size_t last,
                                        const char *what, spx_diag *diag);

#endif
