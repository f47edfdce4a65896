#ifndef SPX_CODEC_PHOTO_TYPE_H
#define SPX_CODEC_PHOTO_TYPE_H

#include <stddef.h>

typedef enum spx_photo_type {
    SPX_PHOTO_TYPE_UNKNOWN,
    SPX_PHOTO_TYPE_JPEG,
    SPX_PHOTO_TYPE_PNG,
    SPX_PHOTO_TYPE_WEBP,
    SPX_PHOTO_TYPE_TIFF,
    SPX_PHOTO_TYPE_HEIF, /* HEIC and AVIF */
    SPX_PHOTO_TYPE_GIF,
    SPX_PHOTO_TYPE_BMP,
    SPX_PHOTO_TYPE_JXL, /* JPEG XL, bare or in its container */
    SPX_PHOTO_TYPE_RAW, /* of a camera: what LibRaw reads */
} spx_photo_type;

/** Decides by the first bytes, never by a name. */
spx_photo_type spx_photo_type_of(const void *data, size_t size);

/** "JPEG", "PNG", ... Static storage. */
const char *spx_photo_type_name(spx_photo_type type);

#endif
