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

enum { SPX_PHOTO_TYPE_LIST_BYTES = 120 };

/** "JPEG, PNG, ... or a camera's raw file": all kinds that are read. */
void spx_photo_type_list(char out[SPX_PHOTO_TYPE_LIST_BYTES]);

/** 1 when a file's name ends as those of such photos do: ".jpg", ".HEIC", ... */
int spx_photo_type_has_name(const char *name);

#endif
