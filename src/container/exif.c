#include "container/exif.h"

#include <math.h>

/*
 * TIFF 6.0: "II" or "MM", 42, offset of IFD0. An IFD is a 16-bit count, entries of 12 bytes (tag,
 * type, count, value or offset), and the offset of the next IFD. Everything is read with checked
 * offsets; what lies outside is taken as absent.
 */
enum {
    HEADER_BYTES = 8,
    ENTRY_BYTES = 12,
    VALUE_AT = 8,
    MAGIC = 42,
    TAG_ORIENTATION = 0x0112,
    TAG_EXIF_IFD = 0x8769,
    TAG_FOCAL_LENGTH = 0x920a,
    TAG_FOCAL_LENGTH_35MM = 0xa405,
    TYPE_BYTE = 1,
    TYPE_SHORT = 3,
    TYPE_LONG = 4,
    TYPE_RATIONAL = 5,
    MOST_ORIENTATION = 8,
};

typedef struct tiff {
    const uint8_t *bytes;
    size_t size;
    int little_endian;
    uint32_t first_ifd;
} tiff;

typedef struct ifd_entry {
    unsigned type;
    uint32_t count;
    size_t value_at;
} ifd_entry;

/* The caller has checked that the bytes are there. */
static unsigned get_u16(const tiff *file, size_t at)
{
    const uint8_t *const b = file->bytes + at;
    return file->little_endian ? b[0] | (unsigned)b[1] << 8 : (unsigned)b[0] << 8 | b[1];
}

static uint32_t get_u32(const tiff *file, size_t at)
{
    const uint32_t first = get_u16(file, at);
    const uint32_t second = get_u16(file, at + 2);
    return file->little_endian ? first | second << 16 : first << 16 | second;
}

static int has(const tiff *file, size_t at, size_t count)
{
    return at <= file->size && file->size - at >= count;
}

static int open_tiff(tiff *out, const void *bytes, size_t size)
{
    *out = (tiff){ .bytes = bytes, .size = size };
    if (size < HEADER_BYTES)
        return 0;
    const uint8_t a = out->bytes[0];
    const uint8_t b = out->bytes[1];
    if (!(a == 'I' && b == 'I') && !(a == 'M' && b == 'M'))
        return 0;
    out->little_endian = a == 'I';
    out->first_ifd = get_u32(out, 4);
    return get_u16(out, 2) == MAGIC;
}

static unsigned entry_count(const tiff *file, uint32_t ifd)
{
    if (ifd < HEADER_BYTES || !has(file, ifd, 2))
        return 0;
    const unsigned count = get_u16(file, ifd);
    const size_t fit = (file->size - ifd - 2) / ENTRY_BYTES;
    return count <= fit ? count : (unsigned)fit;
}

/* Finds entry number `from` or later that holds the tag; returns the number behind it, 0 = none. */
static unsigned find_entry(const tiff *file, uint32_t ifd, unsigned tag, unsigned from,
                           ifd_entry *out)
{
    const unsigned count = entry_count(file, ifd);
    for (unsigned i = from; i < count; i++) {
        const size_t at = (size_t)ifd + 2 + (size_t)i * ENTRY_BYTES;
        if (get_u16(file, at) != tag)
            continue;
        *out = (ifd_entry){ .type = get_u16(file, at + 2),
                            .count = get_u32(file, at + 4),
                            .value_at = at + VALUE_AT };
        return i + 1;
    }
    return 0;
}

/* A single whole number in the entry itself; 0 when it is something else. */
static uint32_t entry_number(const tiff *file, const ifd_entry *entry)
{
    if (entry->count != 1)
        return 0;
    switch (entry->type) {
    case TYPE_BYTE:
        return file->bytes[entry->value_at];
    case TYPE_SHORT:
        return get_u16(file, entry->value_at);
    case TYPE_LONG:
        return get_u32(file, entry->value_at);
    default:
        return 0;
    }
}

static double entry_rational(const tiff *file, const ifd_entry *entry)
{
    if (entry->type != TYPE_RATIONAL || entry->count != 1)
        return 0;
    const uint32_t at = get_u32(file, entry->value_at);
    if (!has(file, at, 2 * sizeof(uint32_t)))
        return 0;
    const uint32_t denominator = get_u32(file, (size_t)at + 4);
    return denominator == 0 ? 0 : (double)get_u32(file, at) / denominator;
}

void spx_exif_read(spx_exif *out, const void *tiff_bytes, size_t size)
{
    *out = (spx_exif){ 0 };
    tiff file;
    ifd_entry entry = { 0 };
    if (!open_tiff(&file, tiff_bytes, size))
        return;
    if (find_entry(&file, file.first_ifd, TAG_ORIENTATION, 0, &entry)) {
        const uint32_t orientation = entry_number(&file, &entry);
        out->orientation = orientation <= MOST_ORIENTATION ? orientation : 0;
    }
    if (!find_entry(&file, file.first_ifd, TAG_EXIF_IFD, 0, &entry))
        return;
    const uint32_t exif_ifd = entry_number(&file, &entry);
    if (find_entry(&file, exif_ifd, TAG_FOCAL_LENGTH_35MM, 0, &entry))
        out->focal_length_35mm = entry_number(&file, &entry);
    if (find_entry(&file, exif_ifd, TAG_FOCAL_LENGTH, 0, &entry))
        out->focal_length_mm = entry_rational(&file, &entry);
}

/* Writes 1 over an entry's value, in its own type and byte order. */
static void put_one(uint8_t *bytes, const tiff *file, const ifd_entry *entry)
{
    const size_t size = entry->type == TYPE_BYTE ? 1 : entry->type == TYPE_SHORT ? 2 : 4;
    const int known =
        entry->type == TYPE_BYTE || entry->type == TYPE_SHORT || entry->type == TYPE_LONG;
    if (!known || entry->count != 1)
        return;
    for (size_t i = 0; i < size; i++)
        bytes[entry->value_at + i] = 0;
    bytes[entry->value_at + (file->little_endian ? 0 : size - 1)] = 1;
}

static void set_ifd_upright(uint8_t *bytes, const tiff *file, uint32_t ifd)
{
    ifd_entry entry = { 0 };
    unsigned next = 0;
    while ((next = find_entry(file, ifd, TAG_ORIENTATION, next, &entry)) != 0)
        put_one(bytes, file, &entry);
}

void spx_exif_set_upright(void *tiff_bytes, size_t size)
{
    tiff file;
    if (!open_tiff(&file, tiff_bytes, size))
        return;
    const unsigned count = entry_count(&file, file.first_ifd);
    const size_t link = (size_t)file.first_ifd + 2 + (size_t)count * ENTRY_BYTES;
    const uint32_t second_ifd = count != 0 && has(&file, link, 4) ? get_u32(&file, link) : 0;
    set_ifd_upright(tiff_bytes, &file, file.first_ifd);
    set_ifd_upright(tiff_bytes, &file, second_ifd);
}

double spx_hfov_from_focal_35mm(double focal_length_35mm, uint32_t width, uint32_t height)
{
    static const double diagonal_35mm = 43.266615305567875; /* of a 36 mm x 24 mm frame */
    static const double degrees_per_radian = 57.29577951308232;
    const double side = width / hypot(width, height);
    return 2 * degrees_per_radian * atan(diagonal_35mm * side / (2 * focal_length_35mm));
}
