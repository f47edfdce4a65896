#ifndef SPX_IMAGE_H
#define SPX_IMAGE_H

#include "spx/status.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * RGB pixels, gamma-coded in whatever colour space their owner says, rows from top to bottom:
 * [height][width][3], each sample uint8_t (bits = 8) or host-order uint16_t (bits = 16, full range
 * 0..65535).
 *
 * Shared by reference counting: spx_image_ref() for a further owner, spx_image_unref() by each. The
 * fields are set by spx_image_create() and never change; pixels may be written only while there is
 * one owner.
 */
typedef struct spx_image {
    uint32_t width;      /* >= 1 */
    uint32_t height;     /* >= 1 */
    uint32_t bits;       /* per sample: 8 or 16 */
    size_t stride_bytes; /* from row to row; a multiple of 64 */
    uint8_t *pixels;     /* 64-byte aligned */
} spx_image;

/** Pixels are not initialised. Owned by the caller: spx_image_unref(). bits: 8 or 16. */
SPX_API SPX_NODISCARD spx_status spx_image_create(spx_image **out, uint32_t width, uint32_t height,
                                                  uint32_t bits, spx_diag *diag);
/** One more owner; returns `image`. */
SPX_API spx_image *spx_image_ref(spx_image *image);
SPX_API void spx_image_unref(spx_image *image); /* NULL is fine */

#ifdef __cplusplus
}
#endif

#endif
