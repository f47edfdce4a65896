#ifndef SPX_DEPTH_DEPTH_FAMILY_H
#define SPX_DEPTH_DEPTH_FAMILY_H

#include "base/task.h"
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
    /** As spx_depth_model_run(): several threads may be in here at once. */
    spx_status (*run)(spx_depth_network *network, const spx_image *photo, uint32_t size,
                      const spx_task *task, spx_plane **out, spx_diag *diag);
    void (*close)(spx_depth_network *network); /* NULL is fine */
} spx_depth_family;

#endif
