#include "codec/photo_type.h"

#include "base/byte_order.h"
#include "container/tiff_pictures.h"

#include <stdint.h>
#include <stdio.h>
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
    const size_t box = spx_u32_big(bytes);
    const size_t end = box < size ? box : size;
    size_t at = COMPATIBLE_BRANDS_AT;
    for (size_t i = 0; i < MOST_BRANDS && at + BRAND_BYTES <= end; i++, at += BRAND_BYTES) {
        if (is_picture_brand(bytes + at))
            return 1;
    }
    return 0;
}

/* Bytes at a place of a file that tell what it is. */
typedef struct mark {
    size_t at;
    const char *bytes;
    size_t size;
} mark;

static int has_mark(const uint8_t *bytes, size_t size, const mark *wanted)
{
    return size >= wanted->at &&
           starts_with(bytes + wanted->at, size - wanted->at, wanted->bytes, wanted->size);
}

static const struct {
    mark mark;
    spx_photo_type type;
} photos[] = {
    { { 0, "\xff\xd8\xff", 3 }, SPX_PHOTO_TYPE_JPEG },
    { { 0, "\x89PNG\r\n\x1a\n", 8 }, SPX_PHOTO_TYPE_PNG },
    { { 8, "WEBP", 4 }, SPX_PHOTO_TYPE_WEBP }, /* behind "RIFF" and a length */
    { { 0, "GIF87a", 6 }, SPX_PHOTO_TYPE_GIF },
    { { 0, "GIF89a", 6 }, SPX_PHOTO_TYPE_GIF },
    { { 0, "\xff\x0a", 2 }, SPX_PHOTO_TYPE_JXL },
    { { 0, "\0\0\0\x0cJXL \r\n\x87\n", 12 }, SPX_PHOTO_TYPE_JXL },
    { { 4, "ftypcrx ", 8 }, SPX_PHOTO_TYPE_RAW },         /* Canon CR3 */
    { { 0, "FUJIFILMCCD-RAW", 15 }, SPX_PHOTO_TYPE_RAW }, /* RAF */
    { { 0, "IIRO", 4 }, SPX_PHOTO_TYPE_RAW },             /* Olympus ORF */
    { { 0, "IIRS", 4 }, SPX_PHOTO_TYPE_RAW },
    { { 0, "MMOR", 4 }, SPX_PHOTO_TYPE_RAW },
    { { 0, "IIU\0", 4 }, SPX_PHOTO_TYPE_RAW },  /* Panasonic RW2 */
    { { 0, "\0MRM", 4 }, SPX_PHOTO_TYPE_RAW },  /* Minolta MRW */
    { { 0, "FOVb", 4 }, SPX_PHOTO_TYPE_RAW },   /* Sigma X3F */
    { { 0, "II+\0", 4 }, SPX_PHOTO_TYPE_TIFF }, /* BigTIFF */
    { { 0, "MM\0+", 4 }, SPX_PHOTO_TYPE_TIFF },
};

/* 14 bytes of file header, then the length of a known information header. */
static int is_bmp(const uint8_t *bytes, size_t size)
{
    static const uint8_t lengths[] = { 12, 40, 52, 56, 64, 108, 124 };
    enum { LENGTH_AT = 14, ENOUGH = 26 };
    if (size < ENOUGH || !starts_with(bytes, size, "BM", 2))
        return 0;
    for (size_t i = 0; i < sizeof(lengths); i++) {
        if (bytes[LENGTH_AT] == lengths[i] && bytes[LENGTH_AT + 1] == 0)
            return 1;
    }
    return 0;
}

spx_photo_type spx_photo_type_of(const void *data, size_t size)
{
    const uint8_t *const bytes = data;
    for (size_t i = 0; i < sizeof(photos) / sizeof(photos[0]); i++) {
        if (has_mark(bytes, size, &photos[i].mark))
            return photos[i].type;
    }
    if (starts_with(bytes, size, "II*\0", 4) || starts_with(bytes, size, "MM\0*", 4)) {
        spx_tiff_pictures pictures;
        spx_tiff_pictures_find(&pictures, data, size);
        return pictures.is_raw ? SPX_PHOTO_TYPE_RAW : SPX_PHOTO_TYPE_TIFF;
    }
    if (is_bmp(bytes, size))
        return SPX_PHOTO_TYPE_BMP;
    return is_heif(bytes, size) ? SPX_PHOTO_TYPE_HEIF : SPX_PHOTO_TYPE_UNKNOWN;
}

/* All that is read. `said`: in a list of what is wanted; `ends`: of files' names. */
static const struct {
    const char *name;
    const char *said;
    const char *ends;
} kinds[] = {
    [SPX_PHOTO_TYPE_UNKNOWN] = { "unknown", NULL, "" },
    [SPX_PHOTO_TYPE_JPEG] = { "JPEG", "JPEG", ".jpg.jpeg.jpe.jfif.jps.mpo." },
    [SPX_PHOTO_TYPE_PNG] = { "PNG", "PNG", ".png.pns." },
    [SPX_PHOTO_TYPE_WEBP] = { "WebP", "WebP", ".webp." },
    [SPX_PHOTO_TYPE_TIFF] = { "TIFF", "TIFF", ".tif.tiff." },
    [SPX_PHOTO_TYPE_HEIF] = { "HEIF", "HEIC, AVIF", ".heic.heif.hif.avif." },
    [SPX_PHOTO_TYPE_GIF] = { "GIF", "GIF", ".gif." },
    [SPX_PHOTO_TYPE_BMP] = { "BMP", "BMP", ".bmp.dib." },
    [SPX_PHOTO_TYPE_JXL] = { "JPEG XL", "JPEG XL", ".jxl." },
    [SPX_PHOTO_TYPE_RAW] = { "raw", "a camera's raw file",
                             ".dng.cr2.cr3.crw.nef.nrw.arw.srf.sr2.raf.orf.rw2.pef.srw.mrw.x3f." },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

const char *spx_photo_type_name(spx_photo_type type)
{
    return (size_t)type < KINDS ? kinds[type].name : kinds[0].name;
}

void spx_photo_type_list(char out[SPX_PHOTO_TYPE_LIST_BYTES])
{
    size_t used = 0;
    for (size_t i = 1; i < KINDS; i++) {
        const char *const before = i == 1 ? "" : i + 1 == KINDS ? " or " : ", ";
        const int count =
            snprintf(out + used, SPX_PHOTO_TYPE_LIST_BYTES - used, "%s%s", before, kinds[i].said);
        used += count > 0 && (size_t)count < SPX_PHOTO_TYPE_LIST_BYTES - used ? (size_t)count : 0;
    }
}

int spx_photo_type_has_name(const char *name)
{
    enum { LONGEST = 8 };
    char end[LONGEST];
    const char *const dot = strrchr(name, '.');
    if (dot == NULL || strlen(dot) + 2 > sizeof(end))
        return 0;
    (void)snprintf(end, sizeof(end), "%s.", dot);
    for (size_t i = 1; i < KINDS; i++) {
        if (strcasestr(kinds[i].ends, end) != NULL)
            return 1;
    }
    return 0;
}
