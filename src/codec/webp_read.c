#include "codec/webp_read.h"

#include "base/byte_order.h"
#include "codec/damage.h"
#include "codec/icc_profile.h"
#include "codec/late_webp.h"
#include "image/image.h"

#include <string.h>

enum {
    RIFF_BYTES = 12, /* "RIFF", length, "WEBP" */
    LENGTH_AT = 4,
    CHUNK_HEAD_BYTES = 8,
    RGBA = 4,
    GREY = 0x80,
    BITS = 8,
};

/* The profile stands before the picture. */
static spx_status read_profile(spx_photo *photo, const spx_photo_file *file, spx_diag *diag)
{
    const uint8_t *const bytes = file->data;
    size_t at = RIFF_BYTES;
    while (file->size - at >= CHUNK_HEAD_BYTES) {
        const uint32_t length = spx_u32_little(bytes + at + LENGTH_AT);
        const uint8_t *const body = bytes + at + CHUNK_HEAD_BYTES;
        const size_t left = file->size - at - CHUNK_HEAD_BYTES;
        if (length > left || length == UINT32_MAX)
            return SPX_OK;
        if (memcmp(bytes + at, "ICCP", LENGTH_AT) == 0) {
            SPX_TRY(spx_bytes_copy(&photo->icc, body, length, "ICC profile", diag));
            if (!spx_icc_make_sound(&photo->icc))
                spx_bytes_clear(&photo->icc);
            return SPX_OK;
        }
        const size_t padded = (size_t)length + (length & 1);
        if (padded > left)
            return SPX_OK;
        at += CHUNK_HEAD_BYTES + padded;
    }
    return SPX_OK;
}

static void place_row(spx_photo *photo, uint32_t y, const uint8_t *from)
{
    uint8_t *const to = spx_image_row8(photo->image, y);
    for (size_t x = 0; x < photo->image->width; x++) {
        const unsigned alpha = from[RGBA * x + SPX_IMAGE_CHANNELS];
        photo->on_white |= alpha < UINT8_MAX;
        for (size_t c = 0; c < SPX_IMAGE_CHANNELS; c++) {
            const unsigned mixed = from[RGBA * x + c] * alpha + UINT8_MAX * (UINT8_MAX - alpha);
            to[SPX_IMAGE_CHANNELS * x + c] = (uint8_t)((mixed + UINT8_MAX / 2) / UINT8_MAX);
        }
    }
}

/* *rows: how many there are. */
static void take_rows(spx_photo *photo, WebPIDecoder *decoder, const spx_photo_file *file,
                      int *rows)
{
    int stride = 0;
    int width = 0;
    int height = 0;
    const VP8StatusCode code = WebPIUpdate(decoder, file->data, file->size);
    const uint8_t *const pixels = code == VP8_STATUS_OK || code == VP8_STATUS_SUSPENDED
                                      ? WebPIDecGetRGB(decoder, rows, &width, &height, &stride)
                                      : NULL;
    if (pixels == NULL || width != (int)photo->image->width ||
        height != (int)photo->image->height) {
        *rows = 0;
        return;
    }
    for (int y = 0; y < height; y++) {
        if (y < *rows) {
            place_row(photo, (uint32_t)y, pixels + (ptrdiff_t)y * stride);
        } else {
            memset(spx_image_row8(photo->image, (uint32_t)y), GREY,
                   (size_t)SPX_IMAGE_CHANNELS * photo->image->width);
        }
    }
}

spx_status spx_webp_read_cut(spx_photo *photo, const spx_photo_file *file, const spx_limits *limits,
                             const spx_task *task, spx_diag *diag)
{
    int width = 0;
    int height = 0;
    int rows = 0;
    SPX_TRY(spx_late_webp_open(diag));
    if (!WebPGetInfo(file->data, file->size, &width, &height)) {
        return spx_fail(diag, SPX_ERR_TRUNCATED, "%s: truncated WebP file of %zu bytes", file->name,
                        file->size);
    }
    SPX_TRY(spx_photo_check_size((uint32_t)width, (uint32_t)height, file->name, limits, diag));
    SPX_TRY(spx_task_check(task, diag));
    SPX_TRY(spx_image_create(&photo->image, (uint32_t)width, (uint32_t)height, BITS, diag));
    WebPIDecoder *const decoder = WebPINewRGB(MODE_RGBA, NULL, 0, 0);
    if (decoder == NULL)
        return spx_fail_memory(diag, file->name);
    take_rows(photo, decoder, file, &rows);
    WebPIDelete(decoder);
    const spx_damage damage = { .found = 1, .missing = 1.0 - (double)rows / height };
    SPX_TRY(spx_damage_judge(&damage, SPX_PHOTO_TYPE_WEBP, file->name, file->accept_damaged, task,
                             diag));
    if (rows == 0) {
        return spx_fail(diag, SPX_ERR_TRUNCATED, "%s: truncated WebP file: no row of it is left",
                        file->name);
    }
    return read_profile(photo, file, diag);
}
