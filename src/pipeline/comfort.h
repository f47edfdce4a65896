#ifndef SPX_PIPELINE_COMFORT_H
#define SPX_PIPELINE_COMFORT_H

#include "image/plane.h"
#include "spx/comfort.h"

/** How a plane of depth becomes disparity. */
typedef struct spx_comfort_view {
    double strength_pct;    /* disparity between values 0 and 1, % of the width */
    double convergence;     /* value at the window */
    double hfov_deg;        /* 1..170 */
    double filled_share;    /* as rendered; below 0 = estimated from the depth steps */
    double vertical_pct;    /* vertical disparity, % of the height; 0 in what spx renders */
    double height_by_width; /* of the picture; read with vertical_pct only */
} spx_comfort_view;

/** What spx_comfort_choose() may choose. */
typedef struct spx_comfort_options {
    double hfov_deg;     /* of the photo */
    double strength_pct; /* below 0 = choose */
    double convergence;  /* below 0 = choose */
    spx_look look;
    spx_viewer viewer;
} spx_comfort_options;

/** Both to be chosen, a field of view of 60 degrees, natural, for a headset. */
void spx_comfort_options_init(spx_comfort_options *options);

/** values: larger = nearer; NaN and infinities are left out. A plane without any number is
 * comfortable. */
void spx_comfort_measure(const spx_plane *values, const spx_comfort_view *view, spx_comfort *out);

/** The value of a map, 0..1, that the subject begins at: what is near in the middle. */
double spx_comfort_subject(const spx_plane *depth);

/**
 * The strength that the look aims at for the viewer, up to a quarter more or less by how the
 * scene's depths are spread, or the largest below it whose score, seen on that viewer, is good
 * enough for the look and whose range stays within the viewer's limits. With each strength goes the
 * window that lets the subject, what is near in the middle, come a little out of it; but large near
 * areas at the frame's left and right sides stay at or behind the window, and nothing comes farther
 * out than the limit. Given numbers are handed back as they are. depth: 0..1, 1 = near.
 */
void spx_comfort_choose(const spx_plane *depth, const spx_comfort_options *options,
                        double *strength_pct, double *convergence);

#endif
