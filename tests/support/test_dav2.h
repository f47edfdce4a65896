#ifndef TEST_DAV2_H
#define TEST_DAV2_H

#include "nn/safetensors.h"

#include <stddef.h>
#include <stdint.h>

/** How the weights of tests/data/depth-reference are written to a file. */
typedef struct test_dav2_weights {
    const char *size; /* "tiny", "small"; "mono_tiny", "mono_large": Depth Anything 3 */
    spx_dtype dtype;
    int newer_names;     /* attention.q_proj instead of attention.attention.query, … */
    const char *without; /* leaves this tensor out; may be NULL */
    const char *called;  /* in the file's name; may be NULL */
} test_dav2_weights;

/** Path of a file with these weights in the folder for test output; made when it is not there. In a
 * static buffer that the next call overwrites. */
const char *test_dav2_path(const test_dav2_weights *weights);

/** Fills input [3][height][width] as the references have it. */
void test_dav2_input(uint32_t height, uint32_t width, float *input);

/** One tensor of a reference. Floats at `values` are owned by the caller: free(). */
typedef struct test_reference {
    size_t rank;
    size_t shape[4];
    size_t count;
    double largest;
    float *values;
} test_reference;

/** set: "tiny_70x98", … Returns 0 when there is no such tensor. */
int test_dav2_reference(const char *set, const char *name, test_reference *out);

#endif
