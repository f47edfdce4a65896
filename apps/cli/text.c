#include "cli/text.h"

#include "jobs/utf8.h"

#include <stdint.h>
#include <string.h>

enum {
    TAIL_BITS = 6,
    TAIL_MASK = 0x3f,
    CONTROL_END = 0x20,
    DELETE = 0x7f,
    C1_END = 0xa0,
};

/* First and last code point of a range. */
typedef struct range {
    uint32_t first;
    uint32_t last;
} range;

/* Marks that take no column of their own: the blocks of combining marks, joiners, variation
 * selectors. */
static const range zero_wide[] = {
    { 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd }, { 0x064b, 0x065f },
    { 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200b, 0x200f }, { 0x2060, 0x2064 },
    { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f }, { 0xfeff, 0xfeff },
};

/* East Asian wide and full-width blocks and emoji (UAX #11): two columns. */
static const range two_wide[] = {
    { 0x1100, 0x115f },   { 0x2e80, 0x303e },   { 0x3041, 0x33ff },   { 0x3400, 0x4dbf },
    { 0x4e00, 0x9fff },   { 0xa000, 0xa4cf },   { 0xac00, 0xd7a3 },   { 0xf900, 0xfaff },
    { 0xfe30, 0xfe6f },   { 0xff00, 0xff60 },   { 0xffe0, 0xffe6 },   { 0x1f300, 0x1f64f },
    { 0x1f680, 0x1f6ff }, { 0x1f900, 0x1f9ff }, { 0x20000, 0x3fffd },
};

static int within(const range *ranges, size_t count, uint32_t code)
{
    for (size_t i = 0; i < count; i++) {
        if (code >= ranges[i].first && code <= ranges[i].last)
            return 1;
    }
    return 0;
}

/* Reads one code point; returns its bytes, or 0 where the text is not UTF-8. */
static size_t decode(const char *text, uint32_t *code)
{
    static const uint8_t lead_mask[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 }; /* by the character's size */
    const size_t size = spx_utf8_size(text);
    *code = (uint8_t)text[0] & lead_mask[size];
    for (size_t i = 1; i < size; i++)
        *code = *code << TAIL_BITS | ((uint8_t)text[i] & TAIL_MASK);
    return size;
}

static int is_control(uint32_t code)
{
    return code < CONTROL_END || (code >= DELETE && code < C1_END);
}

void spx_text_print(FILE *to, const char *text)
{
    while (*text != '\0') {
        uint32_t code = 0;
        const size_t size = decode(text, &code);
        if (size != 0 && !is_control(code)) {
            (void)fwrite(text, 1, size, to);
        } else if (*text == '\n' || *text == '\t') {
            (void)fputs(*text == '\n' ? "\\n" : "\\t", to);
        } else {
            (void)fprintf(to, "\\x%02x", (unsigned)(uint8_t)*text);
        }
        text += size == 0 || is_control(code) ? 1 : size;
    }
}

/* One character as it is shown: `shown` of `size` bytes and `columns` wide. */
typedef struct glyph {
    const char *shown;
    size_t size;
    size_t taken; /* bytes of the text */
    size_t columns;
} glyph;

static glyph next_glyph(const char *text)
{
    uint32_t code = 0;
    const size_t size = decode(text, &code);
    if (size == 0 || is_control(code))
        return (glyph){ "?", 1, size == 0 ? 1 : size, 1 };
    size_t columns = 1;
    if (within(zero_wide, sizeof(zero_wide) / sizeof(zero_wide[0]), code)) {
        columns = 0;
    } else if (within(two_wide, sizeof(two_wide) / sizeof(two_wide[0]), code)) {
        columns = 2;
    }
    return (glyph){ text, size, size, columns };
}

size_t spx_text_columns(const char *text)
{
    size_t columns = 0;
    while (*text != '\0') {
        const glyph next = next_glyph(text);
        columns += next.columns;
        text += next.taken;
    }
    return columns;
}

size_t spx_text_fit(char *out, size_t out_size, const char *text, size_t columns)
{
    static const char ellipsis[] = "…";
    const int cut = spx_text_columns(text) > columns;
    const size_t room = cut && columns > 0 ? columns - 1 : columns;
    size_t used = 0;
    size_t size = 0;
    while (*text != '\0') {
        const glyph next = next_glyph(text);
        if (used + next.columns > room || size + next.size + sizeof(ellipsis) > out_size)
            break;
        memcpy(out + size, next.shown, next.size);
        size += next.size;
        used += next.columns;
        text += next.taken;
    }
    if (cut && columns > 0 && size + sizeof(ellipsis) <= out_size) {
        memcpy(out + size, ellipsis, sizeof(ellipsis) - 1);
        size += sizeof(ellipsis) - 1;
        used++;
    }
    if (out_size != 0)
        out[size] = '\0';
    return used;
}

int spx_text_order(const void *a, const void *b)
{
    return strcmp(a, b);
}
