#ifndef SPX_NN_LINEAR_H
#define SPX_NN_LINEAR_H

#include "nn/kernels.h"
#include "nn/scratch.h"

enum { SPX_NN_ROWS = 48 }; /* rows that a loop's turn works on */

/**
 * y = W x + b with the weights packed for one kernel table, as floats or as 16-bit integers.
 *
 * Integers: each output's weights get a scale of their own, each input row its own when it comes,
 * and both are as large as they can be without a sum leaving int32_t; a row keeps 12 to 13 bits and
 * a sign.
 */
typedef struct spx_linear {
    size_t in;
    size_t in_padded; /* a multiple of SPX_NN_LANES: inputs must be readable, and 0, up to here */
    size_t out;
    size_t out_padded; /* a multiple of SPX_NN_PANEL_MAX */
    int integers;
    float limit;      /* integers: the largest one of an input row */
    unsigned levels;  /* of Strassen's product; 0: the usual one */
    size_t unset;     /* outputs whose weights are still to come */
    void *weights;    /* packed */
    float *col_scale; /* integers: [out_padded] */
    float *bias;      /* [out_padded] */
} spx_linear;

size_t spx_nn_padded(size_t channels); /* up to a multiple of SPX_NN_PANEL_MAX */
size_t spx_nn_pixel(size_t channels);  /* up to a multiple of SPX_NN_LANES */

/** All weights zero. linear: zero-initialised; released by spx_linear_clear(). */
SPX_NODISCARD spx_status spx_linear_init(spx_linear *linear, size_t in, size_t out, int integers,
                                         spx_diag *diag);
void spx_linear_clear(spx_linear *linear);
/** Packs the weights of one output; the layer works once each was set, once. row: [in]. */
void spx_linear_set(spx_linear *linear, const spx_nn_kernels *kernels, size_t out, const float *row,
                    float bias);
/** int16_t that spx_linear_apply() wants for its own. */
size_t spx_linear_integers(const spx_linear *linear, size_t rows);
/** Rows that a layer reads and writes; all borrowed. */
typedef struct spx_linear_rows {
    const float *x; /* [rows][ldx] */
    size_t ldx;
    float
        *y; /* [rows][ldy]; the outputs up to spx_nn_pixel(out) are written, those behind `out` 0 */
    size_t ldy;
    const float *add; /* [rows][ld_add], joins the sums; may be NULL, may be y */
    size_t ld_add;
    spx_activation activation;
    size_t rows;       /* integers: at most SPX_NN_ROWS */
    int16_t *integers; /* [spx_linear_integers()], for the layer's own use */
} spx_linear_rows;

void spx_linear_apply(const spx_linear *linear, const spx_nn_kernels *kernels,
                      const spx_linear_rows *rows);

#endif
