#ifndef SPX_SERVER_SUBMIT_H
#define SPX_SERVER_SUBMIT_H

#include "server/exchange.h"

/** Queues the job of the exchange's finished upload and sets exchange->id. 0: refused, the reason
 * stands in the exchange. */
int spx_submit(spx_exchange *exchange);
/** What the exchange's client may have. */
spx_allowance spx_submit_allowance(const spx_exchange *exchange);
/** Whether an upload, by its id, announces more pixels than this server takes. */
int spx_submit_is_too_large(const spx_context *context, const char *id);
/** SPX_ERR_ARGUMENT when the options ask for what this server does not offer. */
SPX_NODISCARD spx_status spx_submit_check(const spx_exchange *exchange,
                                          const spx_job_options *options, spx_diag *diag);
/** Remembers that there is no room. */
void spx_submit_refuse_room(spx_exchange *exchange, spx_store_room room);
/** The answer for a job that does not fit. */
spx_answer spx_submit_no_room(spx_exchange *exchange, spx_store_room room);

#endif
