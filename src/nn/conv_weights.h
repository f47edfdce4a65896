#ifndef SPX_NN_CONV_WEIGHTS_H
#define SPX_NN_CONV_WEIGHTS_H

#include "nn/safetensors.h"

#include <oneapi/dnnl/dnnl.h>

/**
 * Weights and bias of one convolution: the tensors NAME.weight [cout][cin / groups][k][k] and
 * NAME.bias [cout]. They stay in the file until a convolution asks for them in the layout its
 * kernel wants; packed copies are kept and shared. Several threads may use one at once.
 */
typedef struct spx_conv_weights spx_conv_weights;

typedef struct spx_conv_shape {
    uint32_t cin;
    uint32_t cout;
    uint32_t kernel;
    int depthwise; /* cin = cout groups of one channel each */
} spx_conv_shape;

/** file: borrowed until destroy. Fails when a tensor is missing or of another shape. */
SPX_NODISCARD spx_status spx_conv_weights_create(spx_conv_weights **out,
                                                 const spx_safetensors *file, const char *name,
                                                 const spx_conv_shape *shape, spx_diag *diag);
void spx_conv_weights_destroy(spx_conv_weights *weights); /* NULL is fine */

const char *spx_conv_weights_name(const spx_conv_weights *weights);
const spx_conv_shape *spx_conv_weights_shape(const spx_conv_weights *weights);
/** The weights' oneDNN shape with any layout, for a convolution's description. */
void spx_conv_weights_describe(const spx_conv_weights *weights, dnnl_memory_desc_t *weight,
                               dnnl_memory_desc_t *bias);
/** The weights in a layout, and the bias. Borrowed from `weights`. */
SPX_NODISCARD spx_status spx_conv_weights_pack(spx_conv_weights *weights, dnnl_engine_t engine,
                                               const dnnl_memory_desc_t *layout,
                                               dnnl_memory_t *weight, dnnl_memory_t *bias,
                                               spx_diag *diag);

/** Hands a oneDNN failure up as SPX_ERR_NO_MEMORY or SPX_ERR_INTERNAL. doing: e.g. "convolution
 * NAME". */
spx_status spx_nn_fail(spx_diag *diag, dnnl_status_t cause, const char *doing);

/** Copies a memory into another layout. name: for messages. */
SPX_NODISCARD spx_status spx_nn_reorder(dnnl_memory_t from, dnnl_memory_t to, dnnl_engine_t engine,
                                        const char *name, spx_diag *diag);

/** Like SPX_TRY_OUT for a oneDNN call. Wants `status`, `diag` and the label `out`. */
#define SPX_DNNL_TRY_OUT(call, doing)                                                              \
    do {                                                                                           \
        const dnnl_status_t spx_dnnl_status_ = (call);                                             \
        if (spx_dnnl_status_ != dnnl_success) {                                                    \
            status = spx_nn_fail(diag, spx_dnnl_status_, (doing));                                 \
            goto out;                                                                              \
        }                                                                                          \
    } while (0)

#endif
