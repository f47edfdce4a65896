#ifndef SPX_CHILD_COPY_H
#define SPX_CHILD_COPY_H

/*
 * For a look at a file that takes less than starting a program: a copy of this process (fork) that
 * is shut in like any other child, and prints what is to be printed itself. This process must have
 * no threads.
 */
#include "child/sandbox.h"

#include <jansson.h>

/** Works in the copy. told: an object to fill, for the parent. */
typedef spx_status (*spx_copy_work)(void *user, json_t *told, spx_diag *diag);

/** The status of the work, or SPX_ERR_CRASH, SPX_ERR_LIMIT or SPX_ERR_NO_MEMORY for a copy that
 * came to another end. *told: what it filled, for json_decref(); NULL = nothing. */
SPX_NODISCARD spx_status spx_copy_run(const spx_sandbox *sandbox, spx_copy_work work, void *user,
                                      json_t **told, spx_diag *diag);

#endif
