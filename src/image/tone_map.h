#ifndef SPX_IMAGE_TONE_MAP_H
#define SPX_IMAGE_TONE_MAP_H

#include "base/task.h"
#include "image/primaries.h"
#include "spx/image.h"

/** How code values become light: ITU-R BT.2100. */
typedef enum spx_hdr_transfer {
    SPX_HDR_PQ,
    SPX_HDR_HLG, /* seen on a display of 1000 cd/m2 */
} spx_hdr_transfer;

/**
 * An HDR picture as an SDR one of 16 bits in Display P3 (sRGB's curve). 203 cd/m2 is white
 * (BT.2408). Where the picture has brighter light, a knee as in BT.2390 makes room for it below
 * white, on the largest of R, G and B, so that hues stay; darker light is what it was. Colours
 * outside P3 are drawn softly to its border. *out is owned by the caller: spx_image_unref().
 */
SPX_NODISCARD spx_status spx_tone_map(spx_image **out, const spx_image *image,
                                      spx_hdr_transfer transfer, const spx_primaries *primaries,
                                      const spx_task *task, spx_diag *diag);

#endif
