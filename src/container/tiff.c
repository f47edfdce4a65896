#include "container/tiff.h"

enum { MAGIC = 42, VALUE_AT = 8, TYPE_BYTE = 1, TYPE_SHORT = 3, TYPE_LONG = 4 };

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
