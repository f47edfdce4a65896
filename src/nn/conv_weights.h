#ifndef SPX_NN_CONV_WEIGHTS_H
#define SPX_NN_CONV_WEIGHTS_H

#include "nn/conv3.h"
#include "nn/linear.h"
#include "nn/safetensors.h"

/**
 * Weights and bias of one convolution: the tensors NAME.weight [cout][cin / groups][k][k] and
 * NAME.bias [cout]. They stay in the file until a network is built; then they are packed for its
 * kernels once, and every network shares them. Several threads may use one at once.
 */
typedef struct spx_conv_weights spx_conv_weights;

enum { SPX_CONV_MOST_KERNEL = 11 }; /* of a depthwise layer */

/** A convolution and what is done to its result. */
typedef struct spx_conv_layer {
    uint32_t cin;
    uint32_t cout;
    uint32_t kernel;
    uint32_t stride;
    int depthwise; /* cin = cout groups of one channel each */
    int plain;     /* 1x1 to one channel whose result is a plain plane */
    spx_activation activation;
} spx_conv_layer;

/** file: borrowed until destroy. Fails when a tensor is missing or of another shape. */
SPX_NODISCARD spx_status spx_conv_weights_create(spx_conv_weights **out,
                                                 const spx_safetensors *file, const char *name,
                                                 const spx_conv_layer *layer, spx_diag *diag);
void spx_conv_weights_destroy(spx_conv_weights *weights); /* NULL is fine */

const spx_conv_layer *spx_conv_weights_layer(const spx_conv_weights *weights);

/** Packs the weights for a table of kernels, the same one in every call; what follows may be read
 * afterwards. */
SPX_NODISCARD spx_status spx_conv_weights_pack(spx_conv_weights *weights,
                                               const spx_nn_kernels *kernels, spx_diag *diag);
/** 3x3 with stride 1: by Winograd. NULL for other layers. */
const spx_conv3 *spx_conv_weights_conv3(const spx_conv_weights *weights);
/** Neither that nor depthwise nor plain: inputs are [cin][k][k]. NULL for other layers. */
const spx_linear *spx_conv_weights_linear(const spx_conv_weights *weights);
/** Depthwise: [k][k][channels, padded to SPX_NN_LANES]; plain: [cin, padded]. */
const float *spx_conv_weights_filters(const spx_conv_weights *weights);
/** Of these two: [cout], padded for depthwise. */
const float *spx_conv_weights_bias(const spx_conv_weights *weights);

#endif
