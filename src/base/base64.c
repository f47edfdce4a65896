#include "base/base64.h"

#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

enum { GROUP = 3, QUARTER_BITS = 6, LETTER_MASK = 63, BYTE_BITS = 8, BYTE_MASK = 255 };

void spx_base64_append(spx_bytes *out, const void *data, size_t size)
{
    const uint8_t *const bytes = data;
    for (size_t at = 0; at < size; at += GROUP) {
        const size_t count = size - at < GROUP ? size - at : GROUP;
        uint32_t group = 0;
        char text[GROUP + 1] = { '=', '=', '=', '=' };
        for (size_t i = 0; i < GROUP; i++)
            group = group << BYTE_BITS | (i < count ? bytes[at + i] : 0U);
        for (size_t i = 0; i <= count; i++)
            text[i] = letters[group >> (QUARTER_BITS * (GROUP - i)) & LETTER_MASK];
        spx_bytes_append(out, text, sizeof(text));
    }
}

int spx_base64_read(spx_bytes *out, const char *text)
{
    uint32_t group = 0;
    unsigned bits = 0;
    for (const char *at = text; *at != '\0' && *at != '='; at++) {
        if (strchr(" \t\r\n", *at) != NULL)
            continue;
        const char *const letter = strchr(letters, *at);
        if (letter == NULL)
            return 0;
        group = group << QUARTER_BITS | (uint32_t)(letter - letters);
        bits += QUARTER_BITS;
        if (bits >= BYTE_BITS) {
            bits -= BYTE_BITS;
            spx_bytes_u8(out, group >> bits & BYTE_MASK);
        }
    }
    return 1;
}

static int digit_of(char letter)
{
    enum { SMALL = 26, DIGITS = 52, PLUS = 62, SLASH = 63 };
    if (letter >= 'A' && letter <= 'Z')
        return letter - 'A';
    if (letter >= 'a' && letter <= 'z')
        return letter - 'a' + SMALL;
    if (letter >= '0' && letter <= '9')
        return letter - '0' + DIGITS;
    if (letter == '+' || letter == '-')
        return PLUS;
    return letter == '/' || letter == '_' ? SLASH : -1;
}

void spx_base64_read_loose(spx_bytes *out, const char *text, size_t size)
{
    uint32_t group = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < size; i++) {
        const int digit = digit_of(text[i]);
        if (digit < 0)
            continue;
        group = group << QUARTER_BITS | (uint32_t)digit;
        bits += QUARTER_BITS;
        if (bits >= BYTE_BITS) {
            bits -= BYTE_BITS;
            spx_bytes_u8(out, group >> bits & BYTE_MASK);
        }
    }
}
