#ifndef SPX_DEPTH_DAV2_IO_H
#define SPX_DEPTH_DAV2_IO_H

#include "base/task.h"
#include "nn/kernels.h"
#include "nn/map.h"

typedef struct spx_dav2_options {
    int exact;                     /* float32 throughout */
    const spx_nn_kernels *kernels; /* NULL = the best of this processor */
    const spx_task *task;          /* for its cancel flag; may be NULL */
} spx_dav2_options;

/** Called with what a layer has just made, under the names of the reference; tokens are a map of
 * one row. */
typedef void (*spx_dav2_probe)(void *user, const char *name, const spx_map *map);

/** What the bare network reads and writes; all borrowed for the call. */
typedef struct spx_dav2_io {
    const float *input; /* [3][height][width], normalised */
    uint32_t height;    /* multiples of 14 */
    uint32_t width;
    float *output; /* [height][stride] */
    size_t stride;
    spx_dav2_probe probe; /* may be NULL; with it, layers that are otherwise joined run apart */
    void *user;           /* for probe */
} spx_dav2_io;

#endif
