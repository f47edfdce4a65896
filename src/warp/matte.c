/*
 * Soft edges. Beside a depth step a pixel's own depth is no proof of what it shows: networks put
 * the step a few pixels beside the object's outline, and the outline's pixels show both surfaces,
 * the more of them the less sharp the edge is. Colours decide:
 *
 *   - F and B are the mean colours of pixels that surely belong to the near and to the far surface
 *     nearby, and alpha is where the pixel's colour lies between them;
 *   - where the two differ too little for their spread, as before a busy background, the pixel
 *     belongs to the surface that has a pixel of nearly its colour, if the other has none;
 *   - else the depth map keeps the last word.
 *
 * A pixel that hardly any neighbour agrees with is a mistake and follows them.
 */
#include "warp/matte.h"

#include "image/image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_PX = 16,
    MOST_BAND_PX = 8,
    CORE_PX = 2,      /* so near a step a pixel may belong to either surface; farther only partly */
    LOOK_SAMPLES = 5, /* to each side; how far is LOOK_BANDS bands */
    LOOK_BANDS = 2,
    CHANNELS = SPX_IMAGE_CHANNELS,
    FOUND_NEAR = 255, /* found: 0 = no step here, 1 = all far .. 255 = all near */
    FOUND_FAR = 1,
    FOUND_MIDDLE = 128,
};

static const float alpha_dead_zone = 0.12F; /* less is noise: the pixel is wholly one surface's */
static const float contrast_over_spread =
    4.0F;                                   /* squared distance of F and B over their variance */
static const float least_contrast = 300.0F; /* squared, of 8-bit levels over three channels */
static const float off_line = 0.35F; /* squared distance from the line F..B over squared contrast */
static const float far_alpha = 0.6F; /* most that a pixel outside the core may change */

typedef struct span {
    uint32_t low;
    uint32_t high;
} span;

typedef struct matte {
    const spx_layers *layers;
    const spx_matte_source *source;
    uint32_t least_x; /* canvas columns inside the photo */
    uint32_t most_x;
    uint32_t band;
    uint32_t step; /* between surfaces */
    uint32_t rise; /* least range within a band */
} matte;

static matte prepare(const spx_layers *layers, const spx_matte_source *source)
{
    enum { SMALL = 1000, LARGE = 2500, SMALL_BAND = 4, MIDDLE_BAND = 6 };
    const uint32_t width = source->photo->width;
    const uint32_t band = width < SMALL ? SMALL_BAND : (width < LARGE ? MIDDLE_BAND : MOST_BAND_PX);
    const uint32_t step = spx_layers_step(layers);
    return (matte){ .layers = layers,
                    .source = source,
                    .least_x = layers->margin,
                    .most_x = layers->width - layers->margin,
                    .band = band,
                    .step = step,
                    /* A slope rises more over a wider band, and is no step. */
                    .rise = step * (2 * band + 1) / (2 * CORE_PX + 1) };
}

/* ---- colours ---- */

typedef struct side_sum {
    float weight;
    float mean[CHANNELS]; /* weighted sums until side_finish() */
    float square;
    float closest; /* squared distance of the most similar colour */
} side_sum;

static void read_colour(const matte *self, uint32_t x, uint32_t y, float colour[CHANNELS])
{
    const spx_image *const photo = self->source->photo;
    const uint32_t column = x - self->layers->margin;
    const size_t at =
        (size_t)CHANNELS * (self->layers->mirrored ? photo->width - 1 - column : column);
    for (int c = 0; c < CHANNELS; c++) {
        colour[c] = photo->bits == 8 ? (float)spx_image_row8(photo, y)[at + (size_t)c]
                                     : (float)spx_image_row16(photo, y)[at + (size_t)c] / 257.0F;
    }
}

static void side_add(side_sum *side, const float colour[CHANNELS], const float own[CHANNELS],
                     float weight)
{
    float apart = 0.0F;
    side->weight += weight;
    for (int c = 0; c < CHANNELS; c++) {
        side->mean[c] += weight * colour[c];
        side->square += weight * colour[c] * colour[c];
        apart += (colour[c] - own[c]) * (colour[c] - own[c]);
    }
    if (apart < side->closest)
        side->closest = apart;
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

static int is_near(const matte *self, uint32_t x, uint32_t y, uint32_t middle)
{
    return self->source->depth[spx_layers_at(self->layers, y) + x] > middle;
}

/* Not beside the step: its four neighbours at `away` lie on its own side of it. */
static int is_inner(const matte *self, uint32_t x, uint32_t y, uint32_t middle, uint32_t away)
{
    const int near = is_near(self, x, y, middle);
    return (x < self->least_x + away || is_near(self, x - away, y, middle) == near) &&
           (x + away >= self->most_x || is_near(self, x + away, y, middle) == near) &&
           (y < away || is_near(self, x, y - away, middle) == near) &&
           (y + away >= self->layers->height || is_near(self, x, y + away, middle) == near);
}

typedef struct place {
    uint32_t x;
    uint32_t y;
    float colour[CHANNELS];
} place;

/* Mean colours of both surfaces around a pixel. Pixels beside the step count only when a surface
 * has no others, as a wire one pixel thick has. */
static void gather_sides(const matte *self, const place *at, span range, side_sum side[2])
{
    const spx_layers *const layers = self->layers;
    const uint32_t middle = (range.low + range.high) / 2;
    const uint32_t third = (range.high - range.low) / 3;
    const uint32_t inner = self->band > CORE_PX ? self->band - 1 : 1;
    const int32_t stride = (int32_t)(self->band * LOOK_BANDS + LOOK_SAMPLES - 1) / LOOK_SAMPLES;
    side_sum edge[2];
    memset(edge, 0, sizeof(edge));
    edge[0].closest = edge[1].closest = INFINITY;
    side[0] = side[1] = edge[0];
    for (int32_t v = -LOOK_SAMPLES; v <= LOOK_SAMPLES; v++) {
        const int64_t y = (int64_t)at->y + v * stride;
        if (y < 0 || y >= layers->height)
            continue;
        const uint16_t *const depth = self->source->depth + spx_layers_at(layers, (uint32_t)y);
        for (int32_t u = -LOOK_SAMPLES; u <= LOOK_SAMPLES; u++) {
            const int64_t x = (int64_t)at->x + u * stride;
            if (x < self->least_x || x >= self->most_x || (u == 0 && v == 0))
                continue;
            const uint32_t d = depth[x];
            const int near = d > middle;
            if (d > range.low + third && d + third < range.high)
                continue; /* neither */
            float colour[CHANNELS];
            read_colour(self, (uint32_t)x, (uint32_t)y, colour);
            const int sure = is_inner(self, (uint32_t)x, (uint32_t)y, middle, inner);
            side_add(sure ? &side[near] : &edge[near], colour, at->colour,
                     1.0F / (1.0F + (float)(u * u + v * v)));
        }
    }
    for (int k = 0; k < 2; k++) {
        if (side[k].weight == 0.0F)
            side[k] = edge[k];
    }
}

/* By the line from B to F; below 0 when that does not tell. */
static float alpha_by_line(const place *at, const side_sum side[2])
{
    float contrast = 0.0F;
    float along = 0.0F;
    float away = 0.0F;
    for (int c = 0; c < CHANNELS; c++) {
        const float from_far = at->colour[c] - side[0].mean[c];
        const float axis = side[1].mean[c] - side[0].mean[c];
        contrast += axis * axis;
        along += axis * from_far;
        away += from_far * from_far;
    }
    if (contrast < least_contrast ||
        contrast < contrast_over_spread * (side[0].square + side[1].square))
        return -1.0F;
    const float raw = along / contrast;
    if (away / contrast - raw * raw > off_line)
        return -1.0F;
    const float alpha = (raw - alpha_dead_zone) / (1.0F - 2.0F * alpha_dead_zone);
    return alpha < 0.0F ? 0.0F : (alpha > 1.0F ? 1.0F : alpha);
}

/* By the most similar pixel of either surface; below 0 when both or none are similar. */
static float alpha_by_likeness(const side_sum side[2])
{
    static const float times = 6.0F;   /* squared distances */
    static const float least = 150.0F; /* the other must be this far off */
    if (side[0].closest > least && side[0].closest > times * side[1].closest)
        return 1.0F;
    if (side[1].closest > least && side[1].closest > times * side[0].closest)
        return 0.0F;
    return -1.0F;
}

/* ---- first step ---- */

static int has_core_step(const matte *self, uint32_t x, uint32_t y, uint32_t middle)
{
    for (uint32_t away = 1; away <= CORE_PX; away++) {
        if (!is_inner(self, x, y, middle, away))
            return 1;
    }
    return 0;
}

static void find_pixel(const matte *self, uint32_t x, uint32_t y, span range)
{
    const uint32_t middle = (range.low + range.high) / 2;
    const int near = is_near(self, x, y, middle);
    const int core = has_core_step(self, x, y, middle);
    place at = { .x = x, .y = y };
    side_sum side[2];
    read_colour(self, x, y, at.colour);
    gather_sides(self, &at, range, side);
    float alpha = -1.0F;
    if (side[0].weight > 0.0F && side[1].weight > 0.0F) {
        side_finish(&side[0]);
        side_finish(&side[1]);
        alpha = alpha_by_line(&at, side);
        if (alpha < 0.0F && core)
            alpha = alpha_by_likeness(side);
    }
    if (alpha < 0.0F || (!core && (near ? alpha < 1.0F - far_alpha : alpha > far_alpha)))
        alpha = near ? 1.0F : 0.0F;
    self->source->found[spx_layers_at(self->layers, y) + x] =
        (uint8_t)(FOUND_FAR + lrintf(alpha * (float)(FOUND_NEAR - FOUND_FAR)));
}

/* Columns x..end_x-1 and rows y..end_y-1 of the canvas. */
typedef struct area {
    uint32_t x, end_x, y, end_y;
} area;

static span range_of(const matte *self, area one)
{
    span range = { .low = UINT16_MAX, .high = 0 };
    for (uint32_t y = one.y; y < one.end_y; y++) {
        const uint16_t *const depth = self->source->depth + spx_layers_at(self->layers, y);
        uint16_t low = UINT16_MAX;
        uint16_t high = 0;
        for (uint32_t x = one.x; x < one.end_x; x++) {
            low = depth[x] < low ? depth[x] : low;
            high = depth[x] > high ? depth[x] : high;
        }
        range.low = low < range.low ? low : range.low;
        range.high = high > range.high ? high : range.high;
    }
    return range;
}

static area grow(const matte *self, area one)
{
    const uint32_t by = self->band;
    return (area){ .x = one.x > self->least_x + by ? one.x - by : self->least_x,
                   .end_x = one.end_x + by < self->most_x ? one.end_x + by : self->most_x,
                   .y = one.y > by ? one.y - by : 0,
                   .end_y = one.end_y + by < self->layers->height ? one.end_y + by
                                                                  : self->layers->height };
}

/* Lows and highs of a block's rows over the band's columns around each column. */
typedef struct block_rows {
    uint16_t low[BLOCK_PX + 2 * MOST_BAND_PX][BLOCK_PX];
    uint16_t high[BLOCK_PX + 2 * MOST_BAND_PX][BLOCK_PX];
} block_rows;

static void find_block(const matte *self, area block)
{
    const area around = grow(self, block);
    const span whole = range_of(self, around);
    if (whole.high <= whole.low + self->rise)
        return;
    block_rows rows;
    for (uint32_t y = around.y; y < around.end_y; y++) {
        for (uint32_t x = block.x; x < block.end_x; x++) {
            const area pixel = grow(self, (area){ .x = x, .end_x = x + 1, .y = y, .end_y = y });
            const span range = range_of(
                self, (area){ .x = pixel.x, .end_x = pixel.end_x, .y = y, .end_y = y + 1 });
            rows.low[y - around.y][x - block.x] = (uint16_t)range.low;
            rows.high[y - around.y][x - block.x] = (uint16_t)range.high;
        }
    }
    for (uint32_t y = block.y; y < block.end_y; y++) {
        const area row =
            grow(self, (area){ .x = block.x, .end_x = block.x, .y = y, .end_y = y + 1 });
        for (uint32_t x = block.x; x < block.end_x; x++) {
            span range = { .low = UINT16_MAX, .high = 0 };
            for (uint32_t v = row.y - around.y; v < row.end_y - around.y; v++) {
                const uint16_t low = rows.low[v][x - block.x];
                const uint16_t high = rows.high[v][x - block.x];
                range.low = low < range.low ? low : range.low;
                range.high = high > range.high ? high : range.high;
            }
            if (range.high > range.low + self->rise)
                find_pixel(self, x, y, range);
        }
    }
}

void spx_matte_find(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                    uint32_t end)
{
    const matte self = prepare(layers, source);
    for (uint32_t y = first; y < end; y += BLOCK_PX) {
        for (uint32_t x = self.least_x; x < self.most_x; x += BLOCK_PX) {
            find_block(&self,
                       (area){ .x = x,
                               .end_x = x + BLOCK_PX < self.most_x ? x + BLOCK_PX : self.most_x,
                               .y = y,
                               .end_y = y + BLOCK_PX < end ? y + BLOCK_PX : end });
        }
    }
}

/* ---- second step ---- */

/* What the eight neighbours say, and whether at least two of them say about the same. */
static uint8_t settle(const matte *self, uint32_t x, uint32_t y, uint32_t middle)
{
    enum { ALIKE = 96, LEAST_ALIKE = 2 };
    const spx_layers *const layers = self->layers;
    const int own = self->source->found[spx_layers_at(layers, y) + x];
    int alike = 0;
    int sum = 0;
    int count = 0;
    for (int v = -1; v <= 1; v++) {
        for (int u = -1; u <= 1; u++) {
            const int64_t px = (int64_t)x + u;
            const int64_t py = (int64_t)y + v;
            if ((u == 0 && v == 0) || px < self->least_x || px >= self->most_x || py < 0 ||
                py >= layers->height)
                continue;
            const size_t at = spx_layers_at(layers, (uint32_t)py) + (size_t)px;
            int other = self->source->found[at];
            if (other == 0)
                other = self->source->depth[at] > middle ? FOUND_NEAR : FOUND_FAR;
            alike += abs(other - own) <= ALIKE;
            sum += other;
            count++;
        }
    }
    if (alike >= LEAST_ALIKE || count == 0)
        return (uint8_t)own;
    return sum / count >= FOUND_MIDDLE ? FOUND_NEAR : FOUND_FAR;
}

/*
 * Depth of the near or of the far surface beside a pixel. Maps have a pixel or two between both, so
 * the nearest pixel will not do: the best is the one that is highest (or lowest) after a deduction
 * for being far away, which a slope cannot make up for but a step can.
 */
static uint16_t surface_depth(const matte *self, uint32_t x, uint32_t y, int near)
{
    const int32_t deduction = (int32_t)self->step * 2 / 3; /* half a pixel of shift */
    int32_t best = INT32_MIN;
    uint16_t depth = 0;
    const area around = grow(self, (area){ .x = x, .end_x = x + 1, .y = y, .end_y = y + 1 });
    for (uint32_t v = around.y; v < around.end_y; v++) {
        const uint16_t *const row = self->source->depth + spx_layers_at(self->layers, v);
        const int32_t dy = abs((int32_t)v - (int32_t)y);
        for (uint32_t u = around.x; u < around.end_x; u++) {
            const int32_t dx = abs((int32_t)u - (int32_t)x);
            const int32_t height = near ? row[u] : UINT16_MAX - row[u];
            const int32_t value = height - deduction * (dx > dy ? dx : dy);
            if (value > best) {
                best = value;
                depth = row[u];
            }
        }
    }
    return depth;
}

static void settle_pixel(const matte *self, spx_layers *layers, uint32_t x, uint32_t y)
{
    const size_t at = spx_layers_at(layers, y) + x;
    const span range =
        range_of(self, grow(self, (area){ .x = x, .end_x = x + 1, .y = y, .end_y = y + 1 }));
    const uint32_t middle = (range.low + range.high) / 2;
    const uint8_t found = settle(self, x, y, middle);
    layers->front[at] = surface_depth(self, x, y, found != FOUND_FAR);
    if (found != FOUND_NEAR && found != FOUND_FAR) {
        layers->alpha[at] = (uint8_t)(found - FOUND_FAR);
        layers->back[at] = surface_depth(self, x, y, 0);
        layers->kind[at] = SPX_LAYER_HIDDEN;
    }
}

void spx_matte_settle(spx_layers *layers, const spx_matte_source *source, uint32_t first,
                      uint32_t end)
{
    const matte self = prepare(layers, source);
    for (uint32_t y = first; y < end; y++) {
        const uint8_t *const found = source->found + spx_layers_at(layers, y);
        for (uint32_t x = self.least_x; x < self.most_x; x++) {
            if (found[x] != 0)
                settle_pixel(&self, layers, x, y);
        }
    }
}
