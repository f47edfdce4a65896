#ifndef SPX_PIPELINE_COMPARE_PLACES_H
#define SPX_PIPELINE_COMPARE_PLACES_H

#include "image/plane.h"

/** Upper left pixel of a crop. */
typedef struct spx_compare_place {
    uint32_t x;
    uint32_t y;
} spx_compare_place;

/**
 * Finds up to `count` crops of width x height (at most the depth's own size) with the largest depth
 * steps, the largest first, none over another. Returns how many there are, at least 1.
 */
uint32_t spx_compare_places_find(const spx_plane *depth, uint32_t width, uint32_t height,
                                 uint32_t count, spx_compare_place *places);

#endif
