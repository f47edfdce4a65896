/*
 * The screened Poisson equation (Pérez, Gangnet, Blake 2003, "Poisson image editing"; the screen
 * after Bhat et al. 2008): least sum of
 *
 *     (f(p) - f(q) - g(p, q))^2 over neighbours p, q  +  screen * (f(p) - copy(p))^2
 *
 * where g is the same difference at the place that p is copied from, at q's place, or the mean of
 * both. A known pixel of the surface beside the hole is an f that stands fast; any other has no
 * say. A row is solved whole, as a tridiagonal system: first each for itself, which brings what the
 * hole adjoins to its far end, then even rows with the odd ones beside them and odd rows with the
 * even ones, in turn, which takes away what differs from row to row.
 */
#include "fill/blend.h"

#include "base/intops.h"
#include "fill/tuned.h"
#include "image/image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHANNELS = SPX_IMAGE_CHANNELS,
    ROWS_PER_TURN = 16,
};

static float screen(void)
{
    return (float)tuned.screen / 1e6F;
}

/* One wanted pixel. */
typedef struct node {
    uint32_t above; /* node, UINT32_MAX = none */
    uint32_t below;
    float fixed[CHANNELS]; /* what does not change of the sum over neighbours */
    float value[CHANNELS];
    float weight; /* of all with a say */
    float pivot;  /* of the row's elimination */
    int joined;   /* to the node before, which lies to its left */
} node;

typedef struct blend {
    const spx_backdrop *backdrop;
    const spx_level *level;
    const spx_colour_range *ranges;
    node *nodes;
    uint32_t odd; /* rows that are solved now */
} blend;

typedef struct place {
    int64_t x;
    int64_t y;
} place;

static void read(const blend *self, place at, float colour[CHANNELS])
{
    for (int c = 0; c < CHANNELS; c++) {
        colour[c] =
            (float)spx_image_sample(self->backdrop->image, (uint32_t)at.x, (uint32_t)at.y, c);
    }
}

static place moved(place at, spx_offset offset)
{
    return (place){ .x = at.x + offset.x, .y = at.y + offset.y };
}

/* Adds colour(p) - colour(q) where `offset` points to. Returns 0 if that is not known there. */
static int add_difference(const blend *self, place p, place q, spx_offset offset, uint32_t depth,
                          float sum[CHANNELS])
{
    const spx_level *const level = self->level;
    if (offset.x == SPX_OFFSET_NONE)
        return 0;
    const place from_p = moved(p, offset);
    const place from_q = moved(q, offset);
    if (!spx_level_is_source(level, from_p.x, from_p.y, depth) ||
        !spx_level_is_source(level, from_q.x, from_q.y, depth))
        return 0;
    float at_p[CHANNELS];
    float at_q[CHANNELS];
    read(self, from_p, at_p);
    read(self, from_q, at_q);
    for (int c = 0; c < CHANNELS; c++)
        sum[c] += at_p[c] - at_q[c];
    return 1;
}

/* Known, and neither before nor behind the surface that a wanted pixel is to show. */
static int is_own_surface(const spx_level *level, place at, uint32_t depth)
{
    return spx_level_is_source(level, at.x, at.y, depth) &&
           level->depth[(size_t)at.y * level->width + (size_t)at.x] + level->step >= depth;
}

/* Adds a neighbour if it has a say; *beside: its node, UINT32_MAX where it is known or has none. */
static void add_neighbour(const blend *self, uint32_t index, place p, place q, uint32_t *beside)
{
    const spx_level *const level = self->level;
    const uint32_t depth = level->wanted_depth[level->wanted[index]];
    node *const one = &self->nodes[index];
    float difference[CHANNELS] = { 0 };
    int known = add_difference(self, p, q, level->offsets[index], depth, difference);
    *beside = spx_level_find(level, q.x, q.y);
    if (*beside != UINT32_MAX) {
        const uint32_t other = level->wanted_depth[level->wanted[*beside]];
        if ((other > depth ? other - depth : depth - other) > level->step) {
            *beside = UINT32_MAX;
            return;
        }
        known += add_difference(self, p, q, level->offsets[*beside], other, difference);
    } else if (is_own_surface(level, q, depth)) {
        float colour[CHANNELS];
        read(self, q, colour);
        for (int c = 0; c < CHANNELS; c++)
            one->fixed[c] += colour[c];
    } else {
        return;
    }
    one->weight += 1.0F;
    for (int c = 0; c < CHANNELS && known > 0; c++)
        one->fixed[c] += difference[c] / (float)known;
}

static place place_of(const spx_level *level, uint32_t index)
{
    const uint32_t pixel = level->wanted[index];
    return (place){ .x = pixel % level->width, .y = pixel / level->width };
}

/* The second half of a row's solution; nodes first..end-1. */
static void substitute_back(const blend *self, uint32_t first, uint32_t end)
{
    for (uint32_t i = end; i-- > first + 1;) {
        const node *const one = &self->nodes[i];
        node *const before = &self->nodes[i - 1];
        for (int c = 0; c < CHANNELS && one->joined; c++)
            before->value[c] += before->pivot * one->value[c];
    }
}

static void set_pivot(const blend *self, uint32_t index)
{
    node *const one = &self->nodes[index];
    one->pivot = 1.0F / (one->weight - (one->joined ? self->nodes[index - 1].pivot : 0.0F));
}

/* As if there were no rows above and below. */
static void set_across(const blend *self, uint32_t index)
{
    const spx_level *const level = self->level;
    const spx_offset offset = level->offsets[index];
    const place p = place_of(level, index);
    node *const one = &self->nodes[index];
    uint32_t left = UINT32_MAX;
    uint32_t right = UINT32_MAX;
    one->weight = screen();
    read(self, offset.x == SPX_OFFSET_NONE ? p : moved(p, offset), one->fixed);
    for (int c = 0; c < CHANNELS; c++)
        one->fixed[c] *= screen();
    add_neighbour(self, index, p, (place){ p.x - 1, p.y }, &left);
    add_neighbour(self, index, p, (place){ p.x + 1, p.y }, &right);
    one->joined = left != UINT32_MAX;
    set_pivot(self, index);
    for (int c = 0; c < CHANNELS; c++) {
        const float before = one->joined ? self->nodes[index - 1].value[c] : 0.0F;
        one->value[c] = (one->fixed[c] + before) * one->pivot;
    }
}

static void set_row(const blend *self, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; i++)
        set_across(self, i);
    substitute_back(self, first, end);
    for (uint32_t i = first; i < end; i++) {
        const place p = place_of(self->level, i);
        node *const one = &self->nodes[i];
        add_neighbour(self, i, p, (place){ p.x, p.y - 1 }, &one->above);
        add_neighbour(self, i, p, (place){ p.x, p.y + 1 }, &one->below);
        set_pivot(self, i);
    }
}

static void add_value(const blend *self, uint32_t index, float sum[CHANNELS])
{
    for (int c = 0; c < CHANNELS && index != UINT32_MAX; c++)
        sum[c] += self->nodes[index].value[c];
}

/* With the rows above and below as they are now. */
static void solve_row(const blend *self, uint32_t first, uint32_t end)
{
    for (uint32_t i = first; i < end; i++) {
        node *const one = &self->nodes[i];
        float sum[CHANNELS];
        memcpy(sum, one->fixed, sizeof(sum));
        add_value(self, one->above, sum);
        add_value(self, one->below, sum);
        add_value(self, one->joined ? i - 1 : UINT32_MAX, sum); /* eliminated by now */
        for (int c = 0; c < CHANNELS; c++)
            one->value[c] = sum[c] * one->pivot;
    }
    substitute_back(self, first, end);
}

typedef void (*row_fn)(const blend *self, uint32_t first, uint32_t end);

static void each_row(const blend *self, size_t turn, uint32_t first, uint32_t step, row_fn fn)
{
    const uint32_t top = (uint32_t)turn * ROWS_PER_TURN;
    for (uint32_t y = top + first; y < top + ROWS_PER_TURN && y < self->level->height; y += step) {
        fn(self, spx_level_first_of_row(self->level, y),
           spx_level_first_of_row(self->level, (size_t)y + 1));
    }
}

static void solve_turn(void *context, size_t turn)
{
    const blend *const self = context;
    each_row(self, turn, self->odd, 2, solve_row);
}

static void set_turn(void *context, size_t turn)
{
    each_row(context, turn, 0, 1, set_row);
}

/* Within what its surface shows beside the hole: differences of strong edges may add up to colours
 * that nothing there has. */
static float limit(float value, const spx_colour_range *range, int c, float level)
{
    const float low = fmaxf((float)range->low[c] - (float)tuned.slack, 0.0F) * level;
    const float high = fminf((float)range->high[c] + (float)tuned.slack, (float)UINT8_MAX) * level;
    return fminf(fmaxf(value, low), high);
}

static void write_row(const blend *self, uint32_t first, uint32_t end)
{
    const spx_image *const image = self->backdrop->image;
    const float level = image->bits == 8 ? 1.0F : (float)(UINT16_MAX / UINT8_MAX);
    for (uint32_t i = first; i < end; i++) {
        const uint32_t pixel = self->level->wanted[i];
        const uint32_t y = pixel / self->level->width;
        for (int c = 0; c < CHANNELS; c++) {
            const float value = limit(self->nodes[i].value[c], &self->ranges[i], c, level) + 0.5F;
            spx_image_set_sample(image, pixel % self->level->width, y, c, (uint32_t)value);
        }
    }
}

static void write_turn(void *context, size_t turn)
{
    each_row(context, turn, 0, 1, write_row);
}

spx_status spx_fill_blend(const spx_backdrop *backdrop, const spx_level *level,
                          const spx_colour_range *ranges, const spx_task *task, spx_diag *diag)
{
    spx_status status = SPX_OK;
    const size_t turns = spx_divide_up(level->height, ROWS_PER_TURN);
    blend self = { .backdrop = backdrop, .level = level, .ranges = ranges };
    if (level->wanted_count == 0)
        return SPX_OK;
    self.nodes = malloc(level->wanted_count * sizeof(*self.nodes));
    if (self.nodes == NULL)
        return spx_fail_memory(diag, "fill");
    SPX_TRY_OUT(spx_task_run(task, turns, set_turn, &self, diag));
    for (uint32_t k = 0; k < 2 * tuned.blend_rounds; k++) {
        self.odd = k % 2;
        SPX_TRY_OUT(spx_task_run(task, turns, solve_turn, &self, diag));
    }
    SPX_TRY_OUT(spx_task_run(task, turns, write_turn, &self, diag));
out:
    free(self.nodes);
    return status;
}
