#ifndef SPX_DEPTH_TUNED_H
#define SPX_DEPTH_TUNED_H

#include "base/tuned.h"

/*
 * The numbers of this room that were chosen by looking at results (base/tuned.h).
 *
 * The curves below: recall, precision (edges within 3 pixels of 640) and mean error in % of the
 * bundled pair's map by the embedded network at detail `normal`, refined (`tune NAME`). As they
 * are: .469 .607 11.05. One pair decides nothing alone: most were chosen on nine. What differs by
 * less than .01 in both and 0.05 % is called level. Numbers without a curve have not been swept;
 * those of steepening work on small maps only, which `fast` and small photos give.
 */
/* clang-format off */
#define SPX_DEPTH_TUNED(X) \
    /* Of the Gaussian between the first finer level and the map so far. 1/96 .426 \
     * .605 11.68, 1/12 .488 .597 10.36, 1/6 .515 .577 9.90. Wider it helps this pair and harms \
     * photos, whose finer levels know less of the whole: at 1/6 forest_path's sky and one side of \
     * pier and dune_grass come near, at 1/12 they begin to. */ \
    X(double, first_sigma, 1.0 / 24.0, "share of the long side") \
    /* The same of the second one. */ \
    X(double, second_sigma, 1.0 / 48.0, "share of the long side") \
    /* Photos may be enlarged so much for a level. */ \
    X(double, most_enlarged, 2.0, "times") \
    /* A level that correlates less with the map so far shows something else, and counts less and \
     * less; from half of it on nothing. Most photos' levels have .6 to .99; two_seeds' second, which \
     * alone has its seeds, .50, Aloe's .55, forest_path's, a mere texture, .27. */ \
    X(double, least_correlation, 0.5, "correlation") \
    /* So far values may leave the coarsest map's local range. 0 .442 .620 11.05, 1 .469 .601 \
     * 11.07. */ \
    X(float, most_beyond, 0.25f, "deviations of that map") \
    /* Half the window of that range: what the coarsest map blurs. 1/96 .452 .605 11.13, \
     * 1/6 .469 .601 11.07. */ \
    X(double, range_reach, 1.0 / 24.0, "share of its long side") \
    /* A tile of the second level is run where more of it than this is edges ... */ \
    X(float, tile_edges, 0.01f, "share of the pixels") \
    /* ... of more than this. */ \
    X(float, tile_range, 0.1f, "share of the map's range") \
    /* Windows of the map hold an edge from this range on: a share of their own width, which spares \
     * floors. The full effect begins at twice that. Level below; 4.4 .433 .621 11.05. */ \
    X(float, edge_slope, 2.2f, "depth per share of the long side") \
    /* ... but never below this. Level below; 0.08 .417 .636 11.06. */ \
    X(float, least_edge, 0.02f, "depth") \
    /* A floor's range grows with the window, an edge's does not: up to this it is an edge's. */ \
    X(float, edge_growth, 1.5f, "times") \
    /* ... and from this on a floor's. */ \
    X(float, floor_growth, 2.0f, "times") \
    /* Larger ranges may be edges in any case. */ \
    X(float, unsure_edge, 0.2f, "depth") \
    /* ... and from this on they are. */ \
    X(float, sure_edge, 0.3f, "depth") \
    /* What lies above becomes near when small maps are made steeper. */ \
    X(float, near_from, 0.4f, "of the way from far to near") \
    /* How much steeper. */ \
    X(float, steepness, 3.0f, "times") \
    /* Values within 1/N of the way at both ends keep their own shape. */ \
    X(float, kept_ends, 6.0f, "parts") \
    /* Colours that far apart are another surface's. 0.025 .455 .595, 0.1 .474 .596. */ \
    X(float, colour_sigma, 0.05f, "share of white") \
    /* Pixels that far away count less. 1 .423 .626 11.07, 4 .489 .584 11.04. */ \
    X(float, spatial_sigma, 2.0f, "pixels") \
    /* Which of a window's depths a pixel takes: more than half leans towards near. 0.5 .466 \
     * .600, 0.6 .476 .591, 0.7 .485 .590. */ \
    X(float, near_quantile, 0.55f, "share of the weight") \
    /* Slope at which a value is half trusted. 0.005 .471 .581, 0.08 level. */ \
    X(float, half_trusted_step, 0.02f, "depth per pixel") \
    /* ... and what trust is left on any slope. Level from 0.02 to 1. */ \
    X(float, least_trust, 0.15f, "share")
/* clang-format on */

SPX_TUNED_ROOM(depth, SPX_DEPTH_TUNED)

#endif
