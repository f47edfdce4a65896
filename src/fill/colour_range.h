#ifndef SPX_FILL_COLOUR_RANGE_H
#define SPX_FILL_COLOUR_RANGE_H

#include "fill/level.h"
#include "image/image.h"

/** Colours that a wanted pixel may have been given by its surface, in 8-bit levels. */
typedef struct spx_colour_range {
    uint8_t low[SPX_IMAGE_CHANNELS];
    uint8_t high[SPX_IMAGE_CHANNELS];
} spx_colour_range;

/**
 * Ranges of the full size's wanted pixels: what their surface shows beside the hole, in the same
 * row and some rows above and below, over as many pixels as the hole is wide; everything where it
 * shows nothing there.
 * *out: [wanted_count], owned by the caller, free().
 */
SPX_NODISCARD spx_status spx_colour_ranges_create(spx_colour_range **out, const spx_level *level,
                                                  const spx_task *task, spx_diag *diag);
/** The same at half the size, as means. large_ranges: [large->wanted_count]. */
SPX_NODISCARD spx_status spx_colour_ranges_halve(spx_colour_range **out, const spx_level *level,
                                                 const spx_level *large,
                                                 const spx_colour_range *large_ranges,
                                                 const spx_task *task, spx_diag *diag);
/** By how many levels, over all channels, a colour lies outside. */
uint32_t spx_colour_range_excess(const spx_colour_range *range, const uint8_t *colour);

#endif
