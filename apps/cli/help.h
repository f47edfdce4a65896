#ifndef SPX_CLI_HELP_H
#define SPX_CLI_HELP_H

#include "cli/usage.h"

#include <stdio.h>

/** What --help prints: usage line, about, the groups of options in two columns, notes. */
void spx_help_print(const spx_usage *usage, FILE *to);

/** The same as JSON, for programs: verb, arguments, and the groups with their rows. Returns 0 when
 * it could not be written. */
int spx_help_print_table(const spx_usage *usage, FILE *to);

#endif
