#ifndef SPX_CODEC_JPEG_SEGMENTS_H
#define SPX_CODEC_JPEG_SEGMENTS_H

#include "base/status.h"
#include "codec/image_extras.h"

/**
 * Appends a JPEG file with EXIF, XMP and profile put in behind its JFIF segment, byte for byte as
 * they are. An EXIF or XMP block that is too large for one segment (64 KB) is left out. extras: may
 * be NULL.
 */
SPX_NODISCARD spx_status spx_jpeg_add_extras(spx_bytes *out, const void *jpeg, size_t size,
                                             const spx_image_extras *extras, spx_diag *diag);

enum { SPX_XMP_GUID_SIZE = 33 };

/** The name of an extended XMP packet, with a zero behind it: its MD5 (XMP part 3, 1.1.3.1). */
SPX_NODISCARD spx_status spx_xmp_guid(char out[SPX_XMP_GUID_SIZE], const spx_bytes *packet,
                                      spx_diag *diag);

#endif
