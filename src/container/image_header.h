#ifndef SPX_CONTAINER_IMAGE_HEADER_H
#define SPX_CONTAINER_IMAGE_HEADER_H

#include <stddef.h>
#include <stdint.h>

/** What the first bytes of a picture file tell. */
typedef struct spx_image_header {
    const char *format; /* "JPEG", "PNG", "WebP", "TIFF", "GIF" or "unknown"; static storage */
    uint32_t width;     /* as stored; 0 = not found */
    uint32_t height;
    const uint8_t *exif; /* TIFF structure within the bytes (JPEG only); NULL = none */
    size_t exif_size;
} spx_image_header;

/** Reads what it can; damaged bytes give zeros, never an error. */
void spx_image_header_read(spx_image_header *out, const void *data, size_t size);

#endif
