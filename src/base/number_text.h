#ifndef SPX_BASE_NUMBER_TEXT_H
#define SPX_BASE_NUMBER_TEXT_H

#include "base/bytes.h"

/*
 * Numbers as files spell them: with a point, while printf() and strtod() follow the locale of the
 * program that the library is part of, where it may be a comma.
 */

/** Appends to a text, at most 1023 bytes; what is longer is a failed append. */
void spx_bytes_print(spx_bytes *text, const char *format, ...) SPX_PRINTF(2, 3);

/** strtod() of the locale "C". */
double spx_text_number(const char *text, char **end);

#endif
