#include "base/sized.h"

#include "spx/version.h"

#include <string.h>

enum { SIZE_MOST = 65536 }; /* no struct of options is larger: not a size, but what lay there */

static size_t size_of(const void *sized)
{
    size_t size = 0;
    memcpy(&size, sized, sizeof(size));
    return size;
}

void spx_sized_init(void *caller, size_t caller_size, const void *defaults, size_t size)
{
    const size_t known = caller_size < size ? caller_size : size;
    memcpy(caller, defaults, known);
    memset((char *)caller + known, 0, caller_size - known);
    memcpy(caller, &caller_size, sizeof(caller_size));
}

spx_status spx_sized_take(void *out, const void *caller, size_t last, const char *what,
                          spx_diag *diag)
{
    const size_t known = size_of(out);
    const size_t given = size_of(caller);
    if (given <= last || given > SIZE_MOST) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s were not set up with their _init function",
                        what);
    }
    for (size_t i = known; i < given; i++) {
        if (((const char *)caller)[i] != 0) {
            return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                            "%s ask for what this library (spx %s) does not know yet", what,
                            spx_version());
        }
    }
    memcpy(out, caller, given < known ? given : known);
    memcpy(out, &known, sizeof(known));
    return SPX_OK;
}
