#include "jobs/utf8.h"

#include <stdlib.h>
#include <string.h>

size_t spx_utf8_size(const char *text)
{
    const unsigned char *const at = (const unsigned char *)text;
    const unsigned first = at[0];
    size_t size = 1;
    unsigned least = 0x80;
    unsigned most = 0xbf;
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf) {
        size = 2;
    } else if (first >= 0xe0 && first <= 0xef) {
        size = 3;
        least = first == 0xe0 ? 0xa0 : least;
        most = first == 0xed ? 0x9f : most;
    } else if (first >= 0xf0 && first <= 0xf4) {
        size = 4;
        least = first == 0xf0 ? 0x90 : least;
        most = first == 0xf4 ? 0x8f : most;
    } else {
        return 0;
    }
    if (at[1] < least || at[1] > most)
        return 0;
    for (size_t i = 2; i < size; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    }
    return size;
}

void spx_utf8_mend(char *text)
{
    while (*text != '\0') {
        const size_t size = spx_utf8_size(text);
        if (size == 0)
            *text = '?';
        text += size == 0 ? 1 : size;
    }
}

json_t *spx_utf8_json(const char *text)
{
    static const char unknown[] = "\xef\xbf\xbd"; /* U+FFFD */
    enum { UNKNOWN_BYTES = sizeof(unknown) - 1 };
    json_t *const whole = json_string(text);
    char *const copy = whole == NULL ? malloc(UNKNOWN_BYTES * strlen(text) + 1) : NULL;
    size_t used = 0;
    if (copy == NULL)
        return whole;
    while (*text != '\0') {
        const size_t size = spx_utf8_size(text);
        memcpy(copy + used, size == 0 ? unknown : text, size == 0 ? UNKNOWN_BYTES : size);
        used += size == 0 ? UNKNOWN_BYTES : size;
        text += size == 0 ? 1 : size;
    }
    json_t *const made = json_stringn(copy, used);
    free(copy);
    return made;
}
