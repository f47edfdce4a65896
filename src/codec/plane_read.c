#include "codec/plane_read.h"

#include "base/reader.h"
#include "codec/photo_read.h"
#include "image/luma.h"

#include <string.h>

enum { SIGNATURE_BYTES = 8, TYPE_BYTES = 4, CRC_BYTES = 4 };

// NOLINTNEXTLINE(readability-function-size): seven parameters
spx_status spx_plane_read(spx_plane **out, const void *data, size_t size, const char *name,
                          const spx_limits *limits, const spx_task *task, spx_diag *diag)
{
    *out = NULL;
    spx_photo photo = { 0 };
    SPX_TRY(spx_photo_read(&photo, data, size, name, limits, task, diag));
    const spx_status status = spx_plane_from_image(out, photo.image, task, diag);
    spx_photo_clear(&photo);
    return status;
}

/* A tEXt chunk is key, zero, value. */
static int is_comment(const uint8_t *chunk, size_t size, const char *key, size_t key_size)
{
    return size > key_size && memcmp(chunk, key, key_size) == 0 && chunk[key_size] == 0;
}

spx_status spx_plane_png_text(spx_bytes *out, const void *data, size_t size, const char *key,
                              spx_diag *diag)
{
    static const uint8_t signature[SIGNATURE_BYTES] = {
        0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'
    };
    const size_t key_size = strlen(key);
    spx_reader reader = { .bytes = data, .size = size, .what = "PNG", .diag = diag };
    const uint8_t *type = NULL;
    SPX_TRY(spx_reader_take(&reader, SIGNATURE_BYTES, &type));
    if (memcmp(type, signature, SIGNATURE_BYTES) != 0)
        return spx_fail(diag, SPX_ERR_UNSUPPORTED, "PNG: another kind of file");
    while (spx_reader_left(&reader) != 0) {
        uint32_t length = 0;
        const uint8_t *chunk = NULL;
        SPX_TRY(spx_reader_u32(&reader, &length));
        SPX_TRY(spx_reader_take(&reader, TYPE_BYTES, &type));
        SPX_TRY(spx_reader_take(&reader, length, &chunk));
        SPX_TRY(spx_reader_skip(&reader, CRC_BYTES));
        if (memcmp(type, "tEXt", TYPE_BYTES) != 0 || !is_comment(chunk, length, key, key_size))
            continue;
        spx_bytes_append(out, chunk + key_size + 1, length - key_size - 1);
        spx_bytes_u8(out, 0);
        SPX_TRY(spx_bytes_check(out, "PNG comment", diag));
        out->size--;
        return SPX_OK;
    }
    return spx_fail(diag, SPX_ERR_NOT_FOUND, "PNG: no comment '%s'", key);
}
