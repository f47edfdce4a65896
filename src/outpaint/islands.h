#ifndef SPX_OUTPAINT_ISLANDS_H
#define SPX_OUTPAINT_ISLANDS_H

#include "base/intops.h"
#include "outpaint/patch_level.h"

/**
 * What the patch around each pixel of the level's photo costs as a source for showing a part of an
 * island, in squared levels per sample. Owned by the caller.
 */
SPX_NODISCARD spx_status spx_islands_find(spx_plane **out, const spx_patch_level *level,
                                          uint64_t seed, const spx_task *task, spx_diag *diag);

/**
 * How much each pixel of `heights` lies above the highest way from it to the plane's edge, into
 * `heights`: what a badge has and a sleeve that the edge cuts has not.
 */
SPX_NODISCARD spx_status spx_islands_keep(spx_plane *heights, const spx_task *task, spx_diag *diag);

/** What a source of any level costs by spx_islands_find(); 0 where nothing is known. */
static inline float spx_islands_cost(const spx_patch_level *level, spx_patch_source source)
{
    if (level->islands == NULL)
        return 0.0F;
    const int32_t up = level->islands_doublings;
    const int32_t x = up > 0 ? source.x << up : source.x >> -up;
    const int32_t y = up > 0 ? source.y << up : source.y >> -up;
    const int32_t column = spx_min_i32(x, (int32_t)level->islands->width - 1);
    const int32_t row = spx_min_i32(y, (int32_t)level->islands->height - 1);
    return spx_plane_row(level->islands, (uint32_t)row)[column];
}

#endif
