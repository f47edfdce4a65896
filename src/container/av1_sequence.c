#include "container/av1_sequence.h"

#include <limits.h>

enum {
    SEQUENCE_HEADER = 1,
    PROFILE_BITS = 3,
    PROFESSIONAL = 2,
    MOST_UNITS = 16,
};

/* Reading past the end gives zeros and sets `overrun`. */
typedef struct bit_reader {
    const uint8_t *bytes;
    size_t size;
    size_t at; /* in bits */
    int overrun;
} bit_reader;

static uint32_t read_bits(bit_reader *bits, unsigned count)
{
    uint32_t value = 0;
    for (; count != 0; count--, bits->at++) {
        const size_t byte = bits->at / CHAR_BIT;
        if (byte >= bits->size) {
            bits->overrun = 1;
            return 0;
        }
        value = value << 1 | (bits->bytes[byte] >> (CHAR_BIT - 1 - bits->at % CHAR_BIT) & 1);
    }
    return value;
}

static uint32_t read_uvlc(bit_reader *bits)
{
    enum { LONGEST = 32 };
    unsigned zeros = 0;
    while (!bits->overrun && !read_bits(bits, 1))
        zeros++;
    return zeros < LONGEST ? ((uint32_t)1 << zeros) - 1 + read_bits(bits, zeros) : UINT32_MAX;
}

/* 5.5.1: timing and operating points; only their bits count. */
static void skip_operating_points(bit_reader *bits)
{
    enum { TICK_BITS = 64, IDC_BITS = 12, LEVEL_BITS = 5, LEVEL_WITH_TIER = 7 };
    unsigned delay_bits = 0;
    if (read_bits(bits, 1)) { /* timing info */
        for (int i = 0; i < TICK_BITS; i++)
            (void)read_bits(bits, 1);
        if (read_bits(bits, 1))
            (void)read_uvlc(bits);
        if (read_bits(bits, 1)) { /* decoder model */
            delay_bits = read_bits(bits, 5) + 1;
            (void)read_bits(bits, 32);
            (void)read_bits(bits, 10);
        }
    }
    const int with_delay = (int)read_bits(bits, 1);
    const unsigned points = read_bits(bits, 5) + 1;
    for (unsigned i = 0; i < points && !bits->overrun; i++) {
        (void)read_bits(bits, IDC_BITS);
        if (read_bits(bits, LEVEL_BITS) > LEVEL_WITH_TIER)
            (void)read_bits(bits, 1);
        if (delay_bits != 0 && read_bits(bits, 1)) {
            (void)read_bits(bits, delay_bits);
            (void)read_bits(bits, delay_bits);
            (void)read_bits(bits, 1);
        }
        if (with_delay && read_bits(bits, 1))
            (void)read_bits(bits, 4);
    }
}

/* Tools of video that stand between the size and the colours. */
static void skip_tools(bit_reader *bits)
{
    enum { SELECT = 2 };
    (void)read_bits(bits, 4); /* interintra, masked, warped, dual filter */
    const int order_hint = (int)read_bits(bits, 1);
    if (order_hint)
        (void)read_bits(bits, 2);
    const unsigned screen = read_bits(bits, 1) ? SELECT : read_bits(bits, 1);
    if (screen != 0 && !read_bits(bits, 1))
        (void)read_bits(bits, 1);
    if (order_hint)
        (void)read_bits(bits, 3);
}

/* 5.5.2 */
static int read_color(spx_av1_color *out, bit_reader *bits, unsigned profile)
{
    const int high = (int)read_bits(bits, 1);
    if (profile == PROFESSIONAL && high)
        (void)read_bits(bits, 1);
    const int grey = profile == 1 ? 0 : (int)read_bits(bits, 1);
    if (!read_bits(bits, 1))
        return 0;
    out->primaries = read_bits(bits, 8);
    out->transfer = read_bits(bits, 8);
    out->matrix = read_bits(bits, 8);
    /* sRGB as identity has full range without saying so. */
    const int is_rgb = out->primaries == 1 && out->transfer == 13 && out->matrix == 0;
    out->full_range = is_rgb && !grey ? 1 : (int)read_bits(bits, 1);
    return !bits->overrun;
}

static int read_header(spx_av1_color *out, const uint8_t *data, size_t size)
{
    bit_reader bits = { .bytes = data, .size = size };
    const unsigned profile = read_bits(&bits, PROFILE_BITS);
    (void)read_bits(&bits, 1); /* still picture */
    const int reduced = (int)read_bits(&bits, 1);
    if (reduced) {
        (void)read_bits(&bits, 5);
    } else {
        skip_operating_points(&bits);
    }
    const unsigned width_bits = read_bits(&bits, 4) + 1;
    const unsigned height_bits = read_bits(&bits, 4) + 1;
    (void)read_bits(&bits, width_bits);
    (void)read_bits(&bits, height_bits);
    if (!reduced && read_bits(&bits, 1)) {
        (void)read_bits(&bits, 4);
        (void)read_bits(&bits, 3);
    }
    (void)read_bits(&bits, 3); /* superblocks, intra filter, edge filter */
    if (!reduced)
        skip_tools(&bits);
    (void)read_bits(&bits, 3); /* superresolution, cdef, restoration */
    return read_color(out, &bits, profile);
}

/* 4.10.5; *at moves behind it. */
static size_t read_leb128(const uint8_t *bytes, size_t size, size_t *at)
{
    enum { LONGEST = 4, PAYLOAD_BITS = 7, MORE = 0x80 };
    size_t value = 0;
    for (unsigned i = 0; i < LONGEST && *at < size; i++) {
        const uint8_t byte = bytes[(*at)++];
        value |= (size_t)(byte & (MORE - 1)) << (PAYLOAD_BITS * i);
        if ((byte & MORE) == 0)
            break;
    }
    return value;
}

int spx_av1_color_read(spx_av1_color *out, const void *data, size_t size)
{
    enum { TYPE_SHIFT = 3, TYPE_MASK = 15, EXTENSION = 4, HAS_SIZE = 2 };
    const uint8_t *const bytes = data;
    size_t at = 0;
    *out = (spx_av1_color){ 0 };
    for (int i = 0; i < MOST_UNITS && at < size; i++) {
        const unsigned head = bytes[at++];
        at += (head & EXTENSION) != 0 && at < size;
        const size_t said = (head & HAS_SIZE) != 0 ? read_leb128(bytes, size, &at) : size - at;
        const size_t length = said < size - at ? said : size - at;
        if ((head >> TYPE_SHIFT & TYPE_MASK) == SEQUENCE_HEADER)
            return read_header(out, bytes + at, length);
        at += length;
    }
    return 0;
}
