#ifndef SPX_OUTPAINT_PALETTE_H
#define SPX_OUTPAINT_PALETTE_H

#include "outpaint/patch_level.h"

/** Fills level->palette; of a level whose detail is known (detail.h). */
SPX_NODISCARD spx_status spx_patch_find_palette(spx_patch_level *level, spx_diag *diag);

/** Whether a margin is so wide that what is allowed beside a piece of border comes again and again.
 */
int spx_patch_grows_wide(const spx_patch_level *level);

/** Place in the palette's tables of a source of the photo at a pixel of the canvas. */
static inline size_t spx_patch_palette_at(const spx_patch_level *level, int32_t x, int32_t y,
                                          spx_patch_source source)
{
    const spx_patch_palette *const palette = level->palette;
    const size_t photo_width = (size_t)spx_patch_rect_width(&level->photo);
    const size_t piece = palette->pieces[(size_t)y * (size_t)level->width + (size_t)x];
    return piece * SPX_PATCH_COLOURS + palette->colours[source.y * photo_width + source.x];
}

#endif
