#ifndef SPX_DEPTH_GUIDE_H
#define SPX_DEPTH_GUIDE_H

#include "base/task.h"
#include "image/plane.h"
#include "spx/image.h"

enum { SPX_GUIDE_CHANNELS = 3 };

/** A photo's colours at some size, 0..1, one plane for each channel. */
typedef struct spx_guide {
    spx_plane *planes[SPX_GUIDE_CHANNELS]; /* owned; all of one size */
} spx_guide;

/** Averages the photo's pixels down (repeats them up) to width x height. Cleared by the caller. */
SPX_NODISCARD spx_status spx_guide_init(spx_guide *out, const spx_image *photo, uint32_t width,
                                        uint32_t height, const spx_task *task, spx_diag *diag);
/** A guide of half the size, rounded down but at least 1. Cleared by the caller. */
SPX_NODISCARD spx_status spx_guide_halve(spx_guide *out, const spx_guide *guide, spx_diag *diag);
void spx_guide_clear(spx_guide *guide); /* an empty one is fine */

/** Row y of a photo as floats 0..1: one row of photo->width for each channel. */
void spx_guide_read_row(const spx_image *photo, uint32_t y, float *const rows[SPX_GUIDE_CHANNELS]);

#endif
