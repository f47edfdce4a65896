#ifndef SPX_CLI_COMFORT_H
#define SPX_CLI_COMFORT_H

#include "spx/comfort.h"

#include <jansson.h>
#include <stdio.h>

/** `spx comfort FILE...`: how comfortable existing stereo files are to look at. */
int spx_cli_comfort(int argc, char **argv);

/** The lines below a file's name, and the same as a JSON object of its own. */
void spx_comfort_print(FILE *out, const spx_file_comfort *found);
json_t *spx_comfort_json(const spx_file_comfort *found);

#endif
