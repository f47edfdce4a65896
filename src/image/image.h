#ifndef SPX_IMAGE_IMAGE_H
#define SPX_IMAGE_IMAGE_H

#include "base/floatops.h"
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

/** Channel c of a pixel, of either bits. */
static inline uint32_t spx_image_sample(const spx_image *image, uint32_t x, uint32_t y, int c)
{
    const size_t at = (size_t)SPX_IMAGE_CHANNELS * x + (size_t)c;
    return image->bits == 8 ? spx_image_row8(image, y)[at] : spx_image_row16(image, y)[at];
}

/** value: within what the bits can hold. */
static inline void spx_image_set_sample(const spx_image *image, uint32_t x, uint32_t y, int c,
                                        uint32_t value)
{
    const size_t at = (size_t)SPX_IMAGE_CHANNELS * x + (size_t)c;
    if (image->bits == 8) {
        spx_image_row8(image, y)[at] = (uint8_t)value;
    } else {
        spx_image_row16(image, y)[at] = (uint16_t)value;
    }
}

/** What 16 bits have for each level of 8. */
#define SPX_IMAGE_16_PER_8 257.0F

/** Channel c of a pixel as a level of 0..255, of either bits. */
static inline float spx_image_level(const spx_image *image, uint32_t x, uint32_t y, int c)
{
    const float value = (float)spx_image_sample(image, x, y, c);
    return image->bits == 16 ? value / SPX_IMAGE_16_PER_8 : value;
}

/** The nearest sample to a level, which is held in 0..255. */
static inline void spx_image_set_level(const spx_image *image, uint32_t x, uint32_t y, int c,
                                       float level)
{
    const float held = spx_clamp_f32(level, 0.0F, (float)UINT8_MAX);
    const float value = image->bits == 16 ? held * SPX_IMAGE_16_PER_8 : held;
    spx_image_set_sample(image, x, y, c, (uint32_t)(value + 0.5F));
}

/** Exactly round(value / 257): what a 16-bit sample is in 8 bits. */
static inline uint8_t spx_sample_8_of_16(uint16_t value)
{
    return (uint8_t)((value * 255u + 32895u) >> 16);
}

/** A part of a picture that lies wholly in it, without a copy: its pixels are borrowed, and it is
 * never referenced or unreferenced. */
static inline spx_image spx_image_part(const spx_image *image, uint32_t left, uint32_t top,
                                       uint32_t width, uint32_t height)
{
    spx_image part = *image;
    part.width = width;
    part.height = height;
    part.pixels += top * image->stride_bytes + left * spx_image_pixel_bytes(image);
    return part;
}

/**
 * Columns x to x + width - 1, which lie in the picture, as a picture without a copy: the pixels are
 * those of the picture, which it keeps alive, and nobody writes them any more. They are not
 * aligned. Owned by the caller: spx_image_unref().
 */
SPX_NODISCARD spx_status spx_image_window(spx_image **out, spx_image *image, uint32_t x,
                                          uint32_t width, spx_diag *diag);
/** The picture that a window shows a part of; NULL when it is none. Borrowed. */
spx_image *spx_image_window_whole(const spx_image *image);

/** Copies a picture into a larger one of the same bits, its corner to column x, row y. */
void spx_image_put(const spx_image *to, uint32_t x, uint32_t y, const spx_image *image);

/** A copy with an owner of its own; of a part too. */
SPX_NODISCARD spx_status spx_image_copy(spx_image **out, const spx_image *image, spx_diag *diag);

#endif
