#include "base/size.h"

#include <stdint.h>

spx_status spx_mul_size(size_t *out, size_t a, size_t b, const char *what, spx_diag *diag)
{
    *out = 0;
    if (a != 0 && b > SIZE_MAX / a)
        return spx_fail(diag, SPX_ERR_LIMIT, "%s: %zu x %zu does not fit in memory", what, a, b);
    *out = a * b;
    return SPX_OK;
}

spx_status spx_add_size(size_t *out, size_t a, size_t b, const char *what, spx_diag *diag)
{
    *out = 0;
    if (b > SIZE_MAX - a)
        return spx_fail(diag, SPX_ERR_LIMIT, "%s: %zu + %zu does not fit in memory", what, a, b);
    *out = a + b;
    return SPX_OK;
}
