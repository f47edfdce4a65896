#ifndef SPX_CLI_ERROR_LINE_H
#define SPX_CLI_ERROR_LINE_H

#include <stdio.h>

/**
 * "spx: PATH: REASON" on one line. text: a message from the library, which may begin with the path
 * or the file's name itself.
 */
void spx_error_line_print(FILE *to, const char *path, const char *text);

#endif
