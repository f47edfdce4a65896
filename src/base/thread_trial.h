#ifndef SPX_BASE_THREAD_TRIAL_H
#define SPX_BASE_THREAD_TRIAL_H

#include "base/status.h"

/**
 * Whether the system lets this process have `count` more threads now: starts them, all at once, and
 * ends them. For libraries that wait for ever for a thread that could not be made. what: who needs
 * them, for the message. SPX_ERR_NO_MEMORY when it does not.
 */
SPX_NODISCARD spx_status spx_threads_try(unsigned count, const char *what, spx_diag *diag);

#endif
