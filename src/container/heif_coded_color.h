#ifndef SPX_CONTAINER_HEIF_CODED_COLOR_H
#define SPX_CONTAINER_HEIF_CODED_COLOR_H

#include "container/heif_reader.h"
#include "container/spatial_heif.h"

/** The colour code points that stand in a picture's coded data alone: HEVC's usability information,
 * AV1's sequence header. item: coded as one picture, no grid. 1 = there are some. */
int spx_heif_coded_color(spx_nclx *out, const spx_heif *heif, uint32_t item);

#endif
