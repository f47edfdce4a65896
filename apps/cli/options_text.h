#ifndef SPX_CLI_OPTIONS_TEXT_H
#define SPX_CLI_OPTIONS_TEXT_H

#include "base/bytes.h"
#include "spx/option.h"

/** Appends "NAME=VALUE" lines of all rows: equal texts mean equal values. */
void spx_options_print(spx_bytes *out, const spx_option *rows, const void *values);

#endif
