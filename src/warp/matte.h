#ifndef SPX_WARP_MATTE_H
#define SPX_WARP_MATTE_H

#include "warp/layers.h"

/** What the soft edges of a photo are found from. All borrowed. */
typedef struct spx_matte_source {
    const spx_image *photo;
    const uint16_t *depth; /* a canvas: every pixel's own surface */
    uint8_t *found;        /* a canvas of zeros, written by spx_matte_find() */
} spx_matte_source;

/**
 * First step, any order of turns: along the depth steps of rows first..end-1, how much of each
 * pixel its colour gives to the near surface.
 */
void spx_matte_find(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                    uint32_t end);

/**
 * Second step, when all of the first are done: decides who owns these pixels. Sets front and alpha
 * of these rows, and back and kind where a pixel shows both surfaces.
 */
void spx_matte_settle(spx_layers *layers, const spx_matte_source *source, uint32_t first,
                      uint32_t end);

#endif
