#ifndef SPX_CLI_SERVE_SANDBOX_H
#define SPX_CLI_SERVE_SANDBOX_H

#include "base/status.h"

/** The server gives up what it does not need either: it writes to its data folder alone, and reads
 * itself, the models and what names and certificates are looked up in. Before it starts threads.
 * model_dir may be NULL. */
SPX_NODISCARD spx_status spx_serve_shut_in(const char *data_dir, const char *model_dir,
                                           spx_diag *diag);

#endif
