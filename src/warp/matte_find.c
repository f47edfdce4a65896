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
 * The wider the band, the less of itself a pixel may lose far from the step. What single pixels say
 * is then made into one alpha (matte_smooth.c), in bands as wide as the edge is soft
 * (matte_band.c).
 */
#include "warp/matte_sides.h"

#include "base/cpu.h"
#include "base/floatops.h"
#include "base/intops.h"
#include "image/image.h"
#include "warp/tuned.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_PX = SPX_MATTE_BLOCK_PX,
    EXACT_PX = 1, /* so near an exact step a pixel may show both surfaces */
    CHANNELS = SPX_IMAGE_CHANNELS,
    RING_PX = 4, /* around the band: of one surface for sure */
    AROUND_PX = SPX_MATTE_MOST_BAND_PX + RING_PX,
    AREA_PX = BLOCK_PX + 2 * AROUND_PX,
};

static const float least_dead_zone = 0.02F;
static const float most_halo_alpha = 0.5F;

uint32_t spx_matte_sharp_band(const spx_image *photo)
{
    enum { SMALL = 1000, LARGE = 2500, SMALL_BAND = 4, MIDDLE_BAND = 6, LARGE_BAND = 8 };
    return photo->width < SMALL ? SMALL_BAND : (photo->width < LARGE ? MIDDLE_BAND : LARGE_BAND);
}

spx_matte_work spx_matte_prepare(const spx_layers *layers, const spx_matte_source *source)
{
    const uint32_t band = spx_matte_sharp_band(source->photo);
    const uint32_t step = spx_layers_step(layers);
    return (spx_matte_work){ .layers = layers,
                             .source = source,
                             .least_x = layers->margin,
                             .most_x = layers->width - layers->margin,
                             .band = band,
                             .core = SPX_MATTE_CORE_PX,
                             .step = step,
                             /* A slope rises more over a wider band, and is no step. */
                             .rise = step * (2 * band + 1) / (2 * SPX_MATTE_CORE_PX + 1) };
}

/* ---- colours ---- */

void spx_matte_read_colour(const spx_layers *layers, const spx_matte_source *source, uint32_t x,
                           uint32_t y, float colour[SPX_IMAGE_CHANNELS])
{
    const spx_image *const photo = source->photo;
    const uint32_t column = spx_layers_photo_column(layers, x);
    for (int c = 0; c < CHANNELS; c++)
        colour[c] = spx_image_level(photo, column, y, c);
}

static int is_near(const spx_matte_work *self, uint32_t x, uint32_t y, uint32_t middle)
{
    return self->source->depth[spx_layers_at(self->layers, y) + x] > middle;
}

/* Alphas this near to an end are noise there, by the variance of that end's colours. */
static float dead_zone(const spx_matte_side *side, float contrast)
{
    const float variance = fmaxf(side->square, 0.0F) / (float)CHANNELS; /* rounding: below 0 */
    const float deviations = tuned.dead_deviations * sqrtf(variance / contrast);
    return fminf(fmaxf(deviations, least_dead_zone), tuned.most_dead_zone);
}

/* By the line from B to F; below 0 when that does not tell. A colour beyond B is what sharpening
 * leaves beside an edge: it goes with the edge, as far as it is off, and however many colours F
 * has, as it lies on the other side of B than their mean. */
static float alpha_by_line(const float own[CHANNELS], const spx_matte_side side[2],
                           spx_matte_trust *trust)
{
    float contrast = 0.0F;
    float along = 0.0F;
    float away = 0.0F;
    for (int c = 0; c < CHANNELS; c++) {
        const float from_far = own[c] - side[0].mean[c];
        const float axis = side[1].mean[c] - side[0].mean[c];
        contrast += axis * axis;
        along += axis * from_far;
        away += from_far * from_far;
    }
    if (contrast < tuned.least_contrast)
        return -1.0F;
    const float raw = along / contrast;
    if (away / contrast - raw * raw > tuned.off_line)
        return -1.0F;
    const float far_zone = dead_zone(&side[0], contrast);
    const float near_zone = dead_zone(&side[1], contrast);
    if (raw < -tuned.halo_over_zone * far_zone && far_zone < tuned.most_halo_zone) {
        *trust = SPX_MATTE_HALO;
        return -raw < most_halo_alpha ? -raw : most_halo_alpha;
    }
    if (contrast < tuned.contrast_over_spread * (side[0].square + side[1].square))
        return -1.0F;
    *trust = SPX_MATTE_BY_LINE;
    const float alpha = (raw - far_zone) / (1.0F - far_zone - near_zone);
    return spx_clamp01(alpha);
}

/* By the most similar pixel of either surface; below 0 when both or none are similar. */
static float alpha_by_likeness(const spx_matte_side side[2])
{
    static const float least = 150.0F; /* the other must be this far off */
    if (side[0].closest > least && side[0].closest > tuned.alike_times * side[1].closest)
        return 1.0F;
    if (side[1].closest > least && side[1].closest > tuned.alike_times * side[0].closest)
        return 0.0F;
    return -1.0F;
}

/* ---- first step ---- */

/* How much of itself a pixel can lose to the other surface: all of it beside the step, ever less
 * towards the end of the band. What looks like the other surface out there is something else. */
static float most_change(const spx_matte_work *self, uint32_t away)
{
    if (away <= self->core)
        return 1.0F;
    const float rest = (float)(self->band + 1 - away) / (float)(self->band + 1 - self->core);
    return tuned.far_alpha * rest;
}

static void note(const spx_matte_work *self, uint32_t x, uint32_t y, float alpha, int near,
                 spx_matte_trust trust)
{
    const size_t at = spx_layers_at(self->layers, y) + x;
    self->source->found[at] = spx_matte_code(alpha);
    self->source->trust[at] = (uint8_t)(near ? trust | SPX_MATTE_MAPPED_NEAR : trust);
}

/* Depth `by` pixels away in a direction; the photo's edges are repeated. */
static int32_t depth_towards(const spx_matte_work *self, uint32_t x, uint32_t y, const int way[2],
                             int32_t by)
{
    const int64_t u = (int64_t)x + (int64_t)way[0] * by;
    const int64_t v = (int64_t)y + (int64_t)way[1] * by;
    const int64_t last = self->layers->height - 1;
    const int64_t column =
        u < self->least_x ? self->least_x : (u >= self->most_x ? self->most_x - 1 : u);
    const int64_t row = v < 0 ? 0 : (v > last ? last : v);
    return self->source->depth[spx_layers_at(self->layers, (uint32_t)row) + (size_t)column];
}

/* How far the nearest step of an exact map is that goes from one surface to the other at once; 0
 * when there is none, as where the map is soft. */
static uint32_t find_sharp_step(const spx_matte_work *self, uint32_t x, uint32_t y,
                                spx_matte_span range)
{
    static const int ways[4][2] = { { 1, 0 }, { -1, 0 }, { 0, 1 }, { 0, -1 } };
    const int32_t most = (range.high - range.low) * 3 / 5;
    for (int32_t away = 1; away <= (int32_t)self->band; away++) {
        for (int i = 0; i < 4; i++) {
            const int32_t step = depth_towards(self, x, y, ways[i], away) -
                                 depth_towards(self, x, y, ways[i], away - 1);
            if (abs(step) > most)
                return (uint32_t)away;
        }
    }
    return 0;
}

/* Whether an exact map alone says which side a pixel belongs to. */
static int is_sure(const spx_matte_work *self, uint32_t x, uint32_t y, spx_matte_span range)
{
    if (!self->source->exact)
        return 0;
    const uint32_t away = find_sharp_step(self, x, y, range);
    return away > EXACT_PX || (away == 0 && self->source->believed);
}

/* Pixel i of a group, from what was gathered around it. */
static void find_pixel(const spx_matte_work *self, spx_matte_group *group, uint32_t i)
{
    const uint32_t x = group->x + i;
    const int near = is_near(self, x, group->y, spx_matte_middle(group->spans[i]));
    spx_matte_side *const side = group->sides[i];
    const float most = most_change(self, group->away[i]);
    const int core = most >= 1.0F;
    float alpha = -1.0F;
    spx_matte_trust trust = SPX_MATTE_BY_DEPTH;
    if (side[0].weight > 0.0F && side[1].weight > 0.0F) {
        float own[CHANNELS];
        spx_matte_read_colour(self->layers, self->source, x, group->y, own);
        spx_matte_side_finish(&side[0]);
        spx_matte_side_finish(&side[1]);
        alpha = alpha_by_line(own, side, &trust);
        if (alpha < 0.0F && core) {
            alpha = alpha_by_likeness(side);
            trust = SPX_MATTE_BY_LIKENESS;
        }
    }
    if (alpha < 0.0F || (near ? 1.0F - alpha : alpha) > most) {
        alpha = near ? 1.0F : 0.0F;
        trust = SPX_MATTE_BY_DEPTH;
    }
    note(self, x, group->y, alpha, near, trust);
}

static void note_side(const spx_matte_work *self, uint32_t x, uint32_t y, spx_matte_span range)
{
    const int near = is_near(self, x, y, spx_matte_middle(range));
    note(self, x, y, near ? 1.0F : 0.0F, near, SPX_MATTE_SURE);
}

spx_matte_area spx_matte_grow_by(const spx_matte_work *self, spx_matte_area one, uint32_t by)
{
    return (spx_matte_area){ .x = one.x > self->least_x + by ? one.x - by : self->least_x,
                             .end_x = one.end_x + by < self->most_x ? one.end_x + by : self->most_x,
                             .y = one.y > by ? one.y - by : 0,
                             .end_y = one.end_y + by < self->layers->height
                                          ? one.end_y + by
                                          : self->layers->height };
}

int spx_matte_is_on_surface(const spx_matte_work *self, uint32_t x, uint32_t y)
{
    const uint32_t flat = self->step * SPX_MATTE_CORE_PX / self->core;
    const spx_matte_area around =
        spx_matte_grow_by(self, (spx_matte_area){ .x = x, .end_x = x + 1, .y = y, .end_y = y + 1 },
                          SPX_MATTE_CORE_PX);
    const uint16_t own = self->source->depth[spx_layers_at(self->layers, y) + x];
    for (uint32_t v = around.y; v < around.end_y; v++) {
        const uint16_t *const row = self->source->depth + spx_layers_at(self->layers, v);
        for (uint32_t u = around.x; u < around.end_x; u++) {
            if (!spx_layers_is_one_surface(own, row[u], flat))
                return 0;
        }
    }
    return 1;
}

/* Whether a narrow thing is flat there: most of what is around a pixel lies at its depth, which a
 * way between two surfaces never does. */
static int is_on_narrow_surface(const spx_matte_work *self, uint32_t x, uint32_t y)
{
    const uint32_t by = spx_matte_sharp_band(self->source->photo) / 2;
    const uint32_t flat = (uint32_t)((float)self->step * tuned.narrow_flat);
    const spx_matte_area around = spx_matte_grow_by(
        self, (spx_matte_area){ .x = x, .end_x = x + 1, .y = y, .end_y = y + 1 }, by);
    const uint16_t own = self->source->depth[spx_layers_at(self->layers, y) + x];
    uint32_t alike = 0;
    for (uint32_t v = around.y; v < around.end_y; v++) {
        const uint16_t *const row = self->source->depth + spx_layers_at(self->layers, v);
        for (uint32_t u = around.x; u < around.end_x; u++)
            alike += (uint32_t)spx_layers_is_one_surface(own, row[u], flat);
    }
    const uint32_t whole = (around.end_x - around.x) * (around.end_y - around.y);
    return (double)alike >= (double)whole * tuned.narrow_share;
}

/* Between the two surfaces of a step, but on one of its own, as a slope or a third thing is. */
static int is_third_surface(const spx_matte_work *self, uint32_t x, uint32_t y,
                            spx_matte_span range)
{
    const uint32_t depth = self->source->depth[spx_layers_at(self->layers, y) + x];
    return spx_matte_is_between(range, depth) &&
           (spx_matte_is_on_surface(self, x, y) || is_on_narrow_surface(self, x, y));
}

/* A block's depths with as much around it as is looked at; the photo's edges are repeated. */
typedef struct block_depths {
    uint16_t depth[AREA_PX][AREA_PX];
} block_depths;

/* Lowest and highest depth of the square around each of a block's pixels. */
typedef struct block_spans {
    uint16_t low[BLOCK_PX][BLOCK_PX];
    uint16_t high[BLOCK_PX][BLOCK_PX];
} block_spans;

static void read_depths(const spx_matte_work *self, spx_matte_area block, block_depths *out)
{
    const int64_t first = (int64_t)block.x - AROUND_PX;
    const int inner = first >= self->least_x && first + AREA_PX <= self->most_x;
    for (uint32_t v = 0; v < AREA_PX; v++) {
        const int64_t y = (int64_t)block.y + v - AROUND_PX;
        const uint32_t last = self->layers->height - 1;
        const uint32_t row = y < 0 ? 0 : (y > last ? last : (uint32_t)y);
        const uint16_t *const from = self->source->depth + spx_layers_at(self->layers, row);
        if (inner) {
            memcpy(out->depth[v], from + first, sizeof(out->depth[v]));
            continue;
        }
        for (uint32_t u = 0; u < AREA_PX; u++) {
            const int64_t x = first + u;
            out->depth[v][u] =
                from[x < self->least_x ? self->least_x
                                       : (x >= self->most_x ? self->most_x - 1 : (uint32_t)x)];
        }
    }
}

static void widen_span(uint16_t *restrict low, uint16_t *restrict high, const uint16_t *lower,
                       const uint16_t *higher)
{
    for (uint32_t i = 0; i < BLOCK_PX; i++) {
        low[i] = lower[i] < low[i] ? lower[i] : low[i];
        high[i] = higher[i] > high[i] ? higher[i] : high[i];
    }
}

static void find_spans(const block_depths *depths, uint32_t reach, block_spans *out)
{
    uint16_t low[AREA_PX][BLOCK_PX];
    uint16_t high[AREA_PX][BLOCK_PX];
    const uint32_t first = AROUND_PX - reach;
    for (uint32_t v = first; v < AROUND_PX + BLOCK_PX + reach; v++) {
        const uint16_t *const row = depths->depth[v];
        memcpy(low[v], row + first, sizeof(low[v]));
        memcpy(high[v], row + first, sizeof(high[v]));
        for (uint32_t k = first + 1; k <= AROUND_PX + reach; k++)
            widen_span(low[v], high[v], row + k, row + k);
    }
    for (uint32_t y = 0; y < BLOCK_PX; y++) {
        memcpy(out->low[y], low[first + y], sizeof(out->low[y]));
        memcpy(out->high[y], high[first + y], sizeof(out->high[y]));
        for (uint32_t v = first + y + 1; v <= AROUND_PX + y + reach; v++)
            widen_span(out->low[y], out->high[y], low[v], high[v]);
    }
}

/* How many pixels of the area above and to the left of each are part of a step. */
typedef struct block_steps {
    uint16_t count[AREA_PX + 1][AREA_PX + 1];
} block_steps;

/* How much depth changes over two pixels, across or down, at each of a row's inner ones. In 16 bits
 * all through, as a vector has twice as many of them. */
static void find_rises(const uint16_t *restrict above, const uint16_t *restrict row,
                       const uint16_t *restrict below, uint16_t rises[restrict AREA_PX])
{
    for (uint32_t u = 1; u + 1 < AREA_PX; u++) {
        const uint16_t across = spx_apart_u16(row[u - 1], row[u + 1]);
        const uint16_t down = spx_apart_u16(above[u], below[u]);
        rises[u] = across > down ? across : down;
    }
}

/* A slope rises more over a wider band, but never this much over two pixels. */
static void count_steps(const block_depths *depths, uint32_t step, block_steps *out)
{
    enum { LAST = AREA_PX - 1 };
    uint16_t rises[AREA_PX];
    memset(out->count[0], 0, sizeof(out->count[0]));
    for (uint32_t v = 0; v <= LAST; v++) {
        const uint16_t *const above = depths->depth[v == 0 ? 0 : v - 1];
        const uint16_t *const row = depths->depth[v];
        const uint16_t *const below = depths->depth[v == LAST ? LAST : v + 1];
        find_rises(above, row, below, rises);
        rises[0] =
            (uint16_t)spx_max_u32(spx_apart_u16(row[0], row[1]), spx_apart_u16(above[0], below[0]));
        rises[LAST] = (uint16_t)spx_max_u32(spx_apart_u16(row[LAST - 1], row[LAST]),
                                            spx_apart_u16(above[LAST], below[LAST]));
        uint16_t sum = 0;
        out->count[v + 1][0] = 0;
        for (uint32_t u = 0; u <= LAST; u++) {
            sum = (uint16_t)(sum + (rises[u] > step));
            out->count[v + 1][u + 1] = (uint16_t)(out->count[v][u + 1] + sum);
        }
    }
}

/* Whether there is one within `reach` of the block's pixel (u, v). */
static int is_beside_step(const block_steps *steps, uint32_t u, uint32_t v, uint32_t reach)
{
    const uint16_t *const top = steps->count[v + AROUND_PX - reach];
    const uint16_t *const bottom = steps->count[v + AROUND_PX + reach + 1];
    const uint32_t left = u + AROUND_PX - reach;
    const uint32_t right = u + AROUND_PX + reach + 1;
    return (uint16_t)(bottom[right] - bottom[left] - top[right] + top[left]) != 0;
}

spx_matte_work spx_matte_of_block(const spx_matte_work *self, uint32_t x, uint32_t y)
{
    spx_matte_work own = *self;
    own.band = spx_matte_band(self->layers, self->source, x, y);
    own.core = SPX_MATTE_CORE_PX * own.band / self->band;
    return own;
}

/* What is known of a block's pixels before their colours are looked at. */
typedef struct block_work {
    spx_matte_area area;
    block_depths depths;
    block_spans near; /* within the band */
    block_spans wide; /* and RING_PX more */
    block_steps steps;
} block_work;

/* Notes what the map alone tells of a group's pixels; those whose colours are to tell are wanted.
 */
static void begin_group(const spx_matte_work *self, const block_work *block, spx_matte_group *group)
{
    const uint32_t v = group->y - block->area.y;
    for (uint32_t i = 0; i < SPX_MATTE_GROUP_PX && group->x + i < block->area.end_x; i++) {
        const uint32_t x = group->x + i;
        const uint32_t u = x - block->area.x;
        const spx_matte_span range = { .low = block->near.low[v][u],
                                       .high = block->near.high[v][u] };
        const spx_matte_span wide = { .low = block->wide.low[v][u],
                                      .high = block->wide.high[v][u] };
        if (range.high > range.low + self->rise &&
            is_beside_step(&block->steps, u, v, self->band)) {
            if (is_third_surface(self, x, group->y, range))
                continue;
            if (is_sure(self, x, group->y, range)) {
                note_side(self, x, group->y, range);
                continue;
            }
            group->wanted |= 1U << i;
            group->spans[i] = range;
        } else if (wide.high > wide.low + self->rise &&
                   is_beside_step(&block->steps, u, v, self->band + RING_PX)) {
            note_side(self, x, group->y, wide);
        }
    }
}

static void find_block(const spx_matte_work *sharp, spx_matte_gather_fn gather, spx_matte_area area)
{
    const spx_matte_work own = spx_matte_of_block(sharp, area.x, area.y);
    const spx_matte_work *const self = &own;
    const spx_matte_span whole =
        spx_matte_span_around(self->layers, self->source, area.x, area.y, self->band + RING_PX);
    if (whole.high <= whole.low + self->rise)
        return;
    block_work block;
    block.area = area;
    read_depths(self, area, &block.depths);
    count_steps(&block.depths, self->step, &block.steps);
    find_spans(&block.depths, self->band, &block.near);
    find_spans(&block.depths, self->band + RING_PX, &block.wide);
    for (uint32_t y = area.y; y < area.end_y; y++) {
        for (uint32_t x = area.x; x < area.end_x; x += SPX_MATTE_GROUP_PX) {
            spx_matte_group group = { .x = x, .y = y };
            begin_group(self, &block, &group);
            if (group.wanted == 0)
                continue;
            gather(self, &group);
            for (uint32_t i = 0; i < SPX_MATTE_GROUP_PX; i++) {
                if (group.wanted >> i & 1U)
                    find_pixel(self, &group, i);
            }
        }
    }
}

void spx_matte_find(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                    uint32_t end)
{
    const spx_matte_work self = spx_matte_prepare(layers, source);
    const spx_matte_gather_fn gather = spx_matte_gather(spx_cpu_flags());
    for (uint32_t y = first; y < end; y += BLOCK_PX) {
        for (uint32_t x = self.least_x; x < self.most_x; x += BLOCK_PX) {
            const spx_matte_area block = {
                .x = x,
                .end_x = x + BLOCK_PX < self.most_x ? x + BLOCK_PX : self.most_x,
                .y = y,
                .end_y = y + BLOCK_PX < end ? y + BLOCK_PX : end,
            };
            find_block(&self, gather, block);
        }
    }
}
