#include "fill/colour_range.h"

#include <stdlib.h>
#include <string.h>

enum {
    CHANNELS = SPX_IMAGE_CHANNELS,
    LEAST_REACH_PX = 16,
    MOST_REACH_PX = 96,
    ROWS = 12,    /* above and below that are looked at too, … */
    ROW_STEP = 3, /* … so many apart */
};

static const spx_colour_range nothing = { .low = { UINT8_MAX, UINT8_MAX, UINT8_MAX } };

static void include_colour(spx_colour_range *self, const uint8_t *colour)
{
    for (int c = 0; c < CHANNELS; c++) {
        self->low[c] = colour[c] < self->low[c] ? colour[c] : self->low[c];
        self->high[c] = colour[c] > self->high[c] ? colour[c] : self->high[c];
    }
}

/* Where a row of known pixels begins and which surface they must show. */
typedef struct side {
    int64_t x;
    int direction; /* -1 = to the left, 1 = to the right */
    uint32_t depth;
    uint32_t reach;
} side;

static void include_side(spx_colour_range *self, const spx_level *level, const side *from,
                         uint32_t y)
{
    int64_t x = from->x;
    for (uint32_t k = 0; k < from->reach && spx_level_is_source(level, x, y, from->depth); k++) {
        include_colour(self, spx_image_row8(level->image, y) + (size_t)CHANNELS * (size_t)x);
        x += from->direction;
    }
}

/* Wanted pixels first .. end - 1 lie side by side. */
static spx_colour_range range_of_run(const spx_level *level, uint32_t first, uint32_t end)
{
    spx_colour_range range = nothing;
    const uint32_t last = level->wanted[end - 1];
    const uint32_t y = last / level->width;
    const uint32_t length = end - first;
    const uint32_t wished = length > LEAST_REACH_PX ? length : LEAST_REACH_PX;
    const uint32_t reach = wished < MOST_REACH_PX ? wished : MOST_REACH_PX;
    const side left = { .x = (int64_t)(level->wanted[first] % level->width) - 1,
                        .direction = -1,
                        .depth = level->wanted_depth[level->wanted[first]],
                        .reach = reach };
    const side right = { .x = (int64_t)(last % level->width) + 1,
                         .direction = 1,
                         .depth = level->wanted_depth[last],
                         .reach = reach };
    for (int64_t v = -ROWS; v <= ROWS; v += ROW_STEP) {
        const int64_t row = (int64_t)y + v;
        if (row < 0 || row >= level->height)
            continue;
        include_side(&range, level, &left, (uint32_t)row);
        include_side(&range, level, &right, (uint32_t)row);
    }
    if (range.low[0] > range.high[0]) {
        memset(range.low, 0, sizeof(range.low));
        memset(range.high, UINT8_MAX, sizeof(range.high));
    }
    return range;
}

/* The ranges of one size; of another that they are the means of, or NULL. */
typedef struct ranging {
    spx_colour_range *out;
    const spx_level *level;
    const spx_level *large;
    const spx_colour_range *large_ranges;
} ranging;

static void create_row(void *context, size_t y)
{
    const ranging *const self = context;
    const spx_level *const level = self->level;
    const uint32_t last = spx_level_first_of_row(level, y + 1);
    uint32_t first = spx_level_first_of_row(level, y);
    while (first < last) {
        uint32_t end = first + 1;
        while (end < last && level->wanted[end] == level->wanted[end - 1] + 1)
            end++;
        const spx_colour_range range = range_of_run(level, first, end);
        for (uint32_t i = first; i < end; i++)
            self->out[i] = range;
        first = end;
    }
}

/* Makes room for the ranges and lets `row` fill them. On failure *out is still the caller's. */
static spx_status fill_ranges(spx_colour_range **out, ranging *self, spx_pool_fn row,
                              const spx_task *task, spx_diag *diag)
{
    *out = malloc(((size_t)self->level->wanted_count + 1) * sizeof(**out));
    if (*out == NULL)
        return spx_fail_memory(diag, "fill");
    self->out = *out;
    return spx_task_run(task, self->level->height, row, self, diag);
}

spx_status spx_colour_ranges_create(spx_colour_range **out, const spx_level *level,
                                    const spx_task *task, spx_diag *diag)
{
    return fill_ranges(out, &(ranging){ .level = level }, create_row, task, diag);
}

static spx_colour_range mean_of_children(const spx_level *large, const spx_colour_range *ranges,
                                         uint32_t x, uint32_t y)
{
    enum { CHILDREN = 4 };
    uint32_t low[CHANNELS] = { 0 };
    uint32_t high[CHANNELS] = { 0 };
    uint32_t count = 0;
    spx_colour_range mean;
    for (uint32_t k = 0; k < CHILDREN; k++) {
        const uint32_t child =
            spx_level_find(large, 2 * (int64_t)x + k % 2, 2 * (int64_t)y + k / 2);
        if (child == UINT32_MAX)
            continue;
        for (int c = 0; c < CHANNELS; c++) {
            low[c] += ranges[child].low[c];
            high[c] += ranges[child].high[c];
        }
        count++;
    }
    count = count == 0 ? 1 : count; /* never: a small wanted pixel has wanted children */
    for (int c = 0; c < CHANNELS; c++) {
        mean.low[c] = (uint8_t)(low[c] / count);
        mean.high[c] = (uint8_t)((high[c] + count - 1) / count);
    }
    return mean;
}

static void halve_row(void *context, size_t y)
{
    const ranging *const self = context;
    const spx_level *const level = self->level;
    const uint32_t end = spx_level_first_of_row(level, y + 1);
    for (uint32_t i = spx_level_first_of_row(level, y); i < end; i++) {
        self->out[i] = mean_of_children(self->large, self->large_ranges,
                                        level->wanted[i] % level->width, (uint32_t)y);
    }
}

spx_status spx_colour_ranges_halve(spx_colour_range **out, const spx_level *level,
                                   const spx_level *large, const spx_colour_range *large_ranges,
                                   const spx_task *task, spx_diag *diag)
{
    ranging self = { .level = level, .large = large, .large_ranges = large_ranges };
    return fill_ranges(out, &self, halve_row, task, diag);
}

uint32_t spx_colour_range_excess(const spx_colour_range *range, const uint8_t *colour)
{
    uint32_t sum = 0;
    for (int c = 0; c < CHANNELS; c++) {
        if (colour[c] < range->low[c])
            sum += (uint32_t)(range->low[c] - colour[c]);
        if (colour[c] > range->high[c])
            sum += (uint32_t)(colour[c] - range->high[c]);
    }
    return sum;
}
