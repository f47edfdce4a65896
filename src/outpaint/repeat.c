#include "outpaint/repeat.h"
#include "outpaint/tuned.h"

#include <math.h>

enum {
    BAND_SHARE = 4, /* of the photo's side at most: what has to look the same */
    BAND_LEAST_PX = 8,
    SETTLE_PX = 2, /* around a multiple of an offset, which adds its error up */
    ALONG_LEAST_PX = 4,
    PERIOD_STEPS = 48,
    CANDIDATES_MOST = 128,
    CHANNELS = 3,
};

/** One side and how its band is moved; along: inwards, across: to the right or down. */
typedef struct border {
    const spx_patch_level *level;
    spx_patch_rect band; /* photo coordinates */
    int32_t width;       /* of the photo */
    int32_t height;
    int32_t length; /* of the photo along */
    int32_t margin; /* outside */
    int sideways;
    int32_t inwards; /* 1 or -1: direction of `along` */
} border;

typedef struct shift {
    int32_t along;
    int32_t across;
} shift;

static border border_of(const spx_patch_level *level, int side)
{
    const int32_t width = spx_patch_rect_width(&level->photo);
    const int32_t height = spx_patch_rect_height(&level->photo);
    const int sideways = side == SPX_SIDE_LEFT || side == SPX_SIDE_RIGHT;
    const int32_t margins[SPX_SIDES] = { level->photo.x0, level->photo.y0,
                                         level->width - level->photo.x1,
                                         level->height - level->photo.y1 };
    border self = {
        .level = level,
        .band = { .x1 = width, .y1 = height },
        .width = width,
        .height = height,
        .length = sideways ? width : height,
        .margin = margins[side],
        .sideways = sideways,
        .inwards = side == SPX_SIDE_LEFT || side == SPX_SIDE_TOP ? 1 : -1,
    };
    return self;
}

/** Makes the band as deep as one period. */
static void set_band(border *self, int32_t period)
{
    const int32_t most =
        self->length / BAND_SHARE > BAND_LEAST_PX ? self->length / BAND_SHARE : BAND_LEAST_PX;
    const int32_t depth = spx_patch_clamp(period, BAND_LEAST_PX, most);
    spx_patch_rect *const band = &self->band;
    if (self->sideways && self->inwards > 0)
        band->x1 = depth;
    if (self->sideways && self->inwards < 0)
        band->x0 = self->width - depth;
    if (!self->sideways && self->inwards > 0)
        band->y1 = depth;
    if (!self->sideways && self->inwards < 0)
        band->y0 = self->height - depth;
}

/** Mean squared difference of the band and what lies there when it is moved. */
static double difference(const border *self, shift by)
{
    const int32_t dx = self->sideways ? by.along * self->inwards : by.across;
    const int32_t dy = self->sideways ? by.across : by.along * self->inwards;
    const spx_patch_rect *const band = &self->band;
    const int32_t x0 = spx_patch_clamp(-dx, band->x0, band->x1);
    const int32_t x1 = spx_patch_clamp(self->width - dx, band->x0, band->x1);
    const int32_t y0 = spx_patch_clamp(-dy, band->y0, band->y1);
    const int32_t y1 = spx_patch_clamp(self->height - dy, band->y0, band->y1);
    const int64_t pixels = (int64_t)(x1 - x0) * (y1 - y0);
    const int64_t whole = (int64_t)spx_patch_rect_width(band) * spx_patch_rect_height(band);
    uint64_t sum = 0;
    if (x1 <= x0 || y1 <= y0 || 2 * pixels < whole)
        return INFINITY;
    for (int32_t y = y0; y < y1; y++) {
        const uint8_t *const here = spx_patch_level_source(self->level, x0, y);
        const uint8_t *const there = spx_patch_level_source(self->level, x0 + dx, y + dy);
        uint32_t row = 0;
        for (int32_t i = 0; i < CHANNELS * (x1 - x0); i++) {
            const int32_t step = here[i] - there[i];
            row += (uint32_t)(step * step);
        }
        sum += row;
    }
    return (double)sum / (double)(CHANNELS * pixels);
}

/** The best shift close to one; *least becomes its difference. */
static shift settle(const border *self, shift near, double *least)
{
    shift best = near;
    *least = tuned.settle_gain * difference(self, near);
    for (int32_t across = -SETTLE_PX; across <= SETTLE_PX; across++) {
        for (int32_t along = -SETTLE_PX; along <= SETTLE_PX; along++) {
            const shift by = { near.along + along, near.across + across };
            const double found = difference(self, by);
            if (found < *least) {
                *least = found;
                best = by;
            }
        }
    }
    *least = difference(self, best);
    return best;
}

/** Mean difference when the shift is off by every part of its period. */
static double difference_around(const border *self, shift at, int32_t period)
{
    double sum = 0.0;
    int32_t count = 0;
    const int32_t step = period / PERIOD_STEPS + 1;
    for (int32_t off = -period / 2; off <= period / 2; off += step) {
        const double found = difference(self, (shift){ at.along + off, at.across });
        if (isfinite(found)) {
            sum += found;
            count++;
        }
    }
    return count == 0 ? INFINITY : sum / count;
}

/** A shift that shows the rhythm. */
typedef struct candidate {
    shift by;
    double deep; /* difference over a whole period */
    double cost; /* at the border itself, and of repeating the band */
} candidate;

typedef struct candidates {
    candidate list[CANDIDATES_MOST];
    size_t count;
} candidates;

static void add_multiples(border *self, shift offset, candidates *out)
{
    for (int32_t n = 1; n * offset.along <= tuned.span_most * self->length; n++) {
        candidate found;
        set_band(self, offset.along);
        found.by = settle(self, (shift){ n * offset.along, n * offset.across }, &found.deep);
        const double around = difference_around(self, found.by, offset.along);
        if (around < tuned.structure_least || found.deep > tuned.rhythm_most * around)
            continue;
        set_band(self, BAND_LEAST_PX);
        const int32_t copies =
            (self->margin + SPX_PATCH_RADIUS + found.by.along - 1) / found.by.along;
        found.cost = difference(self, found.by) * (1.0 + tuned.copy_cost * (copies - 1));
        if (out->count < CANDIDATES_MOST)
            out->list[out->count++] = found;
    }
}

/** Of those that keep the rhythm about as well as any, the one that goes on best at the border. */
static shift best_of(const candidates *from)
{
    double deep = INFINITY;
    double cost = INFINITY;
    shift best = { 0 };
    for (size_t i = 0; i < from->count; i++)
        deep = fmin(deep, from->list[i].deep);
    for (size_t i = 0; i < from->count; i++) {
        if (from->list[i].deep <= tuned.deep_tolerance * deep && from->list[i].cost < cost) {
            cost = from->list[i].cost;
            best = from->list[i].by;
        }
    }
    return best;
}

/** The shift of one side, to the right or down along it; 0, 0 when it has none. */
static shift find_on(const spx_patch_level *level, const spx_patch_offsets *offsets, int side)
{
    border self = border_of(level, side);
    const spx_patch_offset_list *const list =
        self.sideways ? &offsets->sideways : &offsets->upwards;
    candidates found = { 0 };
    for (size_t i = 0; i < list->count && self.margin > 0; i++) {
        const spx_patch_offset *const offset = &list->list[i];
        /* The opposite offset on the sides that it leads to the inside of. */
        const shift by = { .along = self.sideways ? offset->x : offset->y,
                           .across = self.inwards * (self.sideways ? offset->y : offset->x) };
        if (by.along >= ALONG_LEAST_PX)
            add_multiples(&self, by, &found);
    }
    const shift best = best_of(&found);
    return (shift){ self.inwards * best.along, best.across };
}

int spx_patch_repeat_find(spx_patch_repeat *out, const spx_patch_level *level,
                          const spx_patch_offsets *offsets)
{
    int found = 0;
    *out = (spx_patch_repeat){ 0 };
    for (int side = 0; side < SPX_SIDES; side++) {
        const int sideways = side == SPX_SIDE_LEFT || side == SPX_SIDE_RIGHT;
        const shift best = find_on(level, offsets, side);
        out->x[side] = sideways ? best.along : best.across;
        out->y[side] = sideways ? best.across : best.along;
        found += best.along != 0;
    }
    return found;
}

static int32_t halved(int32_t value, int32_t times)
{
    const int32_t unit = 1 << times;
    return value < 0 ? -((-value + unit / 2) / unit) : (value + unit / 2) / unit;
}

spx_patch_repeat spx_patch_repeat_halved(const spx_patch_repeat *repeat, int32_t times)
{
    spx_patch_repeat out = { 0 };
    for (int side = 0; side < SPX_SIDES; side++) {
        out.x[side] = halved(repeat->x[side], times);
        out.y[side] = halved(repeat->y[side], times);
    }
    return out;
}
