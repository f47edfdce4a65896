#include "base/status.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

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
    case SPX_ERR_CRASH:
        return "crash";
    }
    return "unknown status";
}

spx_fault spx_status_fault(spx_status status)
{
    switch (status) {
    case SPX_OK:
    case SPX_ERR_CANCELLED:
        return SPX_FAULT_NONE;
    case SPX_ERR_ARGUMENT:
    case SPX_ERR_NOT_FOUND:
    case SPX_ERR_EXISTS:
    case SPX_ERR_DOUBT:
        return SPX_FAULT_REQUEST;
    case SPX_ERR_TRUNCATED:
    case SPX_ERR_CORRUPT:
    case SPX_ERR_UNSUPPORTED:
    case SPX_ERR_LIMIT:
        return SPX_FAULT_PHOTO;
    case SPX_ERR_NO_MEMORY:
    case SPX_ERR_IO:
    case SPX_ERR_NETWORK:
    case SPX_ERR_REMOTE:
        return SPX_FAULT_MACHINE;
    case SPX_ERR_INTERNAL:
    case SPX_ERR_CRASH:
        break;
    }
    return SPX_FAULT_SPX;
}

const char *spx_fault_name(spx_fault fault)
{
    static const char *const names[] = { "none", "request", "photo", "machine", "spx" };
    return (unsigned)fault < sizeof(names) / sizeof(names[0]) ? names[fault] : "spx";
}

spx_status spx_library_status(const char *text, spx_status otherwise)
{
    static const struct {
        const char *words;
        spx_status status;
    } known[] = {
        { "creating thread", SPX_ERR_NO_MEMORY },
        { "create thread", SPX_ERR_NO_MEMORY },
        { "Thread creation", SPX_ERR_NO_MEMORY },
        { "out of memory", SPX_ERR_NO_MEMORY },
        { "Out of memory", SPX_ERR_NO_MEMORY },
        { "memory allocation", SPX_ERR_NO_MEMORY },
        { "Memory allocation", SPX_ERR_NO_MEMORY },
        { "Cannot allocate", SPX_ERR_NO_MEMORY },
        { "failed to allocate", SPX_ERR_NO_MEMORY },
        { "Insufficient memory", SPX_ERR_NO_MEMORY },
        { "bad_alloc", SPX_ERR_NO_MEMORY },
        { "temporarily unavailable", SPX_ERR_NO_MEMORY },
        { "No space left", SPX_ERR_IO },
        { "Too many open files", SPX_ERR_IO },
        { "Input/output error", SPX_ERR_IO },
        { "quota exceeded", SPX_ERR_IO },
    };
    for (size_t i = 0; text != NULL && i < sizeof(known) / sizeof(known[0]); i++) {
        if (strstr(text, known[i].words) != NULL)
            return known[i].status;
    }
    return otherwise;
}
