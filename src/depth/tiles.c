/*
 * Tiles of one size, spread evenly over the input, their corners at whole steps of the network:
 *
 *     |---- tile ----|
 *               |---- tile ----|          weight of each: 1, falling to 0 over the overlap
 *                         |---- tile ----|
 *
 * One size, so that one built graph serves all. A network sees a tile alone, and puts all of it a
 * little nearer or farther than it does the tile beside it. Faded into each other, two such tiles
 * leave a slope with a crease at both ends. So the details are taken from each tile before they
 * are faded: what it has in common with itself alone is gone then.
 *
 * Networks that gain little from threads run some
 * tiles at once, one thread each: threads that wait for each other between short layers lose much
 * where others want the processor too. MOST_AT_ONCE bounds the memory.
 */
#include "depth/tiles.h"

#include "base/intops.h"
#include "depth/edge_gate.h"
#include "depth/tuned.h"
#include "image/plane_blur.h"
#include "nn/reserve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { COLOURS = 3, EDGE_REACH = 3, MOST_AT_ONCE = 4 };

/* How the tiles lie along one side, in pixels of the input. */
typedef struct axis {
    uint32_t size;
    uint32_t tile;
    uint32_t count;
    uint32_t overlap;
    uint32_t step;
} axis;

/* As few tiles as are needed, and no larger than they must be. */
static axis make_axis(uint32_t size, const spx_depth_sizes *sizes)
{
    axis made = { .size = size, .tile = size, .count = 1, .step = sizes->step };
    if (size <= sizes->tile)
        return made;
    const uint32_t stride = sizes->tile - sizes->overlap;
    made.overlap = sizes->overlap;
    made.count = (size - made.overlap + stride - 1) / stride;
    const uint32_t even = (size + (made.count - 1) * made.overlap + made.count - 1) / made.count;
    made.tile = (even + sizes->step - 1) / sizes->step * sizes->step;
    return made;
}

static uint32_t tile_start(const axis *self, uint32_t i)
{
    if (self->count == 1)
        return 0;
    const uint64_t steps = (self->size - self->tile) / self->step;
    return (uint32_t)(steps * i / (self->count - 1)) * self->step;
}

/* Weight of tile i at pixel k of its `count` pixels (of the output). */
static float weight_at(const axis *self, uint32_t i, uint32_t k, uint32_t count)
{
    const float ramp = (float)self->overlap * (float)count / (float)self->tile;
    const float from_start = ((float)k + 0.5f) / ramp;
    const float from_end = ((float)(count - k) - 0.5f) / ramp;
    float weight = 1.0f;
    if (i > 0 && from_start < weight)
        weight = from_start;
    if (i + 1 < self->count && from_end < weight)
        weight = from_end;
    return weight;
}

typedef struct tiling {
    spx_depth_model *model;
    const spx_depth_input *input;
    axis across;
    axis down;
    spx_tiled_map made; /* `share` holds the sum of weights while tiles are run */
    double sigma_px;    /* of the output */
    uint32_t at_once;   /* tiles */
    uint32_t part;      /* the output is so many times smaller than the input */
} tiling;

void spx_tiled_map_clear(spx_tiled_map *map)
{
    spx_plane_destroy(map->values);
    spx_plane_destroy(map->details);
    spx_plane_destroy(map->share);
    *map = (spx_tiled_map){ 0 };
}

static spx_status create_zeros(spx_plane **out, uint32_t width, uint32_t height, spx_diag *diag)
{
    SPX_TRY(spx_plane_create(out, width, height, diag));
    memset((*out)->values, 0, (*out)->stride * height * sizeof(float));
    return SPX_OK;
}

static spx_status cut_input(const tiling *self, uint32_t left, uint32_t top, spx_depth_input *out,
                            spx_diag *diag)
{
    const spx_depth_input *const input = self->input;
    *out = (spx_depth_input){ .width = self->across.tile, .height = self->down.tile };
    out->values =
        spx_reserve_zeros(NULL, (size_t)COLOURS * out->height, out->width * sizeof(float));
    if (out->values == NULL)
        return spx_fail_memory(diag, "depth tile");
    for (size_t c = 0; c < COLOURS; c++) {
        for (size_t y = 0; y < out->height; y++) {
            memcpy(out->values + (c * out->height + y) * out->width,
                   input->values + (c * input->height + top + y) * input->width + left,
                   out->width * sizeof(float));
        }
    }
    return SPX_OK;
}

/* One of the tiles that are run at once. */
typedef struct turn {
    uint32_t column;
    uint32_t row;
    spx_plane *map;
    spx_plane *low; /* its low frequencies */
    spx_status status;
    spx_diag diag;
} turn;

static void add_tile(const tiling *self, const turn *at)
{
    const spx_tiled_map *const made = &self->made;
    const spx_plane *const tile = at->map;
    const uint32_t left = tile_start(&self->across, at->column) / self->part;
    const uint32_t top = tile_start(&self->down, at->row) / self->part;
    for (uint32_t y = 0; y < tile->height && top + y < made->values->height; y++) {
        const float *const from = spx_plane_row(tile, y);
        const float *const low = spx_plane_row(at->low, y);
        float *const values = spx_plane_row(made->values, top + y) + left;
        float *const details = spx_plane_row(made->details, top + y) + left;
        float *const share = spx_plane_row(made->share, top + y) + left;
        const float down = weight_at(&self->down, at->row, y, tile->height);
        for (uint32_t x = 0; x < tile->width && left + x < made->values->width; x++) {
            const float weight = down * weight_at(&self->across, at->column, x, tile->width);
            values[x] += weight * from[x];
            details[x] += weight * (from[x] - low[x]);
            share[x] += weight;
        }
    }
}

typedef struct batch {
    const tiling *tiling;
    spx_task task; /* of each turn */
    turn turns[MOST_AT_ONCE];
    uint32_t count;
} batch;

static spx_status infer(const batch *self, turn *at)
{
    const tiling *const whole = self->tiling;
    spx_depth_input input = { 0 };
    const uint32_t left = tile_start(&whole->across, at->column);
    const uint32_t top = tile_start(&whole->down, at->row);
    spx_status status = SPX_OK;
    SPX_TRY(cut_input(whole, left, top, &input, &at->diag));
    SPX_TRY_OUT(spx_depth_model_infer(whole->model, &input, &self->task, &at->map, &at->diag));
    SPX_TRY_OUT(spx_plane_copy(&at->low, at->map, &at->diag));
    SPX_TRY_OUT(spx_plane_blur(at->low, whole->sigma_px, &at->diag));

out:
    spx_depth_input_clear(&input);
    return status;
}

static void run_turn(void *context, size_t index)
{
    batch *const self = context;
    self->turns[index].status = infer(self, &self->turns[index]);
}

/* How many of a batch's tiles are run with one thread each. One that is over would keep the other
 * threads waiting for a whole tile: it has them all. */
static uint32_t count_together(const tiling *self, uint32_t count, const spx_task *task)
{
    const uint32_t threads = spx_pool_threads(task == NULL ? NULL : task->pool);
    if (self->at_once == 1 || count == 1)
        return 0;
    return count > threads ? count - count % threads : count;
}

static spx_status run_turns(const tiling *self, batch *some, const spx_task *task, spx_diag *diag)
{
    const uint32_t together = count_together(self, some->count, task);
    const spx_task all = task == NULL ? (spx_task){ 0 } : *task;
    some->task = (spx_task){ .cancel = all.cancel };
    SPX_TRY(spx_task_run(task, together, run_turn, some, diag));
    some->task = self->at_once == 1 ? all : spx_task_quiet(task);
    for (uint32_t i = together; i < some->count; i++)
        run_turn(some, i);
    return SPX_OK;
}

/* Tiles are added in their order, so that the sums do not depend on the threads. Empties the
 * batch. */
static spx_status run_batch(const tiling *self, batch *some, const spx_task *task, spx_diag *diag)
{
    spx_status status = run_turns(self, some, task, diag);
    for (uint32_t i = 0; i < some->count; i++) {
        turn *const at = &some->turns[i];
        if (status == SPX_OK && at->status != SPX_OK)
            status = spx_fail(diag, at->status, "%s", at->diag.text);
        if (status == SPX_OK)
            add_tile(self, at);
        spx_plane_destroy(at->map);
        spx_plane_destroy(at->low);
    }
    some->count = 0;
    return status;
}

/* Sum of the weights of all tiles along one side at pixel k of the output. */
static float whole_weight(const axis *self, uint32_t k, uint32_t part)
{
    float sum = 0;
    for (uint32_t i = 0; i < self->count; i++) {
        const uint32_t start = tile_start(self, i) / part;
        const uint32_t count = self->tile / part;
        if (k >= start && k < start + count)
            sum += weight_at(self, i, k - start, count);
    }
    return sum;
}

/* From sums to means, and from weights to shares of all tiles' weights. */
static void finish(const tiling *self)
{
    for (uint32_t y = 0; y < self->made.values->height; y++) {
        float *const values = spx_plane_row(self->made.values, y);
        float *const details = spx_plane_row(self->made.details, y);
        float *const share = spx_plane_row(self->made.share, y);
        const float down = whole_weight(&self->down, y, self->part);
        for (uint32_t x = 0; x < self->made.values->width; x++) {
            if (!(share[x] > 0))
                continue;
            values[x] /= share[x];
            details[x] /= share[x];
            share[x] /= down * whole_weight(&self->across, x, self->part);
        }
    }
}

/* ---- which tiles ---- */

/* 1 for every pixel of the map that lies at an edge: within EDGE_REACH pixels of the map so far (of
 * twice the standard size) lies a part of its whole range. NULL plane: no map, or a constant one.
 */
static spx_status find_edges(const spx_plane *coarse, spx_plane **out, const spx_task *task,
                             spx_diag *diag)
{
    float low = INFINITY;
    float high = -INFINITY;
    *out = NULL;
    if (coarse == NULL)
        return SPX_OK;
    for (uint32_t y = 0; y < coarse->height; y++) {
        const float *const row = spx_plane_row(coarse, y);
        for (uint32_t x = 0; x < coarse->width; x++) {
            low = fminf(low, row[x]);
            high = fmaxf(high, row[x]);
        }
    }
    SPX_TRY(spx_plane_create(out, coarse->width, coarse->height, diag));
    const spx_status status = spx_depth_find_ranges(coarse, EDGE_REACH, *out, task, diag);
    for (uint32_t y = 0; y < coarse->height && status == SPX_OK; y++) {
        float *const row = spx_plane_row(*out, y);
        for (uint32_t x = 0; x < coarse->width; x++)
            row[x] = row[x] > tuned.tile_range * (high - low) ? 1.0f : 0.0f;
    }
    return status;
}

/* edges: NULL = every tile is wanted. */
static int is_wanted(const tiling *self, const spx_plane *edges, uint32_t column, uint32_t row)
{
    if (edges == NULL)
        return 1;
    const uint64_t left = tile_start(&self->across, column);
    const uint64_t top = tile_start(&self->down, row);
    const uint64_t right = left + self->across.tile;
    const uint64_t bottom = top + self->down.tile;
    const uint32_t x0 = (uint32_t)(left * edges->width / self->across.size);
    const uint32_t x1 = (uint32_t)(right * edges->width / self->across.size);
    const uint32_t y1 = (uint32_t)(bottom * edges->height / self->down.size);
    float sum = 0;
    float count = 0;
    for (uint32_t y = (uint32_t)(top * edges->height / self->down.size); y < y1; y++) {
        for (uint32_t x = x0; x < x1; x++, count++)
            sum += spx_plane_row(edges, y)[x];
    }
    return sum > tuned.tile_edges * count;
}

/* ---- all of it ---- */

static spx_status run_tiles(tiling *self, const spx_plane *edges, const spx_task *task,
                            spx_diag *diag)
{
    const uint32_t count = self->across.count * self->down.count;
    batch some = { .tiling = self };
    const uint32_t width = self->across.size / self->part;
    const uint32_t height = self->down.size / self->part;
    SPX_TRY(create_zeros(&self->made.values, width, height, diag));
    SPX_TRY(create_zeros(&self->made.details, width, height, diag));
    SPX_TRY(create_zeros(&self->made.share, width, height, diag));
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t column = i % self->across.count;
        const uint32_t row = i / self->across.count;
        if (is_wanted(self, edges, column, row))
            some.turns[some.count++] = (turn){ .column = column, .row = row };
        if (some.count == self->at_once || i + 1 == count)
            SPX_TRY(run_batch(self, &some, task, diag));
        spx_task_progress(task, (double)(i + 1) / count);
    }
    finish(self);
    return SPX_OK;
}

spx_status spx_depth_run_tiles(spx_depth_model *model, const spx_depth_input *input,
                               const spx_tiles_options *options, const spx_task *task,
                               spx_tiled_map *out, spx_diag *diag)
{
    const spx_depth_sizes sizes = spx_depth_model_sizes(model);
    spx_plane *edges = NULL;
    spx_status status = SPX_OK;
    tiling self = { .model = model,
                    .input = input,
                    .across = make_axis(input->width, &sizes),
                    .down = make_axis(input->height, &sizes),
                    .part = sizes.part,
                    .sigma_px =
                        options->sigma * spx_max_u32(input->width, input->height) / sizes.part,
                    .at_once = sizes.one_thread ? MOST_AT_ONCE : 1 };
    *out = (spx_tiled_map){ 0 };
    SPX_TRY_OUT(find_edges(options->coarse, &edges, task, diag));
    SPX_TRY_OUT(run_tiles(&self, edges, task, diag));
    *out = self.made;
    self.made = (spx_tiled_map){ 0 }; /* moved to the caller */

out:
    spx_tiled_map_clear(&self.made);
    spx_plane_destroy(edges);
    return status;
}
