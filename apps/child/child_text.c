#include "child/child.h"

#include <stdlib.h>
#include <string.h>

/* A byte from 0x80 on is two of UTF-8: 110000xx 10xxxxxx. */
enum { HIGH = 0x80, LEAD = 0xc0, FOLLOW = 0x80, SIX_BITS = 0x3f, SHIFT = 6 };

json_t *spx_child_text(const char *bytes)
{
    char *const text = bytes == NULL ? NULL : malloc(2 * strlen(bytes) + 1);
    size_t used = 0;
    if (text == NULL)
        return NULL;
    for (const char *at = bytes; *at != '\0'; at++) {
        const unsigned byte = (unsigned char)*at;
        if (byte >= HIGH)
            text[used++] = (char)(LEAD | byte >> SHIFT);
        text[used++] = (char)(byte >= HIGH ? FOLLOW | (byte & SIX_BITS) : byte);
    }
    json_t *const made = json_stringn(text, used);
    free(text);
    return made;
}

char *spx_child_bytes(const json_t *text)
{
    const char *at = json_string_value(text);
    char *const bytes = at == NULL ? NULL : malloc(strlen(at) + 1);
    size_t used = 0;
    if (bytes == NULL)
        return NULL;
    while (*at != '\0') {
        const unsigned byte = (unsigned char)*at++;
        const int pair = byte >= HIGH && *at != '\0';
        bytes[used++] =
            (char)(pair ? (byte & 3U) << SHIFT | ((unsigned char)*at++ & SIX_BITS) : byte);
    }
    bytes[used] = '\0';
    return bytes;
}

spx_status spx_child_ended(const json_t *answer, spx_diag *diag)
{
    const spx_status status = (spx_status)json_integer_value(json_object_get(answer, "status"));
    if (status == SPX_OK)
        return SPX_OK;
    char *const why = spx_child_bytes(json_object_get(answer, "error"));
    (void)spx_fail(diag, status, "%s",
                   why == NULL || why[0] == '\0' ? spx_status_name(status) : why);
    free(why);
    return status;
}
