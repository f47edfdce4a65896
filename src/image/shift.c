#include "image/shift.h"

#include <assert.h>
#include <string.h>

static const uint8_t *pixel_at(const spx_image *image, uint32_t x, uint32_t y)
{
    return image->pixels + (size_t)y * image->stride_bytes + x * spx_image_pixel_bytes(image);
}

spx_status spx_image_shift(spx_image **out, spx_image *image, const spx_image *strip,
                           int32_t shift_px, spx_diag *diag)
{
    *out = NULL;
    if (shift_px == 0) {
        *out = spx_image_ref(image);
        return SPX_OK;
    }
    const uint32_t by = (uint32_t)(shift_px > 0 ? shift_px : -shift_px);
    if (strip == NULL || by > image->width || strip->width != by ||
        strip->height != image->height || strip->bits != image->bits) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "no strip of %u columns for a picture of %ux%u", by,
                        image->width, image->height);
    }
    SPX_TRY(spx_image_create(out, image->width, image->height, image->bits, diag));
    assert(*out != NULL);
    const size_t pixel = spx_image_pixel_bytes(image);
    const uint32_t kept = image->width - by;
    for (uint32_t y = 0; y < image->height; y++) {
        uint8_t *const to = (*out)->pixels + (size_t)y * (*out)->stride_bytes;
        memcpy(to + (shift_px > 0 ? 0 : kept) * pixel, pixel_at(strip, 0, y), by * pixel);
        memcpy(to + (shift_px > 0 ? by : 0) * pixel, pixel_at(image, shift_px > 0 ? 0 : by, y),
               kept * pixel);
    }
    return SPX_OK;
}

spx_status spx_image_columns(spx_image **out, const spx_image *image, uint32_t x, uint32_t width,
                             spx_diag *diag)
{
    *out = NULL;
    if (x > image->width || width > image->width - x) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "columns %u to %u of a picture of %ux%u", x,
                        x + width, image->width, image->height);
    }
    SPX_TRY(spx_image_create(out, width, image->height, image->bits, diag));
    assert(*out != NULL);
    for (uint32_t y = 0; y < image->height; y++) {
        memcpy((*out)->pixels + (size_t)y * (*out)->stride_bytes, pixel_at(image, x, y),
               width * spx_image_pixel_bytes(image));
    }
    return SPX_OK;
}
