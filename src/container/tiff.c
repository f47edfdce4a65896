#include "container/tiff.h"

enum {
    MAGIC = 42,
    BIG_MAGIC = 43,
    VALUE_AT = 8,
    TYPE_BYTE = 1,
    TYPE_SHORT = 3,
    TYPE_LONG = 4,
    TYPE_IFD = 13,
    TYPE_LONG8 = 16,
    TYPE_IFD8 = 18,
};

unsigned spx_tiff_u16(const spx_tiff *tiff, size_t at)
{
    const uint8_t *const b = tiff->bytes + at;
    return tiff->little_endian ? b[0] | (unsigned)b[1] << 8 : (unsigned)b[0] << 8 | b[1];
}

uint32_t spx_tiff_u32(const spx_tiff *tiff, size_t at)
{
    const uint32_t first = spx_tiff_u16(tiff, at);
    const uint32_t second = spx_tiff_u16(tiff, at + 2);
    return tiff->little_endian ? first | second << 16 : first << 16 | second;
}

int spx_tiff_has(const spx_tiff *tiff, size_t at, size_t count)
{
    return at <= tiff->size && tiff->size - at >= count;
}

int spx_tiff_open(spx_tiff *out, const void *bytes, size_t size)
{
    *out = (spx_tiff){ .bytes = bytes, .size = size };
    if (size < SPX_TIFF_HEADER_BYTES)
        return 0;
    const uint8_t a = out->bytes[0];
    const uint8_t b = out->bytes[1];
    if (!(a == 'I' && b == 'I') && !(a == 'M' && b == 'M'))
        return 0;
    out->little_endian = a == 'I';
    out->first_ifd = spx_tiff_u32(out, 4);
    return spx_tiff_u16(out, 2) == MAGIC;
}

unsigned spx_tiff_entry_count(const spx_tiff *tiff, uint32_t ifd)
{
    if (ifd < SPX_TIFF_HEADER_BYTES || !spx_tiff_has(tiff, ifd, 2))
        return 0;
    const unsigned count = spx_tiff_u16(tiff, ifd);
    const size_t fit = (tiff->size - ifd - 2) / SPX_TIFF_ENTRY_BYTES;
    return count <= fit ? count : (unsigned)fit;
}

spx_tiff_entry spx_tiff_entry_at(const spx_tiff *tiff, uint32_t ifd, unsigned index)
{
    const size_t at = (size_t)ifd + 2 + (size_t)index * SPX_TIFF_ENTRY_BYTES;
    return (spx_tiff_entry){ .tag = spx_tiff_u16(tiff, at),
                             .type = spx_tiff_u16(tiff, at + 2),
                             .count = spx_tiff_u32(tiff, at + 4),
                             .value_at = at + VALUE_AT };
}

unsigned spx_tiff_find(const spx_tiff *tiff, uint32_t ifd, unsigned tag, unsigned from,
                       spx_tiff_entry *out)
{
    const unsigned count = spx_tiff_entry_count(tiff, ifd);
    for (unsigned i = from; i < count; i++) {
        const spx_tiff_entry entry = spx_tiff_entry_at(tiff, ifd, i);
        if (entry.tag != tag)
            continue;
        *out = entry;
        return i + 1;
    }
    return 0;
}

uint32_t spx_tiff_number(const spx_tiff *tiff, const spx_tiff_entry *entry)
{
    if (entry->count != 1)
        return 0;
    switch (entry->type) {
    case TYPE_BYTE:
        return tiff->bytes[entry->value_at];
    case TYPE_SHORT:
        return spx_tiff_u16(tiff, entry->value_at);
    case TYPE_LONG:
        return spx_tiff_u32(tiff, entry->value_at);
    default:
        return 0;
    }
}

/* ---- either width ---- */

/* An offset or a count of the file's width. */
static uint64_t get_word(const spx_tiff_any *any, size_t at)
{
    const uint64_t first = spx_tiff_u32(&any->tiff, at);
    if (!any->big)
        return first;
    const uint64_t second = spx_tiff_u32(&any->tiff, at + 4);
    return any->tiff.little_endian ? first | second << 32 : first << 32 | second;
}

static size_t word_bytes(const spx_tiff_any *any)
{
    return any->big ? 8 : 4;
}

static size_t entry_bytes(const spx_tiff_any *any)
{
    return 4 + 2 * word_bytes(any); /* tag, type, count, value */
}

static size_t within(const spx_tiff_any *any, uint64_t at)
{
    return at < any->tiff.size ? (size_t)at : 0;
}

int spx_tiff_any_open(spx_tiff_any *out, const void *bytes, size_t size)
{
    enum { BIG_HEADER_BYTES = 16, BIG_FIRST_AT = 8 };
    *out = (spx_tiff_any){ .big = 0 };
    if (spx_tiff_open(&out->tiff, bytes, size)) {
        out->first_ifd = within(out, out->tiff.first_ifd);
        return 1;
    }
    if (out->tiff.bytes == NULL || size < BIG_HEADER_BYTES ||
        out->tiff.bytes[0] != out->tiff.bytes[1] ||
        (out->tiff.bytes[0] != 'I' && out->tiff.bytes[0] != 'M') ||
        spx_tiff_u16(&out->tiff, 2) != BIG_MAGIC || spx_tiff_u16(&out->tiff, 4) != 8)
        return 0;
    out->big = 1;
    out->first_ifd = within(out, get_word(out, BIG_FIRST_AT));
    return 1;
}

/* How many entries are there, and where the first one is. */
static size_t entries_of(const spx_tiff_any *any, size_t ifd, size_t *first)
{
    const size_t count_bytes = any->big ? 8 : 2;
    if (ifd == 0 || !spx_tiff_has(&any->tiff, ifd, count_bytes))
        return 0;
    const uint64_t count = any->big ? get_word(any, ifd) : spx_tiff_u16(&any->tiff, ifd);
    *first = ifd + count_bytes;
    const size_t fit = (any->tiff.size - *first) / entry_bytes(any);
    return count < fit ? (size_t)count : fit;
}

static size_t type_bytes(unsigned type)
{
    switch (type) {
    case TYPE_BYTE:
        return 1;
    case TYPE_SHORT:
        return 2;
    case TYPE_LONG:
    case TYPE_IFD:
        return 4;
    case TYPE_LONG8:
    case TYPE_IFD8:
        return 8;
    default:
        return 0;
    }
}

int spx_tiff_any_find(const spx_tiff_any *any, size_t ifd, unsigned tag, spx_tiff_values *out)
{
    enum { TYPE_AT = 2, COUNT_AT = 4 };
    size_t at = 0;
    const size_t entries = entries_of(any, ifd, &at);
    *out = (spx_tiff_values){ 0 };
    for (size_t i = 0; i < entries; i++, at += entry_bytes(any)) {
        if (spx_tiff_u16(&any->tiff, at) != tag)
            continue;
        out->type = spx_tiff_u16(&any->tiff, at + TYPE_AT);
        const size_t one = type_bytes(out->type);
        const uint64_t count = get_word(any, at + COUNT_AT);
        out->at = at + COUNT_AT + word_bytes(any);
        if (one == 0)
            return 0;
        if (count > word_bytes(any) / one)
            out->at = within(any, get_word(any, out->at));
        const size_t fit = out->at == 0 ? 0 : (any->tiff.size - out->at) / one;
        out->count = count < fit ? (size_t)count : fit;
        return out->count != 0;
    }
    return 0;
}

uint64_t spx_tiff_any_number(const spx_tiff_any *any, const spx_tiff_values *values, size_t index)
{
    const size_t one = type_bytes(values->type);
    if (index >= values->count)
        return 0;
    const size_t at = values->at + index * one;
    switch (one) {
    case 1:
        return any->tiff.bytes[at];
    case 2:
        return spx_tiff_u16(&any->tiff, at);
    case 4:
        return spx_tiff_u32(&any->tiff, at);
    default: /* 8 bytes are of big files only, but a small one may lie */
        return any->big ? get_word(any, at) : 0;
    }
}

size_t spx_tiff_any_next(const spx_tiff_any *any, size_t ifd)
{
    size_t first = 0;
    const size_t entries = entries_of(any, ifd, &first);
    const size_t at = first + entries * entry_bytes(any);
    if (entries == 0 || !spx_tiff_has(&any->tiff, at, word_bytes(any)))
        return 0;
    return within(any, get_word(any, at));
}
