#ifndef SPX_DEPTH_DAV2_NETWORK_H
#define SPX_DEPTH_DAV2_NETWORK_H

/* What the parts of Depth Anything V2 and 3 know of each other; for dav2*.c only. */
#include "depth/dav2_io.h"
#include "depth/depth_family.h"
#include "nn/conv3.h"
#include "nn/linear.h"

#include <pthread.h>

enum {
    DAV2_PATCH = 14,    /* pixels */
    DAV2_GRID = 37,     /* patches along a side, of the stored position embedding */
    DAV2_TAPS = 4,      /* layers that the head looks at */
    DAV2_SIZES = 4,     /* input sizes whose position embedding is kept */
    DAV2_HEAD_OUT = 32, /* channels in front of the last layer of a branch */
    DAV2_MOST_BLOCKS = 24,
};

/** One of the published sizes. */
typedef struct dav2_config {
    const char *name;
    size_t width; /* channels of a token */
    size_t blocks;
    size_t taps[DAV2_TAPS]; /* after these blocks */
    size_t neck[DAV2_TAPS]; /* channels of the four maps */
    size_t fusion;          /* channels of the decoder */
    int version;            /* 3; anything else is V2 */
    int metric;             /* depth has a unit: metres = depth * focal length / 300 */
} dav2_config;

typedef struct dav2_norm {
    float *gain;
    float *bias;
} dav2_norm;

typedef struct dav2_block {
    dav2_norm norm1;
    spx_linear qkv; /* queries, keys, values one behind the other */
    spx_linear output;
    float *lambda1;
    dav2_norm norm2;
    spx_linear fc1;
    spx_linear fc2;
    float *lambda2;
} dav2_block;

/** x + conv2(relu(conv1(relu(x)))) */
typedef struct dav2_residual {
    spx_conv3 conv1;
    spx_conv3 conv2;
} dav2_residual;

/** The last layer of a branch of the head: 1x1, one output. */
typedef struct dav2_last {
    float *weight; /* [DAV2_HEAD_OUT] */
    float bias;
} dav2_last;

typedef struct dav2_fusion {
    dav2_residual first; /* not in the coarsest */
    dav2_residual second;
    spx_linear projection;
} dav2_fusion;

/** Position embedding for one input size. */
typedef struct dav2_position {
    size_t rows; /* of patches; 0 = free place */
    size_t columns;
    float *values; /* [rows * columns][width] */
} dav2_position;

struct spx_depth_network {
    dav2_config config;
    const spx_nn_kernels *kernels;
    int integers;
    spx_linear patch;
    float *cls;      /* with its position embedding added */
    float *position; /* [DAV2_GRID * DAV2_GRID][width] */
    dav2_block blocks[DAV2_MOST_BLOCKS];
    dav2_norm norm;
    spx_linear reassemble[DAV2_TAPS];
    spx_linear spread[2]; /* transposed convolutions of the two finer maps */
    spx_linear halve;     /* of the coarsest */
    spx_conv3 convs[DAV2_TAPS];
    dav2_fusion fusion[DAV2_TAPS]; /* coarsest first */
    spx_conv3 head1;
    spx_conv3 head2; /* depth's channels, behind them the sky's */
    dav2_last head3;
    dav2_last sky3;       /* of version 3 only */
    spx_reserve *reserve; /* of the runs' memory */
    pthread_mutex_t lock; /* guards positions: places are filled once and stay until close */
    dav2_position positions[DAV2_SIZES];
};

/** One inference. */
typedef struct dav2_run {
    spx_depth_network *network;
    const spx_dav2_io *io;
    spx_nn_run nn;
    size_t rows; /* of patches */
    size_t columns;
    spx_map taps[DAV2_TAPS]; /* reassemble's projections; made by the backbone, owned by the run */
} dav2_run;

/** Fills `network`, which holds its config, kernels and integers; what was loaded before a failure
 * stays in it. */
SPX_NODISCARD spx_status dav2_load(spx_depth_network *network, const spx_safetensors *weights,
                                   const spx_task *task, spx_diag *diag);
void dav2_clear(spx_depth_network *network);

/** Branches of the head: depth, and the sky of version 3. */
static inline size_t dav2_branches(const spx_depth_network *network)
{
    return network->config.version == 3 ? 2 : 1;
}

/** Whether the file is one of Depth Anything V2 or 3, of whatever size. */
int dav2_is_version_2(const spx_safetensors *weights);
int dav2_is_version_3(const spx_safetensors *weights);

/** Which published network the file holds; NULL = none. */
const dav2_config *dav2_config_find(const spx_safetensors *weights);

/** Fills run->taps. */
SPX_NODISCARD spx_status dav2_backbone(dav2_run *run);
size_t dav2_backbone_scratch(const spx_depth_network *network);
/** From run->taps, which it releases as it goes, to io->output. */
SPX_NODISCARD spx_status dav2_head(dav2_run *run);
size_t dav2_head_scratch(const dav2_run *run);

/** [rows * columns][width], from the cache when there is a place; *owned must then be freed when
 * not NULL. */
SPX_NODISCARD spx_status dav2_position_get(spx_depth_network *network, size_t rows, size_t columns,
                                           const float **out, float **owned, spx_diag *diag);

void dav2_probe(const dav2_run *run, const char *name, const spx_map *map);

#endif
