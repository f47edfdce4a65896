#ifndef SPX_CONTAINER_JPEG_LAYOUT_H
#define SPX_CONTAINER_JPEG_LAYOUT_H

#include "base/bytes.h"

/*
 * A JPEG file as a row of segments (ISO/IEC 10918-1, annex B): 0xff, a marker, and for most markers
 * a 16-bit big-endian length that counts itself.
 */
enum {
    SPX_JPEG_MARKER = 0xff,
    SPX_JPEG_SOI = 0xd8,
    SPX_JPEG_EOI = 0xd9,
    SPX_JPEG_SOS = 0xda,
    SPX_JPEG_APP0 = 0xe0,
    SPX_JPEG_APP1 = 0xe1,
    SPX_JPEG_APP2 = 0xe2,
    SPX_JPEG_APP3 = 0xe3,
    SPX_JPEG_SOI_BYTES = 2,
    SPX_JPEG_HEAD_BYTES = 4,           /* marker and length in front of a segment's body */
    SPX_JPEG_LARGEST_BODY = 65535 - 2, /* of a segment */
};

/** Where the first segment begins that is neither APP0 nor APP1: behind JFIF, Exif and XMP.
 * SPX_ERR_CORRUPT: no JPEG. */
SPX_NODISCARD spx_status spx_jpeg_behind_app1(size_t *out, const void *jpeg, size_t size,
                                              spx_diag *diag);

/** A segment of a file. */
typedef struct spx_jpeg_segment {
    unsigned marker;
    const uint8_t *body; /* within the file's bytes */
    size_t size;
} spx_jpeg_segment;

/** The segment at *at, which moves behind it; start with *at = 0. 0 = no further one before the
 * coded data, or no JPEG. */
int spx_jpeg_next_segment(spx_jpeg_segment *out, const void *jpeg, size_t size, size_t *at);
/** The EXIF block of a file, from its "II" or "MM" on, within its bytes; NULL and 0 where there is
 * none. */
void spx_jpeg_find_exif(const void **exif, size_t *exif_size, const void *jpeg, size_t size);
/** Where a file that begins at `from` ends: behind its EOI. 0 = it does not end, or none begins. */
size_t spx_jpeg_end(const void *jpeg, size_t size, size_t from);

/** Puts a segment in at `at`. body: at most SPX_JPEG_LARGEST_BODY bytes. Failure shows in *jpeg. */
void spx_jpeg_insert_segment(spx_bytes *jpeg, size_t at, unsigned marker, const spx_bytes *body);

#endif
