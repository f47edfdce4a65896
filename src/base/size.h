#ifndef SPX_BASE_SIZE_H
#define SPX_BASE_SIZE_H

#include "base/status.h"

#include <stddef.h>

/** *out = a * b, or SPX_ERR_LIMIT with `what` in the message when it does not fit. */
SPX_NODISCARD spx_status spx_mul_size(size_t *out, size_t a, size_t b, const char *what,
                                      spx_diag *diag);
/** *out = a + b, or SPX_ERR_LIMIT with `what` in the message when it does not fit. */
SPX_NODISCARD spx_status spx_add_size(size_t *out, size_t a, size_t b, const char *what,
                                      spx_diag *diag);

#endif
