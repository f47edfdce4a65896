/*
 * Each operation is one oneDNN primitive and the values it reads and writes. A value lives from the
 * operation that makes it to the last that reads it; spx_graph_finish() gives it a place in the
 * arena among the values alive with it (first fit), so that an arena holds a few layers, not all.
 *
 *     arena: | value | value | … | scratch of the hungriest primitive |
 *
 * A run makes its own arena and memory handles and only reads the graph.
 */
#include "nn/conv_graph.h"

#include "base/size.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { IMAGE_DIMS = 4, MOST_ARGS = 5, NAME_SIZE = 64, ARENA_ALIGNMENT = 64, FIRST_CAPACITY = 64 };

typedef struct planned_value {
    dnnl_memory_desc_t layout;
    spx_size3 size;
    size_t bytes;
    size_t offset;  /* in the arena */
    uint32_t first; /* operations that make it and that use it last */
    uint32_t last;
} planned_value;

typedef struct operation {
    dnnl_primitive_t primitive;
    dnnl_memory_desc_t scratch;
    spx_value in;
    spx_value in2; /* second summand; SPX_NO_VALUE for none */
    spx_value out;
    dnnl_memory_t weight; /* borrowed from the weights; NULL for none */
    dnnl_memory_t bias;
    char name[NAME_SIZE];
} operation;

struct spx_graph {
    dnnl_engine_t engine;
    planned_value *values;
    uint32_t value_count;
    uint32_t value_capacity;
    operation *operations;
    uint32_t operation_count;
    uint32_t operation_capacity;
    spx_value output;
    size_t scratch_offset;
    size_t arena_bytes;
};

static dnnl_memory_desc_t plain_layout(const spx_size3 *size, dnnl_format_tag_t tag)
{
    dnnl_memory_desc_t layout;
    const dnnl_dims_t dims = { 1, size->channels, size->height, size->width };
    (void)dnnl_memory_desc_init_by_tag(&layout, IMAGE_DIMS, dims, dnnl_f32, tag);
    return layout;
}

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

static spx_status add_value(spx_graph *graph, const spx_size3 *size,
                            const dnnl_memory_desc_t *layout, spx_value *out, spx_diag *diag)
{
    *out = SPX_NO_VALUE;
    planned_value *const values =
        grow(graph->values, graph->value_count, &graph->value_capacity, sizeof(*values));
    if (values == NULL)
        return spx_fail_memory(diag, "network");
    graph->values = values;
    *out = graph->value_count++;
    values[*out] = (planned_value){ .layout = *layout,
                                    .size = *size,
                                    .bytes = dnnl_memory_desc_get_size(layout),
                                    .first = graph->operation_count,
                                    .last = graph->operation_count };
    return SPX_OK;
}

/* Takes the primitive over, on failure too. added: in, in2, out, weight, bias. */
static spx_status add_operation(spx_graph *graph, const operation *added, spx_diag *diag)
{
    operation *const operations = grow(graph->operations, graph->operation_count,
                                       &graph->operation_capacity, sizeof(*operations));
    if (operations == NULL) {
        (void)dnnl_primitive_destroy(added->primitive);
        return spx_fail_memory(diag, "network");
    }
    graph->operations = operations;
    const uint32_t index = graph->operation_count++;
    operations[index] = *added;
    graph->values[added->in].last = index;
    graph->values[added->out].last = index;
    if (added->in2 != SPX_NO_VALUE)
        graph->values[added->in2].last = index;
    return SPX_OK;
}

/* Makes the primitive of a description and destroys the description; fills primitive and scratch.
 */
static spx_status make_primitive(dnnl_primitive_desc_t description, operation *made,
                                 const char *name, spx_diag *diag)
{
    made->scratch = *dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0);
    const dnnl_status_t status = dnnl_primitive_create(&made->primitive, description);
    (void)dnnl_primitive_desc_destroy(description);
    return status == dnnl_success ? SPX_OK : spx_nn_fail(diag, status, name);
}

/* Attributes of every primitive: scratch comes from the arena. */
static spx_status create_attributes(dnnl_primitive_attr_t *out, dnnl_post_ops_t fused,
                                    const char *name, spx_diag *diag)
{
    dnnl_status_t status = dnnl_primitive_attr_create(out);
    if (status == dnnl_success)
        status = dnnl_primitive_attr_set_scratchpad_mode(*out, dnnl_scratchpad_mode_user);
    if (status == dnnl_success && fused != NULL)
        status = dnnl_primitive_attr_set_post_ops(*out, fused);
    return status == dnnl_success ? SPX_OK : spx_nn_fail(diag, status, name);
}

/* Makes and adds an operation without weights. description: one of oneDNN's operation
 * descriptions. */
static spx_status add_simple(spx_graph *graph, const_dnnl_op_desc_t description,
                             const operation *added, const char *name, spx_diag *diag)
{
    spx_status status = SPX_OK;
    dnnl_primitive_attr_t attributes = NULL;
    dnnl_primitive_desc_t made = NULL;
    operation full = *added;
    SPX_TRY_OUT(create_attributes(&attributes, NULL, name, diag));
    SPX_DNNL_TRY_OUT(
        dnnl_primitive_desc_create(&made, description, attributes, graph->engine, NULL), name);
    SPX_TRY_OUT(make_primitive(made, &full, name, diag));
    SPX_TRY_OUT(add_operation(graph, &full, diag));

out:
    if (attributes != NULL)
        (void)dnnl_primitive_attr_destroy(attributes);
    return status;
}

spx_status spx_graph_create(spx_graph **out, dnnl_engine_t engine, const spx_size3 *input,
                            spx_diag *diag)
{
    *out = NULL;
    spx_graph *const graph = calloc(1, sizeof(*graph));
    if (graph == NULL)
        return spx_fail_memory(diag, "network");
    graph->engine = engine;
    const dnnl_memory_desc_t layout = plain_layout(input, dnnl_nchw);
    spx_value first = SPX_NO_VALUE;
    const spx_status status = add_value(graph, input, &layout, &first, diag);
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
    for (uint32_t i = 0; i < graph->operation_count; i++)
        (void)dnnl_primitive_destroy(graph->operations[i].primitive);
    free(graph->operations);
    free(graph->values);
    free(graph);
}

spx_size3 spx_graph_size(const spx_graph *graph, spx_value value)
{
    assert(value < graph->value_count);
    return graph->values[value].size;
}

/* Copies a value into another layout. */
static spx_status add_reorder(spx_graph *graph, spx_value in, const dnnl_memory_desc_t *layout,
                              spx_value *out, spx_diag *diag)
{
    static const char name[] = "network: reorder";
    spx_status status = SPX_OK;
    dnnl_primitive_attr_t attributes = NULL;
    dnnl_primitive_desc_t made = NULL;
    operation full = { .in = in, .in2 = SPX_NO_VALUE };
    const planned_value from = graph->values[in];
    *out = SPX_NO_VALUE;
    SPX_TRY_OUT(create_attributes(&attributes, NULL, name, diag));
    SPX_DNNL_TRY_OUT(dnnl_reorder_primitive_desc_create(&made, &from.layout, graph->engine, layout,
                                                        graph->engine, attributes),
                     name);
    SPX_TRY_OUT(make_primitive(made, &full, name, diag));
    status = add_value(graph, &from.size, layout, &full.out, diag);
    if (status != SPX_OK) {
        (void)dnnl_primitive_destroy(full.primitive);
        goto out;
    }
    SPX_TRY_OUT(add_operation(graph, &full, diag));
    *out = full.out;

out:
    if (attributes != NULL)
        (void)dnnl_primitive_attr_destroy(attributes);
    return status;
}

spx_status spx_graph_copy(spx_graph *graph, spx_value in, spx_value *out, spx_diag *diag)
{
    const dnnl_memory_desc_t layout = graph->values[in].layout;
    return add_reorder(graph, in, &layout, out, diag);
}

/* Zeros before and after n elements, and the size that comes out. */
typedef struct extent {
    uint32_t before;
    uint32_t after;
    uint32_t size;
} extent;

static extent padded_extent(uint32_t size, const spx_graph_conv_options *options)
{
    const uint32_t kernel = spx_conv_weights_shape(options->weights)->kernel;
    const uint32_t stride = options->stride;
    extent made = { .before = kernel / 2, .after = kernel / 2 };
    if (options->same_padding) {
        const uint32_t covered = ((size + stride - 1) / stride - 1) * stride + kernel;
        const uint32_t total = covered > size ? covered - size : 0;
        made.before = total / 2;
        made.after = total - made.before;
    }
    made.size = (size + made.before + made.after - kernel) / stride + 1;
    return made;
}

static spx_status create_fused(dnnl_post_ops_t *out, const spx_graph_conv_options *options,
                               spx_diag *diag)
{
    static const float most = 6.0f; /* of ReLU6 */
    *out = NULL;
    dnnl_status_t status = dnnl_post_ops_create(out);
    if (status == dnnl_success && options->add_to != SPX_NO_VALUE)
        status = dnnl_post_ops_append_sum(*out, 1.0f);
    if (status == dnnl_success && options->activation == SPX_ACTIVATION_RELU)
        status = dnnl_post_ops_append_eltwise(*out, 1.0f, dnnl_eltwise_relu, 0.0f, 0.0f);
    if (status == dnnl_success && options->activation == SPX_ACTIVATION_RELU6)
        status = dnnl_post_ops_append_eltwise(*out, 1.0f, dnnl_eltwise_bounded_relu, most, 0.0f);
    return status == dnnl_success
               ? SPX_OK
               : spx_nn_fail(diag, status, spx_conv_weights_name(options->weights));
}

/* oneDNN's choice of a kernel for a convolution of this input. */
static spx_status choose_conv(const spx_graph *graph, spx_value in,
                              const spx_graph_conv_options *options, spx_size3 *made,
                              dnnl_primitive_desc_t *out, spx_diag *diag)
{
    spx_status status = SPX_OK;
    dnnl_post_ops_t fused = NULL;
    dnnl_primitive_attr_t attributes = NULL;
    dnnl_convolution_desc_t conv;
    dnnl_memory_desc_t weight;
    dnnl_memory_desc_t bias;
    const char *const name = spx_conv_weights_name(options->weights);
    const spx_size3 size = graph->values[in].size;
    const extent rows = padded_extent(size.height, options);
    const extent columns = padded_extent(size.width, options);
    *made = (spx_size3){ .channels = spx_conv_weights_shape(options->weights)->cout,
                         .height = rows.size,
                         .width = columns.size };
    const dnnl_dims_t strides = { options->stride, options->stride };
    const dnnl_dims_t before = { rows.before, columns.before };
    const dnnl_dims_t after = { rows.after, columns.after };
    const dnnl_memory_desc_t from = plain_layout(&size, dnnl_format_tag_any);
    const dnnl_memory_desc_t to = options->add_to == SPX_NO_VALUE
                                      ? plain_layout(made, dnnl_format_tag_any)
                                      : graph->values[options->add_to].layout;
    spx_conv_weights_describe(options->weights, &weight, &bias);
    SPX_TRY_OUT(create_fused(&fused, options, diag));
    SPX_TRY_OUT(create_attributes(&attributes, fused, name, diag));
    SPX_DNNL_TRY_OUT(dnnl_convolution_forward_desc_init(&conv, dnnl_forward_inference,
                                                        dnnl_convolution_direct, &from, &weight,
                                                        &bias, &to, strides, before, after),
                     name);
    SPX_DNNL_TRY_OUT(dnnl_primitive_desc_create(out, &conv, attributes, graph->engine, NULL), name);

out:
    if (fused != NULL)
        (void)dnnl_post_ops_destroy(fused);
    if (attributes != NULL)
        (void)dnnl_primitive_attr_destroy(attributes);
    return status;
}

spx_status spx_graph_conv(spx_graph *graph, spx_value in, const spx_graph_conv_options *options,
                          spx_value *out, spx_diag *diag)
{
    *out = SPX_NO_VALUE;
    const char *const name = spx_conv_weights_name(options->weights);
    assert(graph->values[in].size.channels == spx_conv_weights_shape(options->weights)->cin);
    spx_size3 size = { 0 };
    dnnl_primitive_desc_t chosen = NULL;
    SPX_TRY(choose_conv(graph, in, options, &size, &chosen, diag));
    const dnnl_memory_desc_t from = *dnnl_primitive_desc_query_md(chosen, dnnl_query_src_md, 0);
    const dnnl_memory_desc_t to = *dnnl_primitive_desc_query_md(chosen, dnnl_query_dst_md, 0);
    const dnnl_memory_desc_t weight =
        *dnnl_primitive_desc_query_md(chosen, dnnl_query_weights_md, 0);

    operation full = { .in2 = SPX_NO_VALUE, .out = options->add_to };
    SPX_TRY(make_primitive(chosen, &full, name, diag));
    spx_status status = spx_conv_weights_pack(options->weights, graph->engine, &weight,
                                              &full.weight, &full.bias, diag);
    full.in = in;
    if (status == SPX_OK && !dnnl_memory_desc_equal(&from, &graph->values[in].layout))
        status = add_reorder(graph, in, &from, &full.in, diag);
    if (status == SPX_OK && options->add_to == SPX_NO_VALUE)
        status = add_value(graph, &size, &to, &full.out, diag);
    if (status != SPX_OK) {
        (void)dnnl_primitive_destroy(full.primitive);
        return status;
    }
    SPX_TRY(add_operation(graph, &full, diag));
    *out = full.out;
    return SPX_OK;
}

spx_status spx_graph_relu(spx_graph *graph, spx_value in, spx_value *out, spx_diag *diag)
{
    const planned_value from = graph->values[in];
    operation added = { .in = in, .in2 = SPX_NO_VALUE };
    dnnl_eltwise_desc_t relu;
    *out = SPX_NO_VALUE;
    const dnnl_status_t status = dnnl_eltwise_forward_desc_init(
        &relu, dnnl_forward_inference, dnnl_eltwise_relu, &from.layout, 0.0f, 0.0f);
    if (status != dnnl_success)
        return spx_nn_fail(diag, status, "network: relu");
    SPX_TRY(add_value(graph, &from.size, &from.layout, &added.out, diag));
    SPX_TRY(add_simple(graph, &relu, &added, "network: relu", diag));
    *out = added.out;
    return SPX_OK;
}

spx_status spx_graph_add(spx_graph *graph, spx_value to, spx_value from, spx_diag *diag)
{
    const planned_value sum = graph->values[to];
    const operation added = { .in = to, .in2 = from, .out = to };
    dnnl_binary_desc_t add;
    const dnnl_status_t status = dnnl_binary_desc_init(&add, dnnl_binary_add, &sum.layout,
                                                       &graph->values[from].layout, &sum.layout);
    if (status != dnnl_success)
        return spx_nn_fail(diag, status, "network: add");
    return add_simple(graph, &add, &added, "network: add", diag);
}

spx_status spx_graph_resize(spx_graph *graph, spx_value in, uint32_t height, uint32_t width,
                            spx_value *out, spx_diag *diag)
{
    const planned_value from = graph->values[in];
    const spx_size3 size = { .channels = from.size.channels, .height = height, .width = width };
    dnnl_memory_desc_t to = plain_layout(&size, dnnl_format_tag_any);
    operation added = { .in = in, .in2 = SPX_NO_VALUE };
    dnnl_resampling_desc_t resize;
    dnnl_primitive_desc_t chosen = NULL;
    *out = SPX_NO_VALUE;
    dnnl_status_t status = dnnl_resampling_forward_desc_init(
        &resize, dnnl_forward_inference, dnnl_resampling_linear, NULL, &from.layout, &to);
    if (status == dnnl_success)
        status = dnnl_primitive_desc_create(&chosen, &resize, NULL, graph->engine, NULL);
    if (status != dnnl_success)
        return spx_nn_fail(diag, status, "network: resize");
    to = *dnnl_primitive_desc_query_md(chosen, dnnl_query_dst_md, 0);
    (void)dnnl_primitive_desc_destroy(chosen);

    SPX_TRY(add_value(graph, &size, &to, &added.out, diag));
    SPX_TRY(add_simple(graph, &resize, &added, "network: resize", diag));
    *out = added.out;
    return SPX_OK;
}

void spx_graph_name(spx_graph *graph, const char *name)
{
    assert(graph->operation_count != 0);
    operation *const last = &graph->operations[graph->operation_count - 1];
    (void)snprintf(last->name, sizeof(last->name), "%s", name);
}

static size_t align_up(size_t bytes)
{
    return (bytes + ARENA_ALIGNMENT - 1) / ARENA_ALIGNMENT * ARENA_ALIGNMENT;
}

/* First offset at which value `index` overlaps none of the placed values that live with it. */
static size_t find_place(const spx_graph *graph, uint32_t index)
{
    const planned_value *const self = &graph->values[index];
    size_t offset = 0;
    for (uint32_t i = 0; i < index; i++) {
        const planned_value *const other = &graph->values[i];
        const int together = other->first <= self->last && self->first <= other->last;
        const int overlap =
            offset < other->offset + align_up(other->bytes) && other->offset < offset + self->bytes;
        if (together && overlap) {
            offset = other->offset + align_up(other->bytes);
            i = UINT32_MAX; /* look at all of them again from the new place */
        }
    }
    return offset;
}

spx_status spx_graph_finish(spx_graph *graph, spx_value out, spx_diag *diag)
{
    const dnnl_memory_desc_t plain = plain_layout(&graph->values[out].size, dnnl_nchw);
    if (dnnl_memory_desc_equal(&plain, &graph->values[out].layout)) {
        graph->output = out;
    } else {
        SPX_TRY(add_reorder(graph, out, &plain, &graph->output, diag));
    }
    graph->values[graph->output].last = graph->operation_count;
    size_t end = 0;
    for (uint32_t i = 0; i < graph->value_count; i++) {
        planned_value *const placed = &graph->values[i];
        placed->offset = find_place(graph, i);
        if (end < placed->offset + placed->bytes)
            end = placed->offset + placed->bytes;
    }
    size_t scratch = 0;
    for (uint32_t i = 0; i < graph->operation_count; i++) {
        const size_t wanted = dnnl_memory_desc_get_size(&graph->operations[i].scratch);
        scratch = wanted > scratch ? wanted : scratch;
    }
    graph->scratch_offset = align_up(end);
    graph->arena_bytes = align_up(graph->scratch_offset + scratch + 1);
    return SPX_OK;
}

size_t spx_graph_arena_bytes(const spx_graph *graph)
{
    return graph->arena_bytes;
}

/* One run's own state. */
typedef struct run {
    const spx_graph *graph;
    const spx_graph_io *io;
    uint8_t *arena;
    dnnl_stream_t stream;
    dnnl_memory_t *memories; /* one for each planned_value */
} run;

static spx_status execute(const run *self, const operation *op, spx_diag *diag)
{
    spx_status status = SPX_OK;
    dnnl_memory_t scratch = NULL;
    dnnl_exec_arg_t args[MOST_ARGS + 1];
    int count = 0;
    const char *const name = op->name[0] != '\0' ? op->name : "network";
    SPX_DNNL_TRY_OUT(dnnl_memory_create(&scratch, &op->scratch, self->graph->engine,
                                        self->arena + self->graph->scratch_offset),
                     name);
    args[count++] = (dnnl_exec_arg_t){ DNNL_ARG_SRC, self->memories[op->in] };
    args[count++] = (dnnl_exec_arg_t){ DNNL_ARG_DST, self->memories[op->out] };
    args[count++] = (dnnl_exec_arg_t){ DNNL_ARG_SCRATCHPAD, scratch };
    if (op->in2 != SPX_NO_VALUE)
        args[count++] = (dnnl_exec_arg_t){ DNNL_ARG_SRC_1, self->memories[op->in2] };
    if (op->weight != NULL) {
        args[count++] = (dnnl_exec_arg_t){ DNNL_ARG_WEIGHTS, op->weight };
        args[count++] = (dnnl_exec_arg_t){ DNNL_ARG_BIAS, op->bias };
    }
    SPX_DNNL_TRY_OUT(dnnl_primitive_execute(op->primitive, self->stream, count, args), name);
    SPX_DNNL_TRY_OUT(dnnl_stream_wait(self->stream), name);

out:
    if (scratch != NULL)
        (void)dnnl_memory_destroy(scratch);
    return status;
}

static spx_status show(const run *self, const operation *op, spx_diag *diag)
{
    spx_status status = SPX_OK;
    dnnl_memory_t plain = NULL;
    void *values = NULL;
    const spx_size3 *const size = &self->graph->values[op->out].size;
    const dnnl_memory_desc_t layout = plain_layout(size, dnnl_nchw);
    SPX_DNNL_TRY_OUT(dnnl_memory_create(&plain, &layout, self->graph->engine, DNNL_MEMORY_ALLOCATE),
                     op->name);
    SPX_TRY_OUT(
        spx_nn_reorder(self->memories[op->out], plain, self->graph->engine, op->name, diag));
    SPX_DNNL_TRY_OUT(dnnl_memory_get_data_handle(plain, &values), op->name);
    self->io->probe(self->io->user, op->name, size, values);

out:
    if (plain != NULL)
        (void)dnnl_memory_destroy(plain);
    return status;
}

static spx_status execute_all(const run *self, const spx_task *task, spx_diag *diag)
{
    const spx_graph *const graph = self->graph;
    for (uint32_t i = 0; i < graph->operation_count; i++) {
        const operation *const op = &graph->operations[i];
        SPX_TRY(spx_task_check(task, diag));
        SPX_TRY(execute(self, op, diag));
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
    run self = { .graph = graph, .io = io };
    self.memories = calloc(graph->value_count, sizeof(dnnl_memory_t));
    self.arena = aligned_alloc(ARENA_ALIGNMENT, graph->arena_bytes);
    if (self.memories == NULL || self.arena == NULL) {
        status = spx_fail(diag, SPX_ERR_NO_MEMORY, "network: no memory for %zu bytes",
                          graph->arena_bytes);
        goto out;
    }
    SPX_DNNL_TRY_OUT(dnnl_stream_create(&self.stream, graph->engine, dnnl_stream_default_flags),
                     "network");
    for (uint32_t i = 0; i < graph->value_count; i++) {
        SPX_DNNL_TRY_OUT(dnnl_memory_create(&self.memories[i], &graph->values[i].layout,
                                            graph->engine, self.arena + graph->values[i].offset),
                         "network");
    }
    const planned_value *const input = &graph->values[0];
    const planned_value *const output = &graph->values[graph->output];
    memcpy(self.arena + input->offset, io->input, input->bytes);
    SPX_TRY_OUT(execute_all(&self, task, diag));
    memcpy(io->output, self.arena + output->offset, output->bytes);

out:
    for (uint32_t i = 0; self.memories != NULL && i < graph->value_count; i++) {
        if (self.memories[i] != NULL)
            (void)dnnl_memory_destroy(self.memories[i]);
    }
    if (self.stream != NULL)
        (void)dnnl_stream_destroy(self.stream);
    free(self.arena);
    free(self.memories);
    return status;
}
