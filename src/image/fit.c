#include "image/fit.h"

#include "image/image.h"
#include "image/resize.h"

#include <string.h>

/* The longer side of what fits. */
static uint32_t fitting_side(const spx_image *image, uint32_t width, uint32_t height)
{
    const uint32_t longer = image->width > image->height ? image->width : image->height;
    const uint64_t by_width = (uint64_t)longer * width / image->width;
    const uint64_t by_height = (uint64_t)longer * height / image->height;
    const uint64_t side = by_width < by_height ? by_width : by_height;
    return side == 0 ? 1 : side > longer ? longer : (uint32_t)side;
}

spx_status spx_image_fit(spx_image **out, const spx_image *image, uint32_t width, uint32_t height,
                         const spx_task *task, spx_diag *diag)
{
    spx_image *small = NULL;
    spx_status status = SPX_OK;
    *out = NULL;
    SPX_TRY_OUT(spx_image_shrink(&small, image, fitting_side(image, width, height), task, diag));
    SPX_TRY_OUT(spx_image_create(out, width, height, image->bits, diag));
    const size_t pixel = spx_image_pixel_bytes(image);
    const uint32_t x0 = (width - small->width) / 2;
    const uint32_t y0 = (height - small->height) / 2;
    for (uint32_t y = 0; y < height; y++) {
        uint8_t *const row = spx_image_row8(*out, y);
        memset(row, 0, width * pixel);
        if (y >= y0 && y - y0 < small->height)
            memcpy(row + x0 * pixel, spx_image_row8(small, y - y0), small->width * pixel);
    }
out:
    spx_image_unref(small);
    return status;
}
