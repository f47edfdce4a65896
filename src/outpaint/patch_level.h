#ifndef SPX_OUTPAINT_PATCH_LEVEL_H
#define SPX_OUTPAINT_PATCH_LEVEL_H

#include "base/task.h"
#include "image/plane.h"
#include "patch/kernels.h"

/*
 * One level of the pyramid that the patch engine works on. Coordinates are the level's pixels from
 * the canvas's left upper corner:
 *
 *     +------------------------ canvas
 *     |  +------------------+-- bounds: what exists in this step
 *     |  |   +----------+   |
 *     |  |   | context  |   |   context: stays as it is in this step (the photo and inner rings)
 *     |  |   | +------+ |   |
 *     |  |   | |photo | |   |   photo: where pixels are real, and the only source of patches
 *
 * A pixel is active when the patch around it, cut off at the bounds, holds pixels outside the
 * context. Each active pixel has a source: the centre of the photo's patch that looks most like its
 * own, from the photo's left upper corner.
 */

/** x0 <= x < x1, y0 <= y < y1. */
typedef struct spx_patch_rect {
    int32_t x0;
    int32_t y0;
    int32_t x1;
    int32_t y1;
} spx_patch_rect;

typedef struct spx_patch_source {
    uint16_t x;
    uint16_t y;
} spx_patch_source;

/** Block of photo pixels whose use is counted together. */
enum { SPX_PATCH_USAGE_BLOCK = 8, SPX_PATCH_GUIDE_CHANNELS = 4 };

/** How strongly a source is held near its target; 0 = not at all. */
typedef struct spx_patch_prior {
    float rows;
    float columns;
    float usage;
    float echo;
    float guide;
    float detail;
    float nearness;
    float islands;
} spx_patch_prior;

enum { SPX_PATCH_COLOURS = 4096 }; /* 16 steps in each channel */

/** Of what has about one colour, log2 of squared levels as in a level's `detail`. */
typedef struct spx_patch_detail_range {
    float least;
    float most;
} spx_patch_detail_range;

/**
 * Which colours each piece of the photo's border shows. A border of gravel should be continued by
 * gravel, not by a piece of the boat that lies on it.
 */
typedef struct spx_patch_palette {
    uint16_t *pieces;   /* [height][width] of the level: the nearest piece of border */
    uint16_t *colours;  /* [photo height][photo width]: around each pixel */
    float *strangeness; /* [pieces][SPX_PATCH_COLOURS]: squared difference per sample from the
                           nearest colour of the piece, over what is always allowed */
    spx_patch_detail_range *detail; /* [pieces][SPX_PATCH_COLOURS]: what the piece has of it */
} spx_patch_palette;

/** What each part of the canvas shows already (echo.h). */
typedef struct spx_patch_echo {
    int32_t cell; /* side of a part of the canvas, in pixels */
    int32_t cells_across;
    int32_t cells_down;
    int32_t block; /* side of a block of the photo, in pixels */
    int32_t blocks_across;
    size_t blocks;
    float *counts; /* [cells][blocks]: pixels */
    float *costs;  /* [cells][blocks]: of one more, in cost units */
} spx_patch_echo;

/** The line along which a part of the canvas lies from the photo. */
typedef struct spx_patch_way {
    float lean;  /* rows down per column to the right; upright: columns to the right per row down */
    int upright; /* from above or below the photo */
} spx_patch_way;

/** The way of each part of the canvas (lines.h). */
typedef struct spx_patch_ways {
    spx_patch_way *cells; /* [height][width], of the coarsest level's size */
    int32_t width;
} spx_patch_ways;

static inline size_t spx_patch_echo_cell(const spx_patch_echo *echo, int32_t x, int32_t y)
{
    return (size_t)(y / echo->cell) * (size_t)echo->cells_across + (size_t)(x / echo->cell);
}

static inline size_t spx_patch_echo_block(const spx_patch_echo *echo, spx_patch_source source)
{
    return (size_t)(source.y / echo->block) * (size_t)echo->blocks_across +
           (size_t)(source.x / echo->block);
}

typedef struct spx_patch_level {
    int32_t width;
    int32_t height;
    spx_patch_rect photo;
    spx_patch_rect bounds;
    spx_patch_rect context;
    ptrdiff_t stride;            /* bytes */
    uint8_t *pixels;             /* [height][width][3], readable one patch beyond every side */
    uint8_t *memory;             /* what holds pixels */
    const uint8_t *photo_pixels; /* the photo's pixel (0, 0): on this canvas, or lent by another */
    ptrdiff_t photo_stride;      /* bytes */
    spx_patch_source *sources;   /* [height][width]; meaningful where active */
    float *costs;                /* [height][width]; of `sources`, where active */
    float *usage;                /* [blocks down][blocks across] of the photo, in cost units */
    float *guide;                /* [height][width][4]: mean R, G, B, log2 contrast; NULL = none */
    float *nearness; /* [height][width], 1 = near: of the photo; outside, the most that a source may
                        have. NULL = any */
    uint8_t *sky;    /* [height][width], 1: of the photo, sky; outside, only that may be a source.
                        NULL = no sky */
    spx_plane *detail;    /* [photo height][photo width]: log2 of the energy of what is fine around
                             each pixel, in squared levels. NULL = not known */
    spx_patch_echo *echo; /* NULL = not asked for yet */
    spx_patch_palette *palette; /* NULL = all colours are welcome */
    const spx_plane *islands;   /* borrowed; what sources cost by islands.h. NULL = nothing */
    int32_t islands_doublings;  /* from this level's size to that one's; below 0: halvings */
    const spx_patch_ways *ways; /* borrowed; NULL = along the slope */
    int32_t ways_halvings;      /* from this level to the coarsest one */
    float slope;      /* rows down per column to the right: sources keep their place along it */
    float rows_slack; /* how far they may be off it without cost, share of the usual */
    spx_patch_prior prior;
    const spx_patch_kernels *kernels; /* the fastest, unless a test wants others */
} spx_patch_level;

/** Size and photo place only; no memory yet. */
void spx_patch_level_init(spx_patch_level *level, int32_t width, int32_t height,
                          const spx_patch_rect *photo);
/** Memory for pixels, all zero. */
SPX_NODISCARD spx_status spx_patch_level_allocate_pixels(spx_patch_level *level, spx_diag *diag);
/** Memory for pixels, sources, costs and usage, all zero. */
SPX_NODISCARD spx_status spx_patch_level_allocate(spx_patch_level *level, spx_diag *diag);
void spx_patch_palette_destroy(spx_patch_palette *palette); /* may be NULL */
void spx_patch_echo_destroy(spx_patch_echo *echo);          /* may be NULL */
void spx_patch_ways_clear(spx_patch_ways *ways);            /* an empty one is fine */
void spx_patch_level_clear(spx_patch_level *level);         /* an empty one is fine */

static inline int32_t spx_patch_rect_width(const spx_patch_rect *rect)
{
    return rect->x1 - rect->x0;
}

static inline int32_t spx_patch_rect_height(const spx_patch_rect *rect)
{
    return rect->y1 - rect->y0;
}

static inline uint8_t *spx_patch_level_at(const spx_patch_level *level, int32_t x, int32_t y)
{
    return level->pixels + y * level->stride + 3 * (ptrdiff_t)x;
}

/** A pixel of the photo, from the photo's corner. */
static inline const uint8_t *spx_patch_level_source(const spx_patch_level *level, int32_t x,
                                                    int32_t y)
{
    return level->photo_pixels + y * level->photo_stride + 3 * (ptrdiff_t)x;
}

static inline int32_t spx_patch_clamp(int32_t value, int32_t low, int32_t high)
{
    return value < low ? low : value > high ? high : value;
}

/** The way from a pixel of the canvas to the photo. */
static inline spx_patch_way spx_patch_level_way(const spx_patch_level *level, int32_t x, int32_t y)
{
    if (level->ways == NULL)
        return (spx_patch_way){ .lean = level->slope };
    return level->ways->cells[(size_t)(y >> level->ways_halvings) * (size_t)level->ways->width +
                              (size_t)(x >> level->ways_halvings)];
}

/** The photo's pixel that is nearest to a pixel of the canvas, along the slope. */
spx_patch_source spx_patch_level_beside(const spx_patch_level *level, int32_t x, int32_t y);
/** The photo's pixel that a pixel of the canvas continues, from the photo's corner: the nearest one
 * on its way. */
spx_patch_source spx_patch_level_nearest(const spx_patch_level *level, int32_t x, int32_t y);

/** The bounds less the active pixels: empty when all are active. */
spx_patch_rect spx_patch_level_still(const spx_patch_level *level);

/** Columns of a row, left and right of what is not wanted; empty spans have x0 == x1. */
typedef struct spx_patch_spans {
    int32_t x0[2];
    int32_t x1[2];
} spx_patch_spans;

/** The parts of row y of `outer` that are not in `inner`. */
spx_patch_spans spx_patch_spans_between(const spx_patch_rect *outer, const spx_patch_rect *inner,
                                        int32_t y);

/** City block distance of a pixel to a rectangle, 0 inside. */
static inline int32_t spx_patch_distance(const spx_patch_rect *rect, int32_t x, int32_t y)
{
    return (x < rect->x0    ? rect->x0 - x
            : x >= rect->x1 ? x - rect->x1 + 1
                            : 0) +
           (y < rect->y0    ? rect->y0 - y
            : y >= rect->y1 ? y - rect->y1 + 1
                            : 0);
}

/** 32 well mixed bits of a place, a step and a seed. */
static inline uint32_t spx_patch_hash(uint32_t x, uint32_t y, uint32_t step, uint64_t seed)
{
    uint64_t h = seed ^ ((uint64_t)x << 32 | y) ^ (uint64_t)step * 0x9e3779b97f4a7c15U;
    h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9U;
    h = (h ^ h >> 27) * 0x94d049bb133111ebU;
    return (uint32_t)(h >> 32);
}

/** The next of a row of numbers that a hash starts; *state is not 0. */
static inline uint32_t spx_patch_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/** Cost below which `share` (0..1) of the active pixels lie. */
float spx_patch_level_cost_at(const spx_patch_level *level, float share);

#endif
