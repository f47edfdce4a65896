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
    int from_infinity; /* the map's 0 is infinity, whether anything lies there or not */
    int exact;         /* the map's steps are where things end, as in spx_layers_options */
} spx_stereo_options;

/** What the rendering did. */
typedef struct spx_stereo_stats {
    double filled_share; /* of the pixels of both eyes, 0..1 */
    double warp_s;       /* seconds */
    double fill_s;
} spx_stereo_stats;

/**
 * Both eyes with the window baked in, and what makes two parallel cameras of them: the farthest
 * thing at no disparity, all else in front of it. Zero-initialise; spx_stereo_eyes_clear().
 *
 * The parallel eyes are the same pixels moved apart by whole ones, spx_image_shift() by shift_px:
 * one rendering serves both, nothing is resampled twice. Rounding goes away from the window, so
 * that no thing ends up behind infinity; by less than two pixels of both eyes together.
 */
typedef struct spx_stereo_eyes {
    spx_image *left;
    spx_image *right;
    spx_image *own[2];   /* of real stereo whose file holds parallel eyes: these, as they were read;
                            NULL = left and right are as they are */
    spx_image *strip[2]; /* left eye's and right eye's columns that come into view; NULL = none */
    int32_t shift_px[2]; /* to the right: of the left eye usually >= 0, of the right one <= 0 */
} spx_stereo_eyes;

void spx_stereo_eyes_clear(spx_stereo_eyes *eyes);

/** How far the window lies behind the parallel pair's, as a fraction of the width: the disparity
 * adjustment that shows the parallel pair as the baked one. */
double spx_stereo_eyes_window(const spx_stereo_eyes *eyes);

/**
 * Renders both eyes of a photo (8 or 16 bits; the eyes have the same) from a map of its size, 0..1,
 * 1 = near: layers at depth steps, background filled once behind the foreground, both layers
 * warped, borders extended. Eyes that equal the photo bit for bit (strength 0, the kept eye of a
 * one-eye mode) are further owners of it and are not moved either.
 */
SPX_NODISCARD spx_status spx_stereo_render_eyes(spx_stereo_eyes *out, spx_image *photo,
                                                const spx_plane *depth,
                                                const spx_stereo_options *options,
                                                const spx_task *task, spx_stereo_stats *stats,
                                                spx_diag *diag);

/** The eyes with the window baked in only. Both owned by the caller. */
SPX_NODISCARD spx_status spx_stereo_render(spx_image *photo, const spx_plane *depth,
                                           const spx_stereo_options *options, const spx_task *task,
                                           spx_image **left, spx_image **right,
                                           spx_stereo_stats *stats, spx_diag *diag);

#endif
