#ifndef SPX_CONTAINER_HEVC_STILLS_H
#define SPX_CONTAINER_HEVC_STILLS_H

#include "base/bytes.h"

/**
 * Intra-coded HEVC pictures of one size that share their parameter sets: what the encoder hands to
 * the container. NAL units carry their 2-byte header and emulation prevention bytes, no start code.
 */
typedef struct spx_hevc_stills {
    spx_bytes vps;
    spx_bytes sps;
    spx_bytes pps;
    uint32_t width; /* of every picture, after the conformance window */
    uint32_t height;
    size_t count;
    spx_bytes
        *pictures; /* [count], malloc'ed; each: 4-byte big-endian length, one IDR slice NAL unit */
} spx_hevc_stills;

void spx_hevc_stills_clear(spx_hevc_stills *stills); /* an empty one is fine */

#endif
