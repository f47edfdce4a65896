#ifndef SPX_CLI_STANDARD_INPUT_H
#define SPX_CLI_STANDARD_INPUT_H

#include "base/bytes.h"
#include "spx/spx.h"

/** What a photo without a name is called in messages and in the names of its files. */
#define SPX_STANDARD_INPUT_NAME "photo"

/** "-" stands for a photo on standard input. */
int spx_is_standard_input(const char *path);

/**
 * What spx reads for a path: the file, or all of standard input, which is read once, into *bytes,
 * up to one byte more than limits allow. *bytes: empty; owned by the caller.
 */
SPX_NODISCARD spx_status spx_input_of(spx_input *out, const char *path, const spx_limits *limits,
                                      spx_bytes *bytes, spx_diag *diag);

#endif
