#ifndef SPX_PIPELINE_REAL_STEREO_H
#define SPX_PIPELINE_REAL_STEREO_H

#include "image/plane.h"
#include "pipeline/stereo.h"
#include "pipeline/stereo_input.h"

/** What two real eyes tell of each other. d = (xR - xL) / W, negative = in front of the window. */
typedef struct spx_real_measure {
    spx_plane *disparity; /* xL - xR of the left eye as the file holds it, pixels; NaN = unknown;
                             NULL = the eyes hardly match, nothing below is known */
    double far;           /* d that 1 % of what matches exceeds, fraction of the width */
    double near;          /* d that 99 % exceed */
} spx_real_measure;

void spx_real_measure_clear(spx_real_measure *measure); /* an empty one is fine */

/** Matches the eyes of a stereo photo. */
SPX_NODISCARD spx_status spx_real_measure_find(spx_real_measure *out, const spx_stereo_photo *photo,
                                               const spx_task *task, spx_diag *diag);

/** Where the window of real eyes is. */
typedef struct spx_real_window {
    int in_number;     /* the file's pixels are of parallel cameras, the window is a number */
    double adjustment; /* that number, fraction of the width */
    int is_known;      /* else: how far the eyes have to move apart to be parallel is known, */
    double shift;      /* fraction of the width; `adjustment` is that of these parallel eyes */
} spx_real_window;

/**
 * Both eyes of a stereo photo as spx_stereo_eyes holds them: with the window that the photographer
 * saw, and parallel. All pixels are the file's own but for the strips that come into view where the
 * eyes are moved: these continue the picture's side.
 *
 *     window in a number    parallel = the file's pixels; moved by the number for the window
 *     window in the pixels  window = the file's pixels; moved by what is known of it to be
 * parallel, else until what is farthest lies at no disparity, not at all where that is in front
 * already
 *
 * SPX_ERR_UNSUPPORTED: a window wider than the picture.
 */
SPX_NODISCARD spx_status spx_real_eyes(spx_stereo_eyes *out, const spx_stereo_photo *photo,
                                       const spx_real_window *window,
                                       const spx_real_measure *measure, const spx_task *task,
                                       spx_diag *diag);

/**
 * The disparity adjustment for a spatial file of these eyes, fraction of the width: the number that
 * came with them; or how far they were moved to be parallel; or, where nobody has set a window and
 * everything lies in front of it, what puts the nearest thing at it. Viewers of the other files
 * show the pixels as they are.
 */
double spx_real_adjustment(const spx_stereo_eyes *eyes, const spx_real_window *window,
                           const spx_real_measure *measure);

#endif
