#ifndef SPX_CODEC_ANIMATION_H
#define SPX_CODEC_ANIMATION_H

#include "base/bytes.h"
#include "base/task.h"
#include "spx/image.h"

/** Pictures that follow each other, again and again. All borrowed. */
typedef struct spx_animation {
    const spx_image *const *pictures; /* 8 bits, sRGB, all of one size */
    const uint16_t *order;            /* [length]: which picture comes when */
    size_t length;                    /* 1..65535 */
    uint32_t per_second;              /* 1..100 */
} spx_animation;

/**
 * A GIF that runs for ever, with one table of 255 colours, dithered. GIF counts time in 1/100 s.
 * Appends to *out, which must be empty.
 */
SPX_NODISCARD spx_status spx_animation_write_gif(spx_bytes *out, const spx_animation *animation,
                                                 const spx_task *task, spx_diag *diag);

/** A WebP that runs for ever. quality: 1..100. A side has at most 16,383 pixels. */
SPX_NODISCARD spx_status spx_animation_write_webp(spx_bytes *out, const spx_animation *animation,
                                                  int quality, const spx_task *task,
                                                  spx_diag *diag);

/**
 * An MP4 that players which know little play: H.264 High, 4:2:0, BT.709, index before the pictures.
 * Sides must be even. rate_factor: x264's, 0..51, larger = smaller file.
 */
SPX_NODISCARD spx_status spx_animation_write_mp4(spx_bytes *out, const spx_animation *animation,
                                                 int rate_factor, const spx_task *task,
                                                 spx_diag *diag);

#endif
