#ifndef SPX_SERVER_FETCHER_H
#define SPX_SERVER_FETCHER_H

#include "server/exchange.h"

/** Threads that fetch the photos of jobs with a source. What is under way when they stop begins
 * anew at the next start. */
SPX_NODISCARD spx_status spx_fetcher_create(spx_crew **out, spx_context *context, spx_diag *diag);

#endif
