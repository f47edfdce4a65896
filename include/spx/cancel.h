#ifndef SPX_CANCEL_H
#define SPX_CANCEL_H

#include "spx/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A flag that stops a running operation. One flag may stop several operations; it cannot be unset.
 */
typedef struct spx_cancel spx_cancel;

/** Owned by the caller: spx_cancel_destroy(), after every operation that was given it has returned.
 */
SPX_API SPX_NODISCARD spx_status spx_cancel_create(spx_cancel **out);
SPX_API void spx_cancel_destroy(spx_cancel *cancel); /* NULL is fine */
/** Asks to stop. May be called from any thread and from a signal handler, any number of times. */
SPX_API void spx_cancel_request(spx_cancel *cancel);
SPX_API int spx_cancel_requested(const spx_cancel *cancel);

#ifdef __cplusplus
}
#endif

#endif
