#include "container/exif_color.h"

#include "container/tiff.h"

#include <string.h>

enum {
    TAG_COLOR_SPACE = 0xa001,
    TAG_INTEROP_IFD = 0xa005,
    TAG_INTEROP_INDEX = 0x0001,
    TYPE_ASCII = 2,
    SRGB = 1,
    ADOBE_RGB = 2, /* not in the standard, but what several cameras wrote */
};

/* The index has four characters with its zero: they stand in the entry itself. */
static int is_r03(const spx_tiff *file, uint32_t ifd)
{
    spx_tiff_entry entry = { 0 };
    return spx_tiff_find(file, ifd, TAG_INTEROP_INDEX, 0, &entry) != 0 &&
           entry.type == TYPE_ASCII && entry.count >= 3 && entry.count <= SPX_TIFF_VALUE_BYTES &&
           memcmp(file->bytes + entry.value_at, "R03", 3) == 0;
}

int spx_exif_is_adobe_rgb(const void *tiff, size_t size)
{
    spx_tiff file;
    spx_tiff_entry entry = { 0 };
    if (!spx_tiff_open(&file, tiff, size) ||
        !spx_tiff_find(&file, file.first_ifd, SPX_TIFF_TAG_EXIF_IFD, 0, &entry))
        return 0;
    const uint32_t exif_ifd = spx_tiff_number(&file, &entry);
    uint32_t space = 0;
    if (spx_tiff_find(&file, exif_ifd, TAG_COLOR_SPACE, 0, &entry))
        space = spx_tiff_number(&file, &entry);
    if (space == ADOBE_RGB || space == SRGB)
        return space == ADOBE_RGB;
    return spx_tiff_find(&file, exif_ifd, TAG_INTEROP_IFD, 0, &entry) != 0 &&
           is_r03(&file, spx_tiff_number(&file, &entry));
}
