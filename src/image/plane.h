#ifndef SPX_IMAGE_PLANE_H
#define SPX_IMAGE_PLANE_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/** One float for each pixel: [height][width], rows `stride` floats apart. What the values mean, its
 * owner says. */
typedef struct spx_plane {
    uint32_t width;
    uint32_t height;
    size_t stride; /* floats, a multiple of 16 */
    float *values; /* 64-byte aligned */
} spx_plane;

/** Values are not initialised. Owned by the caller: spx_plane_destroy(). */
SPX_NODISCARD spx_status spx_plane_create(spx_plane **out, uint32_t width, uint32_t height,
                                          spx_diag *diag);
void spx_plane_destroy(spx_plane *plane); /* NULL is fine */
/** The same values. *out is owned by the caller. */
SPX_NODISCARD spx_status spx_plane_copy(spx_plane **out, const spx_plane *plane, spx_diag *diag);

static inline float *spx_plane_row(const spx_plane *plane, uint32_t y)
{
    return plane->values + (size_t)y * plane->stride;
}

/** One byte for each pixel: [height][width], rows `width` bytes apart; 0 = no, anything else = yes
 * or a weight. */
typedef struct spx_mask {
    uint32_t width;
    uint32_t height;
    uint8_t *values;
} spx_mask;

/** All zero. Owned by the caller: spx_mask_destroy(). */
SPX_NODISCARD spx_status spx_mask_create(spx_mask **out, uint32_t width, uint32_t height,
                                         spx_diag *diag);
void spx_mask_destroy(spx_mask *mask); /* NULL is fine */

static inline uint8_t *spx_mask_row(const spx_mask *mask, uint32_t y)
{
    return mask->values + (size_t)y * mask->width;
}

#endif
