#ifndef SPX_IMAGE_CUBIC_H
#define SPX_IMAGE_CUBIC_H

#include "image/image.h"

/** The picture at (x, y) by Catmull and Rom's cubic, (0, 0) = the middle of the upper left pixel;
 * beyond its sides the last pixels go on. Values may lie a little outside the range of a sample. */
void spx_cubic_sample(const spx_image *image, double x, double y, float out[SPX_IMAGE_CHANNELS]);

#endif
