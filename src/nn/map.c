#include "nn/map.h"

#include "base/intops.h"
#include "base/size.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

spx_status spx_map_init(spx_map *map, size_t height, size_t width, size_t channels,
                        const spx_nn_run *run)
{
    *map = (spx_map){
        .height = height,
        .width = width,
        .channels = channels,
        .stride = spx_nn_pixel(channels),
        .reserve = run->reserve,
    };
    size_t count = 0;
    SPX_TRY(spx_mul_size(&count, height, width, "map", run->diag));
    SPX_TRY(spx_mul_size(&count, count, map->stride, "map", run->diag));
    /* Only padding must be zero; pages that are not touched here are first touched by the threads
     * that fill them. */
    map->data = map->stride != channels ? spx_reserve_zeros(run->reserve, count, sizeof(float))
                                        : spx_reserve_take(run->reserve, count, sizeof(float));
    return map->data == NULL ? spx_fail_memory(run->diag, "map") : SPX_OK;
}

void spx_map_clear(spx_map *map)
{
    spx_reserve_give(map->reserve, map->data);
    *map = (spx_map){ 0 };
}

/* Where a pixel lies between two others. */
typedef struct between {
    size_t low;
    size_t high;
    float share; /* of `high` */
} between;

/* Pixel `at` of a line that stretches `small` pixels to `large`. */
static between find_between(spx_map_grid grid, size_t at, size_t large, size_t small)
{
    if (large == small)
        return (between){ .low = at, .high = at };
    if (small < 2 || (large < 2 && grid == SPX_MAP_CORNERS))
        return (between){ 0 };
    double place = 0.0;
    if (grid == SPX_MAP_CORNERS) {
        place = (double)at * (double)(small - 1) / (double)(large - 1);
    } else {
        place = ((double)at + 0.5) * (double)small / (double)large - 0.5;
        place = place < 0.0 ? 0.0 : place;
    }
    if (place >= (double)(small - 1))
        return (between){ .low = small - 1, .high = small - 1 };
    const size_t low = (size_t)place;
    return (between){ .low = low, .high = low + 1, .share = (float)(place - (double)low) };
}

void spx_map_view_row(const spx_map_view *view, const spx_nn_kernels *kernels, size_t y,
                      size_t channels, float *work, float *out)
{
    const spx_map *const map = view->map;
    const between rows = find_between(view->grid, y, view->height, map->height);
    const float *const upper = spx_map_row(map, rows.low);
    const float *const lower = spx_map_row(map, rows.high);
    float *const mixed = view->width == map->width ? out : work;
    if (map->stride == channels) {
        kernels->mix(upper, lower, rows.share, mixed, map->width * channels, view->relu);
    } else {
        for (size_t x = 0; x < map->width; x++) {
            kernels->mix(upper + x * map->stride, lower + x * map->stride, rows.share,
                         mixed + x * channels, channels, view->relu);
        }
    }
    for (size_t x = 0; mixed == work && x < view->width; x++) {
        const between at = find_between(view->grid, x, view->width, map->width);
        kernels->mix(work + at.low * channels, work + at.high * channels, at.share,
                     out + x * channels, channels, 0);
    }
}

typedef struct linear_loop {
    const spx_linear *linear;
    const spx_map *in;
    const spx_map *out;
    size_t times; /* of spread */
    const spx_nn_run *run;
} linear_loop;

size_t spx_map_linear_scratch(const spx_linear *linear)
{
    return SPX_NN_ROWS * (linear->in_padded + linear->out_padded) * sizeof(float) +
           spx_linear_integers(linear, SPX_NN_ROWS) * sizeof(int16_t);
}

static size_t rows_of_turn(size_t pixels, size_t index)
{
    const size_t left = pixels - index * SPX_NN_ROWS;
    return spx_min_size(left, SPX_NN_ROWS);
}

static size_t turns(size_t pixels)
{
    return spx_divide_up(pixels, SPX_NN_ROWS);
}

static void linear_turn(void *context, size_t index)
{
    const linear_loop *const loop = context;
    const size_t first = index * SPX_NN_ROWS;
    int16_t *const area = spx_scratch_take(loop->run->scratch);
    const spx_linear_rows rows = {
        .x = loop->in->data + first * loop->in->stride,
        .ldx = loop->in->stride,
        .y = loop->out->data + first * loop->out->stride,
        .ldy = loop->out->stride,
        .rows = rows_of_turn(loop->in->height * loop->in->width, index),
        .integers = area,
    };
    spx_linear_apply(loop->linear, loop->run->kernels, &rows);
    spx_scratch_give(loop->run->scratch, area);
}

spx_status spx_map_linear(const spx_linear *linear, const spx_map *in, spx_map *out,
                          const spx_nn_run *run)
{
    linear_loop loop = { .linear = linear, .in = in, .out = out, .run = run };
    return spx_task_run(run->task, turns(in->height * in->width), linear_turn, &loop, run->diag);
}

static void spread_turn(void *context, size_t index)
{
    const linear_loop *const loop = context;
    const spx_map *const out = loop->out;
    const spx_linear *const linear = loop->linear;
    const size_t first = index * SPX_NN_ROWS;
    const size_t rows = rows_of_turn(loop->in->height * loop->in->width, index);
    float *const area = spx_scratch_take(loop->run->scratch);
    float *const result = area;
    const spx_linear_rows job = {
        .x = loop->in->data + first * loop->in->stride,
        .ldx = loop->in->stride,
        .y = result,
        .ldy = linear->out_padded,
        .rows = rows,
        .integers = (int16_t *)(void *)(area + SPX_NN_ROWS * linear->out_padded),
    };
    spx_linear_apply(linear, loop->run->kernels, &job);
    for (size_t i = 0; i < rows; i++) {
        const size_t top = (first + i) / loop->in->width * loop->times;
        const size_t left = (first + i) % loop->in->width * loop->times;
        const float *from = result + i * linear->out_padded;
        for (size_t y = 0; y < loop->times; y++) {
            for (size_t x = 0; x < loop->times; x++, from += out->channels) {
                memcpy(spx_map_row(out, top + y) + (left + x) * out->stride, from,
                       out->channels * sizeof(float));
            }
        }
    }
    spx_scratch_give(loop->run->scratch, area);
}

spx_status spx_map_spread(const spx_linear *linear, const spx_map *in, size_t times, spx_map *out,
                          const spx_nn_run *run)
{
    linear_loop loop = { .linear = linear, .in = in, .out = out, .times = times, .run = run };
    return spx_task_run(run->task, turns(in->height * in->width), spread_turn, &loop, run->diag);
}

/* The nine pixels around (2x, 2y), zeros outside. */
static void gather(const spx_map *in, size_t x, size_t y, float *to)
{
    for (size_t dy = 0; dy < 3; dy++) {
        for (size_t dx = 0; dx < 3; dx++, to += in->channels) {
            const size_t from_y = 2 * y + dy; /* one too many, as is from_x */
            const size_t from_x = 2 * x + dx;
            if (from_y < 1 || from_y > in->height || from_x < 1 || from_x > in->width) {
                memset(to, 0, in->channels * sizeof(float));
            } else {
                memcpy(to, spx_map_row(in, from_y - 1) + (from_x - 1) * in->stride,
                       in->channels * sizeof(float));
            }
        }
    }
}

static void halve_turn(void *context, size_t index)
{
    const linear_loop *const loop = context;
    const spx_map *const out = loop->out;
    const spx_linear *const linear = loop->linear;
    const size_t first = index * SPX_NN_ROWS;
    const size_t rows = rows_of_turn(out->height * out->width, index);
    float *const area = spx_scratch_take(loop->run->scratch);
    for (size_t i = 0; i < rows; i++) {
        gather(loop->in, (first + i) % out->width, (first + i) / out->width,
               area + i * linear->in_padded);
    }
    const spx_linear_rows job = {
        .x = area,
        .ldx = linear->in_padded,
        .y = out->data + first * out->stride,
        .ldy = out->stride,
        .rows = rows,
        .integers = (int16_t *)(void *)(area + SPX_NN_ROWS * linear->in_padded),
    };
    spx_linear_apply(linear, loop->run->kernels, &job);
    spx_scratch_give(loop->run->scratch, area);
}

spx_status spx_map_halve(const spx_linear *linear, const spx_map *in, spx_map *out,
                         const spx_nn_run *run)
{
    linear_loop loop = { .linear = linear, .in = in, .out = out, .run = run };
    return spx_task_run(run->task, turns(out->height * out->width), halve_turn, &loop, run->diag);
}

typedef struct draw_loop {
    const spx_map_view *view;
    const spx_map *out;
    const spx_nn_run *run;
} draw_loop;

static void draw_turn(void *context, size_t index)
{
    const draw_loop *const loop = context;
    float *const area = spx_scratch_take(loop->run->scratch);
    spx_map_view_row(loop->view, loop->run->kernels, index, loop->out->stride, area,
                     spx_map_row(loop->out, index));
    spx_scratch_give(loop->run->scratch, area);
}

spx_status spx_map_draw(const spx_map_view *view, spx_map *out, const spx_nn_run *run)
{
    draw_loop loop = { .view = view, .out = out, .run = run };
    return spx_task_run(run->task, out->height, draw_turn, &loop, run->diag);
}

spx_status spx_map_resize(const spx_map *in, spx_map *out, const spx_nn_run *run)
{
    const spx_map_view view = { .map = in, .height = out->height, .width = out->width };
    return spx_map_draw(&view, out, run);
}
