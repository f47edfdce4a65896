#ifndef SPX_IMAGE_SUM_ROWS_H
#define SPX_IMAGE_SUM_ROWS_H

#include "spx/image.h"

#include <stdint.h>

/** So many samples of 16 bits have a sum of 32. */
enum { SPX_SUM_MOST_ROWS = 65537 };

/** Adds up rows [first, end) of a picture, sample by sample: what means over boxes begin with. At
 * least one row, SPX_SUM_MOST_ROWS at most. sums: [width][SPX_IMAGE_CHANNELS], overwritten. */
void spx_image_sum_rows(const spx_image *image, uint32_t first, uint32_t end, uint32_t *sums);

#endif
