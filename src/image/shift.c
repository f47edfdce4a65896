#include "image/shift.h"

#include "image/image.h"

/* The column of `whole` from which on the shifted picture stands in it, where both are windows of
 * it and lie side by side there; UINT32_MAX where they do not. */
static uint32_t column_of_shifted(const spx_image *image, const spx_image *strip, int32_t shift_px)
{
    const spx_image *const whole = spx_image_window_whole(image);
    if (whole == NULL || whole != spx_image_window_whole(strip))
        return UINT32_MAX;
    const size_t pixel = spx_image_pixel_bytes(whole);
    const uint32_t own = (uint32_t)((size_t)(image->pixels - whole->pixels) / pixel);
    const uint32_t beside = (uint32_t)((size_t)(strip->pixels - whole->pixels) / pixel);
    if (shift_px > 0)
        return beside + strip->width == own ? beside : UINT32_MAX;
    return own + image->width == beside ? own + strip->width : UINT32_MAX;
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
    const uint32_t column = column_of_shifted(image, strip, shift_px);
    if (column != UINT32_MAX)
        return spx_image_window(out, spx_image_window_whole(image), column, image->width, diag);
    SPX_TRY(spx_image_create(out, image->width, image->height, image->bits, diag));
    const uint32_t kept = image->width - by;
    const spx_image shown = spx_image_part(image, shift_px > 0 ? 0 : by, 0, kept, image->height);
    spx_image_put(*out, shift_px > 0 ? 0 : kept, 0, strip);
    spx_image_put(*out, shift_px > 0 ? by : 0, 0, &shown);
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
    const spx_image part = spx_image_part(image, x, 0, width, image->height);
    return spx_image_copy(out, &part, diag);
}
