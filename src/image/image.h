#ifndef SPX_IMAGE_IMAGE_H
#define SPX_IMAGE_IMAGE_H

#include "base/status.h"
#include "spx/image.h"

enum { SPX_IMAGE_CHANNELS = 3, SPX_IMAGE_ALIGNMENT = 64 };

/** Row y as bytes (bits = 8). */
static inline uint8_t *spx_image_row8(const spx_image *image, uint32_t y)
{
    return image->pixels + (size_t)y * image->stride_bytes;
}

/** Row y as 16-bit samples (bits = 16). */
static inline uint16_t *spx_image_row16(const spx_image *image, uint32_t y)
{
    return (uint16_t *)(void *)(image->pixels + (size_t)y * image->stride_bytes);
}

/** Bytes of one pixel: 3 or 6. */
static inline size_t spx_image_pixel_bytes(const spx_image *image)
{
    return (size_t)SPX_IMAGE_CHANNELS * image->bits / 8;
}

/** A copy with an owner of its own. */
SPX_NODISCARD spx_status spx_image_copy(spx_image **out, const spx_image *image, spx_diag *diag);

#endif
