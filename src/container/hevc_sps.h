#ifndef SPX_CONTAINER_HEVC_SPS_H
#define SPX_CONTAINER_HEVC_SPS_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

enum {
    SPX_HEVC_PTL_BYTES = 12, /* general part of profile_tier_level(), as hvcC repeats it */
    SPX_HEVC_NAL_VPS = 32,
    SPX_HEVC_NAL_SPS = 33,
    SPX_HEVC_NAL_PPS = 34,
};

/** What a sequence parameter set says of its pictures (ISO/IEC 23008-2, 7.3.2.2). What
 * stands behind the bit depths is read for the colours only; where it is damaged there are none. */
typedef struct spx_hevc_sps {
    /* profile space, tier, profile; compatibility flags; constraint flags; level */
    uint8_t profile_tier_level[SPX_HEVC_PTL_BYTES];
    unsigned profile_idc;
    unsigned level_idc; /* 30 x level */
    unsigned temporal_layers;
    unsigned temporal_nesting;
    unsigned chroma_format; /* 0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4 */
    unsigned luma_bits;
    unsigned chroma_bits;
    uint32_t coded_width; /* before the conformance window */
    uint32_t coded_height;
    uint32_t width; /* after it */
    uint32_t height;
    int has_color; /* the video usability information has code points (ISO/IEC 23091-2) */
    unsigned primaries;
    unsigned transfer;
    unsigned matrix;
    int full_range;
} spx_hevc_sps;

/** nal: a whole NAL unit with its 2-byte header and emulation prevention bytes, no start code. */
SPX_NODISCARD spx_status spx_hevc_sps_read(spx_hevc_sps *out, const void *nal, size_t size,
                                           spx_diag *diag);

#endif
