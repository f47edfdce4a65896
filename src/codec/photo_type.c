#include "codec/photo_type.h"

#include <stdint.h>
#include <string.h>

enum { BRAND_BYTES = 4, FIRST_BRAND_AT = 8, COMPATIBLE_BRANDS_AT = 16, MOST_BRANDS = 32 };

static int starts_with(const uint8_t *bytes, size_t size, const char *magic, size_t magic_size)
{
    return size >= magic_size && memcmp(bytes, magic, magic_size) == 0;
}

static int is_picture_brand(const uint8_t *brand)
{
    static const char *const brands[] = { "heic", "heix", "heim", "heis", "mif1",
                                          "msf1", "avif", "avis", "mif2" };
    for (size_t i = 0; i < sizeof(brands) / sizeof(brands[0]); i++) {
        if (memcmp(brand, brands[i], BRAND_BYTES) == 0)
            return 1;
    }
    return 0;
}

/* An 'ftyp' box that names a brand of still pictures: size 32, 'ftyp', major, minor, compatible. */
static int is_heif(const uint8_t *bytes, size_t size)
{
    if (size < COMPATIBLE_BRANDS_AT || memcmp(bytes + 4, "ftyp", BRAND_BYTES) != 0)
        return 0;
    if (is_picture_brand(bytes + FIRST_BRAND_AT))
        return 1;
    const size_t box =
        (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | (size_t)bytes[3];
    const size_t end = box < size ? box : size;
    size_t at = COMPATIBLE_BRANDS_AT;
    for (size_t i = 0; i < MOST_BRANDS && at + BRAND_BYTES <= end; i++, at += BRAND_BYTES) {
        if (is_picture_brand(bytes + at))
            return 1;
    }
    return 0;
}

spx_photo_type spx_photo_type_of(const void *data, size_t size)
{
    const uint8_t *const bytes = data;
    if (starts_with(bytes, size, "\xff\xd8\xff", 3))
        return SPX_PHOTO_TYPE_JPEG;
    if (starts_with(bytes, size, "\x89PNG\r\n\x1a\n", 8))
        return SPX_PHOTO_TYPE_PNG;
    if (starts_with(bytes, size, "RIFF", 4) && size >= 12 && memcmp(bytes + 8, "WEBP", 4) == 0)
        return SPX_PHOTO_TYPE_WEBP;
    if (starts_with(bytes, size, "II*\0", 4) || starts_with(bytes, size, "MM\0*", 4) ||
        starts_with(bytes, size, "II+\0", 4) || starts_with(bytes, size, "MM\0+", 4))
        return SPX_PHOTO_TYPE_TIFF;
    return is_heif(bytes, size) ? SPX_PHOTO_TYPE_HEIF : SPX_PHOTO_TYPE_UNKNOWN;
}

const char *spx_photo_type_name(spx_photo_type type)
{
    switch (type) {
    case SPX_PHOTO_TYPE_JPEG:
        return "JPEG";
    case SPX_PHOTO_TYPE_PNG:
        return "PNG";
    case SPX_PHOTO_TYPE_WEBP:
        return "WebP";
    case SPX_PHOTO_TYPE_TIFF:
        return "TIFF";
    case SPX_PHOTO_TYPE_HEIF:
        return "HEIF";
    case SPX_PHOTO_TYPE_UNKNOWN:
        break;
    }
    return "unknown";
}
