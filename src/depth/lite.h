#ifndef SPX_DEPTH_LITE_H
#define SPX_DEPTH_LITE_H

#include "depth/depth_family.h"
#include "nn/conv_graph.h"

/** The embedded network: an EfficientNet-Lite encoder and a fusion decoder (doc/spx-lite.md). */
extern const spx_depth_family spx_lite_family;

/**
 * The bare network, for comparison with reference activations: io->input is [3][height][width],
 * already normalised, io->output has the size that spx_lite_output_size() tells, its last row as
 * the network makes it. Values are shown to io->probe under the names the references use.
 */
SPX_NODISCARD spx_status spx_lite_infer(spx_depth_network *network, uint32_t height, uint32_t width,
                                        const spx_graph_io *io, const spx_task *task,
                                        spx_diag *diag);

/** Half the input's size, rounded up to whole steps of the encoder's first tap. */
static inline uint32_t spx_lite_output_size(uint32_t input)
{
    return (input + 3) / 4 * 2;
}

#endif
