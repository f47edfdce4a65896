#include "warp/matte_sides.h"

#include "base/cpu.h"

#include <math.h>
#include <string.h>

enum { CHANNELS = SPX_IMAGE_CHANNELS, LOOK_SAMPLES = SPX_MATTE_LOOK_SAMPLES };

typedef struct place {
    uint32_t x;
    uint32_t y;
    uint32_t middle; /* of the step's depths */
    float colour[CHANNELS];
} place;

static void side_add(spx_matte_side *side, const float colour[CHANNELS], const float own[CHANNELS],
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

void spx_matte_side_finish(spx_matte_side *side)
{
    side->square /= side->weight;
    for (int c = 0; c < CHANNELS; c++) {
        side->mean[c] /= side->weight;
        side->square -= side->mean[c] * side->mean[c];
    }
}

static int is_near(const spx_matte_work *self, uint32_t x, uint32_t y, uint32_t middle)
{
    return self->source->depth[spx_layers_at(self->layers, y) + x] > middle;
}

/* Not beside the step: its four neighbours at `away` lie on its own side of it. */
static int is_inner(const spx_matte_work *self, uint32_t x, uint32_t y, uint32_t middle,
                    uint32_t away)
{
    const int near = is_near(self, x, y, middle);
    return (x < self->least_x + away || is_near(self, x - away, y, middle) == near) &&
           (x + away >= self->most_x || is_near(self, x + away, y, middle) == near) &&
           (y < away || is_near(self, x, y - away, middle) == near) &&
           (y + away >= self->layers->height || is_near(self, x, y + away, middle) == near);
}

/* Pixels beside the step count only when a surface has no others, as a wire one pixel thick has. */
static void gather_sides(const spx_matte_work *self, const place *at, spx_matte_span range,
                         spx_matte_side side[2])
{
    const spx_layers *const layers = self->layers;
    const uint32_t sure_px = spx_matte_sure_px(self);
    const int32_t stride = (int32_t)spx_matte_stride(self);
    spx_matte_side edge[2];
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
            const int near = d > at->middle;
            if (spx_matte_is_between(range, d))
                continue; /* neither */
            float colour[CHANNELS];
            spx_matte_read_colour(layers, self->source, (uint32_t)x, (uint32_t)y, colour);
            const int sure = is_inner(self, (uint32_t)x, (uint32_t)y, at->middle, sure_px);
            side_add(sure ? &side[near] : &edge[near], colour, at->colour,
                     spx_matte_sample_weight(u, v));
        }
    }
    for (int k = 0; k < 2; k++) {
        if (side[k].weight == 0.0F)
            side[k] = edge[k];
    }
}

void spx_matte_gather_c(const spx_matte_work *self, spx_matte_group *group)
{
    for (uint32_t i = 0; i < SPX_MATTE_GROUP_PX; i++) {
        if ((group->wanted >> i & 1U) == 0)
            continue;
        place at = { .x = group->x + i,
                     .y = group->y,
                     .middle = spx_matte_middle(group->spans[i]) };
        spx_matte_read_colour(self->layers, self->source, at.x, at.y, at.colour);
        gather_sides(self, &at, group->spans[i], group->sides[i]);
        uint32_t away = 1;
        while (away <= self->band && is_inner(self, at.x, at.y, at.middle, away))
            away++;
        group->away[i] = away;
    }
}

spx_matte_gather_fn spx_matte_gather(unsigned cpu_flags)
{
#if defined(__x86_64__)
    if (cpu_flags & SPX_CPU_AVX2)
        return spx_matte_gather_avx2;
#endif
    (void)cpu_flags;
    return spx_matte_gather_c;
}
