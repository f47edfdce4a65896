/*
 * Soft edges. Beside a depth step a pixel's own depth is no proof of what it shows: networks put
 * the step a pixel or two beside the object's outline, and the outline's pixels show both surfaces.
 * Colours decide: F and B are the mean colours of pixels that surely belong to the near and to the
 * far surface nearby, and alpha is where the pixel's colour lies between them. Where the two
 * colours differ too little for their spread, the depth map keeps the last word.
 */
#include "warp/matte.h"

#include "image/image.h"

#include <math.h>
#include <string.h>

enum {
    TILE_PX = 512,
    BAND_PX = 2, /* how far from a step a pixel's owner is in doubt */
    LOOK_PX = 5, /* how far the colours of both sides are looked for */
    LOOK_SIDE = 2 * LOOK_PX + 1,
    CHANNELS = SPX_IMAGE_CHANNELS,
};

static const float ALPHA_DEAD_ZONE = 0.12F; /* less is noise: the pixel is wholly one surface's */
static const float CONTRAST_OVER_SPREAD =
    4.0F;                                   /* squared distance of F and B over their variance */
static const float LEAST_CONTRAST = 300.0F; /* squared, of 8-bit levels over three channels */
static const float OFF_LINE = 0.35F; /* squared distance from the line F..B over squared contrast */

typedef struct side_sum {
    float weight;
    float mean[CHANNELS]; /* weighted sums until side_finish() */
    float square;
} side_sum;

typedef struct matte_tile {
    spx_layers *layers;
    const spx_matte_source *source;
    uint32_t first_x; /* canvas columns inside the photo */
    uint32_t end_x;
    uint32_t step;
} matte_tile;

static void read_colour(const matte_tile *tile, uint32_t x, uint32_t y, float colour[CHANNELS])
{
    const spx_image *const photo = tile->source->photo;
    const uint32_t column = x - tile->layers->margin;
    const size_t at =
        (size_t)CHANNELS * (tile->layers->mirrored ? photo->width - 1 - column : column);
    for (int c = 0; c < CHANNELS; c++) {
        colour[c] = photo->bits == 8 ? (float)spx_image_row8(photo, y)[at + (size_t)c]
                                     : (float)spx_image_row16(photo, y)[at + (size_t)c] / 257.0F;
    }
}

static void side_add(side_sum *side, const float colour[CHANNELS], float weight)
{
    side->weight += weight;
    for (int c = 0; c < CHANNELS; c++) {
        side->mean[c] += weight * colour[c];
        side->square += weight * colour[c] * colour[c];
    }
}

/* Leaves the mean colour and, in square, the variance over all channels. */
static void side_finish(side_sum *side)
{
    side->square /= side->weight;
    for (int c = 0; c < CHANNELS; c++) {
        side->mean[c] /= side->weight;
        side->square -= side->mean[c] * side->mean[c];
    }
}

typedef struct span {
    uint32_t low;
    uint32_t high;
} span;

static int is_inner(const matte_tile *tile, uint32_t x, uint32_t y, span range)
{
    const spx_layers *const layers = tile->layers;
    const uint16_t *const depth = tile->source->depth + spx_layers_at(layers, y) + x;
    const uint32_t middle = (range.low + range.high) / 2;
    const int near = depth[0] > middle;
    const int left = x > layers->margin ? depth[-1] > middle : near;
    const int right = x + 1 < layers->width - layers->margin ? depth[1] > middle : near;
    const int above = y > 0 ? depth[-(ptrdiff_t)layers->width] > middle : near;
    const int below = y + 1 < layers->height ? depth[layers->width] > middle : near;
    return left == near && right == near && above == near && below == near;
}

/* Mean colours of both surfaces around (x, y). Pixels beside the step count only when a surface has
 * no others, as a wire one pixel thick has. */
static void gather_sides(const matte_tile *tile, uint32_t x, uint32_t y, span range,
                         side_sum side[2])
{
    const spx_layers *const layers = tile->layers;
    const uint32_t middle = (range.low + range.high) / 2;
    side_sum edge[2];
    memset(edge, 0, sizeof(edge));
    const uint32_t first_y = y > LOOK_PX ? y - LOOK_PX : 0;
    const uint32_t end_y = y + LOOK_PX + 1 < layers->height ? y + LOOK_PX + 1 : layers->height;
    const uint32_t least_x = layers->margin;
    const uint32_t most_x = layers->width - layers->margin;
    const uint32_t first_x = x > least_x + LOOK_PX ? x - LOOK_PX : least_x;
    const uint32_t end_x = x + LOOK_PX + 1 < most_x ? x + LOOK_PX + 1 : most_x;
    for (uint32_t v = first_y; v < end_y; v++) {
        const uint16_t *const depth = tile->source->depth + spx_layers_at(layers, v);
        for (uint32_t u = first_x; u < end_x; u++) {
            const int near = depth[u] > middle;
            if (near ? depth[u] + tile->step < range.high : depth[u] > range.low + tile->step)
                continue; /* a third surface */
            const float dx = (float)u - (float)x;
            const float dy = (float)v - (float)y;
            float colour[CHANNELS];
            read_colour(tile, u, v, colour);
            side_add(is_inner(tile, u, v, range) ? &side[near] : &edge[near], colour,
                     1.0F / (1.0F + dx * dx + dy * dy));
        }
    }
    for (int k = 0; k < 2; k++) {
        if (side[k].weight == 0.0F)
            side[k] = edge[k];
    }
}

/* How much of the pixel is the near surface's, 0..1; -1 when its colour does not tell. */
static float find_alpha(const matte_tile *tile, uint32_t x, uint32_t y, span range)
{
    side_sum side[2];
    memset(side, 0, sizeof(side));
    gather_sides(tile, x, y, range, side);
    if (side[0].weight == 0.0F || side[1].weight == 0.0F)
        return -1.0F;
    side_finish(&side[0]);
    side_finish(&side[1]);
    float colour[CHANNELS];
    read_colour(tile, x, y, colour);
    float contrast = 0.0F;
    float along = 0.0F;
    float away = 0.0F;
    for (int c = 0; c < CHANNELS; c++) {
        const float from_far = colour[c] - side[0].mean[c];
        const float axis = side[1].mean[c] - side[0].mean[c];
        contrast += axis * axis;
        along += axis * from_far;
        away += from_far * from_far;
    }
    if (contrast < LEAST_CONTRAST ||
        contrast < CONTRAST_OVER_SPREAD * (side[0].square + side[1].square))
        return -1.0F;
    const float raw = along / contrast;
    if (away / contrast - raw * raw > OFF_LINE)
        return -1.0F;
    const float alpha = (raw - ALPHA_DEAD_ZONE) / (1.0F - 2.0F * ALPHA_DEAD_ZONE);
    return alpha < 0.0F ? 0.0F : (alpha > 1.0F ? 1.0F : alpha);
}

static void set_pixel(const matte_tile *tile, uint32_t x, uint32_t y, span range)
{
    const spx_layers *const layers = tile->layers;
    const size_t at = spx_layers_at(layers, y) + x;
    const float alpha = find_alpha(tile, x, y, range);
    if (alpha < 0.0F)
        return;
    const int near = tile->source->depth[at] > (range.low + range.high) / 2;
    const uint8_t level = (uint8_t)(alpha * (float)UINT8_MAX + 0.5F);
    if (level == UINT8_MAX) {
        if (!near)
            layers->front[at] = (uint16_t)range.high;
    } else if (level == 0) {
        if (near)
            layers->front[at] = (uint16_t)range.low;
    } else {
        layers->front[at] = (uint16_t)range.high;
        layers->alpha[at] = level;
        layers->back[at] = (uint16_t)range.low;
        layers->kind[at] = SPX_LAYER_HIDDEN;
    }
}

/* Least and greatest depth of the columns first-BAND_PX..end+BAND_PX over the rows around y. */
static void range_of_columns(const matte_tile *tile, uint32_t y, uint16_t *low, uint16_t *high)
{
    const spx_layers *const layers = tile->layers;
    const uint32_t count = tile->end_x - tile->first_x;
    const uint32_t first = y > BAND_PX ? y - BAND_PX : 0;
    const uint32_t end = y + BAND_PX + 1 < layers->height ? y + BAND_PX + 1 : layers->height;
    memset(low, UINT8_MAX, count * sizeof(*low));
    memset(high, 0, count * sizeof(*high));
    for (uint32_t v = first; v < end; v++) {
        const uint16_t *const depth =
            tile->source->depth + spx_layers_at(layers, v) + tile->first_x;
        for (uint32_t i = 0; i < count; i++) {
            low[i] = depth[i] < low[i] ? depth[i] : low[i];
            high[i] = depth[i] > high[i] ? depth[i] : high[i];
        }
    }
}

static void matte_row(const matte_tile *tile, uint32_t y, uint32_t first, uint32_t end)
{
    uint16_t low[TILE_PX + 2 * BAND_PX];
    uint16_t high[TILE_PX + 2 * BAND_PX];
    range_of_columns(tile, y, low, high);
    for (uint32_t x = first; x < end; x++) {
        const uint32_t i = x - tile->first_x;
        const uint32_t last = tile->end_x - tile->first_x;
        const uint32_t from = i > BAND_PX ? i - BAND_PX : 0;
        const uint32_t to = i + BAND_PX + 1 < last ? i + BAND_PX + 1 : last;
        span range = { .low = low[from], .high = high[from] };
        for (uint32_t k = from + 1; k < to; k++) {
            range.low = low[k] < range.low ? low[k] : range.low;
            range.high = high[k] > range.high ? high[k] : range.high;
        }
        if (range.high > range.low + tile->step)
            set_pixel(tile, x, y, range);
    }
}

void spx_matte_rows(spx_layers *layers, const spx_matte_source *source, uint32_t first,
                    uint32_t end)
{
    const uint32_t least = layers->margin;
    const uint32_t most = layers->width - layers->margin;
    for (uint32_t x = least; x < most; x += TILE_PX) {
        const uint32_t end_x = x + TILE_PX < most ? x + TILE_PX : most;
        const matte_tile tile = { .layers = layers,
                                  .source = source,
                                  .first_x = x > least + BAND_PX ? x - BAND_PX : least,
                                  .end_x = end_x + BAND_PX < most ? end_x + BAND_PX : most,
                                  .step = spx_layers_step(layers) };
        for (uint32_t y = first; y < end; y++)
            matte_row(&tile, y, x, end_x);
    }
}
