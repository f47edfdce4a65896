#include "nn/linear.h"

#include "base/intops.h"
#include "nn/strassen.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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
        .unset = out,
        .out_padded = spx_nn_padded(out),
        .integers = integers,
        .limit = in <= MOST_SHORT ? LIMIT_SHORT : LIMIT_LONG,
    };
    const size_t each = integers ? sizeof(int16_t) : sizeof(float);
    linear->weights = spx_reserve_zeros(NULL, linear->in_padded * linear->out_padded, each);
    linear->col_scale = spx_reserve_zeros(NULL, linear->out_padded, sizeof(float));
    linear->bias = spx_reserve_zeros(NULL, linear->out_padded, sizeof(float));
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

/* The largest weights: Strassen's operands are sums of up to four of them, or of an input row's.
 * With 384 inputs and more the sums allow 683 on average, so that one has to be twelve times as
 * large before this counts. All tables keep to it, so that they compute the same. */
enum { MOST_OF_SUM = INT16_MAX / SPX_STRASSEN_TERMS };
_Static_assert((int)LIMIT_SHORT <= (int)MOST_OF_SUM, "sums of an input row's integers must fit");

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
    const int strassen = spx_strassen_fits(linear->in_padded, linear->out);
    const int most = strassen ? MOST_OF_SUM : INT16_MAX;
    const double by_size = (double)most / largest;
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

/* Once all weights are there. */
static void change_basis(spx_linear *linear, const spx_nn_kernels *kernels)
{
    if (!spx_strassen_fits(linear->in_padded, linear->out) || kernels->strassen_levels == 0)
        return;
    linear->levels = kernels->strassen_levels;
    spx_strassen_change(linear->weights, linear->in_padded, linear->out, kernels->panel,
                        linear->levels);
}

void spx_linear_set(spx_linear *linear, const spx_nn_kernels *kernels, size_t out, const float *row,
                    float bias)
{
    const size_t panel = kernels->panel;
    linear->bias[out] = bias;
    linear->unset--;
    if (linear->integers) {
        set_integers(linear, panel, out, row);
        if (linear->unset == 0)
            change_basis(linear, kernels);
        return;
    }
    float *const packed = (float *)linear->weights + out / panel * panel * linear->in_padded;
    for (size_t i = 0; i < linear->in; i++)
        packed[i * panel + out % panel] = row[i];
}

/* With the rows of zeros that Strassen's product wants. */
static size_t integer_rows(const spx_linear *linear, size_t rows)
{
    return linear->levels == 0 ? rows : spx_strassen_rows(rows, linear->levels) << linear->levels;
}

size_t spx_linear_integers(const spx_linear *linear, size_t rows)
{
    if (!linear->integers)
        return 0;
    const size_t lefts =
        linear->levels == 0 ? 0 : spx_strassen_lefts(rows, linear->in_padded, linear->levels);
    return integer_rows(linear, rows) * linear->in_padded + lefts;
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
    if (linear->levels == 0) {
        kernels->gemm_s16(&job);
        return;
    }
    int16_t *const behind = rows->integers + rows->rows * linear->in_padded;
    int16_t *const lefts = rows->integers + integer_rows(linear, rows->rows) * linear->in_padded;
    memset(behind, 0, (size_t)(lefts - behind) * sizeof(*behind));
    kernels->strassen_s16(&(spx_strassen){ .gemm = job, .levels = linear->levels, .lefts = lefts });
}
