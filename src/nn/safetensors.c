/*
 * The header is JSON of a stranger: its size, depth and numbers are checked before use, ranges
 * must be inside the file, must not overlap and must leave no gap, and a range must be as long as
 * its type and shape say. Only then is a tensor handed out, as a place in the mapped file.
 */
#include "nn/safetensors.h"

#include "base/file.h"
#include "base/size.h"

#include <assert.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum {
    PREFIX_BYTES = 8,             /* size of the header */
    MOST_HEADER_BYTES = 16 << 20, /* the largest published models need about 1 MB */
    MOST_TENSORS = 1 << 16,
};

struct spx_safetensors {
    char *path;
    spx_mapping mapping; /* empty when the bytes are the caller's */
    const uint8_t *bytes;
    size_t size;
    json_t *header; /* keeps names and metadata alive */
    spx_tensor *tensors;
    size_t count;
};

typedef struct dtype_row {
    const char *name;
    spx_dtype dtype;
    size_t element_bytes;
} dtype_row;

static const dtype_row dtypes[] = {
    { "F32", SPX_DTYPE_F32, 4 },       { "F16", SPX_DTYPE_F16, 2 },
    { "BF16", SPX_DTYPE_BF16, 2 },     { "F64", SPX_DTYPE_OTHER, 8 },
    { "I64", SPX_DTYPE_OTHER, 8 },     { "U64", SPX_DTYPE_OTHER, 8 },
    { "I32", SPX_DTYPE_OTHER, 4 },     { "U32", SPX_DTYPE_OTHER, 4 },
    { "I16", SPX_DTYPE_OTHER, 2 },     { "U16", SPX_DTYPE_OTHER, 2 },
    { "I8", SPX_DTYPE_OTHER, 1 },      { "U8", SPX_DTYPE_OTHER, 1 },
    { "BOOL", SPX_DTYPE_OTHER, 1 },    { "F8_E4M3", SPX_DTYPE_OTHER, 1 },
    { "F8_E5M2", SPX_DTYPE_OTHER, 1 },
};

static const dtype_row *find_dtype(const char *name)
{
    for (size_t i = 0; i < sizeof(dtypes) / sizeof(dtypes[0]); i++) {
        if (strcmp(dtypes[i].name, name) == 0)
            return &dtypes[i];
    }
    return NULL;
}

/* A whole number >= 0 that fits size_t. */
static int get_size(const json_t *value, size_t *out)
{
    *out = 0;
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return 0;
    *out = (size_t)json_integer_value(value);
    return 1;
}

static spx_status read_shape(const spx_safetensors *file, const json_t *shape, spx_tensor *tensor,
                             spx_diag *diag)
{
    const size_t rank = json_array_size(shape); /* 0 when it is no array */
    if (!json_is_array(shape) || rank > SPX_TENSOR_MAX_RANK) {
        return spx_fail(diag, SPX_ERR_CORRUPT, "%s: tensor '%s': no shape of at most %d numbers",
                        file->path, tensor->name, SPX_TENSOR_MAX_RANK);
    }
    tensor->rank = (unsigned)rank;
    tensor->count = 1;
    for (unsigned i = 0; i < tensor->rank; i++) {
        if (!get_size(json_array_get(shape, i), &tensor->shape[i])) {
            return spx_fail(diag, SPX_ERR_CORRUPT, "%s: tensor '%s': size %u is no number",
                            file->path, tensor->name, i);
        }
        SPX_TRY(spx_mul_size(&tensor->count, tensor->count, tensor->shape[i], tensor->name, diag));
    }
    return SPX_OK;
}

/* data: where tensor bytes begin, data_size of them. */
static spx_status read_range(const spx_safetensors *file, const json_t *offsets,
                             const uint8_t *data, size_t data_size, spx_tensor *tensor,
                             spx_diag *diag)
{
    size_t begin = 0;
    size_t end = 0;
    if (json_array_size(offsets) != 2 || !get_size(json_array_get(offsets, 0), &begin) ||
        !get_size(json_array_get(offsets, 1), &end) || begin > end) {
        return spx_fail(diag, SPX_ERR_CORRUPT, "%s: tensor '%s': no byte range", file->path,
                        tensor->name);
    }
    if (end > data_size) {
        return spx_fail(diag, SPX_ERR_TRUNCATED, "%s: tensor '%s' ends at byte %zu of %zu",
                        file->path, tensor->name, end, data_size);
    }
    tensor->data = data + begin;
    tensor->size = end - begin;
    return SPX_OK;
}

static spx_status read_tensor(const spx_safetensors *file, const json_t *entry, const uint8_t *data,
                              size_t data_size, spx_tensor *tensor, spx_diag *diag)
{
    const char *const dtype_name = json_string_value(json_object_get(entry, "dtype"));
    const dtype_row *const dtype = dtype_name == NULL ? NULL : find_dtype(dtype_name);
    if (dtype == NULL) {
        return spx_fail(diag, SPX_ERR_CORRUPT, "%s: tensor '%s': no known dtype", file->path,
                        tensor->name);
    }
    tensor->dtype = dtype->dtype;
    SPX_TRY(read_shape(file, json_object_get(entry, "shape"), tensor, diag));
    SPX_TRY(
        read_range(file, json_object_get(entry, "data_offsets"), data, data_size, tensor, diag));
    size_t wanted = 0;
    SPX_TRY(spx_mul_size(&wanted, tensor->count, dtype->element_bytes, tensor->name, diag));
    if (wanted != tensor->size) {
        return spx_fail(diag, SPX_ERR_CORRUPT, "%s: tensor '%s': shape wants %zu bytes, has %zu",
                        file->path, tensor->name, wanted, tensor->size);
    }
    return SPX_OK;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const spx_tensor *)a)->name, ((const spx_tensor *)b)->name);
}

static int by_place(const void *a, const void *b)
{
    const spx_tensor *const first = a;
    const spx_tensor *const second = b;
    if (first->data != second->data)
        return first->data < second->data ? -1 : 1;
    return first->size < second->size ? -1 : first->size > second->size;
}

/* The format wants the bytes covered once, without holes; sorts by place. */
static spx_status check_cover(spx_safetensors *file, const uint8_t *data, spx_diag *diag)
{
    qsort(file->tensors, file->count, sizeof(*file->tensors), by_place);
    const uint8_t *at = data;
    for (size_t i = 0; i < file->count; i++) {
        const spx_tensor *const tensor = &file->tensors[i];
        if (tensor->data != at) {
            return spx_fail(diag, SPX_ERR_CORRUPT, "%s: tensor '%s' %s", file->path, tensor->name,
                            tensor->data < at ? "overlaps another" : "begins after a hole");
        }
        at += tensor->size;
    }
    if (at != file->bytes + file->size) {
        return spx_fail(diag, SPX_ERR_CORRUPT, "%s: %zu bytes belong to no tensor", file->path,
                        (size_t)(file->bytes + file->size - at));
    }
    return SPX_OK;
}

static spx_status check_metadata(const spx_safetensors *file, spx_diag *diag)
{
    json_t *const metadata = json_object_get(file->header, "__metadata__");
    if (metadata == NULL)
        return SPX_OK;
    const char *key = NULL;
    const json_t *value = NULL;
    int good = json_is_object(metadata);
    json_object_foreach(metadata, key, value)
    {
        good = good && json_is_string(value);
    }
    return good ? SPX_OK
                : spx_fail(diag, SPX_ERR_CORRUPT, "%s: metadata is no list of texts", file->path);
}

static spx_status read_header(spx_safetensors *file, spx_diag *diag)
{
    if (file->size < PREFIX_BYTES) {
        return spx_fail(diag, SPX_ERR_TRUNCATED, "%s: %zu bytes are no safetensors file",
                        file->path, file->size);
    }
    uint64_t header_size = 0;
    for (unsigned i = 0; i < PREFIX_BYTES; i++)
        header_size |= (uint64_t)file->bytes[i] << 8 * i;
    if (header_size > MOST_HEADER_BYTES) {
        return spx_fail(diag, SPX_ERR_LIMIT,
                        "%s: not a safetensors file (its header would have %llu bytes)", file->path,
                        (unsigned long long)header_size);
    }
    if (header_size > file->size - PREFIX_BYTES) {
        return spx_fail(diag, SPX_ERR_TRUNCATED, "%s: header of %llu bytes in a file of %zu",
                        file->path, (unsigned long long)header_size, file->size);
    }
    json_error_t error;
    file->header = json_loadb((const char *)file->bytes + PREFIX_BYTES, (size_t)header_size,
                              JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(file->header)) {
        return spx_fail(diag, SPX_ERR_CORRUPT, "%s: header: %s", file->path,
                        file->header == NULL ? error.text : "no object");
    }
    return SPX_OK;
}

static spx_status read_tensors(spx_safetensors *file, const uint8_t *data, spx_diag *diag)
{
    const size_t entries = json_object_size(file->header);
    if (entries > MOST_TENSORS) {
        return spx_fail(diag, SPX_ERR_LIMIT, "%s: %zu tensors are over the limit of %d", file->path,
                        entries, MOST_TENSORS);
    }
    file->tensors = calloc(entries + 1, sizeof(*file->tensors));
    if (file->tensors == NULL)
        return spx_fail_memory(diag, file->path);
    const size_t data_size = (size_t)(file->bytes + file->size - data);
    const char *name = NULL;
    json_t *entry = NULL;
    json_object_foreach(file->header, name, entry)
    {
        if (strcmp(name, "__metadata__") == 0)
            continue;
        spx_tensor *const tensor = &file->tensors[file->count];
        tensor->name = name;
        SPX_TRY(read_tensor(file, entry, data, data_size, tensor, diag));
        file->count++;
    }
    return SPX_OK;
}

static spx_status read_file(spx_safetensors *file, spx_diag *diag)
{
    SPX_TRY(read_header(file, diag));
    SPX_TRY(check_metadata(file, diag));
    size_t header_size = 0;
    for (unsigned i = PREFIX_BYTES; i-- > 0;)
        header_size = header_size << 8 | file->bytes[i];
    const uint8_t *const data = file->bytes + PREFIX_BYTES + header_size;
    SPX_TRY(read_tensors(file, data, diag));
    SPX_TRY(check_cover(file, data, diag));
    qsort(file->tensors, file->count, sizeof(*file->tensors), by_name);
    return SPX_OK;
}

static spx_safetensors *create(const char *path, spx_diag *diag)
{
    spx_safetensors *const file = calloc(1, sizeof(*file));
    char *const copy = strdup(path);
    if (file == NULL || copy == NULL) {
        free(file);
        free(copy);
        (void)spx_fail_memory(diag, path);
        return NULL;
    }
    file->path = copy;
    return file;
}

spx_status spx_safetensors_open(spx_safetensors **out, const char *path, spx_diag *diag)
{
    *out = NULL;
    spx_status status = SPX_OK;
    spx_safetensors *file = create(path, diag);
    if (file == NULL)
        return SPX_ERR_NO_MEMORY;
    SPX_TRY_OUT(spx_mapping_open(&file->mapping, path, diag));
    file->bytes = file->mapping.data;
    file->size = file->mapping.size;
    SPX_TRY_OUT(read_file(file, diag));
    *out = file;
    file = NULL; /* moved to the caller */

out:
    spx_safetensors_close(file);
    return status;
}

spx_status spx_safetensors_parse(spx_safetensors **out, const uint8_t *bytes, size_t size,
                                 const char *what, spx_diag *diag)
{
    *out = NULL;
    spx_safetensors *const file = create(what, diag);
    if (file == NULL)
        return SPX_ERR_NO_MEMORY;
    file->bytes = bytes;
    file->size = size;
    const spx_status status = read_file(file, diag);
    if (status == SPX_OK) {
        *out = file;
    } else {
        spx_safetensors_close(file);
    }
    return status;
}

void spx_safetensors_close(spx_safetensors *file)
{
    if (file == NULL)
        return;
    spx_mapping_close(&file->mapping);
    json_decref(file->header);
    free(file->tensors);
    free(file->path);
    free(file);
}

const char *spx_safetensors_path(const spx_safetensors *file)
{
    return file->path;
}

size_t spx_safetensors_count(const spx_safetensors *file)
{
    return file->count;
}

const spx_tensor *spx_safetensors_at(const spx_safetensors *file, size_t index)
{
    assert(index < file->count);
    return &file->tensors[index];
}

const spx_tensor *spx_safetensors_find(const spx_safetensors *file, const char *name)
{
    const spx_tensor key = { .name = name };
    return bsearch(&key, file->tensors, file->count, sizeof(key), by_name);
}

const char *spx_safetensors_metadata(const spx_safetensors *file, const char *key)
{
    return json_string_value(json_object_get(json_object_get(file->header, "__metadata__"), key));
}

void spx_safetensors_release(const spx_safetensors *file)
{
    if (file->mapping.data == NULL)
        return; /* the bytes are the caller's */
    // NOLINTNEXTLINE(performance-no-int-to-ptr): madvise() takes no pointer to const
    void *const pages = (void *)(uintptr_t)file->mapping.data;
    (void)madvise(pages, file->mapping.size, MADV_DONTNEED);
}

/* Four lanes of multiply and fold, so that memory is the limit, not the multiplier. */
uint64_t spx_safetensors_hash(const spx_safetensors *file, const spx_task *task)
{
    enum { LANES = 4, WORD = 8, STEP = LANES * WORD, FOLD = 32, RELEASE = 32 << 20 };
    static const uint64_t prime = 0x9e3779b97f4a7c15u;
    uint64_t lanes[LANES] = { 1, 2, 3, 4 };
    size_t at = 0;
    for (; file->size - at >= STEP; at += STEP) {
        for (size_t i = 0; i < LANES; i++) {
            uint64_t word = 0;
            memcpy(&word, file->bytes + at + i * WORD, WORD);
            lanes[i] = (lanes[i] ^ word) * prime;
            lanes[i] ^= lanes[i] >> FOLD;
        }
        if (at % RELEASE != 0)
            continue;
        spx_safetensors_release(file);
        if (spx_task_cancelled(task))
            break;
    }
    spx_safetensors_release(file);
    uint64_t hash = file->size;
    for (; at < file->size; at++)
        hash = (hash ^ file->bytes[at]) * prime;
    for (size_t i = 0; i < LANES; i++) {
        hash = (hash ^ lanes[i]) * prime;
        hash ^= hash >> FOLD;
    }
    return hash;
}

static void format_shape(char *text, size_t size, unsigned rank, const size_t *shape)
{
    size_t used = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < rank && used < size; i++) {
        const int put = snprintf(text + used, size - used, i == 0 ? "%zu" : "x%zu", shape[i]);
        used += put > 0 ? (size_t)put : 0;
    }
}

spx_status spx_safetensors_get(const spx_safetensors *file, const char *name, unsigned rank,
                               const size_t *shape, const spx_tensor **out, spx_diag *diag)
{
    *out = NULL;
    const spx_tensor *const tensor = spx_safetensors_find(file, name);
    if (tensor == NULL)
        return spx_fail(diag, SPX_ERR_CORRUPT, "%s: tensor '%s' is missing", file->path, name);
    if (tensor->dtype == SPX_DTYPE_OTHER) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED, "%s: tensor '%s' is not F32, F16 or BF16",
                        file->path, name);
    }
    if (tensor->rank != rank || memcmp(tensor->shape, shape, rank * sizeof(*shape)) != 0) {
        char have[128];
        char want[128];
        format_shape(have, sizeof(have), tensor->rank, tensor->shape);
        format_shape(want, sizeof(want), rank, shape);
        return spx_fail(diag, SPX_ERR_CORRUPT, "%s: tensor '%s' is %s, wanted %s", file->path, name,
                        have, want);
    }
    *out = tensor;
    return SPX_OK;
}

/* Shifts a half's exponent and fraction into place and rescales: right for denormals as well. */
static float half_to_float(uint32_t half)
{
    enum { FRACTION_SHIFT = 13, SIGN_SHIFT = 16 };
    static const uint32_t magnitude_bits = 0x7fff;
    static const uint32_t first_infinite = 0x7c00;
    static const uint32_t float_infinity = 0x7f800000;
    static const float rescale = 0x1p112f; /* difference of the exponents' biases */
    const uint32_t magnitude = half & magnitude_bits;
    const uint32_t shifted = magnitude << FRACTION_SHIFT;
    float value;
    memcpy(&value, &shifted, sizeof(value));
    value *= rescale;
    uint32_t bits;
    memcpy(&bits, &value, sizeof(bits));
    bits |= magnitude >= first_infinite ? float_infinity : 0;
    bits |= (half & ~magnitude_bits) << SIGN_SHIFT;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

void spx_tensor_to_float(const spx_tensor *tensor, size_t first, size_t count, float *out)
{
    enum { HALF_BYTES = 2, BFLOAT_SHIFT = 16 };
    assert(first <= tensor->count && count <= tensor->count - first);
    assert(tensor->dtype != SPX_DTYPE_OTHER);
    if (tensor->dtype == SPX_DTYPE_F32) {
        memcpy(out, tensor->data + first * sizeof(float), count * sizeof(float));
        return;
    }
    const uint8_t *const halves = tensor->data + first * HALF_BYTES;
    const int brain = tensor->dtype == SPX_DTYPE_BF16;
    for (size_t i = 0; i < count; i++) {
        uint16_t half = 0;
        memcpy(&half, halves + i * HALF_BYTES, HALF_BYTES);
        const uint32_t bits = (uint32_t)half << BFLOAT_SHIFT;
        out[i] = half_to_float(half);
        if (brain)
            memcpy(&out[i], &bits, sizeof(bits));
    }
}
