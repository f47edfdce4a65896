#ifndef SPX_CODEC_SPS_WINDOW_H
#define SPX_CODEC_SPS_WINDOW_H

#include "base/bytes.h"

/**
 * Gives a sequence parameter set NAL unit (with its emulation prevention bytes) that has no
 * conformance window one that cuts luma samples off the right and the bottom. Both numbers even,
 * the picture 4:2:0.
 */
SPX_NODISCARD spx_status spx_sps_window_cut(spx_bytes *sps, uint32_t right, uint32_t bottom,
                                            spx_diag *diag);

#endif
