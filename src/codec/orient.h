#ifndef SPX_CODEC_ORIENT_H
#define SPX_CODEC_ORIENT_H

#include "base/status.h"
#include "spx/image.h"

/** 1 when an EXIF orientation (1..8) swaps width and height. */
int spx_orient_swaps(unsigned orientation);

/** A rectangle of a picture as it lies in its file. */
typedef struct spx_orient_part {
    uint32_t x;
    uint32_t y;
    uint32_t width;
    uint32_t height;
    const uint8_t *pixels; /* RGB of the target's depth */
    size_t stride_bytes;
} spx_orient_part;

/** Puts a part of the picture where it belongs in the upright one. orientation: 1..8 as in EXIF
 * (TIFF 6.0, tag 274). Parts that do not overlap may be placed at the same time. */
void spx_orient_place(spx_image *upright, unsigned orientation, const spx_orient_part *part);

/** Turns a picture upright that lies as an EXIF orientation says; *image is replaced. */
SPX_NODISCARD spx_status spx_orient_turn(spx_image **image, unsigned orientation, spx_diag *diag);

#endif
