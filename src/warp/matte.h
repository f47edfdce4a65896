#ifndef SPX_WARP_MATTE_H
#define SPX_WARP_MATTE_H

#include "base/intops.h"
#include "image/image.h"
#include "warp/layer_planes.h"

#include <stdatomic.h>

/** Lowest and highest depth of some pixels. */
typedef struct spx_matte_span {
    uint16_t low;
    uint16_t high;
} spx_matte_span;

/** Whether a depth of theirs is neither the far surface's nor the near one's. */
static inline int spx_matte_is_between(spx_matte_span span, uint32_t depth)
{
    const uint32_t third = (uint32_t)(span.high - span.low) / 3;
    return depth > span.low + third && depth + third < span.high;
}

/** What the soft edges of a photo are found from. All borrowed. */
typedef struct spx_matte_source {
    const spx_image *photo;
    const uint16_t *depth; /* a canvas: every pixel's own surface */
    int exact;             /* as in spx_layers_options */
    int believed;          /* of an exact map: by spx_matte_is_believed() */
    spx_matte_span *spans; /* of each block, by spx_matte_survey() */
    uint8_t *bands;        /* for two grids of blocks: by spx_matte_measure() and …_spread() */
    uint8_t *found;        /* three canvases of zeros: alpha by spx_matte_find(), what pixels take
                              of it by spx_matte_settle_own(), … */
    uint8_t *trust;        /* … how far that can be trusted, … */
    uint8_t *smooth;       /* … and alpha by spx_matte_smooth() */
} spx_matte_source;

/** How an alpha was found. */
typedef enum spx_matte_trust {
    SPX_MATTE_UNTOUCHED = 0, /* far from any step */
    SPX_MATTE_BY_DEPTH,      /* colours do not tell: by the depth map's side of the step */
    SPX_MATTE_BY_LIKENESS,   /* by the surface that has a pixel of nearly its colour */
    SPX_MATTE_HALO,          /* far, with an edge's halo over it, as much as alpha says */
    SPX_MATTE_BY_LINE,       /* by where its colour lies between those of both surfaces */
    SPX_MATTE_SURE,          /* beside the band in which pixels may change sides */
} spx_matte_trust;

/** In a byte of `trust`, beside spx_matte_trust: the depth map puts the pixel on the near side. */
enum { SPX_MATTE_MAPPED_NEAR = 128 };

static inline spx_matte_trust spx_matte_trust_of(uint8_t byte)
{
    return (spx_matte_trust)(byte & ~SPX_MATTE_MAPPED_NEAR);
}

/** Alphas as they are kept: 0 = none yet, 1 = all far .. 255 = all near. */
enum { SPX_MATTE_FAR = 1, SPX_MATTE_NEAR = 255 };

static inline float spx_matte_alpha(uint8_t code)
{
    return (float)(code - SPX_MATTE_FAR) / (float)(SPX_MATTE_NEAR - SPX_MATTE_FAR);
}

static inline uint8_t spx_matte_code(float alpha)
{
    const float range = (float)(SPX_MATTE_NEAR - SPX_MATTE_FAR);
    const float clamped = alpha > 0.0F ? (alpha < 1.0F ? alpha : 1.0F) : 0.0F; /* NaN: far */
    return (uint8_t)((float)SPX_MATTE_FAR + clamped * range + 0.5F);
}

/** The photo's colour at canvas column x, in 8-bit levels. */
void spx_matte_read_colour(const spx_layers *layers, const spx_matte_source *source, uint32_t x,
                           uint32_t y, float colour[SPX_IMAGE_CHANNELS]);

/* ---- how wide the band beside a step is, in blocks ---- */

enum {
    SPX_MATTE_BLOCK_PX = 16,
    SPX_MATTE_MOST_BAND_PX = 24,
    SPX_MATTE_SOFT_STEPS = 2, /* smaller ones do not show what stays behind */
};

static inline uint32_t spx_matte_columns(const spx_layers *layers)
{
    const uint32_t width = layers->width - 2 * layers->margin;
    return spx_divide_up_u32(width, SPX_MATTE_BLOCK_PX);
}

static inline uint32_t spx_matte_rows(const spx_layers *layers)
{
    return spx_divide_up_u32(layers->height, SPX_MATTE_BLOCK_PX);
}

/** Beside an edge in focus. */
uint32_t spx_matte_sharp_band(const spx_image *photo);

/** First of all, any order of turns of whole blocks: the blocks' spans. */
void spx_matte_survey(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                      uint32_t end);

/** From the lowest to the highest depth of all blocks within by_px of the block that canvas column
 * x, row y lies in: at least as far apart as those of the pixels within by_px of it. */
spx_matte_span spx_matte_span_around(const spx_layers *layers, const spx_matte_source *source,
                                     uint32_t x, uint32_t y, uint32_t by_px);

/** Then, any order of turns of whole blocks: what each block says. */
void spx_matte_measure(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                       uint32_t end);
/** After that, once: what it takes from the blocks around it. */
void spx_matte_spread(const spx_layers *layers, const spx_matte_source *source);

/** What came out for the block that canvas column x, row y lies in. */
static inline uint32_t spx_matte_band(const spx_layers *layers, const spx_matte_source *source,
                                      uint32_t x, uint32_t y)
{
    const size_t row = (size_t)(y / SPX_MATTE_BLOCK_PX) * spx_matte_columns(layers);
    return source->bands[row + (x - layers->margin) / SPX_MATTE_BLOCK_PX];
}

/* ---- what an exact map is worth ---- */

/** What the steps of a map say about it. */
typedef struct spx_matte_votes {
    atomic_uint sharp; /* most of the step lies between two pixels */
    atomic_uint soft;
    atomic_uint at_colours; /* of the sharp ones: colours change most there */
    atomic_uint beside_colours;
} spx_matte_votes;

/** Asks rows first..end-1; any order of turns. */
void spx_matte_poll(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                    uint32_t end, spx_matte_votes *votes);
/** After all of them: whether the map keeps its word where it does not step at once, too. */
int spx_matte_is_believed(const spx_matte_votes *votes);

/* ---- alpha ---- */

/**
 * First step, any order of turns: along the depth steps of rows first..end-1, how much of each
 * pixel its colour gives to the near surface.
 */
void spx_matte_find(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                    uint32_t end);

/**
 * Second step, when all of the first are done: what pixels say about themselves becomes one alpha
 * that follows the photo's colours.
 */
void spx_matte_smooth(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                      uint32_t end);

/**
 * After the second step: the depth of the surface that the soft edge at canvas column x, row y
 * leads to on its near (or far) side, the nearer (or farther) of where the edge ends and a sharp
 * band further in. Returns 0 where it leads nowhere.
 */
int spx_matte_look_ahead(const spx_layers *layers, const spx_matte_source *source, uint32_t x,
                         uint32_t y, int near, uint16_t *depth);

/**
 * Third step, when all of the second are done: the depth of these rows' pixels on the side of a
 * step that the map puts them on, into front, which holds the map's depth.
 */
void spx_matte_settle_own(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                          uint32_t end);
/** Fourth step, when all of the third are done: their depth on the other side, into back. */
void spx_matte_settle_other(const spx_layers *layers, const spx_matte_source *source,
                            uint32_t first, uint32_t end);
/**
 * Fifth step, when all of the fourth are done: which of both they show. Sets front and alpha, and
 * back and kind where a pixel shows both surfaces, and holds the rows, as below.
 */
void spx_matte_settle(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                      uint32_t end);
/** What these steps tore is joined: rows first..end-1, then canvas columns first..end-1, and rows
 * again, each when all of the former are done. */
void spx_matte_hold_rows(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                         uint32_t end);
void spx_matte_hold_columns(const spx_layers *layers, const spx_matte_source *source,
                            uint32_t first, uint32_t end);
/** What has been held down to the surface behind it is that surface, and opaque: left soft, as
 * little of it as there was of the near one would be shown, over what lies behind both. */
void spx_matte_join_held(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                         uint32_t end);

/** At last, for maps that are not exact: what outlines leave on the far side. Rows are looked at,
 * then compared with those beside them, then taken, each when all of the former are done. Uses
 * found and smooth up. */
void spx_matte_find_rims(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                         uint32_t end);
void spx_matte_agree_rims(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                          uint32_t end);
void spx_matte_take_rims(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                         uint32_t end);

#endif
