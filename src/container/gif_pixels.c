#include "container/gif_pixels.h"

#include <limits.h>

enum {
    HEAD_BYTES = 13, /* signature, version, screen */
    TABLE_FLAG = 0x80,
    TABLE_SIZE = 0x07,
    EXTENSION = 0x21,
    PICTURE = 0x2c,
    PICTURE_BYTES = 10, /* with its mark */
    MOST_BITS = 12,
    CODES = 1 << MOST_BITS,
    LONGEST_ROOT_BITS = 8,
};

typedef struct gif {
    const uint8_t *bytes;
    size_t size;
    size_t at;
} gif;

static unsigned get_u16(const uint8_t *at)
{
    return at[0] | (unsigned)at[1] << CHAR_BIT;
}

static size_t table_bytes(unsigned flags)
{
    return (flags & TABLE_FLAG) == 0 ? 0 : (size_t)3 << ((flags & TABLE_SIZE) + 1);
}

/* Behind the sub-blocks that begin here; 0 = the file ends before. */
static int skip_blocks(gif *self)
{
    while (self->at < self->size) {
        const size_t length = self->bytes[self->at++];
        if (length == 0)
            return 1;
        if (length > self->size - self->at)
            return 0;
        self->at += length;
    }
    return 0;
}

/* Goes to the first picture; 0 = there is none. */
static int find_picture(gif *self)
{
    enum { FLAGS_AT = 10, LABEL_BYTES = 2 };
    if (self->size < HEAD_BYTES)
        return 0;
    self->at = HEAD_BYTES + table_bytes(self->bytes[FLAGS_AT]);
    while (self->at < self->size && self->bytes[self->at] == EXTENSION) {
        self->at += LABEL_BYTES;
        if (self->at > self->size || !skip_blocks(self))
            return 0;
    }
    return self->at < self->size && self->bytes[self->at] == PICTURE &&
           self->size - self->at > PICTURE_BYTES;
}

/* The codes of a picture, bit by bit out of its sub-blocks. */
typedef struct codes {
    gif *from;
    size_t left; /* in this sub-block */
    uint32_t store;
    unsigned stored;
    int ended; /* by the mark, not by the file's end */
} codes;

/* -1 = no more. */
static int next_code(codes *self, unsigned bits)
{
    while (self->stored < bits) {
        if (self->from->at >= self->from->size)
            return -1;
        if (self->left == 0) {
            self->left = self->from->bytes[self->from->at++];
            self->ended = self->left == 0;
            if (self->ended)
                return -1;
            continue;
        }
        self->store |= (uint32_t)self->from->bytes[self->from->at++] << self->stored;
        self->stored += CHAR_BIT;
        self->left--;
    }
    const int code = (int)(self->store & ((1u << bits) - 1));
    self->store >>= bits;
    self->stored -= bits;
    return code;
}

/* Of each code only the length of what it stands for is kept. */
static void count_codes(spx_gif_pixels *out, codes *from, unsigned root_bits)
{
    uint32_t lengths[CODES];
    const unsigned clear = 1u << root_bits;
    unsigned next = clear + 2;
    unsigned bits = root_bits + 1;
    uint32_t before = 0; /* length of the code before; 0 = none since the table was cleared */
    for (unsigned i = 0; i < clear; i++)
        lengths[i] = 1;
    while (out->got < out->wanted) {
        const int read = next_code(from, bits);
        const unsigned code = (unsigned)read;
        if (read < 0 || code == clear + 1)
            return;
        if (code == clear) {
            next = clear + 2;
            bits = root_bits + 1;
            before = 0;
            continue;
        }
        if (code > next || (code == next && before == 0)) {
            out->wrong = 1;
            return;
        }
        if (before != 0 && next < CODES)
            lengths[next++] = before + 1;
        if (next == 1u << bits && bits < MOST_BITS)
            bits++;
        before = code < CODES ? lengths[code] : before;
        out->got += before;
    }
}

void spx_gif_pixels_count(spx_gif_pixels *out, const void *data, size_t size)
{
    enum { WIDTH_AT = 5, HEIGHT_AT = 7, FLAGS_AT = 9 };
    gif self = { .bytes = data, .size = size };
    *out = (spx_gif_pixels){ 0 };
    if (!find_picture(&self))
        return;
    const uint8_t *const about = self.bytes + self.at;
    const uint64_t wanted = (uint64_t)get_u16(about + WIDTH_AT) * get_u16(about + HEIGHT_AT);
    self.at += PICTURE_BYTES + table_bytes(about[FLAGS_AT]);
    if (self.at >= size)
        return;
    const unsigned root_bits = self.bytes[self.at++];
    out->wanted = wanted;
    if (root_bits == 0 || root_bits > LONGEST_ROOT_BITS) {
        out->wrong = 1;
        return;
    }
    codes from = { .from = &self };
    count_codes(out, &from, root_bits);
    out->got = out->got < wanted ? out->got : wanted;
    self.at += from.left <= size - self.at ? from.left : size - self.at;
    out->ends = from.ended || skip_blocks(&self);
}
