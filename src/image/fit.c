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
    memset((*out)->pixels, 0, (*out)->stride_bytes * height);
    spx_image_put(*out, (width - small->width) / 2, (height - small->height) / 2, small);
out:
    spx_image_unref(small);
    return status;
}
