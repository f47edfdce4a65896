#ifndef SPX_WARP_LAYER_PLANES_H
#define SPX_WARP_LAYER_PLANES_H

#include <stddef.h>
#include <stdint.h>

/*
 * A photo and its depth cut into two layers, in the view of the photo.
 *
 *     front   every pixel's own surface, with an alpha below 255 where an object's edge pixel also
 *             shows what is behind it
 *     back    what an eye beside the camera sees behind an object: a band along each depth step, on
 *             the near side of it, as wide as the step opens up; and the pixels under a soft edge
 *
 *        depth     front ______________              the back layer continues the far surface
 *                        |             |
 *              ____front_|..back  back.|_front____
 *
 * All planes are canvases: the photo with `margin` further columns on both sides, which the eyes
 * look into where the shift moves the frame's edge inwards. A canvas may hold the photo mirrored.
 * Depth is 0..65535, larger = nearer.
 */
typedef struct spx_layers {
    uint32_t width;      /* of the canvas */
    uint32_t height;     /* of the photo */
    uint32_t margin;     /* columns on either side of the photo */
    int mirrored;        /* canvas column x is photo column photo_width - 1 - (x - margin) */
    float px_per_unit;   /* how far one unit of depth moves a pixel in one eye */
    uint32_t least_step; /* depth units: between neighbours of one surface may lie as much, 0 = no
                            more than spx_layers_step() says by itself */
    uint16_t *front;     /* [height][width] */
    uint16_t *back;      /* [height][width], where kind is not plain */
    uint8_t *kind;       /* [height][width] of spx_layer_kind */
    uint8_t *alpha;      /* [height][width], of the front layer */
} spx_layers;

typedef enum spx_layer_kind {
    SPX_LAYER_PLAIN = 0,   /* only the front layer, opaque, with the photo's colour */
    SPX_LAYER_HIDDEN = 1,  /* there is a back layer too; its colour is unknown */
    SPX_LAYER_OUTSIDE = 2, /* a margin: only one layer, its colour is unknown */
} spx_layer_kind;

/** Depth units between neighbours above which they are two surfaces. */
uint32_t spx_layers_step(const spx_layers *layers);

/** Whether two neighbouring depths are one surface; step: spx_layers_step(). */
static inline int spx_layers_is_one_surface(int32_t a, int32_t b, uint32_t step)
{
    return (uint32_t)(a > b ? a - b : b - a) <= step;
}

/** Alpha from which on a soft edge hides what stands behind it. */
enum { SPX_LAYERS_MOSTLY_OPAQUE = 128 };

/** The photo's column that a canvas column shows; x: inside the margins. */
static inline uint32_t spx_layers_photo_column(const spx_layers *layers, uint32_t x)
{
    const uint32_t column = x - layers->margin;
    return layers->mirrored ? layers->width - 2 * layers->margin - 1 - column : column;
}

static inline size_t spx_layers_at(const spx_layers *layers, uint32_t y)
{
    return (size_t)y * layers->width;
}

#endif
