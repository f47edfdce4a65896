#ifndef SPX_NN_SAFETENSORS_H
#define SPX_NN_SAFETENSORS_H

#include "base/status.h"
#include "base/task.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Weights in a safetensors file: 8 bytes little-endian header size, a JSON header that names each
 * tensor's type, shape and byte range, then the bytes. The file is mapped, nothing is copied. Files
 * are untrusted: everything the header claims is checked when it is opened.
 */

enum { SPX_TENSOR_MAX_RANK = 8 };

typedef enum spx_dtype {
    SPX_DTYPE_F32,
    SPX_DTYPE_F16,
    SPX_DTYPE_BF16,
    SPX_DTYPE_OTHER, /* valid, but not convertible to float here: integers, F64, F8 */
} spx_dtype;

/** One tensor, row-major. All borrowed from its file. */
typedef struct spx_tensor {
    const char *name;
    spx_dtype dtype;
    unsigned rank; /* 0 = a single number */
    size_t shape[SPX_TENSOR_MAX_RANK];
    size_t count;        /* product of the shape */
    const uint8_t *data; /* little-endian; NOT aligned */
    size_t size;         /* bytes */
} spx_tensor;

/** Reading only: several threads may use one at once. */
typedef struct spx_safetensors spx_safetensors;

/** Maps and checks a file. Owned by the caller: spx_safetensors_close(). */
SPX_NODISCARD spx_status spx_safetensors_open(spx_safetensors **out, const char *path,
                                              spx_diag *diag);
/** The same over bytes in memory, which are borrowed until spx_safetensors_close(). what: goes in
 * front of messages. */
SPX_NODISCARD spx_status spx_safetensors_parse(spx_safetensors **out, const uint8_t *bytes,
                                               size_t size, const char *what, spx_diag *diag);
void spx_safetensors_close(spx_safetensors *file); /* NULL is fine */

/** The file's path, as it was opened. */
const char *spx_safetensors_path(const spx_safetensors *file);
size_t spx_safetensors_count(const spx_safetensors *file);
/** Tensors in order of their names. */
const spx_tensor *spx_safetensors_at(const spx_safetensors *file, size_t index);
/** NULL when there is none of that name. */
const spx_tensor *spx_safetensors_find(const spx_safetensors *file, const char *name);
/** Forgets the pages that were read so far: the system reads them again when they are needed. For
 * somebody who has just made something else of the tensors, and has not the memory for both. */
void spx_safetensors_release(const spx_safetensors *file);
/** Text of the header's __metadata__; NULL when the key is missing. */
const char *spx_safetensors_metadata(const spx_safetensors *file, const char *key);
/** 64 bits over the whole file: reads all of it, and keeps no page of it. task: may be NULL; once
 * it is cancelled the number means nothing. */
uint64_t spx_safetensors_hash(const spx_safetensors *file, const spx_task *task);

/** Finds a tensor that must exist, be F32, F16 or BF16 and have this shape. */
SPX_NODISCARD spx_status spx_safetensors_get(const spx_safetensors *file, const char *name,
                                             unsigned rank, const size_t *shape,
                                             const spx_tensor **out, spx_diag *diag);

/** Converts elements first … first + count - 1 to float. tensor: F32, F16 or BF16. */
void spx_tensor_to_float(const spx_tensor *tensor, size_t first, size_t count, float *out);

#endif
