#ifndef SPX_DEPTH_DAV2_H
#define SPX_DEPTH_DAV2_H

#include "depth/depth_family.h"
#include "nn/kernels.h"
#include "nn/map.h"

/*
 * Depth Anything V2 (Yang et al. 2024, arXiv 2406.09414): a vision transformer (DINOv2) and the
 * head of DPT, from the authors' weights as they are published for the transformers library. Depth
 * Anything 3 (Lin et al. 2025, arXiv 2511.10647) for one picture, Mono and Metric, is the same
 * network with other names, a second branch that sees the sky, and the logarithm of distance where
 * V2 gives inverse depth; here its map is inverse depth too, the sky 0.
 *
 * Linear layers and attention run in integers of 12 to 13 bits with exact sums, or, when exact is
 * asked for, in float32.
 */
extern const spx_depth_family spx_dav2_family;
extern const spx_depth_family spx_dav3_family;

typedef struct spx_dav2_options {
    int exact;                     /* float32 throughout */
    const spx_nn_kernels *kernels; /* NULL = the best of this processor */
    const spx_task *task;          /* for its cancel flag; may be NULL */
} spx_dav2_options;

/** As the family's open; weights: borrowed until close. */
SPX_NODISCARD spx_status spx_dav2_open(spx_depth_network **out, const spx_safetensors *weights,
                                       const spx_dav2_options *options, spx_diag *diag);

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

/** The network without preparing a photo. */
SPX_NODISCARD spx_status spx_dav2_infer(spx_depth_network *network, const spx_dav2_io *io,
                                        const spx_task *task, spx_diag *diag);

#endif
