#ifndef SPX_SERVER_COURIER_H
#define SPX_SERVER_COURIER_H

#include "server/exchange.h"

/** Threads that tell the hooks of finished jobs. What was not told when they stop is told after the
 * next start. */
SPX_NODISCARD spx_status spx_courier_create(spx_crew **out, spx_context *context, spx_diag *diag);

#endif
