#include "codec/jpeg_segments.h"

#include "codec/late_vips.h"

#include <string.h>

enum {
    MARKER = 0xff,
    SOI_BYTES = 2,
    APP0 = 0xe0,
    APP1 = 0xe1,
    APP2 = 0xe2,
    LENGTH_BYTES = 2,
    LARGEST_SEGMENT = 65535, /* with its length */
    ICC_COUNTERS = 2,
    MOST_ICC_PARTS = 255,
    EXTENDED_PART = 65400, /* what the standard advises */
};

static const char exif_name[] = "Exif\0";                      /* and its own zero: 6 bytes */
static const char xmp_name[] = "http://ns.adobe.com/xap/1.0/"; /* with the zero */
static const char extended_name[] = "http://ns.adobe.com/xmp/extension/"; /* with the zero */
static const char icc_name[] = "ICC_PROFILE";                             /* with the zero */

static void put_segment(spx_bytes *out, unsigned marker, const char *name, size_t name_size,
                        const spx_bytes *body)
{
    if (body == NULL || body->size == 0)
        return;
    const size_t length = LENGTH_BYTES + name_size + body->size;
    if (length > LARGEST_SEGMENT)
        return;
    spx_bytes_u8(out, MARKER);
    spx_bytes_u8(out, marker);
    spx_bytes_u16(out, (unsigned)length);
    spx_bytes_append(out, name, name_size);
    spx_bytes_append(out, body->data, body->size);
}

/* ICC.1 annex B.4: parts numbered from 1. */
static void put_profile(spx_bytes *out, const spx_bytes *icc)
{
    const size_t room = LARGEST_SEGMENT - LENGTH_BYTES - sizeof(icc_name) - ICC_COUNTERS;
    if (icc == NULL || icc->size == 0 || icc->size > room * MOST_ICC_PARTS)
        return;
    const size_t parts = (icc->size - 1) / room + 1;
    for (size_t i = 0; i < parts; i++) {
        const size_t left = icc->size - i * room;
        const size_t size = left < room ? left : room;
        spx_bytes_u8(out, MARKER);
        spx_bytes_u8(out, APP2);
        spx_bytes_u16(out, (unsigned)(LENGTH_BYTES + sizeof(icc_name) + ICC_COUNTERS + size));
        spx_bytes_append(out, icc_name, sizeof(icc_name));
        spx_bytes_u8(out, (unsigned)(i + 1));
        spx_bytes_u8(out, (unsigned)parts);
        spx_bytes_append(out, icc->data + i * room, size);
    }
}

spx_status spx_xmp_guid(char out[SPX_XMP_GUID_SIZE], const spx_bytes *packet, spx_diag *diag)
{
    SPX_TRY(spx_late_vips_open(diag));
    char *const digest = g_compute_checksum_for_data(G_CHECKSUM_MD5, packet->data, packet->size);
    if (digest == NULL)
        return spx_fail_memory(diag, "XMP");
    out[SPX_XMP_GUID_SIZE - 1] = '\0';
    for (size_t i = 0; i < SPX_XMP_GUID_SIZE - 1; i++)
        out[i] = g_ascii_toupper(digest[i]);
    g_free(digest);
    return SPX_OK;
}

/* XMP part 3, 1.1.3.1: parts that say where in the packet they belong. */
static spx_status put_extended(spx_bytes *out, const spx_bytes *packet, spx_diag *diag)
{
    char guid[SPX_XMP_GUID_SIZE];
    if (packet == NULL || packet->size == 0 || packet->size > UINT32_MAX)
        return SPX_OK;
    SPX_TRY(spx_xmp_guid(guid, packet, diag));
    for (size_t at = 0; at < packet->size; at += EXTENDED_PART) {
        const size_t left = packet->size - at;
        spx_bytes part = { 0 };
        spx_bytes_append(&part, guid, sizeof(guid) - 1);
        spx_bytes_u32(&part, (uint32_t)packet->size);
        spx_bytes_u32(&part, (uint32_t)at);
        spx_bytes_append(&part, packet->data + at, left < EXTENDED_PART ? left : EXTENDED_PART);
        out->failed |= part.failed;
        put_segment(out, APP1, extended_name, sizeof(extended_name), &part);
        spx_bytes_clear(&part);
    }
    return SPX_OK;
}

spx_status spx_jpeg_add_extras(spx_bytes *out, const void *jpeg, size_t size,
                               const spx_image_extras *extras, spx_diag *diag)
{
    const uint8_t *const bytes = jpeg;
    size_t head = SOI_BYTES;
    if (size > head + 4 && bytes[head] == MARKER && bytes[head + 1] == APP0)
        head += 2 + ((size_t)bytes[head + 2] << 8 | bytes[head + 3]);
    if (size < head)
        return spx_fail(diag, SPX_ERR_INTERNAL, "JPEG: %zu bytes are no file", size);
    spx_bytes_append(out, bytes, head);
    if (extras != NULL) {
        put_segment(out, APP1, exif_name, sizeof(exif_name), extras->exif);
        put_segment(out, APP1, xmp_name, sizeof(xmp_name), extras->xmp);
        SPX_TRY(put_extended(out, extras->xmp_extended, diag));
        put_profile(out, extras->icc);
    }
    spx_bytes_append(out, bytes + head, size - head);
    return spx_bytes_check(out, "JPEG", diag);
}
