#include "nn/conv_weights.h"

#include "base/size.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 128, MOST_LAYOUTS = 4, PLAIN_DIMS = 4, GROUPED_DIMS = 5 };

struct spx_conv_weights {
    char name[NAME_SIZE];
    spx_conv_shape shape;
    const spx_tensor *weight;
    const spx_tensor *bias;
    pthread_mutex_t lock; /* guards what follows; an entry once made never changes */
    unsigned layouts;
    dnnl_memory_desc_t layout[MOST_LAYOUTS];
    dnnl_memory_t packed[MOST_LAYOUTS];
    dnnl_memory_t packed_bias;
};

spx_status spx_nn_fail(spx_diag *diag, dnnl_status_t cause, const char *doing)
{
    if (cause == dnnl_out_of_memory)
        return spx_fail_memory(diag, doing);
    return spx_fail(diag, SPX_ERR_INTERNAL, "%s: oneDNN failed with status %d", doing, (int)cause);
}

static spx_status find_tensors(spx_conv_weights *weights, const spx_safetensors *file,
                               spx_diag *diag)
{
    char name[NAME_SIZE + sizeof(".weight")];
    const spx_conv_shape *const shape = &weights->shape;
    const size_t weight_shape[] = { shape->cout, shape->depthwise ? 1 : shape->cin, shape->kernel,
                                    shape->kernel };
    const size_t bias_shape[] = { shape->cout };
    if (shape->cin == 0 || shape->cout == 0)
        return spx_fail(diag, SPX_ERR_CORRUPT, "%s: no channels", weights->name);
    (void)snprintf(name, sizeof(name), "%s.weight", weights->name);
    SPX_TRY(spx_safetensors_get(file, name, PLAIN_DIMS, weight_shape, &weights->weight, diag));
    (void)snprintf(name, sizeof(name), "%s.bias", weights->name);
    return spx_safetensors_get(file, name, 1, bias_shape, &weights->bias, diag);
}

spx_status spx_conv_weights_create(spx_conv_weights **out, const spx_safetensors *file,
                                   const char *name, const spx_conv_shape *shape, spx_diag *diag)
{
    *out = NULL;
    spx_conv_weights *const weights = calloc(1, sizeof(*weights));
    if (weights == NULL)
        return spx_fail_memory(diag, name);
    (void)snprintf(weights->name, sizeof(weights->name), "%s", name);
    weights->shape = *shape;
    (void)pthread_mutex_init(&weights->lock, NULL);
    const spx_status status = find_tensors(weights, file, diag);
    if (status == SPX_OK) {
        *out = weights;
    } else {
        spx_conv_weights_destroy(weights);
    }
    return status;
}

void spx_conv_weights_destroy(spx_conv_weights *weights)
{
    if (weights == NULL)
        return;
    for (unsigned i = 0; i < weights->layouts; i++)
        (void)dnnl_memory_destroy(weights->packed[i]);
    if (weights->packed_bias != NULL)
        (void)dnnl_memory_destroy(weights->packed_bias);
    (void)pthread_mutex_destroy(&weights->lock);
    free(weights);
}

const char *spx_conv_weights_name(const spx_conv_weights *weights)
{
    return weights->name;
}

const spx_conv_shape *spx_conv_weights_shape(const spx_conv_weights *weights)
{
    return &weights->shape;
}

static void describe(const spx_conv_weights *weights, int any, dnnl_memory_desc_t *weight)
{
    const spx_conv_shape *const shape = &weights->shape;
    if (shape->depthwise) {
        const dnnl_dims_t dims = { shape->cout, 1, 1, shape->kernel, shape->kernel };
        (void)dnnl_memory_desc_init_by_tag(weight, GROUPED_DIMS, dims, dnnl_f32,
                                           any ? dnnl_format_tag_any : dnnl_goihw);
    } else {
        const dnnl_dims_t dims = { shape->cout, shape->cin, shape->kernel, shape->kernel };
        (void)dnnl_memory_desc_init_by_tag(weight, PLAIN_DIMS, dims, dnnl_f32,
                                           any ? dnnl_format_tag_any : dnnl_oihw);
    }
}

void spx_conv_weights_describe(const spx_conv_weights *weights, dnnl_memory_desc_t *weight,
                               dnnl_memory_desc_t *bias)
{
    const dnnl_dims_t dims = { weights->shape.cout };
    describe(weights, 1, weight);
    (void)dnnl_memory_desc_init_by_tag(bias, 1, dims, dnnl_f32, dnnl_x);
}

/* A oneDNN memory of plain floats, filled from a tensor of the file. */
static spx_status load(const spx_tensor *tensor, const dnnl_memory_desc_t *plain,
                       dnnl_engine_t engine, dnnl_memory_t *out, spx_diag *diag)
{
    *out = NULL;
    spx_status status = SPX_OK;
    dnnl_memory_t memory = NULL;
    void *values = NULL;
    SPX_DNNL_TRY_OUT(dnnl_memory_create(&memory, plain, engine, DNNL_MEMORY_ALLOCATE),
                     tensor->name);
    SPX_DNNL_TRY_OUT(dnnl_memory_get_data_handle(memory, &values), tensor->name);
    spx_tensor_to_float(tensor, 0, tensor->count, values);
    *out = memory;
    memory = NULL; /* moved to the caller */

out:
    if (memory != NULL)
        (void)dnnl_memory_destroy(memory);
    return status;
}

spx_status spx_nn_reorder(dnnl_memory_t from, dnnl_memory_t to, dnnl_engine_t engine,
                          const char *name, spx_diag *diag)
{
    dnnl_primitive_desc_t description = NULL;
    dnnl_primitive_t primitive = NULL;
    dnnl_stream_t stream = NULL;
    const dnnl_memory_desc_t *before = NULL;
    const dnnl_memory_desc_t *after = NULL;
    const dnnl_exec_arg_t args[] = { { DNNL_ARG_FROM, from }, { DNNL_ARG_TO, to } };
    (void)dnnl_memory_get_memory_desc(from, &before);
    (void)dnnl_memory_get_memory_desc(to, &after);
    dnnl_status_t status =
        dnnl_reorder_primitive_desc_create(&description, before, engine, after, engine, NULL);
    if (status == dnnl_success)
        status = dnnl_primitive_create(&primitive, description);
    if (status == dnnl_success)
        status = dnnl_stream_create(&stream, engine, dnnl_stream_default_flags);
    if (status == dnnl_success)
        status = dnnl_primitive_execute(primitive, stream, 2, args);
    if (status == dnnl_success)
        status = dnnl_stream_wait(stream);

    if (stream != NULL)
        (void)dnnl_stream_destroy(stream);
    if (primitive != NULL)
        (void)dnnl_primitive_destroy(primitive);
    if (description != NULL)
        (void)dnnl_primitive_desc_destroy(description);
    return status == dnnl_success ? SPX_OK : spx_nn_fail(diag, status, name);
}

/* Adds one more layout; the lock is held. */
static spx_status add_layout(spx_conv_weights *weights, dnnl_engine_t engine,
                             const dnnl_memory_desc_t *layout, spx_diag *diag)
{
    spx_status status = SPX_OK;
    dnnl_memory_t plain_memory = NULL;
    dnnl_memory_t packed = NULL;
    dnnl_memory_desc_t plain;
    if (weights->layouts == MOST_LAYOUTS) {
        status = spx_fail(diag, SPX_ERR_INTERNAL, "%s: oneDNN wants more than %d weight layouts",
                          weights->name, MOST_LAYOUTS);
        goto out;
    }
    describe(weights, 0, &plain);
    SPX_TRY_OUT(load(weights->weight, &plain, engine, &plain_memory, diag));
    if (dnnl_memory_desc_equal(&plain, layout)) {
        packed = plain_memory;
        plain_memory = NULL;
    } else {
        SPX_DNNL_TRY_OUT(dnnl_memory_create(&packed, layout, engine, DNNL_MEMORY_ALLOCATE),
                         weights->name);
        SPX_TRY_OUT(spx_nn_reorder(plain_memory, packed, engine, weights->name, diag));
    }
    weights->layout[weights->layouts] = *layout;
    weights->packed[weights->layouts] = packed;
    weights->layouts++;
    packed = NULL; /* moved */

out:
    if (plain_memory != NULL)
        (void)dnnl_memory_destroy(plain_memory);
    if (packed != NULL)
        (void)dnnl_memory_destroy(packed);
    return status;
}

static spx_status pack_locked(spx_conv_weights *weights, dnnl_engine_t engine,
                              const dnnl_memory_desc_t *layout, dnnl_memory_t *weight,
                              spx_diag *diag)
{
    if (weights->packed_bias == NULL) {
        dnnl_memory_desc_t any;
        dnnl_memory_desc_t bias;
        spx_conv_weights_describe(weights, &any, &bias);
        SPX_TRY(load(weights->bias, &bias, engine, &weights->packed_bias, diag));
    }
    unsigned i = 0;
    while (i < weights->layouts && !dnnl_memory_desc_equal(&weights->layout[i], layout))
        i++;
    if (i == weights->layouts)
        SPX_TRY(add_layout(weights, engine, layout, diag));
    *weight = weights->packed[i];
    return SPX_OK;
}

spx_status spx_conv_weights_pack(spx_conv_weights *weights, dnnl_engine_t engine,
                                 const dnnl_memory_desc_t *layout, dnnl_memory_t *weight,
                                 dnnl_memory_t *bias, spx_diag *diag)
{
    *weight = NULL;
    *bias = NULL;
    (void)pthread_mutex_lock(&weights->lock);
    const spx_status status = pack_locked(weights, engine, layout, weight, diag);
    *bias = weights->packed_bias;
    (void)pthread_mutex_unlock(&weights->lock);
    return status;
}
