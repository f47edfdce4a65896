#include "test_dav2.h"

#include "test_files.h"
#include "test_support.h"

#include "base/file.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, MOST_BYTES = 1 << 30, DATA_NAME = 128 };

static uint64_t fnv1a(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325U;
    for (; *text != '\0'; text++)
        hash = (hash ^ (uint8_t)*text) * 0x100000001b3U;
    return hash;
}

static double noise(uint64_t hash, size_t index)
{
    uint64_t z = hash + index + 0x9E3779B97F4A7C15U;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
    z = (z ^ z >> 27) * 0x94D049BB133111EBU;
    z ^= z >> 31;
    return (double)(z >> 40) / 8388608.0 - 1.0;
}

static int ends_with(const char *text, const char *end)
{
    const size_t size = strlen(text);
    const size_t end_size = strlen(end);
    return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

/* Of version 3. */
static void distribution_3(const char *name, double *centre, double *spread)
{
    if (ends_with(name, "norm.weight") || ends_with(name, "norm1.weight") ||
        ends_with(name, "norm2.weight")) {
        *centre = 1.0;
        *spread = 0.1;
    } else if (ends_with(name, ".gamma")) {
        *centre = 0.5;
        *spread = 0.3;
    } else if (ends_with(name, ".bias")) {
        *centre = ends_with(name, ".sky_output_conv2.2.bias") ? 0.3
                  : ends_with(name, ".output_conv2.2.bias")   ? 0.5
                                                              : 0.0;
        *spread = 0.02;
    }
}

static double spread_of_weight(const char *name, const size_t *shape, size_t rank)
{
    static const char *const transposed[] = { "layers.0.resize", "layers.1.resize",
                                              "resize_layers.0.", "resize_layers.1." };
    double fan = 1.0;
    for (size_t i = 1; i < rank; i++)
        fan *= (double)shape[i];
    for (size_t i = 0; i < sizeof(transposed) / sizeof(transposed[0]); i++) {
        if (strstr(name, transposed[i]) != NULL)
            fan = (double)shape[0];
    }
    return sqrt(3.0 / fan);
}

/* centre + spread * u */
static void distribution(const char *name, const size_t *shape, size_t rank, double *centre,
                         double *spread)
{
    *centre = 0.0;
    *spread = ends_with(name, ".weight") ? spread_of_weight(name, shape, rank) : 0.2;
    if (strncmp(name, "model.", strlen("model.")) == 0) {
        distribution_3(name, centre, spread);
    } else if (ends_with(name, "norm1.weight") || ends_with(name, "norm2.weight") ||
               ends_with(name, "layernorm.weight")) {
        *centre = 1.0;
        *spread = 0.1;
    } else if (ends_with(name, "lambda1")) {
        *centre = 0.5;
        *spread = 0.3;
    } else if (ends_with(name, ".bias")) {
        *centre = strcmp(name, "head.conv3.bias") == 0 ? 4.0 : 0.0;
        *spread = 0.02;
    }
}

static uint16_t half_bits(float value)
{
    uint32_t bits = 0;
    memcpy(&bits, &value, sizeof(bits));
    const uint32_t sign = bits >> 16 & 0x8000U;
    const int exponent = (int)(bits >> 23 & 0xFFU) - 127 + 15;
    const uint32_t fraction = bits & 0x7FFFFFU;
    if (exponent <= 0) /* subnormal; values here are far below the largest */
        return (uint16_t)(sign | (uint32_t)lrintf(fabsf(value) * 16777216.0F));
    const uint32_t joined = ((uint32_t)exponent << 10 | fraction >> 13);
    const uint32_t rest = fraction & 0x1FFFU;
    const uint32_t up = rest > 0x1000U || (rest == 0x1000U && (joined & 1U));
    return (uint16_t)(sign | (joined + up));
}

static uint16_t brain_bits(float value)
{
    uint32_t bits = 0;
    memcpy(&bits, &value, sizeof(bits));
    return (uint16_t)((bits + 0x7FFFU + (bits >> 16 & 1U)) >> 16);
}

static void write_tensor(FILE *file, const char *name, const size_t *shape, size_t rank,
                         spx_dtype dtype)
{
    double centre = 0.0;
    double spread = 0.0;
    size_t count = 1;
    for (size_t i = 0; i < rank; i++)
        count *= shape[i];
    distribution(name, shape, rank, &centre, &spread);
    const uint64_t hash = fnv1a(name);
    for (size_t i = 0; i < count; i++) {
        const float value = (float)(centre + spread * noise(hash, i));
        const uint16_t bits = dtype == SPX_DTYPE_F16 ? half_bits(value) : brain_bits(value);
        if (dtype == SPX_DTYPE_F32) {
            assert_int_equal(fwrite(&value, sizeof(value), 1, file), 1);
        } else {
            assert_int_equal(fwrite(&bits, sizeof(bits), 1, file), 1);
        }
    }
}

/* The tensor's name as newer programs spell it. */
static void newer_name(const char *name, char *out, size_t size)
{
    static const char *const spellings[][2] = {
        { "attention.attention.query", "attention.q_proj" },
        { "attention.attention.key", "attention.k_proj" },
        { "attention.attention.value", "attention.v_proj" },
        { "attention.output.dense", "attention.o_proj" },
    };
    (void)snprintf(out, size, "%s", name);
    for (size_t i = 0; i < 4; i++) {
        const char *const at = strstr(name, spellings[i][0]);
        if (at != NULL) {
            (void)snprintf(out, size, "%.*s%s%s", (int)(at - name), name, spellings[i][1],
                           at + strlen(spellings[i][0]));
        }
    }
}

static json_t *load_json(const char *name)
{
    json_t *const json = json_load_file(test_data_path(name), 0, NULL);
    if (json == NULL)
        fail_msg("%s: cannot be read", name);
    return json;
}

static size_t shape_of(const json_t *list, size_t *shape)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        shape[i] = (size_t)json_integer_value(json_array_get(list, i));
    return json_array_size(list);
}

static char *header_of(json_t *tensors, const test_dav2_weights *weights)
{
    static const char *const types[] = { "F32", "F16", "BF16" };
    json_t *const header = json_object();
    const char *name = NULL;
    json_t *list = NULL;
    size_t at = 0;
    json_object_foreach(tensors, name, list)
    {
        size_t shape[4];
        size_t bytes = weights->dtype == SPX_DTYPE_F32 ? 4 : 2;
        const size_t rank = shape_of(list, shape);
        for (size_t i = 0; i < rank; i++)
            bytes *= shape[i];
        if (weights->without != NULL && strcmp(weights->without, name) == 0)
            continue;
        const size_t end = at + bytes;
        char stored[DATA_NAME];
        newer_name(name, stored, sizeof(stored));
        json_object_set_new(header, weights->newer_names ? stored : name,
                            json_pack("{s:s,s:O,s:[I,I]}", "dtype", types[weights->dtype], "shape",
                                      list, "data_offsets", (json_int_t)at, (json_int_t)end));
        at = end;
    }
    char *const text = json_dumps(header, JSON_COMPACT);
    json_decref(header);
    return text;
}

static void write_weights(const char *path, const test_dav2_weights *weights)
{
    char list_name[DATA_NAME];
    (void)snprintf(list_name, sizeof(list_name), "depth-reference/%s_tensors.json", weights->size);
    json_t *const tensors = load_json(list_name);
    char *const header = header_of(tensors, weights);
    const uint64_t header_size = strlen(header);
    char temporary[PATH_BYTES + 16];
    (void)snprintf(temporary, sizeof(temporary), "%s.%ld", path, (long)getpid());
    FILE *const file = fopen(temporary, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(&header_size, sizeof(header_size), 1, file), 1);
    assert_int_equal(fwrite(header, header_size, 1, file), 1);
    const char *name = NULL;
    json_t *list = NULL;
    json_object_foreach(tensors, name, list)
    {
        size_t shape[4];
        const size_t rank = shape_of(list, shape);
        if (weights->without == NULL || strcmp(weights->without, name) != 0)
            write_tensor(file, name, shape, rank, weights->dtype);
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(rename(temporary, path), 0);
    free(header);
    json_decref(tensors);
}

const char *test_dav2_path(const test_dav2_weights *weights)
{
    static const char *const types[] = { "f32", "f16", "bf16" };
    static char path[PATH_BYTES];
    char name[DATA_NAME];
    (void)snprintf(name, sizeof(name), "dav2_%s_%s%s%s%s.safetensors", weights->size,
                   types[weights->dtype], weights->newer_names ? "_newer" : "",
                   weights->without != NULL ? "_without" : "",
                   weights->called != NULL ? weights->called : "");
    (void)snprintf(path, sizeof(path), "%s", test_out_path(name));
    if (weights->without != NULL || access(path, R_OK) != 0)
        write_weights(path, weights);
    return path;
}

void test_dav2_input(uint32_t height, uint32_t width, float *input)
{
    char name[DATA_NAME];
    (void)snprintf(name, sizeof(name), "input.%ux%u", height, width);
    const uint64_t hash = fnv1a(name);
    for (size_t c = 0; c < 3; c++) {
        for (size_t y = 0; y < height; y++) {
            for (size_t x = 0; x < width; x++) {
                const size_t i = (c * height + y) * width + x;
                const double wave = sin(0.05 * (double)(c + 1) * (double)x + 0.03 * (double)y);
                input[i] = (float)(wave + 0.25 * noise(hash, i));
            }
        }
    }
}

int test_dav2_reference(const char *set, const char *name, test_reference *out)
{
    *out = (test_reference){ 0 };
    char file[DATA_NAME];
    (void)snprintf(file, sizeof(file), "depth-reference/%s.json", set);
    json_t *const list = load_json(file);
    const json_t *const entry = json_object_get(list, name);
    if (entry != NULL) {
        out->rank = shape_of(json_object_get(entry, "shape"), out->shape);
        out->largest = json_number_value(json_object_get(entry, "max"));
        const size_t offset = (size_t)json_integer_value(json_object_get(entry, "offset"));
        out->count = 1;
        for (size_t i = 0; i < out->rank; i++)
            out->count *= out->shape[i];
        (void)snprintf(file, sizeof(file), "depth-reference/%s.bin", set);
        spx_bytes bytes = test_data_read(file);
        assert_true(offset + out->count * sizeof(float) <= bytes.size);
        out->values = malloc(out->count * sizeof(float));
        assert_non_null(out->values);
        memcpy(out->values, bytes.data + offset, out->count * sizeof(float));
        spx_bytes_clear(&bytes);
    }
    json_decref(list);
    return out->values != NULL;
}
