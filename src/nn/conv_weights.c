#include "nn/conv_weights.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_SIZE = 128, WEIGHT_DIMS = 4, WINOGRAD_KERNEL = 3 };

struct spx_conv_weights {
    char name[NAME_SIZE];
    spx_conv_layer layer;
    const spx_tensor *weight;
    const spx_tensor *bias;
    pthread_mutex_t lock; /* guards the packing; what is packed never changes */
    int packed;
    spx_conv3 conv3;
    spx_linear linear;
    float *filters;      /* depthwise */
    float *filters_bias; /* depthwise */
};

static spx_status find_tensors(spx_conv_weights *weights, const spx_safetensors *file,
                               spx_diag *diag)
{
    char name[NAME_SIZE + sizeof(".weight")];
    const spx_conv_layer *const layer = &weights->layer;
    const size_t weight_shape[] = { layer->cout, layer->depthwise ? 1 : layer->cin, layer->kernel,
                                    layer->kernel };
    const size_t bias_shape[] = { layer->cout };
    if (layer->cin == 0 || layer->cout == 0)
        return spx_fail(diag, SPX_ERR_CORRUPT, "%s: no channels", weights->name);
    (void)snprintf(name, sizeof(name), "%s.weight", weights->name);
    SPX_TRY(spx_safetensors_get(file, name, WEIGHT_DIMS, weight_shape, &weights->weight, diag));
    (void)snprintf(name, sizeof(name), "%s.bias", weights->name);
    return spx_safetensors_get(file, name, 1, bias_shape, &weights->bias, diag);
}

spx_status spx_conv_weights_create(spx_conv_weights **out, const spx_safetensors *file,
                                   const char *name, const spx_conv_layer *layer, spx_diag *diag)
{
    *out = NULL;
    spx_conv_weights *const weights = calloc(1, sizeof(*weights));
    if (weights == NULL)
        return spx_fail_memory(diag, name);
    (void)snprintf(weights->name, sizeof(weights->name), "%s", name);
    weights->layer = *layer;
    (void)pthread_mutex_init(&weights->lock, NULL);
    const spx_status status = find_tensors(weights, file, diag);
    if (status == SPX_OK) {
        *out = weights;
    } else {
        spx_conv_weights_destroy(weights);
    }
    return status;
}

static void clear_packed(spx_conv_weights *weights)
{
    spx_conv3_clear(&weights->conv3);
    spx_linear_clear(&weights->linear);
    free(weights->filters);
    free(weights->filters_bias);
    weights->filters = NULL;
    weights->filters_bias = NULL;
}

void spx_conv_weights_destroy(spx_conv_weights *weights)
{
    if (weights == NULL)
        return;
    clear_packed(weights);
    (void)pthread_mutex_destroy(&weights->lock);
    free(weights);
}

const spx_conv_layer *spx_conv_weights_layer(const spx_conv_weights *weights)
{
    return &weights->layer;
}

static int is_winograd(const spx_conv_layer *layer)
{
    return !layer->depthwise && layer->kernel == WINOGRAD_KERNEL && layer->stride == 1;
}

static size_t filter_size(const spx_conv_weights *weights)
{
    return weights->weight->count / weights->layer.cout;
}

static spx_status pack_depthwise(spx_conv_weights *weights, spx_diag *diag)
{
    const size_t channels = spx_nn_pixel(weights->layer.cout);
    const size_t points = filter_size(weights);
    float row[SPX_CONV_MOST_KERNEL * SPX_CONV_MOST_KERNEL];
    weights->filters = spx_reserve_zeros(NULL, points * channels, sizeof(float));
    weights->filters_bias = spx_reserve_zeros(NULL, channels, sizeof(float));
    if (weights->filters == NULL || weights->filters_bias == NULL)
        return spx_fail_memory(diag, weights->name);
    spx_tensor_to_float(weights->bias, 0, weights->bias->count, weights->filters_bias);
    for (size_t i = 0; i < weights->layer.cout; i++) {
        spx_tensor_to_float(weights->weight, i * points, points, row);
        for (size_t k = 0; k < points; k++)
            weights->filters[k * channels + i] = row[k];
    }
    return SPX_OK;
}

/* The one filter of a plain layer. */
static spx_status pack_plain(spx_conv_weights *weights, spx_diag *diag)
{
    weights->filters = spx_reserve_zeros(NULL, spx_nn_pixel(weights->layer.cin), sizeof(float));
    weights->filters_bias = spx_reserve_zeros(NULL, 1, sizeof(float));
    if (weights->filters == NULL || weights->filters_bias == NULL)
        return spx_fail_memory(diag, weights->name);
    spx_tensor_to_float(weights->weight, 0, weights->weight->count, weights->filters);
    spx_tensor_to_float(weights->bias, 0, 1, weights->filters_bias);
    return SPX_OK;
}

/* row: one filter; work: SPX_NN_WINOGRAD times the channels that go in. */
static void pack_filter(spx_conv_weights *weights, const spx_nn_kernels *kernels, size_t index,
                        float *row, float *work)
{
    float bias = 0.0F;
    const size_t size = filter_size(weights);
    spx_tensor_to_float(weights->weight, index * size, size, row);
    spx_tensor_to_float(weights->bias, index, 1, &bias);
    if (is_winograd(&weights->layer)) {
        spx_conv3_set(&weights->conv3, kernels, index, row, bias, work);
    } else {
        spx_linear_set(&weights->linear, kernels, index, row, bias);
    }
}

static spx_status pack_filters(spx_conv_weights *weights, const spx_nn_kernels *kernels,
                               spx_diag *diag)
{
    spx_status status = SPX_OK;
    const spx_conv_layer *const layer = &weights->layer;
    const size_t size = filter_size(weights);
    const size_t channels = spx_nn_pixel(layer->cin);
    const size_t points = (size_t)layer->kernel * layer->kernel;
    float *const row = calloc(points * channels, sizeof(*row));
    float *const work = calloc(SPX_NN_WINOGRAD * channels, sizeof(*work));
    if (row == NULL || work == NULL) {
        status = spx_fail_memory(diag, weights->name);
        goto out;
    }
    if (is_winograd(layer)) {
        SPX_TRY_OUT(spx_conv3_init(&weights->conv3, channels, layer->cout, 0, diag));
        weights->conv3.activation = layer->activation;
    } else {
        SPX_TRY_OUT(spx_linear_init(&weights->linear, size, layer->cout, 0, diag));
    }
    for (size_t i = 0; i < layer->cout; i++)
        pack_filter(weights, kernels, i, row, work);

out:
    free(row);
    free(work);
    return status;
}

static spx_status pack(spx_conv_weights *weights, const spx_nn_kernels *kernels, spx_diag *diag)
{
    if (weights->layer.depthwise)
        return pack_depthwise(weights, diag);
    if (weights->layer.plain)
        return pack_plain(weights, diag);
    return pack_filters(weights, kernels, diag);
}

spx_status spx_conv_weights_pack(spx_conv_weights *weights, const spx_nn_kernels *kernels,
                                 spx_diag *diag)
{
    spx_status status = SPX_OK;
    (void)pthread_mutex_lock(&weights->lock);
    if (!weights->packed) {
        status = pack(weights, kernels, diag);
        weights->packed = status == SPX_OK;
        if (status != SPX_OK)
            clear_packed(weights);
    }
    (void)pthread_mutex_unlock(&weights->lock);
    return status;
}

const spx_conv3 *spx_conv_weights_conv3(const spx_conv_weights *weights)
{
    return is_winograd(&weights->layer) ? &weights->conv3 : NULL;
}

const spx_linear *spx_conv_weights_linear(const spx_conv_weights *weights)
{
    const spx_conv_layer *const layer = &weights->layer;
    return layer->depthwise || is_winograd(layer) || layer->plain ? NULL : &weights->linear;
}

const float *spx_conv_weights_filters(const spx_conv_weights *weights)
{
    return weights->filters;
}

const float *spx_conv_weights_bias(const spx_conv_weights *weights)
{
    return weights->filters_bias;
}
