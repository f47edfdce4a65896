#include "base/status.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

spx_status spx_fail(spx_diag *diag, spx_status status, const char *format, ...)
{
    if (diag == NULL || diag->text[0] != '\0')
        return status;

    va_list args;
    va_start(args, format);
    (void)vsnprintf(diag->text, sizeof(diag->text), format, args);
    va_end(args);
    return status;
}

spx_status spx_fail_memory(spx_diag *diag, const char *what)
{
    return spx_fail(diag, SPX_ERR_NO_MEMORY, "%s: no memory", what);
}

const char *spx_status_name(spx_status status)
{
    switch (status) {
    case SPX_OK:
        return "success";
    case SPX_ERR_NO_MEMORY:
        return "out of memory";
    case SPX_ERR_ARGUMENT:
        return "bad argument";
    case SPX_ERR_IO:
        return "input/output error";
    case SPX_ERR_NOT_FOUND:
        return "not found";
    case SPX_ERR_TRUNCATED:
        return "truncated data";
    case SPX_ERR_CORRUPT:
        return "corrupt data";
    case SPX_ERR_UNSUPPORTED:
        return "not supported";
    case SPX_ERR_LIMIT:
        return "over a limit";
    case SPX_ERR_CANCELLED:
        return "cancelled";
    case SPX_ERR_NETWORK:
        return "network error";
    case SPX_ERR_REMOTE:
        return "remote error";
    case SPX_ERR_EXISTS:
        return "already exists";
    case SPX_ERR_INTERNAL:
        return "internal error";
    case SPX_ERR_DOUBT:
        return "in doubt";
    }
    return "unknown status";
}
