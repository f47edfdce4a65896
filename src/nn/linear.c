#include "nn/linear.h"

#include "base/intops.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

enum {
    LIMIT_SHORT = 8191, /* inputs up to MOST_SHORT long */
    LIMIT_LONG = 4095,
    MOST_SHORT = 2048,
};

size_t spx_nn_padded(size_t channels)
{
    return spx_align_up(channels, SPX_NN_PANEL_MAX);
}

size_t spx_nn_pixel(size_t channels)
{
    return spx_align_up(channels, SPX_NN_LANES);
}

spx_status spx_linear_init(spx_linear *linear, size_t in, size_t out, int integers, spx_diag *diag)
{
    *linear = (spx_linear){
        .in = in,
        .in_padded = spx_nn_pixel(in),
        .out = out,
        .out_padded = spx_nn_padded(out),
        .integers = integers,
        .limit = in <= MOST_SHORT ? LIMIT_SHORT : LIMIT_LONG,
    };
    const size_t each = integers ? sizeof(int16_t) : sizeof(float);
    linear->weights = spx_nn_alloc(linear->in_padded * linear->out_padded, each);
    linear->col_scale = spx_nn_alloc(linear->out_padded, sizeof(float));
    linear->bias = spx_nn_alloc(linear->out_padded, sizeof(float));
    if (linear->weights != NULL && linear->col_scale != NULL && linear->bias != NULL)
        return SPX_OK;
    spx_linear_clear(linear);
    return spx_fail_memory(diag, "weights");
}

void spx_linear_clear(spx_linear *linear)
{
    free(linear->weights);
    free(linear->col_scale);
    free(linear->bias);
    *linear = (spx_linear){ 0 };
}

/* The factor that makes integers of a row of weights: as large as int16_t and the sums allow. */
static float integer_scale(const spx_linear *linear, const float *row)
{
    double sum = 1e-30;
    double largest = 1e-30;
    for (size_t i = 0; i < linear->in; i++) {
        const double size = fabs((double)row[i]);
        sum += size;
        largest = size > largest ? size : largest;
    }
    const double rounding = 0.5 * (double)linear->in;
    const double by_sum = ((double)INT32_MAX / (double)linear->limit - rounding) / sum;
    const double by_size = (double)INT16_MAX / largest;
    return (float)(0.9999 * (by_sum < by_size ? by_sum : by_size));
}

static void set_integers(spx_linear *linear, size_t panel, size_t out, const float *row)
{
    const float scale = integer_scale(linear, row);
    int16_t *const packed = (int16_t *)linear->weights + out / panel * panel * linear->in_padded;
    const size_t column = out % panel;
    for (size_t i = 0; i < linear->in; i++)
        packed[(i / 2 * panel + column) * 2 + i % 2] = (int16_t)lrintf(row[i] * scale);
    linear->col_scale[out] = 1.0F / scale;
}

void spx_linear_set(spx_linear *linear, const spx_nn_kernels *kernels, size_t out, const float *row,
                    float bias)
{
    const size_t panel = kernels->panel;
    linear->bias[out] = bias;
    if (linear->integers) {
        set_integers(linear, panel, out, row);
        return;
    }
    float *const packed = (float *)linear->weights + out / panel * panel * linear->in_padded;
    for (size_t i = 0; i < linear->in; i++)
        packed[i * panel + out % panel] = row[i];
}

size_t spx_linear_integers(const spx_linear *linear, size_t rows)
{
    return linear->integers ? rows * linear->in_padded : 0;
}

void spx_linear_apply(const spx_linear *linear, const spx_nn_kernels *kernels,
                      const spx_linear_rows *rows)
{
    float row_scale[SPX_NN_ROWS];
    spx_gemm job = {
        .a = rows->x,
        .lda = rows->ldx,
        .b = linear->weights,
        .k = linear->in_padded,
        .columns = spx_nn_pixel(linear->out),
        .row_scale = row_scale,
        .col_scale = linear->col_scale,
        .bias = linear->bias,
        .add = rows->add,
        .ld_add = rows->ld_add,
        .activation = rows->activation,
        .c = rows->y,
        .ldc = rows->ldy,
        .rows = rows->rows,
    };
    if (!linear->integers) {
        kernels->gemm_f32(&job);
        return;
    }
    assert(rows->rows <= SPX_NN_ROWS);
    for (size_t r = 0; r < rows->rows; r++) {
        row_scale[r] =
            kernels->quantise(rows->x + r * rows->ldx, rows->integers + r * linear->in_padded,
                              linear->in_padded, linear->limit);
    }
    job.a = rows->integers;
    job.lda = linear->in_padded;
    kernels->gemm_s16(&job);
}
