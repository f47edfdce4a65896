#ifndef SPX_DEPTH_DAV2_H
#define SPX_DEPTH_DAV2_H

#include "depth/dav2_io.h"
#include "depth/depth_family.h"

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

/** As the family's open; weights: borrowed until close. */
SPX_NODISCARD spx_status spx_dav2_open(spx_depth_network **out, const spx_safetensors *weights,
                                       const spx_dav2_options *options, spx_diag *diag);

/** The network without preparing a photo. */
SPX_NODISCARD spx_status spx_dav2_infer(spx_depth_network *network, const spx_dav2_io *io,
                                        const spx_task *task, spx_diag *diag);

#endif
