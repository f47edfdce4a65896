/*
 * Every kernel table of this processor against plain arithmetic in double. Shapes have what the
 * networks never have: rows that fill no tile, one row, one panel.
 */
#include "test_support.h"

#include "test_lanes.h"

#include "base/cpu.h"
#include "nn/conv3.h"
#include "nn/kernels.h"
#include "nn/linear.h"
#include "nn/map.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TABLES = 6, MOST_ROWS = 29, IN = 80, OUT = 70 };

static size_t tables(const spx_nn_kernels *found[TABLES])
{
    const unsigned all = spx_cpu_flags();
    const unsigned sets[TABLES - 1] = { 0, SPX_CPU_AVX2, SPX_CPU_AVX2 | SPX_CPU_AVX_VNNI,
                                        SPX_CPU_AVX2 | SPX_CPU_AVX512, all };
    size_t count = 0;
    found[count++] = &test_lanes_kernels;
    for (size_t i = 0; i < TABLES - 1; i++) {
        if ((sets[i] & all) == sets[i])
            found[count++] = spx_nn_kernels_choose(sets[i]);
    }
    return count;
}

/* Who runs this for another processor reads which tables were there. */
static void names_its_tables(void **state)
{
    (void)state;
    const spx_nn_kernels *found[TABLES];
    const size_t count = tables(found);
    for (size_t i = 0; i < count; i++)
        printf("table: %s\n", found[i]->name);
    assert_true(count >= 2);
}

static float next(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return (float)(*seed >> 8) / 8388608.0F - 1.0F;
}

static void fill(float *values, size_t count, uint32_t seed)
{
    for (size_t i = 0; i < count; i++)
        values[i] = next(&seed);
}

static float *floats(size_t count)
{
    float *const values = spx_reserve_zeros(NULL, count, sizeof(float));
    assert_non_null(values);
    return values;
}

static void check_linear(const spx_nn_kernels *kernels, int integers, double tolerance)
{
    spx_linear linear = { 0 };
    float weights[OUT][IN];
    float *const x = floats((size_t)MOST_ROWS * IN);
    float *const y = floats((size_t)MOST_ROWS * spx_nn_padded(OUT));
    int16_t *const work = spx_reserve_zeros(NULL, (size_t)MOST_ROWS * IN, sizeof(int16_t));
    fill(&weights[0][0], (size_t)OUT * IN, 1);
    fill(x, (size_t)MOST_ROWS * IN, 2);
    assert_int_equal(spx_linear_init(&linear, IN, OUT, integers, NULL), SPX_OK);
    for (size_t i = 0; i < OUT; i++)
        spx_linear_set(&linear, kernels, i, weights[i], (float)i);

    for (size_t rows = 1; rows <= MOST_ROWS; rows++) {
        const spx_linear_rows job = {
            .x = x, .ldx = IN, .y = y, .ldy = spx_nn_padded(OUT), .rows = rows, .integers = work
        };
        spx_linear_apply(&linear, kernels, &job);
        for (size_t i = 0; i < rows * OUT; i++) {
            const size_t r = i / OUT;
            const size_t o = i % OUT;
            double expected = (double)o;
            for (size_t k = 0; k < IN; k++)
                expected += (double)x[r * IN + k] * (double)weights[o][k];
            assert_true(fabs(expected - (double)y[r * spx_nn_padded(OUT) + o]) <= tolerance);
        }
    }

    spx_linear_clear(&linear);
    free(x);
    free(y);
    free(work);
}

static void multiplies_matrices_of_any_number_of_rows(void **state)
{
    (void)state;
    const spx_nn_kernels *found[TABLES];
    const size_t count = tables(found);
    for (size_t i = 0; i < count; i++) {
        check_linear(found[i], 0, 1e-5 * 70); /* of sums up to 70 */
        check_linear(found[i], 1, 1e-3 * 9);  /* of 80 products: 9 is their usual size */
    }
}

enum { WIDE = 384, WIDE_ROWS = 48 };

/* Weights that become the largest integers there are, in all quarters of quarters at once, beside
 * random and equal ones. */
static void fill_wide(float *weights, uint32_t seed)
{
    enum { QUARTER = WIDE / 4, LARGEST = 7 };
    for (size_t out = 0; out < WIDE; out++) {
        for (size_t in = 0; in < WIDE; in++) {
            const float value = next(&seed);
            float *const weight = weights + out * WIDE + in;
            *weight = out % 3 == 0 ? value : out % 3 == 1 ? 1.0F : 0.0F;
            if (out % 3 == 2 && in % QUARTER < LARGEST)
                *weight = value < 0.0F ? -1.0F : 1.0F;
        }
    }
}

static float *multiply_wide(const spx_nn_kernels *kernels, const float *weights, const float *x,
                            size_t rows)
{
    spx_linear linear = { 0 };
    float *const y = floats((size_t)WIDE_ROWS * WIDE);
    assert_int_equal(spx_linear_init(&linear, WIDE, WIDE, 1, NULL), SPX_OK);
    for (size_t i = 0; i < WIDE; i++)
        spx_linear_set(&linear, kernels, i, weights + i * WIDE, (float)i);
    assert_int_equal(linear.levels, kernels->strassen_levels);
    int16_t *const work =
        spx_reserve_zeros(NULL, spx_linear_integers(&linear, rows), sizeof(int16_t));
    const spx_linear_rows job = {
        .x = x, .ldx = WIDE, .y = y, .ldy = WIDE, .rows = rows, .integers = work
    };
    spx_linear_apply(&linear, kernels, &job);
    spx_linear_clear(&linear);
    free(work);
    return y;
}

static void check_strassen(const spx_nn_kernels *table, const float *weights, const float *x,
                           size_t rows)
{
    spx_nn_kernels kernels = *table;
    kernels.strassen_levels = 0;
    float *const expected = multiply_wide(&kernels, weights, x, rows);
    for (kernels.strassen_levels = 1; kernels.strassen_levels <= 2; kernels.strassen_levels++) {
        float *const y = multiply_wide(&kernels, weights, x, rows);
        assert_memory_equal(y, expected, (size_t)WIDE_ROWS * WIDE * sizeof(*y));
        free(y);
    }
    free(expected);
}

static void multiplies_by_strassen_to_the_same_bits(void **state)
{
    (void)state;
    static const size_t rows[] = { 1, 26, 47, WIDE_ROWS };
    const spx_nn_kernels *found[TABLES];
    const size_t count = tables(found);
    float *const weights = floats((size_t)WIDE * WIDE);
    float *const x = floats((size_t)WIDE_ROWS * WIDE);
    fill_wide(weights, 5);
    fill(x, (size_t)WIDE_ROWS * WIDE, 6);
    for (size_t i = 0; i < (size_t)WIDE_ROWS * WIDE; i++)
        x[i] = i / WIDE % 2 == 0 ? x[i] : x[i] < 0.0F ? -1.0F : 1.0F;

    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < sizeof(rows) / sizeof(rows[0]); j++)
            check_strassen(found[i], weights, x, rows[j]);
    }

    free(weights);
    free(x);
}

static double activated(double sum, spx_activation activation)
{
    if (activation != SPX_ACTIVATION_NONE && sum < 0.0)
        return 0.0;
    return activation == SPX_ACTIVATION_RELU6 && sum > 6.0 ? 6.0 : sum;
}

/* What joins the sums may be the result itself. */
static void check_fused(const spx_nn_kernels *kernels, spx_activation activation, int in_place)
{
    enum { ROWS = 14, COLUMNS = 80 }; /* two and a half panels of the widest table */
    spx_linear linear = { 0 };
    float weights[OUT][IN];
    float *const x = floats((size_t)ROWS * IN);
    float *const before = floats((size_t)ROWS * COLUMNS);
    float *const y = floats((size_t)ROWS * COLUMNS);
    fill(&weights[0][0], (size_t)OUT * IN, 1);
    fill(x, (size_t)ROWS * IN, 2);
    fill(before, (size_t)ROWS * COLUMNS, 3);
    memcpy(y, before, (size_t)ROWS * COLUMNS * sizeof(*y));
    assert_int_equal(spx_linear_init(&linear, IN, OUT, 0, NULL), SPX_OK);
    for (size_t i = 0; i < OUT; i++)
        spx_linear_set(&linear, kernels, i, weights[i], 0.25F);

    const spx_linear_rows job = { .x = x,
                                  .ldx = IN,
                                  .y = y,
                                  .ldy = COLUMNS,
                                  .add = in_place ? y : before,
                                  .ld_add = COLUMNS,
                                  .activation = activation,
                                  .rows = ROWS };
    spx_linear_apply(&linear, kernels, &job);

    for (size_t i = 0; i < (size_t)ROWS * OUT; i++) {
        const size_t at = i / OUT * COLUMNS + i % OUT;
        double expected = 0.25 + (double)before[at];
        for (size_t k = 0; k < IN; k++)
            expected += (double)x[i / OUT * IN + k] * (double)weights[i % OUT][k];
        assert_true(fabs(activated(expected, activation) - (double)y[at]) <= 1e-4);
    }
    spx_linear_clear(&linear);
    free(x);
    free(before);
    free(y);
}

static void adds_and_activates_what_it_multiplied(void **state)
{
    (void)state;
    const spx_nn_kernels *found[TABLES];
    const size_t count = tables(found);
    for (size_t i = 0; i < count; i++) {
        check_fused(found[i], SPX_ACTIVATION_NONE, 1);
        check_fused(found[i], SPX_ACTIVATION_RELU, 0);
        check_fused(found[i], SPX_ACTIVATION_RELU6, 0);
    }
}

/* Channels: one and a half panels of the widest table; widths that fill no register tile. */
static void check_depthwise(const spx_nn_kernels *kernels, size_t kernel, size_t stride)
{
    enum { CHANNELS = 48, MOST_KERNEL = 7, MOST_WIDTH = 26, PIXELS = 2 * MOST_WIDTH + MOST_KERNEL };
    float *const pixels = floats((size_t)MOST_KERNEL * PIXELS * CHANNELS);
    float *const weights = floats((size_t)MOST_KERNEL * MOST_KERNEL * CHANNELS);
    float *const out = floats((size_t)(MOST_WIDTH + 1) * CHANNELS);
    float bias[CHANNELS];
    const float *rows[MOST_KERNEL];
    fill(pixels, (size_t)MOST_KERNEL * PIXELS * CHANNELS, 7);
    fill(weights, (size_t)MOST_KERNEL * MOST_KERNEL * CHANNELS, 8);
    fill(bias, CHANNELS, 9);
    for (size_t i = 0; i < MOST_KERNEL; i++)
        rows[i] = pixels + (i * 3 % MOST_KERNEL) * PIXELS * CHANNELS; /* in no order */
    for (size_t width = 1; width <= MOST_WIDTH; width++) {
        const spx_depthwise job = { .rows = rows,
                                    .weights = weights,
                                    .bias = bias,
                                    .out = out,
                                    .channels = CHANNELS,
                                    .width = width,
                                    .kernel = kernel,
                                    .stride = stride,
                                    .activation = SPX_ACTIVATION_RELU6 };
        out[width * CHANNELS] = 77.0F;
        kernels->depthwise(&job);
        assert_true(out[width * CHANNELS] == 77.0F);
        for (size_t i = 0; i < width * CHANNELS; i++) {
            const size_t c = i % CHANNELS;
            double sum = (double)bias[c];
            for (size_t k = 0; k < kernel * kernel; k++) {
                const size_t x = i / CHANNELS * stride + k % kernel;
                sum +=
                    (double)rows[k / kernel][x * CHANNELS + c] * (double)weights[k * CHANNELS + c];
            }
            assert_true(fabs(activated(sum, SPX_ACTIVATION_RELU6) - (double)out[i]) <= 1e-5);
        }
    }
    free(pixels);
    free(weights);
    free(out);
}

static void filters_each_channel_alone(void **state)
{
    (void)state;
    const spx_nn_kernels *found[TABLES];
    const size_t count = tables(found);
    for (size_t i = 0; i < count; i++) {
        for (size_t kernel = 1; kernel <= 7; kernel += 2) {
            check_depthwise(found[i], kernel, 1);
            check_depthwise(found[i], kernel, 2);
        }
    }
}

static float at_edge(const spx_map *map, double y, double x)
{
    const double last_y = (double)(map->height - 1);
    const double last_x = (double)(map->width - 1);
    const size_t row = (size_t)(y < 0.0 ? 0.0 : y > last_y ? last_y : y);
    const size_t column = (size_t)(x < 0.0 ? 0.0 : x > last_x ? last_x : x);
    return spx_map_row(map, row)[column * map->stride];
}

/* Pixel centres at half numbers, edges repeated; larger, smaller, and single pixels. */
static void resizes_between_pixel_centres(void **state)
{
    (void)state;
    static const size_t sizes[][4] = {
        { 5, 7, 10, 14 }, { 5, 7, 9, 13 }, { 1, 1, 3, 2 }, { 8, 9, 3, 5 }, { 4, 6, 4, 6 }
    };
    const spx_nn_kernels *found[TABLES];
    const size_t count = tables(found);
    for (size_t i = 0; i < count * 5; i++) {
        const size_t *const size = sizes[i % 5];
        spx_map in = { 0 };
        spx_map out = { 0 };
        spx_nn_run run = { .kernels = found[i / 5] };
        assert_int_equal(spx_map_init(&in, size[0], size[1], 16, &run), SPX_OK);
        assert_int_equal(spx_map_init(&out, size[2], size[3], 16, &run), SPX_OK);
        fill(in.data, in.height * in.width * in.stride, 10);
        assert_int_equal(
            spx_scratch_create(&run.scratch, 1, in.width * in.stride * sizeof(float), NULL, NULL),
            SPX_OK);
        const spx_map_view view = {
            .map = &in, .height = size[2], .width = size[3], .grid = SPX_MAP_CENTRES
        };

        assert_int_equal(spx_map_draw(&view, &out, &run), SPX_OK);

        for (size_t k = 0; k < out.height * out.width; k++) {
            const size_t y = k / out.width;
            const size_t x = k % out.width;
            const double down = ((double)y + 0.5) * (double)size[0] / (double)size[2] - 0.5;
            const double across = ((double)x + 0.5) * (double)size[1] / (double)size[3] - 0.5;
            const double b = down - floor(down);
            const double a = across - floor(across);
            const double top = (1 - a) * (double)at_edge(&in, floor(down), floor(across)) +
                               a * (double)at_edge(&in, floor(down), floor(across) + 1);
            const double bottom = (1 - a) * (double)at_edge(&in, floor(down) + 1, floor(across)) +
                                  a * (double)at_edge(&in, floor(down) + 1, floor(across) + 1);
            const double expected = (1 - b) * top + b * bottom;
            assert_true(fabs(expected - (double)spx_map_row(&out, y)[x * out.stride]) < 1e-5);
        }
        spx_map_clear(&in);
        spx_map_clear(&out);
        spx_scratch_destroy(run.scratch);
    }
}

/* The largest numbers everywhere, all of one sign: no sum may leave int32_t. */
static void keeps_integer_sums_in_range(void **state)
{
    (void)state;
    enum { LONG = 4096, FEW = 32 };
    static const size_t lengths[] = { 64, 2048, LONG };
    const spx_nn_kernels *found[TABLES];
    const size_t count = tables(found);
    float *const ones = floats(LONG);
    float *const y = floats(FEW);
    int16_t *const work = spx_reserve_zeros(NULL, LONG, sizeof(int16_t));
    for (size_t i = 0; i < LONG; i++)
        ones[i] = 3.0F;
    for (size_t i = 0; i < count * 3; i++) {
        spx_linear linear = { 0 };
        const size_t length = lengths[i % 3];
        assert_int_equal(spx_linear_init(&linear, length, FEW, 1, NULL), SPX_OK);
        for (size_t out = 0; out < FEW; out++)
            spx_linear_set(&linear, found[i / 3], out, ones, 0.0F);
        const spx_linear_rows job = {
            .x = ones, .ldx = length, .y = y, .ldy = FEW, .rows = 1, .integers = work
        };
        spx_linear_apply(&linear, found[i / 3], &job);
        for (size_t out = 0; out < FEW; out++)
            assert_true(fabsf(y[out] / (9.0F * (float)length) - 1.0F) < 0.01F);
        spx_linear_clear(&linear);
    }
    free(ones);
    free(y);
    free(work);
}

static void computes_gelu_and_norm(void **state)
{
    (void)state;
    enum { COUNT = 160 };
    const spx_nn_kernels *found[TABLES];
    const size_t count = tables(found);
    float gain[COUNT];
    float bias[COUNT];
    fill(gain, COUNT, 3);
    fill(bias, COUNT, 4);
    for (size_t i = 0; i < count; i++) {
        float x[COUNT];
        float y[COUNT];
        double mean = 0.0;
        double variance = 0.0;
        for (size_t k = 0; k < COUNT; k++)
            y[k] = x[k] = ((float)k - 80.0F) / 8.0F;
        found[i]->gelu(y, COUNT);
        for (size_t k = 0; k < COUNT; k++) {
            const double v = (double)x[k];
            assert_true(fabs((double)y[k] - v / 2 * (1 + erf(v / sqrt(2.0)))) < 2e-6);
            mean += v / COUNT;
        }
        for (size_t k = 0; k < COUNT; k++)
            variance += ((double)x[k] - mean) * ((double)x[k] - mean) / COUNT;
        found[i]->layer_norm(x, gain, bias, y, COUNT);
        for (size_t k = 0; k < COUNT; k++) {
            const double v = ((double)x[k] - mean) / sqrt(variance + 1e-6);
            assert_true(fabs((double)y[k] - (v * (double)gain[k] + (double)bias[k])) < 1e-5);
        }
    }
}

/* How conv3 computes, and on what. */
typedef struct conv3_case {
    size_t height;
    size_t width;
    spx_activation activation;
    int integers;
} conv3_case;

/* conv3 against the sum it stands for, on sizes that are no multiple of its tiles. */
static void check_conv3(const spx_nn_kernels *kernels, const conv3_case *self, double tolerance)
{
    enum { FROM = 16, TO = 5 };
    spx_conv3 conv = { 0 };
    spx_map in = { 0 };
    spx_map out = { 0 };
    spx_nn_run run = { .kernels = kernels };
    const size_t height = self->height;
    const size_t width = self->width;
    float filters[TO][FROM][9];
    float *const work = floats((size_t)SPX_NN_WINOGRAD * FROM);
    fill(&filters[0][0][0], (size_t)TO * FROM * 9, 5);
    assert_int_equal(spx_map_init(&in, height, width, FROM, &run), SPX_OK);
    assert_int_equal(spx_map_init(&out, height, width, TO, &run), SPX_OK);
    fill(in.data, height * width * in.stride, 6);
    assert_int_equal(spx_conv3_init(&conv, FROM, TO, self->integers, NULL), SPX_OK);
    conv.activation = self->activation;
    for (size_t o = 0; o < TO; o++)
        spx_conv3_set(&conv, kernels, o, &filters[o][0][0], 0.5F, work);
    const spx_map_view view = { .map = &in, .height = height, .width = width, .relu = 1 };
    assert_int_equal(
        spx_scratch_create(&run.scratch, 1, spx_conv3_scratch(&conv, &view), NULL, NULL), SPX_OK);

    assert_int_equal(spx_conv3_run(&conv, &view, NULL, NULL, &out, &run), SPX_OK);

    for (size_t i = 0; i < height * width * TO; i++) {
        const size_t o = i % TO;
        const size_t x = i / TO % width;
        const size_t y = i / TO / width;
        double expected = 0.5;
        for (size_t k = 0; k < (size_t)9 * FROM; k++) {
            const size_t row = y + k / 3 % 3; /* one too many, as is column */
            const size_t column = x + k % 3;
            if (row < 1 || row > height || column < 1 || column > width)
                continue;
            const float *const pixel = spx_map_row(&in, row - 1) + (column - 1) * in.stride;
            expected += fmax((double)pixel[k / 9], 0.0) * (double)filters[o][k / 9][k % 9];
        }
        const double found = (double)spx_map_row(&out, y)[x * out.stride + o];
        assert_true(fabs(activated(expected, self->activation) - found) < tolerance);
    }
    spx_conv3_clear(&conv);
    spx_map_clear(&in);
    spx_map_clear(&out);
    spx_scratch_destroy(run.scratch);
    free(work);
}

static void convolves_maps_of_any_size(void **state)
{
    (void)state;
    const spx_nn_kernels *found[TABLES];
    const size_t count = tables(found);
    /* The last is longer than a layer of integers takes at a time. Sums are up to 15, and the way
     * back makes the rounding of 13 and 15 bits some hundred times as large at worst. */
    const conv3_case cases[] = {
        { 1, 1, SPX_ACTIVATION_NONE, 0 },  { 4, 8, SPX_ACTIVATION_RELU, 0 },
        { 7, 61, SPX_ACTIVATION_NONE, 0 }, { 1, 1, SPX_ACTIVATION_NONE, 1 },
        { 4, 8, SPX_ACTIVATION_RELU, 1 },  { 7, 201, SPX_ACTIVATION_NONE, 1 },
    };
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++)
            check_conv3(found[i], &cases[k], cases[k].integers ? 0.03 : 1e-4);
    }
}

enum { HEAD = SPX_NN_HEAD, KEYS = 300, KEYS_PADDED = 320 };

/* What attention reads and its result in double. */
typedef struct attention_case {
    float q[MOST_ROWS][HEAD];
    float k[KEYS][HEAD];
    float v[KEYS][HEAD];
    double expected[MOST_ROWS][HEAD];
} attention_case;

/* Every third key is a loud one with values of nearly nothing, as real networks have them. */
static void make_attention(attention_case *self)
{
    fill(&self->q[0][0], (size_t)MOST_ROWS * HEAD, 11);
    fill(&self->k[0][0], (size_t)KEYS * HEAD, 12);
    fill(&self->v[0][0], (size_t)KEYS * HEAD, 13);
    for (size_t i = 0; i < (size_t)KEYS * HEAD; i++) {
        (&self->k[0][0])[i] *= i / HEAD % 3 == 0 ? 2.0F : 1.0F;
        (&self->v[0][0])[i] *= i / HEAD % 3 == 0 ? 1e-4F : 1.0F;
    }
    for (size_t r = 0; r < MOST_ROWS; r++) {
        double total = 0.0;
        memset(self->expected[r], 0, sizeof(self->expected[r]));
        for (size_t key = 0; key < KEYS; key++) {
            double score = 0.0;
            for (size_t i = 0; i < HEAD; i++)
                score += (double)self->q[r][i] * (double)self->k[key][i];
            const double weight = exp2(score);
            total += weight;
            for (size_t i = 0; i < HEAD; i++)
                self->expected[r][i] += weight * (double)self->v[key][i];
        }
        for (size_t i = 0; i < HEAD; i++)
            self->expected[r][i] /= total;
    }
}

static double worst_row_difference(const attention_case *self, const float *out, size_t rows)
{
    double worst = 0.0;
    for (size_t i = 0; i < rows * HEAD; i++)
        worst = fmax(worst, fabs((double)out[i] - self->expected[i / HEAD][i % HEAD]));
    return worst;
}

static spx_attend attention_job(size_t rows, float *out)
{
    return (spx_attend){
        .ldq = HEAD, .keys_padded = KEYS_PADDED, .out = out, .ldo = HEAD, .rows = rows
    };
}

static double attend_floats(const attention_case *self, const spx_nn_kernels *kernels, size_t rows)
{
    const size_t panel = kernels->panel;
    float *const k = floats((size_t)KEYS_PADDED * HEAD);
    float *const v = floats((size_t)KEYS_PADDED * HEAD);
    float q_scale[MOST_ROWS];
    float bias[KEYS_PADDED];
    float out[MOST_ROWS * HEAD];
    for (size_t r = 0; r < rows; r++)
        q_scale[r] = 1.0F;
    for (size_t key = 0; key < KEYS_PADDED; key++)
        bias[key] = key < KEYS ? 0.0F : -1e30F;
    for (size_t i = 0; i < (size_t)KEYS * HEAD; i++) {
        const size_t key = i / HEAD;
        const size_t at = i % HEAD;
        k[(key / panel * HEAD + at) * panel + key % panel] = self->k[key][at];
        v[(at / panel * KEYS_PADDED + key) * panel + at % panel] = self->v[key][at];
    }
    spx_attend job = attention_job(rows, out);
    job.q = self->q;
    job.q_scale = q_scale;
    job.k = k;
    job.k_bias = bias;
    job.v = v;
    kernels->attend_f32(&job);
    free(k);
    free(v);
    return worst_row_difference(self, out, rows);
}

static double attend_integers(const attention_case *self, const spx_nn_kernels *kernels,
                              size_t rows)
{
    const size_t panel = kernels->panel;
    int16_t *const k = spx_reserve_zeros(NULL, (size_t)KEYS_PADDED * HEAD, sizeof(*k));
    int16_t *const v = spx_reserve_zeros(NULL, (size_t)KEYS_PADDED * HEAD, sizeof(*v));
    int16_t q[MOST_ROWS * HEAD];
    int16_t one[2][HEAD];
    float q_scale[MOST_ROWS];
    float scales[3][KEYS_PADDED] = { { 0 } };
    float out[MOST_ROWS * HEAD];
    for (size_t r = 0; r < rows; r++)
        q_scale[r] = kernels->quantise(self->q[r], q + r * HEAD, HEAD, SPX_NN_Q_MAX);
    for (size_t key = 0; key < KEYS_PADDED; key++) {
        scales[1][key] = -1e30F;
        if (key >= KEYS)
            continue;
        scales[0][key] = kernels->quantise(self->k[key], one[0], HEAD, SPX_NN_K_MAX);
        const float v_scale = kernels->quantise(self->v[key], one[1], HEAD, SPX_NN_V_MAX);
        scales[1][key] = log2f(v_scale);
        scales[2][key] = 1.0F / v_scale;
        for (size_t at = 0; at < HEAD; at++) {
            k[((key / panel * HEAD / 2 + at / 2) * panel + key % panel) * 2 + at % 2] = one[0][at];
            v[((at / panel * KEYS_PADDED / 2 + key / 2) * panel + at % panel) * 2 + key % 2] =
                one[1][at];
        }
    }
    spx_attend job = attention_job(rows, out);
    job.q = q;
    job.q_scale = q_scale;
    job.k = k;
    job.k_scale = scales[0];
    job.k_bias = scales[1];
    job.v = v;
    job.v_unscale = scales[2];
    kernels->attend_s16(&job);
    free(k);
    free(v);
    return worst_row_difference(self, out, rows);
}

/* Of values up to 1. Keys fill neither a chunk nor a panel, rows no tile. */
static void attends_to_every_key(void **state)
{
    (void)state;
    const spx_nn_kernels *found[TABLES];
    const size_t count = tables(found);
    attention_case *const self = calloc(1, sizeof(*self));
    assert_non_null(self);
    make_attention(self);
    for (size_t i = 0; i < count * MOST_ROWS; i++) {
        const size_t rows = i % MOST_ROWS + 1;
        assert_true(attend_floats(self, found[i / MOST_ROWS], rows) < 1e-5);
        assert_true(attend_integers(self, found[i / MOST_ROWS], rows) < 2e-4);
    }
    free(self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_its_tables),
        cmocka_unit_test(multiplies_matrices_of_any_number_of_rows),
        cmocka_unit_test(multiplies_by_strassen_to_the_same_bits),
        cmocka_unit_test(adds_and_activates_what_it_multiplied),
        cmocka_unit_test(filters_each_channel_alone),
        cmocka_unit_test(resizes_between_pixel_centres),
        cmocka_unit_test(keeps_integer_sums_in_range),
        cmocka_unit_test(computes_gelu_and_norm),
        cmocka_unit_test(attends_to_every_key),
        cmocka_unit_test(convolves_maps_of_any_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
