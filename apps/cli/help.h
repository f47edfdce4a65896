#ifndef SPX_CLI_HELP_H
#define SPX_CLI_HELP_H

#include "cli/options.h"

#include <stdio.h>

/** What --help prints: usage line, about, the groups of options in two columns, notes. */
void spx_help_print(const spx_usage *usage, FILE *to);

#endif
