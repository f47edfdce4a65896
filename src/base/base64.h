#ifndef SPX_BASE_BASE64_H
#define SPX_BASE_BASE64_H

#include "base/bytes.h"

/* Base64, RFC 4648. */

/** With padding, appended. */
void spx_base64_append(spx_bytes *out, const void *data, size_t size);
/** Appends what the text means; blanks are skipped. 0 when it is not base64. */
int spx_base64_read(spx_bytes *out, const char *text);
/** The same of `size` characters, both alphabets (RFC 4648, 4 and 5); what is no digit is skipped.
 */
void spx_base64_read_loose(spx_bytes *out, const char *text, size_t size);

#endif
