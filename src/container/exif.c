#include "container/exif.h"

#include "container/tiff.h"

#include <math.h>

enum {
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

double spx_hfov_from_focal_35mm(double focal_length_35mm, uint32_t width, uint32_t height)
{
    static const double diagonal_35mm = 43.266615305567875; /* of a 36 mm x 24 mm frame */
    static const double degrees_per_radian = 57.29577951308232;
    const double side = width / hypot(width, height);
    return 2 * degrees_per_radian * atan(diagonal_35mm * side / (2 * focal_length_35mm));
}
