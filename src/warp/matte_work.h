#ifndef SPX_WARP_MATTE_WORK_H
#define SPX_WARP_MATTE_WORK_H

#include "warp/matte.h"

/* What finding soft edges (matte_find.c) and settling them (matte_settle.c) share. */

enum { SPX_MATTE_CORE_PX = 2 /* of a sharp edge */ };

/** A photo's layers at work. All borrowed. */
typedef struct spx_matte_work {
    const spx_layers *layers;
    const spx_matte_source *source;
    uint32_t least_x; /* canvas columns inside the photo */
    uint32_t most_x;
    uint32_t band;
    uint32_t core; /* part of the band: so near a step a pixel may belong to either surface */
    uint32_t step; /* between surfaces */
    uint32_t rise; /* least range within a band */
} spx_matte_work;

/** Columns x..end_x-1 and rows y..end_y-1 of the canvas. */
typedef struct spx_matte_area {
    uint32_t x, end_x, y, end_y;
} spx_matte_area;

spx_matte_work spx_matte_prepare(const spx_layers *layers, const spx_matte_source *source);
/** The same with the band of the block that canvas column x, row y lies in. */
spx_matte_work spx_matte_of_block(const spx_matte_work *self, uint32_t x, uint32_t y);
/** By so much on all sides, within the photo. */
spx_matte_area spx_matte_grow_by(const spx_matte_work *self, spx_matte_area one, uint32_t by);
/** Whether the map is flat around a pixel: its own depth is a surface's, and no way between two,
 * which is the gentler the wider the band is. */
int spx_matte_is_on_surface(const spx_matte_work *self, uint32_t x, uint32_t y);

#endif
