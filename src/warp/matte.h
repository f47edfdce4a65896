#ifndef SPX_WARP_MATTE_H
#define SPX_WARP_MATTE_H

#include "warp/layers.h"

/** What the soft edges of a photo are found from. All borrowed. */
typedef struct spx_matte_source {
    const spx_image *photo;
    const uint16_t *depth; /* a canvas: every pixel's own surface */
} spx_matte_source;

/**
 * Finds, along the depth steps of rows first..end-1, which pixels belong to the near surface, to
 * the far one or to both, from their colours. Sets front and alpha of these rows, and back and kind
 * where a pixel shows both.
 */
void spx_matte_rows(spx_layers *layers, const spx_matte_source *source, uint32_t first,
                    uint32_t end);

#endif
