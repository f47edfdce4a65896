#include "codec/orient.h"

#include "image/image.h"

#include <string.h>

enum {
    UPRIGHT = 1,
    FIRST_SWAPPING = 5,
    PIXEL_8 = 3,
    PIXEL_16 = 6,
};

int spx_orient_swaps(unsigned orientation)
{
    return orientation >= FIRST_SWAPPING;
}

/* What the first row and column of the file are in the upright picture, TIFF 6.0 tag 274:
 * 1 top left, 2 top right, 3 bottom right, 4 bottom left, 5 left top, 6 right top, 7 right bottom,
 * 8 left bottom. */
static int starts_right(unsigned orientation)
{
    return orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
}

static int starts_bottom(unsigned orientation)
{
    return orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
}

static void copy_run(uint8_t *out, ptrdiff_t out_step, const uint8_t *in, ptrdiff_t in_step,
                     uint32_t count, size_t pixel)
{
    if (pixel == PIXEL_8) {
        for (uint32_t i = 0; i < count; i++, out += out_step, in += in_step)
            memcpy(out, in, PIXEL_8);
        return;
    }
    for (uint32_t i = 0; i < count; i++, out += out_step, in += in_step)
        memcpy(out, in, PIXEL_16);
}

void spx_orient_place(spx_image *upright, unsigned orientation, const spx_orient_part *part)
{
    const size_t pixel = spx_image_pixel_bytes(upright);
    const ptrdiff_t right = starts_right(orientation) ? -(ptrdiff_t)pixel : (ptrdiff_t)pixel;
    const ptrdiff_t down = starts_bottom(orientation) ? -(ptrdiff_t)upright->stride_bytes
                                                      : (ptrdiff_t)upright->stride_bytes;
    const int swaps = spx_orient_swaps(orientation);
    const ptrdiff_t step_x = swaps ? down : right; /* in the upright picture, for one in the file */
    const ptrdiff_t step_y = swaps ? right : down;
    uint8_t *const corner =
        upright->pixels + (starts_right(orientation) ? (upright->width - 1) * pixel : 0) +
        (starts_bottom(orientation) ? (upright->height - 1) * upright->stride_bytes : 0);
    uint8_t *const first = corner + (ptrdiff_t)part->x * step_x + (ptrdiff_t)part->y * step_y;

    if (orientation == UPRIGHT) {
        for (uint32_t y = 0; y < part->height; y++) {
            memcpy(first + (ptrdiff_t)y * step_y, part->pixels + y * part->stride_bytes,
                   part->width * pixel);
        }
    } else if (!swaps) {
        for (uint32_t y = 0; y < part->height; y++) {
            copy_run(first + (ptrdiff_t)y * step_y, step_x, part->pixels + y * part->stride_bytes,
                     (ptrdiff_t)pixel, part->width, pixel);
        }
    } else {
        /* Along the columns of the part, so that writes run along the rows of the picture. */
        for (uint32_t x = 0; x < part->width; x++) {
            copy_run(first + (ptrdiff_t)x * step_x, step_y, part->pixels + x * pixel,
                     (ptrdiff_t)part->stride_bytes, part->height, pixel);
        }
    }
}

spx_status spx_orient_turn(spx_image **image, unsigned orientation, spx_diag *diag)
{
    const spx_image *const lying = *image;
    const int swaps = spx_orient_swaps(orientation);
    spx_image *upright = NULL;
    if (orientation <= UPRIGHT)
        return SPX_OK;
    SPX_TRY(spx_image_create(&upright, swaps ? lying->height : lying->width,
                             swaps ? lying->width : lying->height, lying->bits, diag));
    const spx_orient_part whole = { .width = lying->width,
                                    .height = lying->height,
                                    .pixels = lying->pixels,
                                    .stride_bytes = lying->stride_bytes };
    spx_orient_place(upright, orientation, &whole);
    spx_image_unref(*image);
    *image = upright;
    return SPX_OK;
}
