/*
 * Each operation reads one or two values and makes one. A value lives from the operation that makes
 * it to the last that reads it; spx_graph_finish() gives it a place in the arena among the values
 * alive with it (first fit), so that an arena holds a few layers, not all:
 *
 *     arena: | value | value | … |
 *
 * A run makes its own arena, and scratch for as many threads as it may have, and only reads the
 * graph. The input never enters the arena: the first layer gathers its pixels from the planes.
 */
#include "nn/conv_graph.h"

#include "base/intops.h"
#include "base/size.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 64, ARENA_ALIGNMENT = 64, FIRST_CAPACITY = 64 };

typedef struct planned_value {
    spx_size3 size;
    size_t stride; /* floats from pixel to pixel */
    size_t bytes;
    size_t offset;  /* in the arena */
    uint32_t first; /* operations that make it and that use it last */
    uint32_t last;
} planned_value;

typedef enum operation_kind {
    OPERATION_STEM,  /* convolution of the input's planes */
    OPERATION_CONV3, /* 3x3 */
    OPERATION_CONV1, /* 1x1 */
    OPERATION_PLAIN, /* 1x1 to a plane */
    OPERATION_BLOCK,
    OPERATION_ADD,
    OPERATION_RESIZE,
} operation_kind;

typedef struct operation {
    operation_kind kind;
    spx_value in;
    spx_value out;
    int adds;                  /* to what `out` is already; a convolution */
    int relu;                  /* of a convolution's input */
    spx_conv_weights *weights; /* of a convolution, borrowed */
    spx_conv_block block;
    char name[NAME_SIZE];
} operation;

struct spx_graph {
    const spx_nn_kernels *kernels;
    planned_value *values;
    uint32_t value_count;
    uint32_t value_capacity;
    operation *operations;
    uint32_t operation_count;
    uint32_t operation_capacity;
    spx_value output;
    size_t arena_bytes;
    size_t scratch_bytes; /* of one thread */
};

/* Makes room for one more element; `capacity` counts elements. */
static void *grow(void *items, uint32_t count, uint32_t *capacity, size_t item_bytes)
{
    if (count < *capacity)
        return items;
    const uint32_t wanted = *capacity == 0 ? FIRST_CAPACITY : 2 * *capacity;
    void *const grown = realloc(items, wanted * item_bytes);
    if (grown != NULL)
        *capacity = wanted;
    return grown;
}

/* stride: floats from pixel to pixel; 0 for what is not in the arena. */
static spx_status add_value(spx_graph *graph, const spx_size3 *size, size_t stride, spx_value *out,
                            spx_diag *diag)
{
    *out = SPX_NO_VALUE;
    size_t bytes = 0;
    SPX_TRY(spx_mul_size(&bytes, size->height, size->width, "network", diag));
    SPX_TRY(spx_mul_size(&bytes, bytes, stride * sizeof(float), "network", diag));
    planned_value *const values =
        grow(graph->values, graph->value_count, &graph->value_capacity, sizeof(*values));
    if (values == NULL)
        return spx_fail_memory(diag, "network");
    graph->values = values;
    *out = graph->value_count++;
    values[*out] = (planned_value){ .size = *size,
                                    .stride = stride,
                                    .bytes = bytes,
                                    .first = graph->operation_count,
                                    .last = graph->operation_count };
    return SPX_OK;
}

/* added: all but the name. */
static spx_status add_operation(spx_graph *graph, const operation *added, spx_diag *diag)
{
    operation *const operations = grow(graph->operations, graph->operation_count,
                                       &graph->operation_capacity, sizeof(*operations));
    if (operations == NULL)
        return spx_fail_memory(diag, "network");
    graph->operations = operations;
    const uint32_t index = graph->operation_count++;
    operations[index] = *added;
    assert(graph->values != NULL); /* the input at least */
    graph->values[added->in].last = index;
    graph->values[added->out].last = index;
    return SPX_OK;
}

spx_status spx_graph_create(spx_graph **out, const spx_nn_kernels *kernels, const spx_size3 *input,
                            spx_diag *diag)
{
    *out = NULL;
    spx_graph *const graph = calloc(1, sizeof(*graph));
    if (graph == NULL)
        return spx_fail_memory(diag, "network");
    graph->kernels = kernels;
    spx_value first = SPX_NO_VALUE;
    const spx_status status = add_value(graph, input, 0, &first, diag);
    if (status == SPX_OK) {
        *out = graph;
    } else {
        spx_graph_destroy(graph);
    }
    return status;
}

void spx_graph_destroy(spx_graph *graph)
{
    if (graph == NULL)
        return;
    free(graph->operations);
    free(graph->values);
    free(graph);
}

spx_size3 spx_graph_size(const spx_graph *graph, spx_value value)
{
    assert(value < graph->value_count);
    return graph->values[value].size;
}

/* A value as a layer sees it; data: where it lies. */
static spx_map map_of(const spx_graph *graph, spx_value value, float *data)
{
    const planned_value *const planned = &graph->values[value];
    return (spx_map){ .height = planned->size.height,
                      .width = planned->size.width,
                      .channels = planned->size.channels,
                      .stride = planned->stride,
                      .data = data };
}

static spx_map_view view_of(const spx_map *map, int relu)
{
    return (spx_map_view){ .map = map, .height = map->height, .width = map->width, .relu = relu };
}

static void want_scratch(spx_graph *graph, size_t bytes)
{
    if (bytes > graph->scratch_bytes)
        graph->scratch_bytes = bytes;
}

static operation_kind kind_of(spx_value in, const spx_conv_layer *layer)
{
    if (in == 0)
        return OPERATION_STEM;
    assert(layer->stride == 1 && (layer->kernel == 1 || layer->kernel == 3));
    if (layer->kernel == 3)
        return OPERATION_CONV3;
    return layer->plain ? OPERATION_PLAIN : OPERATION_CONV1;
}

spx_status spx_graph_conv(spx_graph *graph, spx_value in, const spx_graph_conv_options *options,
                          spx_value *out, spx_diag *diag)
{
    *out = SPX_NO_VALUE;
    const spx_conv_layer *const layer = spx_conv_weights_layer(options->weights);
    spx_size3 size = graph->values[in].size;
    assert(size.channels == layer->cin && !layer->depthwise);
    operation added = { .kind = kind_of(in, layer),
                        .in = in,
                        .out = options->add_to,
                        .adds = options->add_to != SPX_NO_VALUE,
                        .relu = options->relu,
                        .weights = options->weights };
    assert(!added.adds || added.kind == OPERATION_CONV3);
    SPX_TRY(spx_conv_weights_pack(options->weights, graph->kernels, diag));
    if (added.kind == OPERATION_CONV3) {
        const spx_map map = map_of(graph, in, NULL);
        const spx_map_view view = view_of(&map, 0);
        want_scratch(graph, spx_conv3_scratch(spx_conv_weights_conv3(options->weights), &view));
    }
    size.channels = layer->cout;
    if (added.kind == OPERATION_STEM) {
        size.height = spx_conv_same_side(size.height, layer->stride);
        size.width = spx_conv_same_side(size.width, layer->stride);
        const spx_linear *const linear = spx_conv_weights_linear(options->weights);
        want_scratch(graph, size.width * linear->in_padded * sizeof(float));
    }
    const size_t stride = layer->plain ? 1 : spx_nn_pixel(layer->cout);
    if (added.out == SPX_NO_VALUE)
        SPX_TRY(add_value(graph, &size, stride, &added.out, diag));
    SPX_TRY(add_operation(graph, &added, diag));
    *out = added.out;
    return SPX_OK;
}

spx_status spx_graph_block(spx_graph *graph, spx_value in, const spx_graph_block_options *options,
                           spx_value *out, spx_diag *diag)
{
    *out = SPX_NO_VALUE;
    const spx_conv_layer *const depthwise = spx_conv_weights_layer(options->depthwise);
    spx_size3 size = graph->values[in].size;
    operation added = { .kind = OPERATION_BLOCK,
                        .in = in,
                        .block = { .expand = options->expand,
                                   .depthwise = options->depthwise,
                                   .project = options->project,
                                   .skip = options->skip } };
    if (options->expand != NULL)
        SPX_TRY(spx_conv_weights_pack(options->expand, graph->kernels, diag));
    SPX_TRY(spx_conv_weights_pack(options->depthwise, graph->kernels, diag));
    SPX_TRY(spx_conv_weights_pack(options->project, graph->kernels, diag));
    want_scratch(graph, spx_conv_block_scratch(&added.block, size.height, size.width));
    size.channels = spx_conv_weights_layer(options->project)->cout;
    size.height = spx_conv_same_side(size.height, depthwise->stride);
    size.width = spx_conv_same_side(size.width, depthwise->stride);
    SPX_TRY(add_value(graph, &size, spx_nn_pixel(size.channels), &added.out, diag));
    SPX_TRY(add_operation(graph, &added, diag));
    *out = added.out;
    return SPX_OK;
}

spx_status spx_graph_add(spx_graph *graph, spx_value to, spx_value from, spx_diag *diag)
{
    const operation added = { .kind = OPERATION_ADD, .in = from, .out = to };
    return add_operation(graph, &added, diag);
}

spx_status spx_graph_resize(spx_graph *graph, spx_value in, uint32_t height, uint32_t width,
                            spx_value *out, spx_diag *diag)
{
    const planned_value from = graph->values[in];
    const spx_size3 size = { .channels = from.size.channels, .height = height, .width = width };
    operation added = { .kind = OPERATION_RESIZE, .in = in };
    *out = SPX_NO_VALUE;
    want_scratch(graph, from.size.width * from.stride * sizeof(float));
    SPX_TRY(add_value(graph, &size, from.stride, &added.out, diag));
    SPX_TRY(add_operation(graph, &added, diag));
    *out = added.out;
    return SPX_OK;
}

void spx_graph_name(spx_graph *graph, const char *name)
{
    assert(graph->operation_count != 0);
    operation *const last = &graph->operations[graph->operation_count - 1];
    (void)snprintf(last->name, sizeof(last->name), "%s", name);
}

/* First offset at which value `index` overlaps none of the placed values that live with it. */
static size_t find_place(const spx_graph *graph, uint32_t index)
{
    const planned_value *const self = &graph->values[index];
    size_t offset = 0;
    for (uint32_t i = 0; i < index; i++) {
        const planned_value *const other = &graph->values[i];
        const int together = other->first <= self->last && self->first <= other->last;
        const int overlap = offset < other->offset + spx_align_up(other->bytes, ARENA_ALIGNMENT) &&
                            other->offset < offset + self->bytes;
        if (together && overlap) {
            offset = other->offset + spx_align_up(other->bytes, ARENA_ALIGNMENT);
            i = UINT32_MAX; /* look at all of them again from the new place */
        }
    }
    return offset;
}

spx_status spx_graph_finish(spx_graph *graph, spx_value out, spx_diag *diag)
{
    size_t end = 0;
    assert(graph->values[out].size.channels == 1);
    graph->output = out;
    graph->values[out].last = graph->operation_count;
    for (uint32_t i = 0; i < graph->value_count; i++) {
        planned_value *const placed = &graph->values[i];
        placed->offset = find_place(graph, i);
        size_t behind = 0;
        SPX_TRY(spx_add_size(&behind, placed->offset, placed->bytes, "network", diag));
        end = behind > end ? behind : end;
    }
    SPX_TRY(spx_add_size(&end, end, ARENA_ALIGNMENT, "network", diag));
    graph->arena_bytes = spx_align_up(end, ARENA_ALIGNMENT);
    return SPX_OK;
}

/* One run's own state. */
typedef struct run {
    const spx_graph *graph;
    const spx_graph_io *io;
    uint8_t *arena;
    spx_nn_run nn;
} run;

static spx_map map_in_run(const run *self, spx_value value)
{
    uint8_t *const at = self->arena + self->graph->values[value].offset;
    return map_of(self->graph, value, (float *)(void *)at);
}

typedef struct operation_loop {
    const run *run;
    const operation *op;
    spx_map in;
    spx_map out;
} operation_loop;

/* The kernel's pixels of one row of one plane, for all results of a row; from: the first pixel,
 * NULL = all zeros; to: in_padded apart. */
static void gather_row(const float *from, const spx_conv_layer *layer, uint32_t width,
                       uint32_t results, float *to, size_t step)
{
    const uint32_t left = spx_conv_same_before(width, layer->kernel, layer->stride);
    for (uint32_t x = 0; x < results; x++, to += step) {
        for (uint32_t k = 0; k < layer->kernel; k++) {
            const uint32_t at = x * layer->stride + k; /* `left` too many */
            const int outside = from == NULL || at < left || at >= left + width;
            to[k] = outside ? 0.0F : from[at - left];
        }
    }
}

/* One row of the first layer. */
static void stem_turn(void *context, size_t y)
{
    const operation_loop *const loop = context;
    const spx_nn_run *const nn = &loop->run->nn;
    const spx_linear *const linear = spx_conv_weights_linear(loop->op->weights);
    const spx_conv_layer *const layer = spx_conv_weights_layer(loop->op->weights);
    const uint32_t height = (uint32_t)loop->in.height;
    const uint32_t width = (uint32_t)loop->in.width;
    const uint32_t results = (uint32_t)loop->out.width;
    const uint32_t top = spx_conv_same_before(height, layer->kernel, layer->stride);
    float *const area = spx_scratch_take(nn->scratch);
    const size_t step = linear->in_padded;
    memset(area, 0, results * step * sizeof(*area));
    const uint32_t kernel = layer->kernel;
    assert(kernel != 0);
    for (uint32_t i = 0; i < layer->cin * kernel; i++) {
        const uint32_t channel = i / kernel;
        const size_t from = y * layer->stride + i % kernel; /* `top` too many */
        const float *const plane = loop->run->io->input + (size_t)channel * height * width;
        const float *const row =
            from < top || from >= top + height ? NULL : plane + (from - top) * width;
        gather_row(row, layer, width, results, area + (size_t)i * kernel, step);
    }
    const spx_linear_rows job = {
        .x = area,
        .ldx = step,
        .y = spx_map_row(&loop->out, y),
        .ldy = loop->out.stride,
        .activation = layer->activation,
        .rows = results,
    };
    spx_linear_apply(linear, nn->kernels, &job);
    spx_scratch_give(nn->scratch, area);
}

/* One row of a 1x1 convolution. */
static void conv1_turn(void *context, size_t y)
{
    const operation_loop *const loop = context;
    const spx_linear_rows job = {
        .x = spx_map_row(&loop->in, y),
        .ldx = loop->in.stride,
        .y = spx_map_row(&loop->out, y),
        .ldy = loop->out.stride,
        .activation = spx_conv_weights_layer(loop->op->weights)->activation,
        .rows = loop->in.width,
    };
    spx_linear_apply(spx_conv_weights_linear(loop->op->weights), loop->run->nn.kernels, &job);
}

/* One row of a 1x1 convolution to a plane. */
static void plain_turn(void *context, size_t y)
{
    const operation_loop *const loop = context;
    const float *const filter = spx_conv_weights_filters(loop->op->weights);
    const float bias = spx_conv_weights_bias(loop->op->weights)[0];
    const float *from = spx_map_row(&loop->in, y);
    float *const to = spx_map_row(&loop->out, y);
    for (size_t x = 0; x < loop->in.width; x++, from += loop->in.stride)
        to[x] = loop->run->nn.kernels->dot(from, filter, loop->in.stride) + bias;
}

static void add_turn(void *context, size_t y)
{
    const operation_loop *const loop = context;
    loop->run->nn.kernels->add(spx_map_row(&loop->out, y), spx_map_row(&loop->in, y),
                               loop->in.width * loop->in.stride);
}

static spx_status execute(const run *self, const operation *op)
{
    operation_loop loop = { .run = self, .op = op };
    loop.in = map_in_run(self, op->in);
    loop.out = map_in_run(self, op->out);
    spx_map_view view = view_of(&loop.in, op->relu);
    spx_pool_fn turn = NULL;
    switch (op->kind) {
    case OPERATION_CONV3:
        return spx_conv3_run(spx_conv_weights_conv3(op->weights), &view,
                             op->adds ? &loop.out : NULL, NULL, &loop.out, &self->nn);
    case OPERATION_BLOCK:
        return spx_conv_block_run(&op->block, &loop.in, &loop.out, &self->nn);
    case OPERATION_RESIZE:
        view.height = loop.out.height;
        view.width = loop.out.width;
        view.grid = SPX_MAP_CENTRES;
        return spx_map_draw(&view, &loop.out, &self->nn);
    case OPERATION_STEM:
        turn = stem_turn;
        break;
    case OPERATION_CONV1:
        turn = conv1_turn;
        break;
    case OPERATION_PLAIN:
        turn = plain_turn;
        break;
    case OPERATION_ADD:
        turn = add_turn;
        break;
    }
    return spx_task_run(self->nn.task, loop.out.height, turn, &loop, self->nn.diag);
}

static spx_status show(const run *self, const operation *op, spx_diag *diag)
{
    const spx_map map = map_in_run(self, op->out);
    const size_t pixels = map.height * map.width;
    float *const plain = spx_reserve_zeros(NULL, pixels * map.channels, sizeof(*plain));
    if (plain == NULL)
        return spx_fail_memory(diag, op->name);
    for (size_t channel = 0; channel < map.channels; channel++) {
        for (size_t i = 0; i < pixels; i++)
            plain[channel * pixels + i] = map.data[i * map.stride + channel];
    }
    self->io->probe(self->io->user, op->name, &self->graph->values[op->out].size, plain);
    free(plain);
    return SPX_OK;
}

static spx_status execute_all(const run *self, const spx_task *task, spx_diag *diag)
{
    const spx_graph *const graph = self->graph;
    for (uint32_t i = 0; i < graph->operation_count; i++) {
        const operation *const op = &graph->operations[i];
        SPX_TRY(spx_task_check(task, diag));
        SPX_TRY(execute(self, op));
        if (self->io->probe != NULL && op->name[0] != '\0')
            SPX_TRY(show(self, op, diag));
        spx_task_progress(task, (double)(i + 1) / graph->operation_count);
    }
    return SPX_OK;
}

spx_status spx_graph_run(const spx_graph *graph, const spx_graph_io *io, const spx_task *task,
                         spx_diag *diag)
{
    spx_status status = SPX_OK;
    const unsigned threads = spx_pool_threads(task == NULL ? NULL : task->pool);
    run self = { .graph = graph,
                 .io = io,
                 .nn = { .kernels = graph->kernels, .task = task, .diag = diag } };
    self.arena = spx_reserve_take(io->reserve, graph->arena_bytes, 1);
    if (self.arena == NULL) {
        status = spx_fail(diag, SPX_ERR_NO_MEMORY, "network: no memory for %zu bytes",
                          graph->arena_bytes);
        goto out;
    }
    SPX_TRY_OUT(
        spx_scratch_create(&self.nn.scratch, threads, graph->scratch_bytes, io->reserve, diag));
    SPX_TRY_OUT(execute_all(&self, task, diag));
    const planned_value *const output = &graph->values[graph->output];
    memcpy(io->output, self.arena + output->offset, output->bytes);

out:
    spx_scratch_destroy(self.nn.scratch);
    spx_reserve_give(io->reserve, self.arena);
    return status;
}
