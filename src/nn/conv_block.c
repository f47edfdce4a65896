/*
 * A turn makes some rows of the result. It keeps the rows of expanded pixels that its next step
 * reads in a ring, with the zeros that lie left and right of the map on both sides of each:
 *
 *     ring:  | 0 | width pixels | 0 |     row y of the input is in place y % places
 *            | 0 | …            | 0 |
 *     zeros: one row, for what lies above and below of the map
 *
 * A step makes `rows` rows of the result: it expands the rows that are missing in the ring, runs
 * the depthwise filter over them into `filtered`, and projects that into the map.
 */
#include "nn/conv_block.h"

#include "base/intops.h"

#include <assert.h>
#include <string.h>

enum {
    STEP_BYTES =
        384 << 10, /* of ring and filtered rows, about: they shall stay in the second cache */
    CHUNK_BYTES = 64 << 10, /* of the weights that go over all rows of a step together */
    LEAST_PIXELS = 24,      /* of a step's result: each step reads all weights once */
};

typedef struct geometry {
    uint32_t kernel;
    uint32_t stride;
    uint32_t top; /* zeros above and on the left of the input */
    uint32_t left;
    size_t inner;      /* channels of expanded pixels, padded */
    size_t row_floats; /* of the ring */
    size_t places;     /* rows of the ring */
    size_t rows;       /* of the result in a step */
    size_t out_height;
    size_t out_width;
} geometry;

uint32_t spx_conv_same_before(uint32_t side, uint32_t kernel, uint32_t stride)
{
    const uint32_t covered = (spx_conv_same_side(side, stride) - 1) * stride + kernel;
    return covered > side ? (covered - side) / 2 : 0;
}

static geometry measure(const spx_conv_block *block, size_t height, size_t width)
{
    const spx_conv_layer *const layer = spx_conv_weights_layer(block->depthwise);
    geometry made = {
        .kernel = layer->kernel,
        .stride = layer->stride,
        .top = spx_conv_same_before((uint32_t)height, layer->kernel, layer->stride),
        .left = spx_conv_same_before((uint32_t)width, layer->kernel, layer->stride),
        .inner = spx_nn_pixel(layer->cout),
        .out_height = spx_conv_same_side((uint32_t)height, layer->stride),
        .out_width = spx_conv_same_side((uint32_t)width, layer->stride),
    };
    const size_t seen = (made.out_width - 1) * made.stride + made.kernel;
    const size_t held = made.left + width;
    made.row_floats = spx_max_size(seen, held) * made.inner;
    const size_t each =
        (made.stride * made.row_floats + made.out_width * made.inner) * sizeof(float);
    const size_t overlap = (made.kernel - 1) * made.row_floats * sizeof(float);
    made.rows = overlap >= STEP_BYTES ? 1 : (STEP_BYTES - overlap) / each;
    made.rows = spx_max_size(made.rows, spx_divide_up(LEAST_PIXELS, made.out_width));
    made.rows = spx_min_size(made.rows, made.out_height);
    made.places = (made.rows - 1) * made.stride + made.kernel;
    return made;
}

size_t spx_conv_block_scratch(const spx_conv_block *block, size_t height, size_t width)
{
    const geometry size = measure(block, height, width);
    const size_t floats =
        (size.places + 1) * size.row_floats + size.rows * size.out_width * size.inner;
    return floats * sizeof(float);
}

typedef struct block_loop {
    const spx_conv_block *block;
    const spx_map *in;
    const spx_map *out;
    const spx_nn_run *run;
    geometry size;
    size_t rows; /* of the result in a turn */
} block_loop;

typedef struct turn {
    const block_loop *loop;
    float *ring;
    float *zeros;
    float *filtered;
    size_t next; /* the first row of the input that was not expanded yet */
} turn;

static float *ring_row(const turn *self, size_t y)
{
    const geometry *const size = &self->loop->size;
    return self->ring + y % size->places * size->row_floats + size->left * size->inner;
}

/* Columns first … first + columns - 1 of the rows up to `end`. */
static void expand_columns(const turn *self, size_t end, size_t first, size_t columns)
{
    const spx_map *const in = self->loop->in;
    const spx_linear *const expand = spx_conv_weights_linear(self->loop->block->expand);
    spx_gemm job = {
        .lda = in->stride,
        .b = (const float *)expand->weights + first * expand->in_padded,
        .k = expand->in_padded,
        .columns = columns,
        .bias = expand->bias + first,
        .activation = spx_conv_weights_layer(self->loop->block->expand)->activation,
        .ldc = self->loop->size.inner,
        .rows = in->width,
    };
    for (size_t y = self->next; y < end; y++) {
        job.a = spx_map_row(in, y);
        job.c = ring_row(self, y) + first;
        self->loop->run->kernels->gemm_f32(&job);
    }
}

/* Rows next … end - 1 of the input come into the ring. */
static void expand_rows(turn *self, size_t end)
{
    const spx_map *const in = self->loop->in;
    const size_t inner = self->loop->size.inner;
    if (self->loop->block->expand == NULL) {
        for (size_t y = self->next; y < end; y++)
            memcpy(ring_row(self, y), spx_map_row(in, y), in->width * inner * sizeof(float));
    } else {
        const size_t column_bytes = in->stride * sizeof(float);
        const size_t most = CHUNK_BYTES / column_bytes / SPX_NN_PANEL_MAX * SPX_NN_PANEL_MAX;
        const size_t chunk = spx_max_size(most, SPX_NN_PANEL_MAX);
        for (size_t first = 0; first < inner; first += chunk)
            expand_columns(self, end, first, spx_min_size(inner - first, chunk));
    }
    self->next = end;
}

/* Row y of the result, before its projection. */
// NOLINTNEXTLINE(readability-non-const-parameter): the kernel writes through it
static void filter_row(const turn *self, size_t y, float *out)
{
    const geometry *const size = &self->loop->size;
    const spx_conv_weights *const depthwise = self->loop->block->depthwise;
    const float *rows[SPX_CONV_MOST_KERNEL];
    for (size_t k = 0; k < size->kernel; k++) {
        const size_t from = y * size->stride + k; /* `top` too many */
        const int outside = from < size->top || from >= size->top + self->loop->in->height;
        rows[k] =
            outside ? self->zeros : ring_row(self, from - size->top) - size->left * size->inner;
    }
    const spx_depthwise job = {
        .rows = rows,
        .weights = spx_conv_weights_filters(depthwise),
        .bias = spx_conv_weights_bias(depthwise),
        .out = out,
        .channels = size->inner,
        .width = size->out_width,
        .kernel = size->kernel,
        .stride = size->stride,
        .activation = spx_conv_weights_layer(depthwise)->activation,
    };
    self->loop->run->kernels->depthwise(&job);
}

/* Rows first … first + rows - 1 of the result. */
static void make_step(turn *self, size_t first, size_t rows)
{
    const geometry *const size = &self->loop->size;
    const block_loop *const loop = self->loop;
    const spx_map *const in = loop->in;
    const size_t last = (first + rows - 1) * size->stride + size->kernel; /* `top` too many */
    const size_t end = spx_min_size(last - size->top, in->height);
    if (self->next < end)
        expand_rows(self, end);
    for (size_t i = 0; i < rows; i++)
        filter_row(self, first + i, self->filtered + i * size->out_width * size->inner);
    const spx_linear_rows job = {
        .x = self->filtered,
        .ldx = size->inner,
        .y = spx_map_row(loop->out, first),
        .ldy = loop->out->stride,
        .add = loop->block->skip ? spx_map_row(in, first) : NULL,
        .ld_add = in->stride,
        .activation = spx_conv_weights_layer(loop->block->project)->activation,
        .rows = rows * size->out_width,
    };
    spx_linear_apply(spx_conv_weights_linear(loop->block->project), loop->run->kernels, &job);
}

static void block_turn(void *context, size_t index)
{
    const block_loop *const loop = context;
    const geometry *const size = &loop->size;
    float *const area = spx_scratch_take(loop->run->scratch);
    turn self = { .loop = loop, .ring = area };
    self.zeros = self.ring + size->places * size->row_floats;
    self.filtered = self.zeros + size->row_floats;
    memset(area, 0, (size->places + 1) * size->row_floats * sizeof(float));
    const size_t first = index * loop->rows;
    const size_t end = spx_min_size(first + loop->rows, size->out_height);
    const size_t reads = first * size->stride;
    self.next = reads > size->top ? reads - size->top : 0;
    for (size_t y = first; y < end; y += size->rows)
        make_step(&self, y, spx_min_size(end - y, size->rows));
    spx_scratch_give(loop->run->scratch, area);
}

spx_status spx_conv_block_run(const spx_conv_block *block, const spx_map *in, spx_map *out,
                              const spx_nn_run *run)
{
    block_loop loop = { .block = block, .in = in, .out = out, .run = run };
    loop.size = measure(block, in->height, in->width);
    const size_t threads = spx_pool_threads(run->task == NULL ? NULL : run->task->pool);
    const size_t share = spx_divide_up(loop.size.out_height, threads);
    /* Turns expand the rows around theirs again: no more of them than rows of their own. */
    loop.rows = spx_max_size(share, spx_max_size(loop.size.rows, loop.size.kernel));
    assert(loop.rows != 0);
    const size_t turns = spx_divide_up(loop.size.out_height, loop.rows);
    return spx_task_run(run->task, turns, block_turn, &loop, run->diag);
}
