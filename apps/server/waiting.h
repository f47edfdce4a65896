#ifndef SPX_SERVER_WAITING_H
#define SPX_SERVER_WAITING_H

#include "server/exchange.h"

/** The exchange listens to the job of its upload, which is not queued yet. wait_s: at most so long;
 * 0 = until it is finished. 0 when its client has too many that wait. */
int spx_waiting_begin(spx_exchange *exchange, double wait_s);
/** 1 = the connection sleeps; 0 = the job is finished or gone, the time is over, or the server
 * stops. */
int spx_waiting_sleeps(spx_exchange *exchange);

#endif
