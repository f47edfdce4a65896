/*
 * What an outline leaves on the far side. Lenses and sharpening draw a rim of foreign colours a few
 * pixels beyond a near surface: left there, it is a ghost of the outline once the surface moves
 * away, and what is hidden would be filled in from it. Such a pixel's colour is none that the far
 * surface has a little farther away; it goes with the near one, as far as its colour needs.
 *
 *     far ........ | looked at ...... | rim | near
 */
#include "warp/matte.h"

#include "base/scan.h"
#include "warp/tuned.h"

#include <math.h>
#include <string.h>

enum {
    CHANNELS = SPX_IMAGE_CHANNELS,
    LOOK_PX = 12,      /* of the far surface, beyond the rim */
    LOOK_ROW_STEP = 3, /* in this row, and in those so far above and below */
    LEAST_SAMPLES = 2 * LOOK_PX,
};

static const float most_alpha = 0.9F; /* what lies behind is never lost */

typedef struct span {
    float low[CHANNELS];
    float high[CHANNELS];
    int count;
} span;

static void include(span *self, const float colour[CHANNELS])
{
    for (int c = 0; c < CHANNELS; c++) {
        const int first = self->count == 0;
        self->low[c] = first || colour[c] < self->low[c] ? colour[c] : self->low[c];
        self->high[c] = first || colour[c] > self->high[c] ? colour[c] : self->high[c];
    }
    self->count++;
}

/* The colours that the far surface has from column x on, away from the outline. */
static span look(const spx_layers *layers, const spx_matte_source *source, int64_t x, uint32_t y,
                 int direction)
{
    const uint32_t step = spx_layers_step(layers);
    const int64_t end = (int64_t)layers->width - layers->margin;
    span found = { .count = 0 };
    for (int v = -LOOK_ROW_STEP; v <= LOOK_ROW_STEP; v += LOOK_ROW_STEP) {
        const int64_t row = (int64_t)y + v;
        if (row < 0 || row >= layers->height || x < layers->margin || x >= end)
            continue;
        const size_t at = spx_layers_at(layers, (uint32_t)row);
        uint16_t before = layers->front[at + (size_t)x];
        for (int64_t u = x; u != x + (int64_t)direction * LOOK_PX; u += direction) {
            if (u < layers->margin || u >= end || layers->alpha[at + (size_t)u] != UINT8_MAX ||
                !spx_layers_is_one_surface(before, layers->front[at + (size_t)u], step))
                break;
            float colour[CHANNELS];
            before = layers->front[at + (size_t)u];
            spx_matte_read_colour(layers, source, (uint32_t)u, (uint32_t)row, colour);
            include(&found, colour);
        }
    }
    return found;
}

/* The least alpha with which a colour may lie over one of the far surface's: 0 = it is one. */
static float least_alpha(const span *far, const float colour[CHANNELS])
{
    float most = 0.0F;
    for (int c = 0; c < CHANNELS; c++) {
        const float above = colour[c] - far->high[c];
        const float below = far->low[c] - colour[c];
        if (above > tuned.rim_slack && above / (256.0F - far->high[c]) > most)
            most = above / (256.0F - far->high[c]);
        if (below > tuned.rim_slack && below / (far->low[c] + 1.0F) > most)
            most = below / (far->low[c] + 1.0F);
    }
    return most;
}

/* A nearer surface beside a pixel. */
typedef struct outline {
    uint32_t away; /* columns; 0 = there is none within reach */
    uint16_t depth;
} outline;

static uint32_t least_near(const spx_layers *layers, size_t at)
{
    return layers->front[at] + SPX_MATTE_SOFT_STEPS * spx_layers_step(layers);
}

static outline find_outline(const spx_layers *layers, uint32_t x, uint32_t y, int direction,
                            uint32_t reach)
{
    const size_t at = spx_layers_at(layers, y);
    const uint32_t least = least_near(layers, at + x);
    for (uint32_t k = 1; k <= reach; k++) {
        const int64_t u = (int64_t)x + (int64_t)direction * k;
        if (u < layers->margin || u >= (int64_t)layers->width - layers->margin)
            break;
        if (layers->front[at + (size_t)u] > least)
            return (outline){ .away = k, .depth = layers->front[at + (size_t)u] };
    }
    return (outline){ .away = 0 };
}

static uint32_t reach_of(const spx_matte_source *source)
{
    return spx_matte_sharp_band(source->photo) * 3 / 4;
}

/* The code of what the pixel's own colour says; 0 = it is no rim. */
static uint8_t ask(const spx_layers *layers, const spx_matte_source *source, uint32_t x, uint32_t y)
{
    const uint32_t reach = reach_of(source);
    float alpha = 0.0F;
    float colour[CHANNELS];
    for (int side = -1; side <= 1; side += 2) {
        const outline near = find_outline(layers, x, y, side, reach);
        if (near.away == 0)
            continue;
        const int64_t from = (int64_t)x - (int64_t)side * (reach - near.away + 1);
        const span far = look(layers, source, from, y, -side);
        spx_matte_read_colour(layers, source, x, y, colour);
        alpha = far.count < LEAST_SAMPLES ? alpha : fmaxf(alpha, least_alpha(&far, colour));
    }
    return alpha > 0.0F ? spx_matte_code(fminf(alpha, most_alpha)) : 0;
}

/* The first column from x to end - 1 of the row from `at` on that a step touches and that is not
 * the near surface's; end where there is none. */
static uint32_t next_far(const spx_layers *layers, const spx_matte_source *source, size_t at,
                         uint32_t x, uint32_t end)
{
    do {
        x = spx_first_other(source->trust + at, x, end, SPX_MATTE_UNTOUCHED);
    } while (x < end && layers->kind[at + x] != SPX_LAYER_PLAIN && ++x < end);
    return x;
}

void spx_matte_find_rims(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                         uint32_t end)
{
    for (uint32_t y = first; y < end; y++) {
        const size_t at = spx_layers_at(layers, y);
        memset(source->found + at, 0, layers->width);
        const uint32_t last = layers->width - layers->margin;
        for (uint32_t x = next_far(layers, source, at, layers->margin, last); x < last;
             x = next_far(layers, source, at, x + 1, last))
            source->found[at + x] = ask(layers, source, x, y);
    }
}

/* What most of the pixels around say that are not the near surface's: grain is no rim. */
static uint8_t agreed(const spx_layers *layers, const spx_matte_source *source, size_t at)
{
    const uint32_t least = least_near(layers, at);
    uint32_t sum = 0;
    uint32_t rims = 0;
    uint32_t near = 0;
    for (int v = -1; v <= 1; v++) {
        for (int u = -1; u <= 1; u++) {
            const size_t i = at + (size_t)((ptrdiff_t)v * (ptrdiff_t)layers->width + u);
            sum += source->found[i];
            rims += source->found[i] != 0;
            near += source->found[i] == 0 && layers->front[i] > least;
        }
    }
    if (rims == 0 || rims + near < tuned.rim_agreed)
        return 0;
    if (source->found[at] != 0)
        return source->found[at];
    return (uint8_t)(sum / rims);
}

void spx_matte_agree_rims(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                          uint32_t end)
{
    for (uint32_t y = first; y < end; y++) {
        const size_t at = spx_layers_at(layers, y);
        memset(source->smooth + at, 0, layers->width);
        if (y == 0 || y + 1 == layers->height)
            continue;
        const uint32_t last = layers->width - layers->margin - 1;
        for (uint32_t x = next_far(layers, source, at, layers->margin + 1, last); x < last;
             x = next_far(layers, source, at, x + 1, last))
            source->smooth[at + x] = agreed(layers, source, at + x);
    }
}

void spx_matte_take_rims(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                         uint32_t end)
{
    const uint32_t reach = reach_of(source);
    for (uint32_t y = first; y < end; y++) {
        const size_t at = spx_layers_at(layers, y);
        const uint8_t *const smooth = source->smooth + at;
        const uint32_t last = layers->width - layers->margin;
        /* Fronts are set when all depths of the row are known: a rim leads to no other rim. */
        for (uint32_t x = spx_first_other(smooth, layers->margin, last, 0); x < last;
             x = spx_first_other(smooth, x + 1, last, 0)) {
            const outline left = find_outline(layers, x, y, -1, reach);
            const outline right = find_outline(layers, x, y, 1, reach);
            const int is_right = left.away == 0 || (right.away != 0 && right.away < left.away);
            layers->back[at + x] = is_right ? right.depth : left.depth;
            source->smooth[at + x] = left.away == 0 && right.away == 0 ? 0 : source->smooth[at + x];
        }
        for (uint32_t x = spx_first_other(smooth, layers->margin, last, 0); x < last;
             x = spx_first_other(smooth, x + 1, last, 0)) {
            const uint16_t own = layers->front[at + x];
            layers->front[at + x] = layers->back[at + x];
            layers->back[at + x] = own;
            layers->alpha[at + x] = (uint8_t)(source->smooth[at + x] - SPX_MATTE_FAR);
            layers->kind[at + x] = SPX_LAYER_HIDDEN;
        }
    }
}
