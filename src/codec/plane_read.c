#include "codec/plane_read.h"

#include "base/reader.h"
#include "codec/photo_read.h"
#include "image/image.h"

#include <string.h>

enum { SIGNATURE_BYTES = 8, TYPE_BYTES = 4, CRC_BYTES = 4 };

/* Luma of BT.709; the weights add up to 1, so grey stays what it is. */
static float luma(float r, float g, float b)
{
    return g + 0.2126f * (r - g) + 0.0722f * (b - g);
}

typedef struct conversion {
    const spx_image *image;
    spx_plane *plane;
} conversion;

static void convert_row(void *context, size_t index)
{
    const conversion *const self = context;
    const uint32_t y = (uint32_t)index;
    float *const out = spx_plane_row(self->plane, y);
    if (self->image->bits == 8) {
        const uint8_t *const in = spx_image_row8(self->image, y);
        for (size_t x = 0; x < self->image->width; x++)
            out[x] = luma(in[3 * x], in[3 * x + 1], in[3 * x + 2]) / 255.0f;
        return;
    }
    const uint16_t *const in = spx_image_row16(self->image, y);
    for (size_t x = 0; x < self->image->width; x++)
        out[x] = luma(in[3 * x], in[3 * x + 1], in[3 * x + 2]) / 65535.0f;
}

spx_status spx_plane_from_image(spx_plane **out, const spx_image *image, const spx_task *task,
                                spx_diag *diag)
{
    *out = NULL;
    spx_plane *plane = NULL;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_plane_create(&plane, image->width, image->height, diag));
    conversion work = { .image = image, .plane = plane };
    SPX_TRY_OUT(spx_task_run(task, plane->height, convert_row, &work, diag));
    *out = plane;
    plane = NULL; /* moved to the caller */
out:
    spx_plane_destroy(plane);
    return status;
}

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
