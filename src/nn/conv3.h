#ifndef SPX_NN_CONV3_H
#define SPX_NN_CONV3_H

#include "nn/linear.h"
#include "nn/map.h"

/**
 * 3x3 convolution with stride 1 and one pixel of zeros around, by Winograd's F(4x4, 3x3): every
 * tile of 4x4 results costs 36 products for each pair of channels instead of 144.
 *
 * Results come in stripes of four rows. A stripe gathers its six rows of input (enlarged and
 * clipped as the view says), so that an enlarged map never has to exist as a whole.
 */
typedef struct spx_conv3 {
    size_t in;  /* a multiple of SPX_NN_LANES */
    size_t out; /* any */
    spx_linear points[SPX_NN_WINOGRAD];
    float *bias;               /* [out, padded] */
    spx_activation activation; /* none unless the owner sets it */
} spx_conv3;

enum { SPX_CONV3_ROWS = 4 }; /* of a stripe */

/** conv: zero-initialised; released by spx_conv3_clear(). */
SPX_NODISCARD spx_status spx_conv3_init(spx_conv3 *conv, size_t in, size_t out, int integers,
                                        spx_diag *diag);
void spx_conv3_clear(spx_conv3 *conv);
/** Packs the filters of one output. filters: [in][3][3]; work: [SPX_NN_WINOGRAD * in]. */
void spx_conv3_set(spx_conv3 *conv, const spx_nn_kernels *kernels, size_t out, const float *filters,
                   float bias, float *work);

/** Scratch bytes for stripes of this view, and of the result of one stripe, padded. */
size_t spx_conv3_scratch(const spx_conv3 *conv, const spx_map_view *view);
/** Floats from row to row of a stripe's result. */
size_t spx_conv3_row_stride(const spx_conv3 *conv, const spx_map_view *view);

/**
 * Rows 4 * stripe … + 3 of the result: [4][row stride], pixels side by side, out padded; what lies
 * outside of the view is undefined. Returns the result, which lies inside of `memory`
 * (spx_conv3_scratch() bytes).
 */
float *spx_conv3_stripe(const spx_conv3 *conv, const spx_nn_kernels *kernels,
                        const spx_map_view *view, size_t stripe, void *memory);

/** Whole convolution: out = conv(view) + add1 + add2, each of which may be NULL, or out. */
SPX_NODISCARD spx_status spx_conv3_run(const spx_conv3 *conv, const spx_map_view *view,
                                       const spx_map *add1, const spx_map *add2, spx_map *out,
                                       const spx_nn_run *run);

#endif
