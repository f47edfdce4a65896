#ifndef SPX_FILL_BACKDROP_PLANES_H
#define SPX_FILL_BACKDROP_PLANES_H

#include "spx/image.h"

#include <stdint.h>

/**
 * A picture some of whose pixels are not known: what is behind its near objects, and what is
 * outside its frame. All planes are [height][width] of the image, borrowed.
 */
typedef struct spx_backdrop {
    spx_image *image;             /* unknown pixels are written, the others stay */
    const uint8_t *known;         /* 0 = known; anything else = wanted */
    const uint16_t *depth;        /* of what the known pixels show, larger = nearer */
    const uint16_t *wanted_depth; /* of what the wanted pixels are to show */
    uint32_t step;                /* more than this between two depths makes two surfaces */
    uint32_t margin;              /* this many columns on both sides are outside the frame, even
                                     where something is known of them */
} spx_backdrop;

#endif
