#ifndef SPX_CODEC_JPEG_SEGMENTS_H
#define SPX_CODEC_JPEG_SEGMENTS_H

#include "codec/image_write.h"

/**
 * Appends a JPEG file with EXIF, XMP and profile put in behind its JFIF segment, byte for byte as
 * they are. An EXIF or XMP block that is too large for one segment (64 KB) is left out. extras: may
 * be NULL.
 */
SPX_NODISCARD spx_status spx_jpeg_add_extras(spx_bytes *out, const void *jpeg, size_t size,
                                             const spx_image_extras *extras, spx_diag *diag);

#endif
