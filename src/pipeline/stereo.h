#ifndef SPX_PIPELINE_STEREO_H
#define SPX_PIPELINE_STEREO_H

#include "base/task.h"
#include "image/plane.h"
#include "spx/spx.h"

/** How the eyes lie apart; all resolved, no SPX_AUTO. */
typedef struct spx_stereo_options {
    double strength_pct; /* range of left-right disparity, % of the width; 0 gives the photo itself
                            twice */
    double convergence;  /* 0..1 */
    spx_views views;
} spx_stereo_options;

/** What the rendering did. */
typedef struct spx_stereo_stats {
    double filled_share; /* of the pixels of both eyes, 0..1 */
    double warp_s;       /* seconds */
    double fill_s;
} spx_stereo_stats;

/**
 * Renders both eyes of a photo (8 or 16 bits; the eyes have the same) from a map of its size, 0..1,
 * 1 = near: layers at depth steps, background filled once behind the foreground, both layers
 * warped, borders extended. Eyes that equal the photo bit for bit (strength 0, the kept eye of a
 * one-eye mode) are further owners of it. Both owned by the caller.
 */
SPX_NODISCARD spx_status spx_stereo_render(spx_image *photo, const spx_plane *depth,
                                           const spx_stereo_options *options, const spx_task *task,
                                           spx_image **left, spx_image **right,
                                           spx_stereo_stats *stats, spx_diag *diag);

#endif
