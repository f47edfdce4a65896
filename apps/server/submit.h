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
/** Looks at a photo: sets job->cost, of these files. SPX_ERR_LIMIT: more pixels than this server
 * takes; SPX_ERR_ARGUMENT: it costs too much, with the number. */
SPX_NODISCARD spx_status spx_submit_measure(const spx_context *context, spx_job *job,
                                            spx_format files, const char *path, spx_diag *diag);
/** The same of a job that is there already. */
SPX_NODISCARD spx_status spx_submit_measure_again(const spx_context *context, spx_job *job,
                                                  spx_format files, spx_diag *diag);
/** Asks for more files of a done job, which must not cost too much. *done: see spx_jobs_want(). */
SPX_NODISCARD spx_status spx_submit_want(const spx_exchange *exchange, spx_job *job,
                                         spx_format formats, int *done, spx_diag *diag);
/** Remembers that one of these two failed. */
void spx_submit_refuse_measure(spx_exchange *exchange, spx_status status, const spx_diag *diag);
/** SPX_ERR_ARGUMENT when the options ask for what this server does not offer. */
SPX_NODISCARD spx_status spx_submit_check(const spx_exchange *exchange,
                                          const spx_job_options *options, spx_diag *diag);
/** Remembers that there is no room. */
void spx_submit_refuse_room(spx_exchange *exchange, spx_store_room room);
/** The answer for a job that does not fit. */
spx_answer spx_submit_no_room(spx_exchange *exchange, spx_store_room room);

/** 1 when there is a job that was made with the key of this one, by its owner or client: the
 * exchange's job is that one now. */
int spx_submit_find_keyed(spx_exchange *exchange, const spx_job *like);

#endif
