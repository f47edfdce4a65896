#ifndef SPX_DEPTH_LITE_GRAPH_H
#define SPX_DEPTH_LITE_GRAPH_H

#include "nn/conv_graph.h"

/** The convolutions of an spx-lite file, all found and of the right shapes. */
typedef struct spx_lite_weights spx_lite_weights;

/** file: borrowed until destroy. Owned by the caller: spx_lite_weights_destroy(). */
SPX_NODISCARD spx_status spx_lite_weights_create(spx_lite_weights **out,
                                                 const spx_safetensors *file, spx_diag *diag);
void spx_lite_weights_destroy(spx_lite_weights *weights); /* NULL is fine */

/** The network for one input size. weights: borrowed until the graph is destroyed; kernels: the
 * same for all graphs of these weights. */
SPX_NODISCARD spx_status spx_lite_graph_create(spx_graph **out, spx_lite_weights *weights,
                                               const spx_nn_kernels *kernels,
                                               const spx_size3 *input, spx_diag *diag);

#endif
