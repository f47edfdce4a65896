#ifndef SPX_DEPTH_DEPTH_FAMILY_H
#define SPX_DEPTH_DEPTH_FAMILY_H

#include "base/task.h"
#include "depth/depth_input.h"
#include "image/plane.h"
#include "nn/safetensors.h"
#include "spx/image.h"

/** A network of some family, with what it made of its weights; each family knows its own. */
typedef struct spx_depth_network spx_depth_network;

/**
 * What a kind of depth network provides. depth_model.c holds the list of families, asks each
 * whether a file is its own, and keeps the file open as long as the network lives.
 */
typedef struct spx_depth_family {
    /** Whether the file holds a network of this family. Looks at metadata and names only. */
    int (*recognises)(const spx_safetensors *weights);
    /** Checks every tensor it will need (a bad file fails here, not in run). weights: borrowed
     * until close. task: for its cancel flag, may be NULL. */
    spx_status (*open)(spx_depth_network **out, const spx_safetensors *weights,
                       const spx_task *task, spx_diag *diag);
    /** The name of the network, e.g. "spx-lite". Borrowed from the network. */
    const char *(*name)(const spx_depth_network *network);
    /** As spx_depth_model_metric(). NULL = 0. */
    double (*metric)(const spx_depth_network *network);
    /** The input for a photo. size: in the network's own terms, 0 = its default. */
    spx_status (*choose_size)(const spx_image *photo, uint32_t size, uint32_t *width,
                              uint32_t *height, spx_diag *diag);
    /** The photo at the input's size, [3][height][width]: spx_depth_prepare() or its like. */
    spx_status (*prepare)(const spx_image *photo, uint32_t width, uint32_t height,
                          const spx_task *task, float *out, spx_diag *diag);
    /** The map of such an input, whose sides are multiples of `step`; it has one `part`th of the
     * input's size. Several threads may be in here at once. *out is owned by the caller. */
    spx_status (*infer)(spx_depth_network *network, const spx_depth_input *input,
                        const spx_task *task, spx_plane **out, spx_diag *diag);
    /** Gives back memory that was kept for further runs. */
    void (*rest)(spx_depth_network *network);
    void (*close)(spx_depth_network *network); /* NULL is fine */
    spx_depth_sizes sizes;
} spx_depth_family;

#endif
