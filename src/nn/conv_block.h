#ifndef SPX_NN_CONV_BLOCK_H
#define SPX_NN_CONV_BLOCK_H

#include "base/intops.h"
#include "nn/conv_weights.h"
#include "nn/map.h"
#include "nn/scratch.h"

/**
 * An inverted residual block: a 1x1 convolution that makes many channels of few, a depthwise one,
 * and a 1x1 convolution that makes few of them again. The many channels of a whole map never exist:
 * some rows are made when the depthwise filter needs them, and stay in the cache until it has
 * passed.
 *
 * The depthwise layer pads as TensorFlow's "SAME" does: in all max((ceil(n / s) - 1) s + k - n, 0)
 * zeros, the smaller half left and above.
 */
typedef struct spx_conv_block {
    const spx_conv_weights *expand; /* NULL = the input as it is */
    const spx_conv_weights *depthwise;
    const spx_conv_weights *project;
    int skip; /* the input is added to the result */
} spx_conv_block;

/** Side of the result of a "SAME" convolution. */
static inline uint32_t spx_conv_same_side(uint32_t side, uint32_t stride)
{
    return spx_divide_up_u32(side, stride);
}

/** Zeros before a side of the input. */
uint32_t spx_conv_same_before(uint32_t side, uint32_t kernel, uint32_t stride);

/** Scratch bytes for an input of this size. */
size_t spx_conv_block_scratch(const spx_conv_block *block, size_t height, size_t width);

/** Weights are packed; out: of the right size. */
SPX_NODISCARD spx_status spx_conv_block_run(const spx_conv_block *block, const spx_map *in,
                                            spx_map *out, const spx_nn_run *run);

#endif
