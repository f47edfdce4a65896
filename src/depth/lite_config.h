#ifndef SPX_DEPTH_LITE_CONFIG_H
#define SPX_DEPTH_LITE_CONFIG_H

#include "nn/safetensors.h"

/** One encoder block of an spx-lite network. */
typedef struct spx_lite_block {
    uint32_t kernel;
    uint32_t stride;
    uint32_t expand; /* times cin; 1 = no expansion */
    uint32_t cin;
    uint32_t cout;
    int skip; /* the input is added to the output */
    int tap;  /* the decoder reads the output */
} spx_lite_block;

enum { SPX_LITE_MOST_BLOCKS = 128, SPX_LITE_TAPS = 4 };

/** What the file's metadata says about the network: the shape of everything whose weights it holds.
 */
typedef struct spx_lite_config {
    uint32_t decoder_channels;
    uint32_t block_count;
    spx_lite_block blocks[SPX_LITE_MOST_BLOCKS];
} spx_lite_config;

/** Reads and checks the metadata: blocks that fit together, four taps, each number in its range. */
SPX_NODISCARD spx_status spx_lite_config_read(spx_lite_config *out, const spx_safetensors *weights,
                                              spx_diag *diag);

#endif
