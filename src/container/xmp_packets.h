#ifndef SPX_CONTAINER_XMP_PACKETS_H
#define SPX_CONTAINER_XMP_PACKETS_H

#include "base/bytes.h"

/*
 * The XMP packets of a JPEG file (Adobe XMP part 3, 1.1.3): one in an APP1 segment; what does not
 * fit into it is extended XMP (1.1.3.1): the packet names the 32 hexadecimal digits of the rest,
 * which comes in APP1 segments of its own,
 *
 *     "http://ns.adobe.com/xmp/extension/\0" | digits 32 | whole size 4 | offset 4 | data
 */

/** A packet within the file's bytes; size 0 = there is none. */
typedef struct spx_xmp_packet {
    const uint8_t *at;
    size_t size;
} spx_xmp_packet;

spx_xmp_packet spx_xmp_packet_of_jpeg(const void *jpeg, size_t size);

/** Joins the extended packet that the main one names; *out, which must be empty, stays so where
 * there is none, a piece is missing or it is over 64 MB. Fails only without memory. */
SPX_NODISCARD spx_status spx_xmp_join_extended(spx_bytes *out, const void *jpeg, size_t size,
                                               const spx_xmp_packet *main, spx_diag *diag);

#endif
