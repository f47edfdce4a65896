#ifndef SPX_CLI_ALONE_H
#define SPX_CLI_ALONE_H

/* What a verb that works on one file after the other has around the process for each: a budget,
 * and a cancel flag that Ctrl-C sets. */
#include "cli/apart.h"

typedef struct spx_alone {
    spx_gate *gate;
    spx_cancel *cancel;
    spx_limits limits;
} spx_alone;

/** memory_bytes: 0 = the standard. Signals are caught until spx_alone_end(), which is called after
 * a failure too. */
SPX_NODISCARD spx_status spx_alone_begin(spx_alone *out, uint64_t memory_bytes, spx_diag *diag);
void spx_alone_end(spx_alone *alone);
/** What is the same for every file of the verb; all borrowed. */
spx_apart spx_alone_apart(const spx_alone *alone, const char *verb, char *const *words,
                          const char *photo);

#endif
