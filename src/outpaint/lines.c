/*
 * What lies just outside goes on as what lies just inside; but a line that meets the photo's edge
 * at a slant goes on at that slant. So the outermost strip of each side is compared across lines of
 * many leans: along a straight line all changes are alike, along others and in texture they are
 * not.
 *
 *     border |  strip                  at        where a line meets the edge, along the side
 *            | . . / .                 lean      how far along the side it runs per pixel inwards
 *         at |. ./. . .                strength  of the change across it, squared
 *       way /|. / . . .                breadth   whether its two sides differ farther off as well
 *         /  | . . . .
 *
 * Every cell of the border asks the lines which pass by, the nearer and stronger the more, how far
 * to lean on its way back to the photo. An edge is heard at least as far as it leans: what lies
 * between it and the place straight before the photo's edge must not see it twice. A blade of grass
 * has the same on both sides, and leads nothing but itself.
 */
#include "outpaint/lines.h"

#include "base/floatops.h"
#include "base/intops.h"
#include "outpaint/repeat.h"
#include "outpaint/tuned.h"

#include <math.h>
#include <stdlib.h>

enum {
    CHANNELS = 3,
    LEANS_EACH_WAY = 24,
    LINES_MOST = 64, /* of a side, the strongest: bounds the time that a cell takes */
    LEAST_ACROSS = 2,
    LEAST_DEPTH = 8,
    FARTHER_OFF = 3, /* times across */
};

typedef struct line {
    float at;
    float lean;
    float strength;
    float breadth;
} line;

typedef struct side_lines {
    const spx_patch_level *level;
    spx_patch_side side;
    int32_t count;  /* pixels along the side */
    int32_t depth;  /* of the strip */
    int32_t across; /* pixels on each side of a line that are compared */
    float reach;    /* of an edge that does not lean, pixels */
    float straight; /* the lean where no line passes */
    uint32_t *sums; /* [depth][count + 1][CHANNELS]: of the row's pixels before each one */
    line *lines;    /* [count]: the strongest at each place, then those that are kept */
    size_t kept;
} side_lines;

static void side_lines_clear(side_lines *self)
{
    free(self->sums);
    free(self->lines);
}

static int is_upright(spx_patch_side side)
{
    return side == SPX_SIDE_TOP || side == SPX_SIDE_BOTTOM;
}

/* ---- lines ---- */

static const uint8_t *strip_pixel(const side_lines *self, int32_t along, int32_t inwards)
{
    const spx_patch_level *const level = self->level;
    const int32_t right = spx_patch_rect_width(&level->photo) - 1;
    const int32_t bottom = spx_patch_rect_height(&level->photo) - 1;
    switch (self->side) {
    case SPX_SIDE_LEFT:
        return spx_patch_level_source(level, inwards, along);
    case SPX_SIDE_RIGHT:
        return spx_patch_level_source(level, right - inwards, along);
    case SPX_SIDE_BOTTOM:
        return spx_patch_level_source(level, along, bottom - inwards);
    case SPX_SIDE_TOP:
    default:
        return spx_patch_level_source(level, along, inwards);
    }
}

static void add_up(const side_lines *self)
{
    uint32_t *into = self->sums;
    for (int32_t t = 0; t < self->depth; t++) {
        for (int c = 0; c < CHANNELS; c++)
            *into++ = 0;
        for (int32_t along = 0; along < self->count; along++) {
            const uint8_t *const pixel = strip_pixel(self, along, t);
            for (int c = 0; c < CHANNELS; c++, into++)
                *into = *(into - CHANNELS) + pixel[c];
        }
    }
}

/* The square of the mean change across a line, if the changes along it are alike; the nearer to the
 * photo's edge, the more it counts. */
static float strength_of(const side_lines *self, int32_t at, float lean, int32_t across)
{
    const size_t step = (size_t)CHANNELS * (size_t)across;
    float sums[CHANNELS] = { 0.0F };
    float squares = 0.0F;
    float weights = 0.0F;
    int32_t seen = 0;
    for (int32_t t = 0; t < self->depth; t++) {
        const int32_t along = (int32_t)((float)at + 0.5F + lean * ((float)t + 0.5F));
        if (along < across || along + across > self->count)
            break;
        const float weight = (float)(self->depth - t);
        const uint32_t *const here =
            self->sums + CHANNELS * ((size_t)t * ((size_t)self->count + 1) + (size_t)along);
        for (size_t c = 0; c < CHANNELS; c++) {
            const uint32_t before = here[c] - here[c - step];
            const uint32_t after = here[c + step] - here[c];
            const float change = ((float)after - (float)before) / (float)across;
            sums[c] += weight * change;
            squares += weight * change * change;
        }
        weights += weight;
        seen++;
    }
    if (2 * seen < self->depth)
        return 0.0F;
    float strength = 0.0F;
    for (int c = 0; c < CHANNELS; c++)
        strength += sums[c] * sums[c] / (weights * weights);
    const float alike = strength / (squares / weights + 1.0F);
    return strength * spx_ease_between(alike, tuned.lines_alike_least, tuned.lines_alike_most);
}

/* The lean of the strongest line at a place: the middle of those that fit about as well, as a line
 * fits several of them. */
static line best_at(const side_lines *self, int32_t at)
{
    enum { LEANS = 2 * LEANS_EACH_WAY + 1 };
    static const float about_as_well = 0.95F;
    line best = { .at = (float)at };
    float strengths[LEANS];
    float leans[LEANS];
    float count = 0.0F;
    for (int i = 0; i < LEANS; i++) {
        const float angle = (float)(i - LEANS_EACH_WAY) / LEANS_EACH_WAY;
        leans[i] = tanf(tuned.lines_angle_most * angle);
        strengths[i] = strength_of(self, at, leans[i], self->across);
        best.strength = fmaxf(best.strength, strengths[i]);
    }
    for (int i = 0; i < LEANS; i++) {
        if (strengths[i] < about_as_well * best.strength)
            continue;
        best.lean += leans[i];
        count += 1.0F;
    }
    best.lean /= count;
    return best;
}

static void find_line(void *context, size_t place)
{
    const side_lines *const self = context;
    const int32_t at = (int32_t)place;
    line best = best_at(self, at);
    const float farther = strength_of(self, at, best.lean, FARTHER_OFF * self->across);
    const float share = farther / fmaxf(best.strength, 1.0F);
    best.breadth = spx_ease_between(share, tuned.lines_broad_least, tuned.lines_broad_most);
    self->lines[at] = best;
}

static int by_strength(const void *one, const void *other)
{
    const line *const a = one;
    const line *const b = other;
    if (a->strength != b->strength)
        return a->strength < b->strength ? 1 : -1;
    return (a->at > b->at) - (a->at < b->at);
}

/* Keeps what is stronger than its neighbours, which show the same line. */
static void keep_strongest(side_lines *self)
{
    const float least = tuned.lines_least * tuned.lines_least;
    float before = 0.0F;
    for (int32_t at = 0; at < self->count; at++) {
        const line here = self->lines[at];
        const float after = at + 1 < self->count ? self->lines[at + 1].strength : 0.0F;
        if (here.strength >= least && here.strength > before && here.strength >= after)
            self->lines[self->kept++] = here;
        before = here.strength;
    }
    qsort(self->lines, self->kept, sizeof(*self->lines), by_strength);
    self->kept = spx_min_size(self->kept, LINES_MOST);
}

static spx_status find_side(side_lines *self, const spx_patch_level *level, spx_patch_side side,
                            const spx_task *task, spx_diag *diag)
{
    const int32_t width = spx_patch_rect_width(&level->photo);
    const int32_t height = spx_patch_rect_height(&level->photo);
    const float short_side = (float)spx_min_i32(width, height);
    *self =
        (side_lines){ .level = level,
                      .side = side,
                      .count = is_upright(side) ? width : height,
                      .depth = spx_max_i32((int32_t)(tuned.lines_depth * short_side), LEAST_DEPTH),
                      .across =
                          spx_max_i32((int32_t)(tuned.lines_across * short_side), LEAST_ACROSS),
                      .reach = tuned.lines_reach * short_side };
    if (!is_upright(side))
        self->straight = side == SPX_SIDE_LEFT ? level->slope : -level->slope;
    self->sums =
        malloc((size_t)self->depth * ((size_t)self->count + 1) * CHANNELS * sizeof(*self->sums));
    self->lines = malloc((size_t)self->count * sizeof(*self->lines));
    if (self->sums == NULL || self->lines == NULL)
        return spx_fail_memory(diag, "outpainting lines");
    add_up(self);
    SPX_TRY(spx_task_run(task, (size_t)self->count, find_line, self, diag));
    keep_strongest(self);
    return SPX_OK;
}

/* ---- ways ---- */

typedef struct way_finder {
    spx_patch_ways *ways;
    const spx_patch_level *level;
    float cell; /* pixels of the level along one side of a cell */
    side_lines sides[SPX_SIDES];
} way_finder;

/* The lean at a place beside a side, distance: outwards; *heard: of the lines there. */
static float lean_at(const side_lines *self, float along, float distance, float *heard)
{
    const float narrow = (float)self->across;
    const float quiet = tuned.lines_quiet * tuned.lines_quiet / (self->reach * self->reach);
    float leans = quiet * self->straight;
    float weights = quiet;
    for (size_t i = 0; i < self->kept; i++) {
        const line *const one = &self->lines[i];
        const float broad = self->reach + tuned.lines_spread * fabsf(one->lean) * distance - narrow;
        const float far = narrow + one->breadth * broad;
        const float off = (along - (one->at - one->lean * distance)) / far;
        const float near = fmaxf(1.0F - off * off / 4.0F, 0.0F);
        const float weight = one->breadth * one->strength * near * near / (far * far);
        leans += weight * one->lean;
        weights += weight;
    }
    *heard = weights - quiet;
    return leans / weights;
}

static float distance_beyond(const spx_patch_rect *photo, int side, float x, float y)
{
    switch (side) {
    case SPX_SIDE_LEFT:
        return (float)photo->x0 - x;
    case SPX_SIDE_RIGHT:
        return x - (float)photo->x1;
    case SPX_SIDE_BOTTOM:
        return y - (float)photo->y1;
    case SPX_SIDE_TOP:
    default:
        return (float)photo->y0 - y;
    }
}

/* In a corner, along the lines of the side that is heard more. */
static spx_patch_way way_at(const way_finder *self, float x, float y)
{
    const spx_patch_rect *const photo = &self->level->photo;
    spx_patch_way way = { .lean = self->level->slope };
    float most = -1.0F;
    for (int side = 0; side < SPX_SIDES; side++) {
        const side_lines *const lines = &self->sides[side];
        const float distance = distance_beyond(photo, side, x, y);
        if (distance <= 0.0F || lines->lines == NULL)
            continue;
        const int upright = is_upright(lines->side);
        const float along = upright ? x - (float)photo->x0 : y - (float)photo->y0;
        const int backwards = side == SPX_SIDE_RIGHT || side == SPX_SIDE_BOTTOM;
        float heard = 0.0F;
        const float lean = lean_at(lines, along, distance, &heard);
        if (heard > most) {
            most = heard;
            way = (spx_patch_way){ .lean = backwards ? -lean : lean, .upright = upright };
        }
    }
    return way;
}

static void find_row(void *context, size_t row)
{
    const way_finder *const self = context;
    spx_patch_way *const into = self->ways->cells + row * (size_t)self->ways->width;
    for (int32_t x = 0; x < self->ways->width; x++)
        into[x] = way_at(self, ((float)x + 0.5F) * self->cell, ((float)row + 0.5F) * self->cell);
}

spx_status spx_lines_find(spx_patch_ways *ways, const spx_pyramid *pyramid, int32_t level,
                          const spx_task *task, spx_diag *diag)
{
    const spx_task quiet = spx_task_quiet(task);
    const spx_patch_level *const coarse = &pyramid->levels[pyramid->top];
    const spx_patch_level *const fine = &pyramid->levels[level];
    const int32_t margins[SPX_SIDES] = { fine->photo.x0, fine->photo.y0,
                                         fine->width - fine->photo.x1,
                                         fine->height - fine->photo.y1 };
    way_finder self = { .ways = ways, .level = fine, .cell = (float)(1 << (pyramid->top - level)) };
    spx_status status = SPX_OK;
    *ways = (spx_patch_ways){ .width = coarse->width };
    ways->cells = calloc((size_t)coarse->width * (size_t)coarse->height, sizeof(*ways->cells));
    if (ways->cells == NULL)
        return spx_fail_memory(diag, "outpainting lines");
    for (int side = 0; side < SPX_SIDES; side++) {
        if (margins[side] > 0)
            SPX_TRY_OUT(find_side(&self.sides[side], fine, (spx_patch_side)side, &quiet, diag));
    }
    SPX_TRY_OUT(spx_task_run(&quiet, (size_t)coarse->height, find_row, &self, diag));
out:
    for (int side = 0; side < SPX_SIDES; side++)
        side_lines_clear(&self.sides[side]);
    if (status != SPX_OK)
        spx_patch_ways_clear(ways);
    return status;
}
