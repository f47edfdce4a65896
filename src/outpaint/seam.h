#ifndef SPX_OUTPAINT_SEAM_H
#define SPX_OUTPAINT_SEAM_H

#include "outpaint/patch_level.h"

/**
 * A soft correction that makes the fill meet the photo: inside the photo, along its border, the
 * fill is known to be wrong by so much; the hole is corrected by the harmonic continuation of that
 * error, which fades out within the first part of the margin. Kept on a grid of cells of
 * SPX_SEAM_CELL x SPX_SEAM_CELL pixels.
 */
enum { SPX_SEAM_CELL = 4 };

typedef struct spx_seam {
    spx_patch_rect canvas;
    spx_patch_rect photo;
    int32_t width; /* cells */
    int32_t height;
    float *errors;  /* [height][width][3]: sums of the errors, then the correction; 0..255 scale */
    float *weights; /* [height][width]: how many, then whether the border runs through the cell */
} spx_seam;

SPX_NODISCARD spx_status spx_seam_create(spx_seam *out, const spx_patch_rect *canvas,
                                         const spx_patch_rect *photo, spx_diag *diag);
void spx_seam_clear(spx_seam *seam); /* an empty one is fine */

/** The photo less the fill at a pixel inside the photo near its border; from one thread at a time.
 */
void spx_seam_add(spx_seam *seam, int32_t x, int32_t y, const float error[3]);
/** Continues the errors over the canvas. */
SPX_NODISCARD spx_status spx_seam_solve(spx_seam *seam, const spx_task *task, spx_diag *diag);
/** What to add at a pixel. */
void spx_seam_at(const spx_seam *seam, int32_t x, int32_t y, float out[3]);

#endif
