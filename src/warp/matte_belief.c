/*
 * Whether a depth map's own edges are believed. Where a map steps from one pixel to the next, and
 * the photo's colours change at these places and not beside them, what else the map says is not a
 * network's blur either: its slopes are slopes, and between three surfaces it knows all three.
 *
 * Each step along a row has two votes: whether most of the way from one surface to the other is
 * done at once, and, where colours change much anywhere near, whether they do so at the step.
 */
#include "warp/matte.h"

#include <math.h>
#include <stdlib.h>

enum {
    EVERY_ROWS = 2,
    AWAY_PX = 5, /* so far to both sides depth and colours are looked at */
    AT_PX = 1,   /* of the step: a colour edge here is the step's */
    CHANNELS = SPX_IMAGE_CHANNELS,
    LEAST_VOTES = 16,
};

/* Squared difference of neighbours, 8-bit levels over three channels: less is no edge. */
static const float least_change = 600.0F;
static const uint32_t high_steps = 3; /* what is no higher decides nothing */

/* From the lowest to the highest depth of a row's columns first..last. */
static uint32_t rise_of(const uint16_t *depth, uint32_t first, uint32_t last)
{
    uint16_t low = depth[first];
    uint16_t high = depth[first];
    for (uint32_t x = first + 1; x <= last; x++) {
        low = depth[x] < low ? depth[x] : low;
        high = depth[x] > high ? depth[x] : high;
    }
    return (uint32_t)high - low;
}

static uint32_t step_at(const uint16_t *depth, uint32_t x)
{
    return (uint32_t)abs((int32_t)depth[x + 1] - (int32_t)depth[x]);
}

/* Whether no step near is higher than that from column x to the next. */
static int is_highest(const uint16_t *depth, uint32_t x)
{
    const uint32_t own = step_at(depth, x);
    for (uint32_t u = x - AWAY_PX; u <= x + AWAY_PX; u++) {
        if (step_at(depth, u) > own)
            return 0;
    }
    return 1;
}

static void vote_by_colours(const spx_layers *layers, const spx_matte_source *source, uint32_t x,
                            uint32_t y, spx_matte_votes *votes)
{
    float at = 0.0F;
    float beside = 0.0F;
    float before[CHANNELS];
    spx_matte_read_colour(layers, source, x - AWAY_PX, y, before);
    for (int32_t k = -AWAY_PX; k <= AWAY_PX; k++) {
        float colour[CHANNELS];
        float change = 0.0F;
        spx_matte_read_colour(layers, source, (uint32_t)((int32_t)x + k + 1), y, colour);
        for (int c = 0; c < CHANNELS; c++) {
            change += (colour[c] - before[c]) * (colour[c] - before[c]);
            before[c] = colour[c];
        }
        float *const most = abs(k) <= AT_PX ? &at : &beside;
        *most = fmaxf(*most, change);
    }
    if (fmaxf(at, beside) < least_change)
        return;
    atomic_fetch_add_explicit(at >= beside ? &votes->at_colours : &votes->beside_colours, 1,
                              memory_order_relaxed);
}

void spx_matte_poll(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                    uint32_t end, spx_matte_votes *votes)
{
    const uint32_t least = high_steps * spx_layers_step(layers);
    const uint32_t begin = layers->margin + AWAY_PX;
    const uint32_t last = layers->width - layers->margin;
    for (uint32_t y = first; y < end; y += EVERY_ROWS) {
        const uint16_t *const depth = source->depth + spx_layers_at(layers, y);
        for (uint32_t x = begin; x + AWAY_PX + 1 < last; x++) {
            /* A step that is no more than a slope's share of what it is part of: soft. */
            const uint32_t own = step_at(depth, x);
            if (own * (2 * AWAY_PX + 1) < least || !is_highest(depth, x))
                continue;
            const uint32_t rise = rise_of(depth, x - AWAY_PX, x + AWAY_PX + 1);
            const int is_slope = own * AWAY_PX < rise;
            if (rise < least || is_slope)
                continue;
            const int is_sharp = 2 * own > rise;
            atomic_fetch_add_explicit(is_sharp ? &votes->sharp : &votes->soft, 1,
                                      memory_order_relaxed);
            if (is_sharp)
                vote_by_colours(layers, source, x, y, votes);
        }
    }
}

int spx_matte_is_believed(const spx_matte_votes *votes)
{
    const uint32_t sharp = atomic_load(&votes->sharp);
    return sharp >= LEAST_VOTES && sharp > atomic_load(&votes->soft) &&
           atomic_load(&votes->at_colours) >= atomic_load(&votes->beside_colours);
}
