#include "container/jpeg_layout.h"

#include <assert.h>
#include <string.h>

enum { FIRST_RESTART = 0xd0, LAST_RESTART = 0xd7 };

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

static int begins_jpeg(const uint8_t *bytes, size_t size, size_t from)
{
    return from <= size && size - from >= SPX_JPEG_SOI_BYTES && bytes[from] == SPX_JPEG_MARKER &&
           bytes[from + 1] == SPX_JPEG_SOI;
}

int spx_jpeg_next_segment(spx_jpeg_segment *out, const void *jpeg, size_t size, size_t *at)
{
    const uint8_t *const bytes = jpeg;
    if (*at == 0) {
        if (!begins_jpeg(bytes, size, 0))
            return 0;
        *at = SPX_JPEG_SOI_BYTES;
    }
    while (*at < size && size - *at > SPX_JPEG_HEAD_BYTES && bytes[*at] == SPX_JPEG_MARKER &&
           bytes[*at + 1] == SPX_JPEG_MARKER)
        ++*at; /* fill bytes */
    if (size - *at < SPX_JPEG_HEAD_BYTES || bytes[*at] != SPX_JPEG_MARKER)
        return 0;
    const unsigned marker = bytes[*at + 1];
    const size_t length = (size_t)bytes[*at + 2] << 8 | bytes[*at + 3];
    if (marker == SPX_JPEG_SOS || marker == SPX_JPEG_EOI || length < 2 || length > size - *at - 2)
        return 0;
    *out = (spx_jpeg_segment){ .marker = marker,
                               .body = bytes + *at + SPX_JPEG_HEAD_BYTES,
                               .size = length - 2 };
    *at += 2 + length;
    return 1;
}

void spx_jpeg_find_exif(const void **exif, size_t *exif_size, const void *jpeg, size_t size)
{
    enum { PREFIX_BYTES = 6 };
    spx_jpeg_segment segment;
    size_t at = 0;
    *exif = NULL;
    *exif_size = 0;
    while (spx_jpeg_next_segment(&segment, jpeg, size, &at)) {
        if (segment.marker == SPX_JPEG_APP1 && segment.size > PREFIX_BYTES &&
            memcmp(segment.body, "Exif\0", PREFIX_BYTES) == 0) {
            *exif = segment.body + PREFIX_BYTES;
            *exif_size = segment.size - PREFIX_BYTES;
            return;
        }
    }
}

size_t spx_jpeg_end(const void *jpeg, size_t size, size_t from)
{
    const uint8_t *const bytes = jpeg;
    if (!begins_jpeg(bytes, size, from))
        return 0;
    size_t at = from + SPX_JPEG_SOI_BYTES;
    int coded = 0;
    while (at + 1 < size) {
        if (bytes[at] != SPX_JPEG_MARKER) {
            if (!coded)
                return 0;
            const uint8_t *const next = memchr(bytes + at, SPX_JPEG_MARKER, size - at);
            if (next == NULL)
                return 0;
            at = (size_t)(next - bytes);
            continue;
        }
        const unsigned marker = bytes[at + 1];
        if (marker == SPX_JPEG_EOI)
            return at + 2;
        const int is_restart = marker >= FIRST_RESTART && marker <= LAST_RESTART;
        if (marker == SPX_JPEG_MARKER) {
            at++;
        } else if (marker == 0 || is_restart) { /* within coded data */
            at += 2;
        } else {
            if (size - at < SPX_JPEG_HEAD_BYTES)
                return 0;
            const size_t length = (size_t)bytes[at + 2] << 8 | bytes[at + 3];
            if (length < 2 || length > size - at - 2)
                return 0;
            coded = marker == SPX_JPEG_SOS;
            at += 2 + length;
        }
    }
    return 0;
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
