#include "container/jpeg_layout.h"

#include <assert.h>

spx_status spx_jpeg_behind_app1(size_t *out, const void *jpeg, size_t size, spx_diag *diag)
{
    const uint8_t *const bytes = jpeg;
    size_t at = SPX_JPEG_SOI_BYTES;
    *out = 0;
    if (size < SPX_JPEG_SOI_BYTES || bytes[0] != SPX_JPEG_MARKER || bytes[1] != SPX_JPEG_SOI)
        return spx_fail(diag, SPX_ERR_CORRUPT, "JPEG: %zu bytes that do not begin as one", size);
    while (size - at >= SPX_JPEG_HEAD_BYTES && bytes[at] == SPX_JPEG_MARKER &&
           (bytes[at + 1] == SPX_JPEG_APP0 || bytes[at + 1] == SPX_JPEG_APP1)) {
        const size_t length = (size_t)bytes[at + 2] << 8 | bytes[at + 3];
        if (length < 2 || length > size - at - 2)
            return spx_fail(diag, SPX_ERR_CORRUPT, "JPEG: a segment at %zu leads out of it", at);
        at += 2 + length;
    }
    *out = at;
    return SPX_OK;
}

void spx_jpeg_insert_segment(spx_bytes *jpeg, size_t at, unsigned marker, const spx_bytes *body)
{
    assert(body->size <= SPX_JPEG_LARGEST_BODY);
    spx_bytes segment = { 0 };
    spx_bytes_u8(&segment, SPX_JPEG_MARKER);
    spx_bytes_u8(&segment, marker);
    spx_bytes_u16(&segment, (unsigned)body->size + 2);
    spx_bytes_append(&segment, body->data, body->size);
    jpeg->failed |= segment.failed | body->failed;
    spx_bytes_insert(jpeg, at, segment.data, segment.size);
    spx_bytes_clear(&segment);
}
