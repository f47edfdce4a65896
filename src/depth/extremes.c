/*
 * A window's least value is that of two windows, half as long or more, which cover it. So a line of
 * values becomes one of the leasts of 2, of 4, of 8, … in place; the last two that overlap make the
 * window. First along the columns, in stripes that a turn keeps near the processor, then along the
 * rows. Both ends of a line are padded with what no value is above:
 *
 *     | pad: reach | values | pad: reach |
 *
 * The most is the least of the values' negatives.
 */
#include "depth/extremes.h"

#include "base/intops.h"
#include "nn/scratch.h"

#include <math.h>

enum { STRIPE = 32, BAND_ROWS = 16 };

typedef struct search {
    const spx_plane *map;
    spx_plane *out;
    size_t reach;
    float sign; /* 1 or -1 */
    spx_scratch *scratch;
} search;

/* Each value becomes the lesser of itself and the one that is `off` behind it. */
static void take_lesser(float *values, size_t count, size_t off)
{
    for (size_t i = 0; i < count; i++)
        values[i] = values[i + off] < values[i] ? values[i + off] : values[i];
}

/* places: [count + 2 reach][wide], both ends padded. Afterwards place i holds the least of places
 * i … i + 2 reach, for i < count. */
static void shrink_windows(const search *self, float *places, size_t count, size_t wide)
{
    const size_t window = 2 * self->reach + 1;
    size_t length = count + 2 * self->reach;
    size_t covered = 1;
    for (; 2 * covered <= window; covered *= 2) {
        length -= covered;
        take_lesser(places, length * wide, covered * wide);
    }
    if (covered < window)
        take_lesser(places, count * wide, (window - covered) * wide);
}

static void fill(float *to, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] = INFINITY;
}

static void search_stripe(void *context, size_t stripe)
{
    const search *const self = context;
    const size_t height = self->map->height;
    const size_t left = stripe * STRIPE;
    const size_t wide = spx_min_size(STRIPE, self->map->width - left);
    float *const places = spx_scratch_take(self->scratch);
    float *const values = places + self->reach * wide;
    fill(places, self->reach * wide);
    fill(values + height * wide, self->reach * wide);
    for (uint32_t y = 0; y < height; y++) {
        const float *const row = spx_plane_row(self->map, y) + left;
        for (size_t x = 0; x < wide; x++)
            values[y * wide + x] = self->sign * row[x];
    }
    shrink_windows(self, places, height, wide);
    for (uint32_t y = 0; y < height; y++) {
        float *const row = spx_plane_row(self->out, y) + left;
        for (size_t x = 0; x < wide; x++)
            row[x] = places[y * wide + x];
    }
    spx_scratch_give(self->scratch, places);
}

static void search_band(void *context, size_t band)
{
    const search *const self = context;
    const size_t width = self->map->width;
    const uint32_t from = (uint32_t)band * BAND_ROWS;
    const uint32_t end = spx_min_u32(from + BAND_ROWS, self->map->height);
    float *const places = spx_scratch_take(self->scratch);
    float *const values = places + self->reach;
    for (uint32_t y = from; y < end; y++) {
        float *const row = spx_plane_row(self->out, y);
        fill(places, self->reach);
        fill(values + width, self->reach);
        for (size_t x = 0; x < width; x++)
            values[x] = row[x];
        shrink_windows(self, places, width, 1);
        for (size_t x = 0; x < width; x++)
            row[x] = self->sign * places[x];
    }
    spx_scratch_give(self->scratch, places);
}

static spx_status find(spx_plane **out, const spx_plane *map, uint32_t reach, float sign,
                       const spx_task *task, spx_diag *diag)
{
    /* No window has to be longer than the map, nor has the padding. */
    const uint32_t most = spx_max_u32(map->width, map->height) - 1;
    search self = { .map = map, .reach = spx_min_u32(reach, most), .sign = sign };
    const size_t stripe = (map->height + 2 * self.reach) * STRIPE;
    const size_t row = map->width + 2 * self.reach;
    spx_status status = SPX_OK;
    *out = NULL;
    SPX_TRY_OUT(spx_plane_create(&self.out, map->width, map->height, diag));
    SPX_TRY_OUT(spx_scratch_create(&self.scratch,
                                   spx_pool_threads(task == NULL ? NULL : task->pool),
                                   spx_max_size(stripe, row) * sizeof(float), NULL, diag));
    SPX_TRY_OUT(spx_task_run(task, spx_divide_up(map->width, STRIPE), search_stripe, &self, diag));
    SPX_TRY_OUT(
        spx_task_run(task, spx_divide_up(map->height, BAND_ROWS), search_band, &self, diag));
    *out = self.out;
    self.out = NULL; /* moved to the caller */

out:
    spx_scratch_destroy(self.scratch);
    spx_plane_destroy(self.out);
    return status;
}

spx_status spx_depth_find_least(spx_plane **out, const spx_plane *map, uint32_t reach,
                                const spx_task *task, spx_diag *diag)
{
    return find(out, map, reach, 1.0f, task, diag);
}

spx_status spx_depth_find_most(spx_plane **out, const spx_plane *map, uint32_t reach,
                               const spx_task *task, spx_diag *diag)
{
    return find(out, map, reach, -1.0f, task, diag);
}

spx_status spx_depth_find_extremes(spx_depth_extremes *out, const spx_plane *map, uint32_t reach,
                                   const spx_task *task, spx_diag *diag)
{
    spx_status status = SPX_OK;
    *out = (spx_depth_extremes){ 0 };
    SPX_TRY_OUT(spx_depth_find_least(&out->low, map, reach, task, diag));
    SPX_TRY_OUT(spx_depth_find_most(&out->high, map, reach, task, diag));

out:
    if (status != SPX_OK)
        spx_depth_extremes_clear(out);
    return status;
}

void spx_depth_extremes_clear(spx_depth_extremes *extremes)
{
    spx_plane_destroy(extremes->low);
    spx_plane_destroy(extremes->high);
    *extremes = (spx_depth_extremes){ 0 };
}
