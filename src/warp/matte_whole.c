/*
 * Nothing is torn where the map goes on. Beside a step one pixel takes its surface's depth from far
 * away and the next one keeps its own, as it lies on a slope's end or on a third thing: the eye
 * would show a crack between them. So a pixel is moved no farther from the map than its neighbours
 * on the same side of the step allow it, by as much for each pixel as one surface may rise.
 *
 * The bound spreads along rows, along columns and along rows again, forth and back: a distance
 * transform with a slope.
 */
#include "warp/matte.h"

#include "base/scan.h"

#include <string.h>

enum { FOUR = sizeof(uint64_t) / sizeof(uint16_t) };

typedef struct canvas {
    const spx_layers *layers;
    const spx_matte_source *source;
    uint32_t step;
} canvas;

/* Which surface's depth a pixel shows. */
typedef enum side { SIDE_ANY, SIDE_FAR, SIDE_NEAR } side;

static side mapped_side(const canvas *self, size_t at)
{
    return (self->source->trust[at] & SPX_MATTE_MAPPED_NEAR) != 0 ? SIDE_NEAR : SIDE_FAR;
}

/* A soft edge's is the near one's. */
static side shown_side(const canvas *self, size_t at)
{
    if (self->source->smooth[at] == 0)
        return SIDE_ANY;
    return self->layers->alpha[at] == UINT8_MAX && self->source->smooth[at] == SPX_MATTE_FAR
               ? SIDE_FAR
               : SIDE_NEAR;
}

/* Whether the map goes on between two pixels, the first of which shows `own`. What has no side lies
 * where the map puts it, on the side of those that do as well. */
static int goes_on(const canvas *self, size_t at, side own, size_t neighbour)
{
    const uint16_t *const map = self->source->depth;
    const side other = shown_side(self, neighbour);
    return spx_layers_is_one_surface(map[at], map[neighbour], self->step) &&
           (other == SIDE_ANY ? own == mapped_side(self, at) : own == other);
}

/* Holds pixel `at` by its neighbour. */
static inline void hold(const canvas *self, size_t at, size_t neighbour)
{
    uint16_t *const front = self->layers->front;
    const uint32_t map = self->source->depth[at];
    const uint32_t own = front[at];
    const uint32_t beside = front[neighbour];
    if (own == map || spx_layers_is_one_surface((int32_t)own, (int32_t)beside, self->step))
        return;
    const side shown = shown_side(self, at);
    if (shown == SIDE_ANY || !goes_on(self, at, shown, neighbour))
        return;
    if (own > map && own > beside) {
        front[at] = (uint16_t)(beside + self->step > map ? beside + self->step : map);
    } else if (own < map && own < beside) {
        front[at] = (uint16_t)(beside - self->step < map ? beside - self->step : map);
    }
}

/* Whether four pixels from `at` on lie where the map puts them, as most do. */
static inline int are_as_mapped(const canvas *self, size_t at)
{
    uint64_t front = 0;
    uint64_t map = 0;
    memcpy(&front, self->layers->front + at, sizeof(front));
    memcpy(&map, self->source->depth + at, sizeof(map));
    return front == map;
}

/* The first pixel from `at` to end - 1 that was moved; end where there is none. */
static size_t next_moved(const canvas *self, size_t at, size_t end)
{
    while (at + FOUR <= end && are_as_mapped(self, at))
        at += FOUR;
    while (at < end && self->layers->front[at] == self->source->depth[at])
        at++;
    return at;
}

/* Behind the last pixel from `first` to end - 1 that was moved; first where there is none. */
static size_t end_of_moved(const canvas *self, size_t first, size_t end)
{
    while (first + FOUR <= end && are_as_mapped(self, end - FOUR))
        end -= FOUR;
    while (end > first && self->layers->front[end - 1] == self->source->depth[end - 1])
        end--;
    return end;
}

void spx_matte_hold_rows(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                         uint32_t end)
{
    const canvas self = { .layers = layers, .source = source, .step = spx_layers_step(layers) };
    for (uint32_t y = first; y < end; y++) {
        const size_t from = spx_layers_at(layers, y) + layers->margin;
        const size_t last = spx_layers_at(layers, y + 1) - layers->margin - 1;
        for (size_t i = next_moved(&self, from + 1, last + 1); i <= last;
             i = next_moved(&self, i + 1, last + 1))
            hold(&self, i, i - 1);
        for (size_t i = end_of_moved(&self, from, last); i > from;
             i = end_of_moved(&self, from, i - 1))
            hold(&self, i - 1, i);
    }
}

/* Columns first..end-1 of a row, each by the neighbour that lies `way` pixels from it. */
static void hold_row(const canvas *self, uint32_t y, ptrdiff_t way, uint32_t first, uint32_t end)
{
    const size_t row = spx_layers_at(self->layers, y);
    for (size_t i = next_moved(self, row + first, row + end); i < row + end;
         i = next_moved(self, i + 1, row + end))
        hold(self, i, (size_t)((ptrdiff_t)i + way));
}

void spx_matte_hold_columns(const spx_layers *layers, const spx_matte_source *source,
                            uint32_t first, uint32_t end)
{
    const canvas self = { .layers = layers, .source = source, .step = spx_layers_step(layers) };
    for (uint32_t y = 1; y < layers->height; y++)
        hold_row(&self, y, -(ptrdiff_t)layers->width, first, end);
    for (uint32_t y = layers->height - 1; y > 0; y--)
        hold_row(&self, y - 1, (ptrdiff_t)layers->width, first, end);
}

void spx_matte_join_held(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                         uint32_t end)
{
    const uint32_t step = spx_layers_step(layers);
    (void)source;
    for (uint32_t y = first; y < end; y++) {
        const size_t at = spx_layers_at(layers, y);
        const uint8_t *const alpha = layers->alpha + at;
        for (uint32_t x = spx_first_other(alpha, 0, layers->width, UINT8_MAX); x < layers->width;
             x = spx_first_other(alpha, x + 1, layers->width, UINT8_MAX)) {
            if (layers->front[at + x] > layers->back[at + x] + step)
                continue;
            layers->alpha[at + x] = UINT8_MAX;
            layers->kind[at + x] = SPX_LAYER_PLAIN;
        }
    }
}
