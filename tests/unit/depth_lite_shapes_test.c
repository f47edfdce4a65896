/*
 * Networks of the spx-lite format that nobody has trained: wide decoders, many blocks, odd channel
 * counts, kernels of 1 to 7, made of random weights and held to a plain C network in double. With
 * every kernel table of this processor, one thread and several.
 */
#include "test_support.h"

#include "base/cpu.h"
#include "base/pool.h"
#include "depth/lite.h"
#include "depth/lite_graph.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAPS = 4, MOST_BLOCKS = 24, HEADER_SIZE = 64 << 10, NAME_SIZE = 64 };

typedef struct block {
    uint32_t kernel;
    uint32_t stride;
    uint32_t expand;
    uint32_t cin;
    uint32_t cout;
    int skip;
    int tap;
} block;

typedef struct shape {
    uint32_t decoder;
    uint32_t head;
    uint32_t blocks;
    block block[MOST_BLOCKS];
} shape;

static const shape shapes[] = {
    /* A decoder of 96 channels, and more blocks than the embedded network has. */
    { .decoder = 96,
      .head = 32,
      .blocks = 23,
      .block = { { 3, 1, 1, 24, 16, 0, 0 }, { 3, 2, 4, 16, 24, 0, 0 }, { 3, 1, 4, 24, 24, 1, 0 },
                 { 3, 1, 4, 24, 24, 1, 1 }, { 5, 2, 4, 24, 40, 0, 0 }, { 5, 1, 4, 40, 40, 1, 0 },
                 { 5, 1, 3, 40, 40, 1, 1 }, { 3, 2, 3, 40, 48, 0, 0 }, { 3, 1, 3, 48, 48, 1, 0 },
                 { 3, 1, 3, 48, 48, 1, 0 }, { 5, 1, 3, 48, 56, 0, 0 }, { 5, 1, 3, 56, 56, 1, 0 },
                 { 7, 1, 3, 56, 56, 1, 0 }, { 5, 1, 2, 56, 56, 1, 0 }, { 5, 1, 2, 56, 56, 1, 1 },
                 { 5, 2, 2, 56, 64, 0, 0 }, { 5, 1, 2, 64, 64, 1, 0 }, { 5, 1, 2, 64, 64, 1, 0 },
                 { 7, 1, 2, 64, 64, 1, 0 }, { 3, 1, 2, 64, 64, 1, 0 }, { 3, 1, 2, 64, 64, 1, 0 },
                 { 5, 1, 2, 64, 64, 1, 0 }, { 3, 1, 2, 64, 80, 0, 1 } } },
    /* Channel counts that fill no vector, a kernel of one pixel, taps side by side, one channel. */
    { .decoder = 7,
      .head = 3,
      .blocks = 6,
      .block = { { 7, 2, 1, 5, 9, 0, 1 },
                 { 1, 2, 3, 9, 13, 0, 1 },
                 { 1, 1, 1, 13, 13, 1, 0 },
                 { 11, 2, 2, 13, 1, 0, 1 },
                 { 3, 2, 5, 1, 17, 0, 0 },
                 { 3, 1, 2, 17, 17, 1, 1 } } },
};

/* A file in memory, being written. */
typedef struct writer {
    char header[HEADER_SIZE];
    size_t length;
    float *values;
    size_t count;
    uint32_t seed;
} writer;

static void append(writer *self, const char *format, ...) SPX_PRINTF(2, 3);

static void append(writer *self, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const int length =
        vsnprintf(self->header + self->length, HEADER_SIZE - self->length, format, args);
    va_end(args);
    assert_true(length > 0 && self->length + (size_t)length < HEADER_SIZE);
    self->length += (size_t)length;
}

static float next(writer *self)
{
    self->seed = self->seed * 1664525U + 1013904223U;
    return (float)(self->seed >> 8) / 8388608.0F - 1.0F;
}

static void add_values(writer *self, size_t count, float size)
{
    append(self, ",\"data_offsets\":[%zu,%zu]}", self->count * sizeof(float),
           (self->count + count) * sizeof(float));
    self->values = realloc(self->values, (self->count + count) * sizeof(float));
    assert_non_null(self->values);
    for (size_t i = 0; i < count; i++)
        self->values[self->count++] = size * next(self);
}

/* Weights whose sums stay about as large as their inputs. */
static void add_conv(writer *self, const char *name, uint32_t cout, uint32_t cin, uint32_t kernel)
{
    const size_t filter = (size_t)cin * kernel * kernel;
    append(self, ",\"%s.weight\":{\"dtype\":\"F32\",\"shape\":[%u,%u,%u,%u]", name, cout, cin,
           kernel, kernel);
    add_values(self, cout * filter, sqrtf(3.0F / (float)filter));
    append(self, ",\"%s.bias\":{\"dtype\":\"F32\",\"shape\":[%u]", name, cout);
    add_values(self, cout, 0.2F);
}

static void add_level(writer *self, const shape *made, uint32_t level, uint32_t channels)
{
    char name[NAME_SIZE];
    (void)snprintf(name, sizeof(name), "decoder.project.%u", level);
    add_conv(self, name, made->decoder, channels, 3);
    for (uint32_t i = level == TAPS - 1 ? 2 : 0; i < 4; i++) {
        (void)snprintf(name, sizeof(name), "decoder.fuse.%u.rcu%u.conv%u", level, 1 + i / 2,
                       1 + i % 2);
        add_conv(self, name, made->decoder, made->decoder, 3);
    }
    (void)snprintf(name, sizeof(name), "decoder.fuse.%u.out", level);
    add_conv(self, name, made->decoder, made->decoder, 1);
}

static void add_metadata(writer *self, const shape *made)
{
    append(self,
           "{\"__metadata__\":{\"format\":\"spx-lite\",\"arch\":\"random\","
           "\"decoder_channels\":\"%u\",\"blocks\":\"[",
           made->decoder);
    for (uint32_t i = 0; i < made->blocks; i++) {
        const block *const at = &made->block[i];
        append(self,
               "%s{\\\"kernel\\\":%u,\\\"stride\\\":%u,\\\"expand\\\":%u,\\\"cin\\\":%u,"
               "\\\"cout\\\":%u,\\\"skip\\\":%s,\\\"tap\\\":%s}",
               i == 0 ? "" : ",", at->kernel, at->stride, at->expand, at->cin, at->cout,
               at->skip ? "true" : "false", at->tap ? "true" : "false");
    }
    append(self, "]\"}");
}

static spx_safetensors *make_file(const shape *made, uint8_t **bytes)
{
    writer self = { .seed = 11 };
    char name[NAME_SIZE];
    uint32_t level = 0;
    add_metadata(&self, made);
    add_conv(&self, "encoder.stem", made->block[0].cin, 3, 3);
    for (uint32_t i = 0; i < made->blocks; i++) {
        const block *const at = &made->block[i];
        const uint32_t inner = at->cin * at->expand;
        if (at->expand != 1) {
            (void)snprintf(name, sizeof(name), "encoder.block.%u.expand", i);
            add_conv(&self, name, inner, at->cin, 1);
        }
        (void)snprintf(name, sizeof(name), "encoder.block.%u.depthwise", i);
        add_conv(&self, name, inner, 1, at->kernel);
        (void)snprintf(name, sizeof(name), "encoder.block.%u.project", i);
        add_conv(&self, name, at->cout, inner, 1);
        if (at->tap)
            add_level(&self, made, level++, at->cout);
    }
    add_conv(&self, "head.conv1", made->head, made->decoder, 3);
    add_conv(&self, "head.conv2", made->head, made->head, 3);
    add_conv(&self, "head.conv3", 1, made->head, 1);
    append(&self, "}");
    const uint64_t length = self.length;
    const size_t size = sizeof(length) + self.length + self.count * sizeof(float);
    *bytes = malloc(size);
    assert_non_null(*bytes);
    memcpy(*bytes, &length, sizeof(length));
    memcpy(*bytes + sizeof(length), self.header, self.length);
    memcpy(*bytes + sizeof(length) + self.length, self.values, self.count * sizeof(float));
    free(self.values);
    spx_safetensors *file = NULL;
    spx_diag diag = { 0 };
    if (spx_safetensors_parse(&file, *bytes, size, "random", &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    return file;
}

/* The plain network: maps are [channels][height][width] in double. */
typedef struct plain_map {
    uint32_t channels;
    uint32_t height;
    uint32_t width;
    double *values;
} plain_map;

static plain_map new_map(uint32_t channels, uint32_t height, uint32_t width)
{
    const plain_map made = { channels, height, width,
                             calloc((size_t)channels * height * width, sizeof(double)) };
    assert_non_null(made.values);
    return made;
}

static double *pixel(const plain_map *map, uint32_t channel, uint32_t y, uint32_t x)
{
    return &map->values[((size_t)channel * map->height + y) * map->width + x];
}

typedef struct plain_conv {
    uint32_t stride;
    int same;    /* "SAME" padding */
    double most; /* of the activation; 0 = none */
} plain_conv;

static float *get(const spx_safetensors *file, const char *name, const char *part,
                  const spx_tensor **tensor)
{
    char full[2 * NAME_SIZE];
    (void)snprintf(full, sizeof(full), "%s.%s", name, part);
    *tensor = spx_safetensors_find(file, full);
    assert_non_null(*tensor);
    float *const values = calloc((*tensor)->count, sizeof(*values));
    assert_non_null(values);
    spx_tensor_to_float(*tensor, 0, (*tensor)->count, values);
    return values;
}

static uint32_t padding(uint32_t side, uint32_t kernel, const plain_conv *conv)
{
    if (!conv->same)
        return kernel / 2;
    const uint32_t covered = ((side + conv->stride - 1) / conv->stride - 1) * conv->stride + kernel;
    return covered > side ? (covered - side) / 2 : 0;
}

static double filter(const plain_map *in, const float *weights, const uint32_t corner[3],
                     uint32_t channels, uint32_t kernel)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < channels * kernel * kernel; i++) {
        const uint32_t y = corner[1] + i / kernel % kernel; /* wraps when it is above the map */
        const uint32_t x = corner[2] + i % kernel;
        if (y < in->height && x < in->width)
            sum += (double)weights[i] * *pixel(in, corner[0] + i / kernel / kernel, y, x);
    }
    return sum;
}

static plain_map convolve(const plain_map *in, const spx_safetensors *file, const char *name,
                          plain_conv conv)
{
    const spx_tensor *shape_of = NULL;
    const spx_tensor *bias_of = NULL;
    float *const weights = get(file, name, "weight", &shape_of);
    float *const bias = get(file, name, "bias", &bias_of);
    const uint32_t kernel = (uint32_t)shape_of->shape[2];
    const uint32_t each = (uint32_t)shape_of->shape[1];
    const uint32_t top = padding(in->height, kernel, &conv);
    const uint32_t left = padding(in->width, kernel, &conv);
    const plain_map out =
        new_map((uint32_t)shape_of->shape[0], (in->height + conv.stride - 1) / conv.stride,
                (in->width + conv.stride - 1) / conv.stride);
    for (uint32_t c = 0; c < out.channels; c++) {
        const float *const own = weights + (size_t)c * each * kernel * kernel;
        for (uint32_t i = 0; i < out.height * out.width; i++) {
            const uint32_t corner[3] = { each == in->channels ? 0 : c,
                                         i / out.width * conv.stride - top,
                                         i % out.width * conv.stride - left };
            double sum = (double)bias[c] + filter(in, own, corner, each, kernel);
            if (conv.most > 0.0)
                sum = fmin(fmax(sum, 0.0), conv.most);
            *pixel(&out, c, i / out.width, i % out.width) = sum;
        }
    }
    free(weights);
    free(bias);
    return out;
}

static size_t values_of(const plain_map *map)
{
    return (size_t)map->channels * map->height * map->width;
}

static void add(const plain_map *to, const plain_map *from)
{
    for (size_t i = 0; i < values_of(to); i++)
        to->values[i] += from->values[i];
}

/* Takes `before` over. */
static plain_map run_block(const spx_safetensors *file, const block *at, uint32_t index,
                           plain_map before)
{
    char name[NAME_SIZE];
    plain_map wide = before;
    if (at->expand != 1) {
        (void)snprintf(name, sizeof(name), "encoder.block.%u.expand", index);
        wide = convolve(&before, file, name, (plain_conv){ 1, 1, 6.0 });
    }
    (void)snprintf(name, sizeof(name), "encoder.block.%u.depthwise", index);
    plain_map filtered = convolve(&wide, file, name, (plain_conv){ at->stride, 1, 6.0 });
    (void)snprintf(name, sizeof(name), "encoder.block.%u.project", index);
    const plain_map out = convolve(&filtered, file, name, (plain_conv){ 1, 1, 0.0 });
    if (at->skip)
        add(&out, &before);
    if (wide.values != before.values)
        free(wide.values);
    free(filtered.values);
    free(before.values);
    return out;
}

/* to += conv2(relu(conv1(relu(from)))) */
static void run_rcu(const spx_safetensors *file, uint32_t level, uint32_t number,
                    const plain_map *from, const plain_map *to)
{
    char name[NAME_SIZE];
    plain_map positive = new_map(from->channels, from->height, from->width);
    for (size_t i = 0; i < values_of(from); i++)
        positive.values[i] = fmax(from->values[i], 0.0);
    (void)snprintf(name, sizeof(name), "decoder.fuse.%u.rcu%u.conv1", level, number);
    plain_map inner = convolve(&positive, file, name, (plain_conv){ 1, 0, 1e30 });
    (void)snprintf(name, sizeof(name), "decoder.fuse.%u.rcu%u.conv2", level, number);
    plain_map outer = convolve(&inner, file, name, (plain_conv){ 1, 0, 0.0 });
    add(to, &outer);
    free(positive.values);
    free(inner.values);
    free(outer.values);
}

static double clamp(double value, uint32_t side)
{
    return fmin(fmax(value, 0.0), (double)side - 1.0);
}

static plain_map resize(const plain_map *in, uint32_t height, uint32_t width)
{
    const plain_map out = new_map(in->channels, height, width);
    for (size_t i = 0; i < values_of(&out); i++) {
        const uint32_t c = (uint32_t)(i / width / height);
        const uint32_t row = (uint32_t)(i / width % height);
        const uint32_t column = (uint32_t)(i % width);
        const double y = clamp((row + 0.5) * in->height / height - 0.5, in->height);
        const double x = clamp((column + 0.5) * in->width / width - 0.5, in->width);
        const uint32_t y0 = (uint32_t)y;
        const uint32_t x0 = (uint32_t)x;
        const uint32_t y1 = y0 + 1 < in->height ? y0 + 1 : y0;
        const uint32_t x1 = x0 + 1 < in->width ? x0 + 1 : x0;
        const double a = x - x0;
        const double b = y - y0;
        out.values[i] = (1 - b) * ((1 - a) * *pixel(in, c, y0, x0) + a * *pixel(in, c, y0, x1)) +
                        b * ((1 - a) * *pixel(in, c, y1, x0) + a * *pixel(in, c, y1, x1));
    }
    return out;
}

static plain_map run_decoder(const spx_safetensors *file, plain_map taps[TAPS])
{
    char name[NAME_SIZE];
    plain_map y = { 0 };
    for (uint32_t level = TAPS; level-- > 0;) {
        const uint32_t height = level == 0 ? 2 * taps[0].height : taps[level - 1].height;
        const uint32_t width = level == 0 ? 2 * taps[0].width : taps[level - 1].width;
        (void)snprintf(name, sizeof(name), "decoder.project.%u", level);
        plain_map tap = convolve(&taps[level], file, name, (plain_conv){ 1, 0, 0.0 });
        free(taps[level].values);
        if (level == TAPS - 1) {
            y = tap;
        } else {
            add(&y, &tap);
            run_rcu(file, level, 1, &tap, &y);
            free(tap.values);
        }
        run_rcu(file, level, 2, &y, &y);
        plain_map large = resize(&y, height, width);
        free(y.values);
        (void)snprintf(name, sizeof(name), "decoder.fuse.%u.out", level);
        y = convolve(&large, file, name, (plain_conv){ 1, 0, 0.0 });
        free(large.values);
    }
    return y;
}

static plain_map run_plainly(const spx_safetensors *file, const shape *made, const float *input,
                             uint32_t height, uint32_t width)
{
    static const char *const head[] = { "head.conv1", "head.conv2", "head.conv3" };
    plain_map taps[TAPS];
    uint32_t level = 0;
    plain_map first = new_map(3, height, width);
    for (size_t i = 0; i < values_of(&first); i++)
        first.values[i] = (double)input[i];
    plain_map y = convolve(&first, file, "encoder.stem", (plain_conv){ 2, 1, 6.0 });
    free(first.values);
    for (uint32_t i = 0; i < made->blocks; i++) {
        y = run_block(file, &made->block[i], i, y);
        if (made->block[i].tap) {
            taps[level] = new_map(y.channels, y.height, y.width);
            add(&taps[level++], &y);
        }
    }
    free(y.values);
    y = run_decoder(file, taps);
    for (uint32_t i = 0; i < 3; i++) {
        const plain_map after = convolve(&y, file, head[i], (plain_conv){ 1, 0, i < 2 ? 1e30 : 0 });
        free(y.values);
        y = after;
    }
    return y;
}

static void check_run(const spx_safetensors *file, unsigned cpu, spx_pool *pool, const float *input,
                      const spx_size3 *size, const plain_map *wanted)
{
    static const double most_error = 1e-4; /* float32 against double, of the largest value */
    spx_lite_weights *weights = NULL;
    spx_graph *graph = NULL;
    spx_diag diag = { 0 };
    double largest = 0.0;
    float *const output = calloc(values_of(wanted), sizeof(*output));
    assert_non_null(output);
    const spx_task task = { .pool = pool };
    const spx_graph_io io = { .input = input, .output = output };
    if (spx_lite_weights_create(&weights, file, &diag) != SPX_OK ||
        spx_lite_graph_create(&graph, weights, spx_nn_kernels_choose(cpu), size, &diag) != SPX_OK ||
        spx_graph_run(graph, &io, &task, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    for (size_t i = 0; i < values_of(wanted); i++)
        largest = fmax(largest, fabs(wanted->values[i]));
    assert_true(largest > 0.1);
    for (size_t i = 0; i < values_of(wanted); i++) {
        const double error = fabs((double)output[i] - wanted->values[i]) / largest;
        if (!(error <= most_error))
            fail_msg("value %zu is %g, wanted %g", i, (double)output[i], wanted->values[i]);
    }
    spx_graph_destroy(graph);
    spx_lite_weights_destroy(weights);
    free(output);
}

static void check_shape(const shape *made, uint32_t height, uint32_t width)
{
    const unsigned all = spx_cpu_flags();
    const unsigned sets[] = { 0, SPX_CPU_AVX2, SPX_CPU_AVX2 | SPX_CPU_AVX512, all };
    uint8_t *bytes = NULL;
    spx_pool *pool = NULL;
    const spx_size3 size = { .channels = 3, .height = height, .width = width };
    spx_safetensors *const file = make_file(made, &bytes);
    float *const input = calloc((size_t)3 * height * width, sizeof(*input));
    assert_non_null(input);
    for (size_t i = 0; i < (size_t)3 * height * width; i++)
        input[i] = (float)sin(0.37 * (double)i);
    plain_map wanted = run_plainly(file, made, input, height, width);
    assert_int_equal(spx_pool_create(&pool, 3, NULL), SPX_OK);

    for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
        if ((sets[i] & all) == sets[i])
            check_run(file, sets[i], NULL, input, &size, &wanted);
    }
    check_run(file, all, pool, input, &size, &wanted);

    spx_pool_destroy(pool);
    free(wanted.values);
    free(input);
    spx_safetensors_close(file);
    free(bytes);
}

static void runs_a_wide_decoder_and_many_blocks(void **state)
{
    (void)state;
    check_shape(&shapes[0], 48, 64);
}

static void runs_channel_counts_that_fill_no_vector(void **state)
{
    (void)state;
    check_shape(&shapes[1], 45, 70);
    check_shape(&shapes[1], 32, 33);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_a_wide_decoder_and_many_blocks),
        cmocka_unit_test(runs_channel_counts_that_fill_no_vector),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
