/*
 * Whose depth the pixels beside a step take, when their alphas are known. First each one's on the
 * side of the step that the map puts it on; then, from there, its depth on the other side; then,
 * which of both it shows. What that tears where the map goes on is held together afterwards
 * (matte_whole.c).
 */
#include "base/scan.h"
#include "warp/matte_work.h"
#include "warp/tuned.h"

#include <stdlib.h>

enum {
    HALO_PX = 3, /* sharpening reaches as far */
};

static spx_matte_area grow(const spx_matte_work *self, spx_matte_area one)
{
    return spx_matte_grow_by(self, one, self->band);
}

/*
 * Depth of the near or of the far surface beside a pixel. Maps have a few pixels between both, so
 * the nearest pixel will not do. Each pixel around says how high (or low) it is, less a deduction
 * for being far away, which a slope cannot make up for but a step can; the best one has the
 * surface.
 *
 * The pixel takes the surface's depth as far as it is sure of it: the best one's height after the
 * deduction, and some of what that is above the pixel's own. So a step's edge moves as one with its
 * surface, and where the map goes over in a slope, which of the two wins changes from pixel to
 * pixel, but the depth does not jump.
 */
static uint16_t surface_depth(const spx_matte_work *self, uint32_t x, uint32_t y, int near)
{
    /* Less in a wide band. */
    const int32_t deduction =
        (int32_t)((float)(self->step * SPX_MATTE_CORE_PX) * tuned.deduction / (float)self->core);
    const uint16_t at = self->source->depth[spx_layers_at(self->layers, y) + x];
    const int32_t own = near ? at : UINT16_MAX - at;
    int32_t best = own;
    int32_t surface = own;
    const spx_matte_area around =
        grow(self, (spx_matte_area){ .x = x, .end_x = x + 1, .y = y, .end_y = y + 1 });
    for (uint32_t v = around.y; v < around.end_y; v++) {
        const uint16_t *const row = self->source->depth + spx_layers_at(self->layers, v);
        const int32_t dy = abs((int32_t)v - (int32_t)y);
        for (uint32_t u = around.x; u < around.end_x; u++) {
            const int32_t dx = abs((int32_t)u - (int32_t)x);
            const int32_t height = near ? row[u] : UINT16_MAX - row[u];
            const int32_t value = height - deduction * (dx > dy ? dx : dy);
            if (value > best) {
                best = value;
                surface = height;
            }
        }
    }
    const int32_t most = best + (int32_t)((float)(best - own) * tuned.sure_share);
    surface = surface < most ? surface : most;
    return (uint16_t)(near ? surface : UINT16_MAX - surface);
}

/* A far pixel with a halo's colour is one only beside the surface whose edge it comes from. */
static int is_beside_near(const spx_matte_work *self, uint32_t x, uint32_t y)
{
    enum { HALF_NEAR = 128 };
    const spx_matte_area around = spx_matte_grow_by(
        self, (spx_matte_area){ .x = x, .end_x = x + 1, .y = y, .end_y = y + 1 }, HALO_PX);
    for (uint32_t v = around.y; v < around.end_y; v++) {
        const size_t at = spx_layers_at(self->layers, v);
        for (uint32_t u = around.x; u < around.end_x; u++) {
            if (self->source->smooth[at + u] >= HALF_NEAR)
                return 1;
        }
    }
    return 0;
}

/* Of three surfaces of an exact map within the band, the two that a soft pixel is of: where its
 * edge leads to one that lies far from the nearest (or the farthest), that one. */
static void part_surfaces(const spx_matte_work *self, const spx_layers *layers, uint32_t x,
                          uint32_t y)
{
    const size_t at = spx_layers_at(layers, y) + x;
    const uint16_t own = self->source->depth[at];
    uint16_t *const near = &layers->front[at];
    uint16_t *const far = &layers->back[at];
    uint16_t ahead = 0;
    if (*near <= *far)
        return;
    const uint32_t least =
        (uint32_t)((float)(*near - *far) * tuned.ahead_share) + tuned.ahead_steps * self->step;
    if (spx_matte_look_ahead(layers, self->source, x, y, 1, &ahead) && ahead >= own &&
        ahead + least < *near && ahead > *far + self->step)
        *near = ahead;
    if (spx_matte_look_ahead(layers, self->source, x, y, 0, &ahead) && ahead <= own &&
        ahead > *far + least && ahead + self->step < *near)
        *far = ahead;
}

/* Of a touched pixel: a halo's takes as much of the near surface as its own colour says. */
static uint8_t alpha_of(const spx_matte_work *self, uint32_t x, uint32_t y)
{
    const spx_matte_source *const source = self->source;
    const size_t at = spx_layers_at(self->layers, y) + x;
    const uint8_t alpha = source->smooth[at];
    if (spx_matte_trust_of(source->trust[at]) == SPX_MATTE_HALO && source->found[at] > alpha &&
        is_beside_near(self, x, y))
        return source->found[at];
    return alpha;
}

static int is_mapped_near(const spx_matte_work *self, size_t at)
{
    return (self->source->trust[at] & SPX_MATTE_MAPPED_NEAR) != 0;
}

/* What a pixel shows of the side that the map puts it on: near, or not. */
typedef enum share { SHARE_ALL, SHARE_SOME, SHARE_NONE } share;

static share own_share(uint8_t alpha, int near)
{
    if (alpha != SPX_MATTE_NEAR && alpha != SPX_MATTE_FAR)
        return SHARE_SOME;
    return (alpha == SPX_MATTE_NEAR) == near ? SHARE_ALL : SHARE_NONE;
}

/* The map's own surface is never far from a pixel. Leaves the alpha for the other steps. */
static void settle_own(const spx_matte_work *self, const spx_layers *layers, uint32_t x, uint32_t y)
{
    const size_t at = spx_layers_at(layers, y) + x;
    const int near = is_mapped_near(self, at);
    self->source->found[at] = alpha_of(self, x, y);
    const share shown = own_share(self->source->found[at], near);
    layers->front[at] = shown != SHARE_NONE && spx_matte_is_on_surface(self, x, y)
                            ? self->source->depth[at]
                            : surface_depth(self, x, y, near);
}

/* The nearest pixel that the map puts on the other side of a step; 0 where none is within the
 * band. */
static int find_other(const spx_matte_work *self, uint32_t x, uint32_t y, size_t *found)
{
    const spx_layers *const layers = self->layers;
    const uint8_t *const trust = self->source->trust;
    const int32_t band = (int32_t)self->band;
    const int near = is_mapped_near(self, spx_layers_at(layers, y) + x);
    int32_t best = INT32_MAX;
    for (int32_t r = 1; r <= band && r * r < best; r++) {
        for (int32_t v = -r; v <= r; v++) {
            const int64_t row = (int64_t)y + v;
            if (row < 0 || row >= layers->height)
                continue;
            const int32_t stride = abs(v) == r ? 1 : 2 * r; /* a square's border */
            for (int32_t u = -r; u <= r; u += stride) {
                const int64_t column = (int64_t)x + u;
                if (column < self->least_x || column >= self->most_x || u * u + v * v >= best)
                    continue;
                const size_t i = spx_layers_at(layers, (uint32_t)row) + (size_t)column;
                if (spx_matte_trust_of(trust[i]) == SPX_MATTE_UNTOUCHED ||
                    is_mapped_near(self, i) == near)
                    continue;
                best = u * u + v * v;
                *found = i;
            }
        }
    }
    return best != INT32_MAX;
}

/*
 * The other surface may be a wide soft edge away. What the nearest pixel over there has settled for
 * is its depth: so an edge goes on from the outline that it belongs to, and what is higher further
 * in does not tear it off.
 */
static void settle_other(const spx_matte_work *sharp, const spx_layers *layers, uint32_t x,
                         uint32_t y)
{
    const spx_matte_work self = spx_matte_of_block(sharp, x, y);
    const size_t at = spx_layers_at(layers, y) + x;
    const int near = is_mapped_near(sharp, at);
    size_t found = 0;
    if (own_share(sharp->source->found[at], near) == SHARE_ALL)
        return;
    const int is_beyond =
        find_other(&self, x, y, &found) && (near ? layers->front[found] < layers->front[at]
                                                 : layers->front[found] > layers->front[at]);
    layers->back[at] = is_beyond ? layers->front[found] : surface_depth(&self, x, y, !near);
}

/* From the depths of both sides to what the pixel shows. */
static void settle_pixel(const spx_matte_work *self, const spx_layers *layers, uint32_t x,
                         uint32_t y)
{
    const size_t at = spx_layers_at(layers, y) + x;
    const int near = is_mapped_near(self, at);
    const uint8_t alpha = self->source->found[at];
    const share shown = own_share(alpha, near);
    const uint16_t own = layers->front[at];
    const uint16_t other = layers->back[at];
    if (shown != SHARE_SOME) {
        layers->front[at] = shown == SHARE_ALL ? own : other;
        return;
    }
    layers->front[at] = near ? own : other;
    layers->back[at] = near ? other : own;
    layers->alpha[at] = (uint8_t)(alpha - SPX_MATTE_FAR);
    layers->kind[at] = SPX_LAYER_HIDDEN;
    if (self->source->exact)
        part_surfaces(self, layers, x, y);
}

/* Calls `settle` for each of these rows' pixels whose colour had a say. */
static void settle_rows(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                        uint32_t end,
                        void (*settle)(const spx_matte_work *, const spx_layers *, uint32_t,
                                       uint32_t))
{
    const spx_matte_work self = spx_matte_prepare(layers, source);
    for (uint32_t y = first; y < end; y++) {
        const uint8_t *const smooth = source->smooth + spx_layers_at(layers, y);
        for (uint32_t x = spx_first_other(smooth, self.least_x, self.most_x, 0); x < self.most_x;
             x = spx_first_other(smooth, x + 1, self.most_x, 0))
            settle(&self, layers, x, y);
    }
}

void spx_matte_settle_own(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                          uint32_t end)
{
    settle_rows(layers, source, first, end, settle_own);
}

void spx_matte_settle_other(const spx_layers *layers, const spx_matte_source *source,
                            uint32_t first, uint32_t end)
{
    settle_rows(layers, source, first, end, settle_other);
}

void spx_matte_settle(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                      uint32_t end)
{
    settle_rows(layers, source, first, end, settle_pixel);
    spx_matte_hold_rows(layers, source, first, end);
}
