#ifndef SPX_SERVER_PROBE_H
#define SPX_SERVER_PROBE_H

/*
 * Says over HTTP how a node is that takes no jobs in, to whoever starts and counts such nodes:
 *
 *     GET /livez      200 while it works or waits; 503 when it hangs: a new start would help
 *     GET /healthz    200 while it can take jobs; 503 and why not: a new start would not help
 *     GET /metrics    its numbers, and those of all nodes
 */
#include "jobs/jobs.h"

typedef struct spx_probe spx_probe;

/** jobs: borrowed until the close. port 0: any free one, spx_probe_port(). */
SPX_NODISCARD spx_status spx_probe_open(spx_probe **out, spx_jobs *jobs, const char *host,
                                        uint16_t port, spx_diag *diag);
uint16_t spx_probe_port(const spx_probe *probe);
void spx_probe_close(spx_probe *probe); /* NULL is fine */

#endif
