#ifndef SPX_BASE_STATUS_H
#define SPX_BASE_STATUS_H

#include "spx/status.h"

/**
 * Keeps `status` and, if nothing was noted before, the message: the first report is the closest to
 * the cause. `diag` may be NULL. Returns `status`.
 */
spx_status spx_fail(spx_diag *diag, spx_status status, const char *format, ...) SPX_PRINTF(3, 4);

/** spx_fail() for an allocation: "WHAT: no memory". */
spx_status spx_fail_memory(spx_diag *diag, const char *what);

/**
 * What a library says of memory, threads and the disk goes before what the caller takes it
 * for: a computer at its end is no damaged photo. text: may be NULL.
 */
spx_status spx_library_status(const char *text, spx_status otherwise);

/** Hands a failure up. Only where the function owns nothing yet. */
#define SPX_TRY(call)                                                                              \
    do {                                                                                           \
        const spx_status spx_try_status_ = (call);                                                 \
        if (spx_try_status_ != SPX_OK)                                                             \
            return spx_try_status_;                                                                \
    } while (0)

/** The same where something must be released: wants a local `status` and a label `out`. */
#define SPX_TRY_OUT(call)                                                                          \
    do {                                                                                           \
        status = (call);                                                                           \
        if (status != SPX_OK)                                                                      \
            goto out;                                                                              \
    } while (0)

#endif
