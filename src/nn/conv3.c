#include "nn/conv3.h"

#include "base/intops.h"

#include <stdlib.h>
#include <string.h>

enum {
    EDGE = 2, /* pixels that a stripe's input is longer than its result */
    LEAST_GROUP = 12,
    /* Transformed tiles at a time, with what is made of them: they shall stay in the second cache.
     * Of 256, 480, 768 and 1200 kB the head of Depth Anything V2 Small took 27.5, 27.3, 28.5
     * and 28.5 ms (AMD EPYC, Zen 5, 1 MB). */
    GROUP_BYTES = 480 << 10,
};

spx_status spx_conv3_init(spx_conv3 *conv, size_t in, size_t out, int integers, spx_diag *diag)
{
    *conv = (spx_conv3){ .in = in, .out = out };
    conv->bias = spx_reserve_zeros(NULL, spx_nn_padded(out), sizeof(float));
    spx_status status = conv->bias == NULL ? spx_fail_memory(diag, "weights") : SPX_OK;
    for (size_t i = 0; i < SPX_NN_WINOGRAD && status == SPX_OK; i++)
        status = spx_linear_init(&conv->points[i], in, out, integers, diag);
    if (status != SPX_OK)
        spx_conv3_clear(conv);
    return status;
}

void spx_conv3_clear(spx_conv3 *conv)
{
    for (size_t i = 0; i < SPX_NN_WINOGRAD; i++)
        spx_linear_clear(&conv->points[i]);
    free(conv->bias);
    *conv = (spx_conv3){ 0 };
}

/* G g of F(4x4, 3x3); step: from element to element of g. */
static void transform_filter(const float *g, size_t step, float out[6])
{
    const float even = g[0] + g[2 * step];
    const float wide = g[0] / 24.0F + g[2 * step] / 6.0F;
    out[0] = g[0] / 4.0F;
    out[1] = -(even + g[step]) / 6.0F;
    out[2] = -(even - g[step]) / 6.0F;
    out[3] = wide + g[step] / 12.0F;
    out[4] = wide - g[step] / 12.0F;
    out[5] = g[2 * step];
}

void spx_conv3_set(spx_conv3 *conv, const spx_nn_kernels *kernels, size_t out, const float *filters,
                   float bias, float *work)
{
    for (size_t channel = 0; channel < conv->in; channel++) {
        float columns[6][3];
        for (size_t x = 0; x < 3; x++) {
            float line[6];
            transform_filter(filters + channel * 9 + x, 3, line);
            for (size_t y = 0; y < 6; y++)
                columns[y][x] = line[y];
        }
        for (size_t y = 0; y < 6; y++) {
            float line[6];
            transform_filter(columns[y], 1, line);
            for (size_t x = 0; x < 6; x++)
                work[(y * 6 + x) * conv->in + channel] = line[x];
        }
    }
    for (size_t i = 0; i < SPX_NN_WINOGRAD; i++)
        spx_linear_set(&conv->points[i], kernels, out, work + i * conv->in, 0.0F);
    conv->bias[out] = bias;
}

/* How long the parts of a stripe's area are, in floats but for the last. */
typedef struct stripe_sizes {
    size_t tiles;  /* of the stripe */
    size_t group;  /* tiles transformed at a time */
    size_t rows;   /* [6][4 * tiles + 2][in] */
    size_t before; /* [36][group][in] */
    size_t after;  /* [36][group][out padded] */
    size_t result; /* [4][4 * tiles][out padded] */
    size_t work;   /* [width of the map][in] */
    size_t integers;
} stripe_sizes;

/* The parts, one behind the other. */
typedef struct stripe_area {
    size_t tiles;
    size_t group;
    float *rows;
    float *before;
    float *after;
    float *result;
    float *work;
    int16_t *integers;
} stripe_area;

static stripe_sizes measure(const spx_conv3 *conv, const spx_map_view *view)
{
    const size_t out = spx_nn_pixel(conv->out);
    const size_t tile_bytes = SPX_NN_WINOGRAD * (conv->in + out) * sizeof(float);
    stripe_sizes sizes = { .tiles = (view->width + 3) / 4, .group = GROUP_BYTES / tile_bytes };
    sizes.group = sizes.group < LEAST_GROUP ? LEAST_GROUP : sizes.group;
    sizes.group = sizes.group > sizes.tiles ? sizes.tiles : sizes.group;
    sizes.rows = 6 * (4 * sizes.tiles + EDGE) * conv->in;
    sizes.before = SPX_NN_WINOGRAD * sizes.group * conv->in;
    sizes.after = SPX_NN_WINOGRAD * sizes.group * out;
    sizes.result = (size_t)4 * 4 * sizes.tiles * out;
    sizes.work = view->map->width * conv->in;
    sizes.integers = spx_linear_integers(&conv->points[0], SPX_NN_ROWS);
    return sizes;
}

// NOLINTNEXTLINE(readability-non-const-parameter): the area is written through its parts
static stripe_area lay_out(const spx_conv3 *conv, const spx_map_view *view, float *memory)
{
    const stripe_sizes sizes = measure(conv, view);
    stripe_area area = { .tiles = sizes.tiles, .group = sizes.group, .rows = memory };
    area.before = area.rows + sizes.rows;
    area.after = area.before + sizes.before;
    area.result = area.after + sizes.after;
    area.work = area.result + sizes.result;
    area.integers = (int16_t *)(void *)(area.work + sizes.work);
    return area;
}

size_t spx_conv3_scratch(const spx_conv3 *conv, const spx_map_view *view)
{
    const stripe_sizes sizes = measure(conv, view);
    const size_t floats = sizes.rows + sizes.before + sizes.after + sizes.result + sizes.work;
    return floats * sizeof(float) + sizes.integers * sizeof(int16_t);
}

size_t spx_conv3_row_stride(const spx_conv3 *conv, const spx_map_view *view)
{
    return (view->width + 3) / 4 * 4 * spx_nn_pixel(conv->out);
}

static void gather_rows(const spx_conv3 *conv, const spx_nn_kernels *kernels,
                        const spx_map_view *view, size_t stripe, const stripe_area *area)
{
    const size_t row_floats = (4 * area->tiles + EDGE) * conv->in;
    const size_t behind = (view->width + 1) * conv->in;
    for (size_t i = 0; i < SPX_CONV3_ROWS + EDGE; i++) {
        float *const row = area->rows + i * row_floats;
        const size_t y = stripe * SPX_CONV3_ROWS + i; /* one too many */
        if (y < 1 || y > view->height) {
            memset(row, 0, row_floats * sizeof(float));
            continue;
        }
        memset(row, 0, conv->in * sizeof(float));
        spx_map_view_row(view, kernels, y - 1, conv->in, area->work, row + conv->in);
        memset(row + behind, 0, (row_floats - behind) * sizeof(float));
    }
}

static void multiply_points(const spx_conv3 *conv, const spx_nn_kernels *kernels,
                            const stripe_area *area, size_t tiles)
{
    const size_t out = spx_nn_pixel(conv->out);
    for (size_t point = 0; point < SPX_NN_WINOGRAD; point++) {
        const size_t most = conv->points[point].integers ? SPX_NN_ROWS : tiles;
        for (size_t tile = 0; tile < tiles; tile += most) {
            const size_t rows = tiles - tile < most ? tiles - tile : most;
            const spx_linear_rows job = {
                .x = area->before + (point * tiles + tile) * conv->in,
                .ldx = conv->in,
                .y = area->after + (point * tiles + tile) * out,
                .ldy = out,
                .rows = rows,
                .integers = area->integers,
            };
            spx_linear_apply(&conv->points[point], kernels, &job);
        }
    }
}

float *spx_conv3_stripe(const spx_conv3 *conv, const spx_nn_kernels *kernels,
                        const spx_map_view *view, size_t stripe, void *memory)
{
    const stripe_area area = lay_out(conv, view, memory);
    const size_t out = spx_nn_pixel(conv->out);
    const size_t in_stride = (4 * area.tiles + EDGE) * conv->in;
    gather_rows(conv, kernels, view, stripe, &area);
    for (size_t tile = 0; tile < area.tiles; tile += area.group) {
        const size_t left = area.tiles - tile;
        const size_t tiles = left < area.group ? left : area.group;
        kernels->winograd_in(area.rows + tile * 4 * conv->in, in_stride, area.before, tiles,
                             conv->in);
        multiply_points(conv, kernels, &area, tiles);
        const spx_winograd_out back = {
            .in = area.after,
            .bias = conv->bias,
            .out = area.result + tile * 4 * out,
            .row_stride = area.tiles * 4 * out,
            .tiles = tiles,
            .channels = out,
            .activation = conv->activation,
        };
        kernels->winograd_out(&back);
    }
    return area.result;
}

typedef struct conv_loop {
    const spx_conv3 *conv;
    const spx_map_view *view;
    const spx_map *add[2];
    const spx_map *out;
    const spx_nn_run *run;
} conv_loop;

static void stripe_turn(void *context, size_t index)
{
    const conv_loop *const loop = context;
    void *const area = spx_scratch_take(loop->run->scratch);
    float *const result = spx_conv3_stripe(loop->conv, loop->run->kernels, loop->view, index, area);
    const size_t row_stride = spx_conv3_row_stride(loop->conv, loop->view);
    const size_t count = loop->out->width * loop->out->stride;
    for (size_t i = 0; i < SPX_CONV3_ROWS && index * SPX_CONV3_ROWS + i < loop->out->height; i++) {
        const size_t y = index * SPX_CONV3_ROWS + i;
        float *const to = spx_map_row(loop->out, y);
        float *const from = result + i * row_stride;
        for (size_t n = 0; n < 2; n++) {
            if (loop->add[n] != NULL)
                loop->run->kernels->add(from, spx_map_row(loop->add[n], y), count);
        }
        memcpy(to, from, count * sizeof(float));
    }
    spx_scratch_give(loop->run->scratch, area);
}

spx_status spx_conv3_run(const spx_conv3 *conv, const spx_map_view *view, const spx_map *add1,
                         const spx_map *add2, spx_map *out, const spx_nn_run *run)
{
    conv_loop loop = { .conv = conv, .view = view, .add = { add1, add2 }, .out = out, .run = run };
    const size_t stripes = spx_divide_up(view->height, SPX_CONV3_ROWS);
    return spx_task_run(run->task, stripes, stripe_turn, &loop, run->diag);
}
