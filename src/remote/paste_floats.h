#ifndef SPX_REMOTE_PASTE_FLOATS_H
#define SPX_REMOTE_PASTE_FLOATS_H

#include "base/task.h"
#include "spx/image.h"

/** A picture in floats, 0..255 (and somewhat beyond): [height][width][3]. */
typedef struct spx_paste_floats {
    uint32_t width;
    uint32_t height;
    float *values;
} spx_paste_floats;

SPX_NODISCARD spx_status spx_paste_floats_of(spx_paste_floats *out, const spx_image *image,
                                             spx_diag *diag);
void spx_paste_floats_clear(spx_paste_floats *floats); /* an empty one is fine */

/** How the pixels along one axis of a new picture are mixed from an old one's: cubic, and as wide
 * as the new pixel where that is larger. */
typedef struct spx_paste_axis {
    uint32_t count; /* new pixels */
    uint32_t taps;
    uint32_t *places; /* [count][taps], each within the old picture */
    float *weights;   /* [count][taps], summing to 1 */
} spx_paste_axis;

/** New pixel i covers old coordinates from + i * step to from + (i + 1) * step; step > 0. */
SPX_NODISCARD spx_status spx_paste_axis_create(spx_paste_axis *out, uint32_t count,
                                               uint32_t old_count, double from, double step,
                                               spx_diag *diag);
void spx_paste_axis_clear(spx_paste_axis *axis); /* an empty one is fine */

/** Mixes the old rows for new row `row` into `line` [old width][3]. */
void spx_paste_mix_rows(const spx_paste_floats *old, const spx_paste_axis *down, uint32_t row,
                        float *line);
/** New pixel `column` out of such a line. */
void spx_paste_mix_pixel(const float *line, const spx_paste_axis *across, uint32_t column,
                         float out[3]);

/** A copy of 8 bits in exactly that size. *out is owned by the caller. */
SPX_NODISCARD spx_status spx_paste_resize(spx_image **out, const spx_image *image, uint32_t width,
                                          uint32_t height, const spx_task *task, spx_diag *diag);

#endif
