#ifndef SPX_SERVER_SERVER_H
#define SPX_SERVER_SERVER_H

#include "server/server_options.h"

#include <stdint.h>

/** The HTTP server: page, API and the reference's endpoints over one queue of jobs. */
typedef struct spx_server spx_server;

/** Opens the data folder, listens and works. Owned by the caller: spx_server_destroy(). */
SPX_NODISCARD spx_status spx_server_create(spx_server **out, const spx_server_options *options,
                                           spx_diag *diag);
/** Reads the keys again and goes on in the access log that has the name now; what fails is told to
 * `log`. */
void spx_server_reload(spx_server *server);
/** The port it listens on. */
uint16_t spx_server_port(const spx_server *server);
/** 1 when only this computer reaches it. */
int spx_server_is_local(const spx_server *server);
/** Takes no more jobs; running ones have `grace_ms` to finish, in which their results can be
 * fetched, then they go back to the queue. NULL is fine. */
void spx_server_destroy(spx_server *server, uint32_t grace_ms);

#endif
