#include "container/xmp_packets.h"

#include "base/byte_order.h"
#include "container/jpeg_layout.h"
#include "container/xmp_property.h"

#include <string.h>

enum { GUID_BYTES = 32, NUMBER_BYTES = 4, MOST_EXTENDED_BYTES = 64 << 20 };

static const char main_name[] = "http://ns.adobe.com/xap/1.0/";
static const char extended_name[] = "http://ns.adobe.com/xmp/extension/";
static const char ns_note[] = "http://ns.adobe.com/xmp/note/";

/* The next APP1 segment with that name, which is not part of the packet. */
static int next_packet(spx_xmp_packet *out, const void *jpeg, size_t size, size_t *at,
                       const char *name, size_t name_size)
{
    spx_jpeg_segment segment;
    while (spx_jpeg_next_segment(&segment, jpeg, size, at)) {
        if (segment.marker == SPX_JPEG_APP1 && segment.size > name_size &&
            memcmp(segment.body, name, name_size) == 0) {
            *out = (spx_xmp_packet){ segment.body + name_size, segment.size - name_size };
            return 1;
        }
    }
    return 0;
}

spx_xmp_packet spx_xmp_packet_of_jpeg(const void *jpeg, size_t size)
{
    spx_xmp_packet found = { NULL, 0 };
    size_t at = 0;
    (void)next_packet(&found, jpeg, size, &at, main_name, sizeof(main_name));
    return found;
}

spx_status spx_xmp_join_extended(spx_bytes *out, const void *jpeg, size_t size,
                                 const spx_xmp_packet *main, spx_diag *diag)
{
    static const size_t head = GUID_BYTES + 2 * NUMBER_BYTES;
    char guid[GUID_BYTES + 1];
    size_t at = 0;
    size_t covered = 0;
    spx_xmp_packet piece;
    if (main->size == 0 ||
        !spx_xmp_text(main->at, main->size, ns_note, "HasExtendedXMP", guid, sizeof(guid)) ||
        strlen(guid) != GUID_BYTES)
        return SPX_OK;
    while (next_packet(&piece, jpeg, size, &at, extended_name, sizeof(extended_name))) {
        if (piece.size < head || memcmp(piece.at, guid, GUID_BYTES) != 0)
            continue;
        const size_t whole = spx_u32_big(piece.at + GUID_BYTES);
        const size_t offset = spx_u32_big(piece.at + GUID_BYTES + NUMBER_BYTES);
        const size_t bytes = piece.size - head;
        if (whole > MOST_EXTENDED_BYTES || whole > size || offset > whole || bytes > whole - offset)
            break;
        if (out->size == 0) {
            spx_bytes_append_zeros(out, whole);
            SPX_TRY(spx_bytes_check(out, "extended XMP", diag));
        }
        if (out->size != whole)
            break;
        memcpy(out->data + offset, piece.at + head, bytes);
        covered += bytes;
    }
    if (covered != out->size)
        spx_bytes_clear(out);
    return SPX_OK;
}
