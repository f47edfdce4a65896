#ifndef SPX_CLI_ERROR_LINE_H
#define SPX_CLI_ERROR_LINE_H

#include <stdio.h>

/**
 * "spx: PATH: REASON" on one line. text: a message from the library, which may begin with the path
 * or the file's name itself.
 */
void spx_error_line_print(FILE *to, const char *path, const char *text);

/** "spx VERB: TEXT" on one line of stderr, for what is no photo's fault; verb: NULL for "spx:
 * TEXT". Messages repeat what was named on the command line, so nothing here prints them as they
 * are. */
void spx_error_line_say(const char *verb, const char *text);

#endif
