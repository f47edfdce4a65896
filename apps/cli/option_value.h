#ifndef SPX_CLI_OPTION_VALUE_H
#define SPX_CLI_OPTION_VALUE_H

#include "cli/options.h"

/** Stores `text` as the value of `option` in the struct at `values`; SPX_ERR_ARGUMENT says what is
 * wrong with it. Not for SPX_OPTION_SET and SPX_OPTION_ARGUMENT. */
SPX_NODISCARD spx_status spx_option_value_read(const spx_option *option, const char *text,
                                               void *values, spx_diag *diag);

#endif
