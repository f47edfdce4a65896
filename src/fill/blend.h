#ifndef SPX_FILL_BLEND_H
#define SPX_FILL_BLEND_H

#include "fill/colour_range.h"
#include "fill/level.h"

/**
 * Copies what the wanted pixels' offsets point to, so that differences from pixel to pixel are
 * those of the places copied from, or close to them: at the hole's edge no seam is seen, where
 * neighbours copy from different places there is no jump, and in a smooth picture the hole is
 * smooth. Grain and texture stay. Wanted pixels without an offset begin as they are in the image.
 *
 * backdrop: of the level's size; its image's wanted pixels are written. level: the full size.
 * ranges: [wanted_count], which colours stay within, or nearly.
 */
SPX_NODISCARD spx_status spx_fill_blend(const spx_backdrop *backdrop, const spx_level *level,
                                        const spx_colour_range *ranges, const spx_task *task,
                                        spx_diag *diag);

#endif
