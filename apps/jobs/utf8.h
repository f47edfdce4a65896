#ifndef SPX_JOBS_UTF8_H
#define SPX_JOBS_UTF8_H

#include <jansson.h>
#include <stddef.h>

/*
 * JSON and PostgreSQL take no text that is not UTF-8, and messages repeat what clients and files
 * hold, or end within a character where they were too long.
 */

/** Bytes of the character at `text` (RFC 3629, section 4); 0 = it is none. text: zero-terminated.
 */
size_t spx_utf8_size(const char *text);
/** Puts '?' in place of each byte that is not UTF-8. */
void spx_utf8_mend(char *text);
/** The text with U+FFFD in place of each byte that is not UTF-8. Owned by the caller:
 * json_decref(); NULL without memory. */
json_t *spx_utf8_json(const char *text);

#endif
