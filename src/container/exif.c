#include "container/exif.h"

#include "container/tiff.h"

#include <math.h>

enum {
    TAG_IMAGE_WIDTH = 0x0100,
    TAG_IMAGE_LENGTH = 0x0101,
    TAG_COLOR_SPACE = 0xa001,
    TAG_PIXEL_X = 0xa002,
    TAG_PIXEL_Y = 0xa003,
    TAG_FOCAL_LENGTH = 0x920a,
    TAG_FOCAL_LENGTH_35MM = 0xa405,
    TYPE_BYTE = 1,
    TYPE_SHORT = 3,
    TYPE_LONG = 4,
    TYPE_RATIONAL = 5,
    UPRIGHT = 1,
    MOST_ORIENTATION = 8,
};

static double entry_rational(const spx_tiff *file, const spx_tiff_entry *entry)
{
    if (entry->type != TYPE_RATIONAL || entry->count != 1)
        return 0;
    const uint32_t at = spx_tiff_u32(file, entry->value_at);
    if (!spx_tiff_has(file, at, 2 * sizeof(uint32_t)))
        return 0;
    const uint32_t denominator = spx_tiff_u32(file, (size_t)at + 4);
    return denominator == 0 ? 0 : (double)spx_tiff_u32(file, at) / denominator;
}

void spx_exif_read(spx_exif *out, const void *tiff_bytes, size_t size)
{
    *out = (spx_exif){ 0 };
    spx_tiff file;
    spx_tiff_entry entry = { 0 };
    if (!spx_tiff_open(&file, tiff_bytes, size))
        return;
    if (spx_tiff_find(&file, file.first_ifd, SPX_TIFF_TAG_ORIENTATION, 0, &entry)) {
        const uint32_t orientation = spx_tiff_number(&file, &entry);
        out->orientation = orientation <= MOST_ORIENTATION ? orientation : 0;
    }
    if (!spx_tiff_find(&file, file.first_ifd, SPX_TIFF_TAG_EXIF_IFD, 0, &entry))
        return;
    const uint32_t exif_ifd = spx_tiff_number(&file, &entry);
    if (spx_tiff_find(&file, exif_ifd, TAG_FOCAL_LENGTH_35MM, 0, &entry))
        out->focal_length_35mm = spx_tiff_number(&file, &entry);
    if (spx_tiff_find(&file, exif_ifd, TAG_FOCAL_LENGTH, 0, &entry))
        out->focal_length_mm = entry_rational(&file, &entry);
}

/* Writes 1 over an entry's value, in its own type and byte order. */
static void put_one(uint8_t *bytes, const spx_tiff *file, const spx_tiff_entry *entry)
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

/* 1 when a tag said that the picture has to be turned. */
static int set_ifd_upright(uint8_t *bytes, const spx_tiff *file, uint32_t ifd)
{
    spx_tiff_entry entry = { 0 };
    unsigned next = 0;
    int turned = 0;
    while ((next = spx_tiff_find(file, ifd, SPX_TIFF_TAG_ORIENTATION, next, &entry)) != 0) {
        turned |= spx_tiff_number(file, &entry) > UPRIGHT;
        put_one(bytes, file, &entry);
    }
    return turned;
}

void spx_exif_set_upright(void *tiff_bytes, size_t size)
{
    enum { LINK_BYTES = 4 };
    uint8_t *const bytes = tiff_bytes;
    spx_tiff file;
    if (!spx_tiff_open(&file, tiff_bytes, size))
        return;
    const unsigned count = spx_tiff_entry_count(&file, file.first_ifd);
    const size_t link = (size_t)file.first_ifd + 2 + (size_t)count * SPX_TIFF_ENTRY_BYTES;
    const int linked = count != 0 && spx_tiff_has(&file, link, LINK_BYTES);
    const int turned = set_ifd_upright(bytes, &file, file.first_ifd);
    if (linked && !turned)
        (void)set_ifd_upright(bytes, &file, spx_tiff_u32(&file, link));
    for (size_t i = 0; linked && turned && i < LINK_BYTES; i++)
        bytes[link + i] = 0;
}

/* A whole number as a LONG, which holds every size, in the file's byte order. */
static void put_long(uint8_t *bytes, const spx_tiff *file, const spx_tiff_entry *entry,
                     uint32_t value)
{
    const size_t type_at = entry->value_at - 6; /* type, count, value */
    if ((entry->type != TYPE_SHORT && entry->type != TYPE_LONG) || entry->count != 1)
        return;
    bytes[type_at + !file->little_endian] = TYPE_LONG;
    for (size_t i = 0; i < 4; i++) {
        const size_t shift = file->little_endian ? 8 * i : 24 - 8 * i;
        bytes[entry->value_at + i] = (uint8_t)(value >> shift);
    }
}

static void set_tag(uint8_t *bytes, const spx_tiff *file, uint32_t ifd, unsigned tag,
                    uint32_t value)
{
    spx_tiff_entry entry = { 0 };
    unsigned next = 0;
    while ((next = spx_tiff_find(file, ifd, tag, next, &entry)) != 0)
        put_long(bytes, file, &entry, value);
}

/* The Exif IFD; 0 = none. */
static uint32_t exif_ifd_of(const spx_tiff *file)
{
    spx_tiff_entry entry = { 0 };
    return spx_tiff_find(file, file->first_ifd, SPX_TIFF_TAG_EXIF_IFD, 0, &entry)
               ? spx_tiff_number(file, &entry)
               : 0;
}

void spx_exif_set_srgb(void *tiff_bytes, size_t size)
{
    uint8_t *const bytes = tiff_bytes;
    spx_tiff file;
    spx_tiff_entry entry = { 0 };
    unsigned next = 0;
    if (!spx_tiff_open(&file, tiff_bytes, size))
        return;
    const uint32_t ifd = exif_ifd_of(&file);
    while ((next = spx_tiff_find(&file, ifd, TAG_COLOR_SPACE, next, &entry)) != 0)
        put_one(bytes, &file, &entry); /* 1 = sRGB */
}

void spx_exif_set_size(void *tiff_bytes, size_t size, uint32_t width, uint32_t height)
{
    spx_tiff file;
    if (!spx_tiff_open(&file, tiff_bytes, size))
        return;
    set_tag(tiff_bytes, &file, file.first_ifd, TAG_IMAGE_WIDTH, width);
    set_tag(tiff_bytes, &file, file.first_ifd, TAG_IMAGE_LENGTH, height);
    const uint32_t exif_ifd = exif_ifd_of(&file);
    set_tag(tiff_bytes, &file, exif_ifd, TAG_PIXEL_X, width);
    set_tag(tiff_bytes, &file, exif_ifd, TAG_PIXEL_Y, height);
}

/* An entry that holds its value itself. */
static void put_entry(spx_bytes *out, unsigned tag, unsigned type, uint32_t count, uint32_t value)
{
    spx_bytes_u16(out, tag);
    spx_bytes_u16(out, type);
    spx_bytes_u32(out, count);
    spx_bytes_u32(out, value);
}

void spx_exif_put_least(spx_bytes *out, uint32_t width, uint32_t height, int srgb)
{
    enum {
        IFD0_TAGS = 6,
        EXIF_TAGS = 6,
        IFD0_BYTES = 2 + IFD0_TAGS * SPX_TIFF_ENTRY_BYTES + 4,
        EXIF_AT = SPX_TIFF_HEADER_BYTES + IFD0_BYTES,
        RATIONAL_AT = EXIF_AT + 2 + EXIF_TAGS * SPX_TIFF_ENTRY_BYTES + 4,
        RATIONAL_BYTES = 8,
        SHORT_SHIFT = 16, /* a SHORT stands in the value's first two bytes */
        DOTS_PER_INCH = 72,
        INCH = 2,
        CENTERED = 1,
        SRGB = 1,
        UNCALIBRATED = 0xffff,
        TYPE_UNDEFINED = 7,
    };
    static const uint8_t header[] = { 'M', 'M', 0, 42, 0, 0, 0, SPX_TIFF_HEADER_BYTES };
    static const uint32_t version = 0x30323332;  /* "0232" */
    static const uint32_t flashpix = 0x30313030; /* "0100" */
    static const uint32_t ycc = 0x01020300;      /* Y, Cb, Cr */
    spx_bytes_append(out, header, sizeof(header));
    spx_bytes_u16(out, IFD0_TAGS);
    put_entry(out, SPX_TIFF_TAG_ORIENTATION, TYPE_SHORT, 1, (uint32_t)UPRIGHT << SHORT_SHIFT);
    put_entry(out, 0x011a, TYPE_RATIONAL, 1, RATIONAL_AT);                  /* XResolution */
    put_entry(out, 0x011b, TYPE_RATIONAL, 1, RATIONAL_AT + RATIONAL_BYTES); /* YResolution */
    put_entry(out, 0x0128, TYPE_SHORT, 1, (uint32_t)INCH << SHORT_SHIFT);
    put_entry(out, 0x0213, TYPE_SHORT, 1, (uint32_t)CENTERED << SHORT_SHIFT); /* of chroma */
    put_entry(out, SPX_TIFF_TAG_EXIF_IFD, TYPE_LONG, 1, EXIF_AT);
    spx_bytes_u32(out, 0);
    spx_bytes_u16(out, EXIF_TAGS);
    put_entry(out, 0x9000, TYPE_UNDEFINED, 4, version);
    put_entry(out, 0x9101, TYPE_UNDEFINED, 4, ycc); /* ComponentsConfiguration */
    put_entry(out, 0xa000, TYPE_UNDEFINED, 4, flashpix);
    put_entry(out, TAG_COLOR_SPACE, TYPE_SHORT, 1,
              (uint32_t)(srgb ? SRGB : UNCALIBRATED) << SHORT_SHIFT);
    put_entry(out, TAG_PIXEL_X, TYPE_LONG, 1, width);
    put_entry(out, TAG_PIXEL_Y, TYPE_LONG, 1, height);
    spx_bytes_u32(out, 0);
    for (int i = 0; i < 2; i++) {
        spx_bytes_u32(out, DOTS_PER_INCH);
        spx_bytes_u32(out, 1);
    }
}

double spx_hfov_from_focal_35mm(double focal_length_35mm, uint32_t width, uint32_t height)
{
    static const double diagonal_35mm = 43.266615305567875; /* of a 36 mm x 24 mm frame */
    static const double degrees_per_radian = 57.29577951308232;
    const double side = width / hypot(width, height);
    return 2 * degrees_per_radian * atan(diagonal_35mm * side / (2 * focal_length_35mm));
}
