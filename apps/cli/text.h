#ifndef SPX_CLI_TEXT_H
#define SPX_CLI_TEXT_H

/*
 * Text from file names and messages on its way to a terminal: one line, and no control characters
 * that could steer it. Names are bytes; what is not UTF-8 is shown as "?" or escaped.
 */
#include <stddef.h>
#include <stdio.h>

/** Prints text with control characters as \n, \t or \xHH, on one line. */
void spx_text_print(FILE *to, const char *text);

/**
 * Copies text as something `columns` wide at most, with "…" in place of what does not fit. Control
 * characters and bytes that are not UTF-8 become "?". Returns the columns used.
 */
size_t spx_text_fit(char *out, size_t out_size, const char *text, size_t columns);

/** Columns that UTF-8 text takes on a terminal, as spx_text_fit() would show it. */
size_t spx_text_columns(const char *text);

/** strcmp() for tsearch(), whose entries are the texts. */
int spx_text_order(const void *a, const void *b);

#endif
