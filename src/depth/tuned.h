#ifndef SPX_DEPTH_TUNED_H
#define SPX_DEPTH_TUNED_H

#include "base/tuned.h"

/*
 * The numbers of this room that were chosen by looking at results (base/tuned.h).
 *
 * The curves below: recall, precision (edges within 3 pixels of 640) and mean error in % of the
 * embedded network's maps at detail `normal`, refined: means of three true pairs, the bundled
 * motorcycle and Middlebury's Aloe and Cones (`tune NAME --photos FOLDER...`). As they are: .493
 * .647 12.06. What differs by less than .005 in both and 0.02 % is called level. "Blurred": PSNR at
 * the edges of the drawn scenes' eyes from blurred, displaced disparity (bench/stereo), 26.4 dB as
 * they are; steepening works on such and on one resolution's maps only.
 */
/* clang-format off */
#define SPX_DEPTH_TUNED(X) \
    /* Of the Gaussian between the first finer level and the map so far. 1/96 .480 .610 12.29, \
     * 1/48 .479 .634 12.20, 1/12 .472 .622 12.04, 1/6 .470 .601 12.30. Wider it helps the \
     * motorcycle alone and harms photos, whose finer levels know less of the whole: at 1/6 \
     * forest_path's sky and one side of pier and dune_grass come near. */ \
    X(double, first_sigma, 1.0 / 24.0, "share of the long side") \
    /* The same of the second one. 1/192 .440 .651 12.19, 1/96 .463 .647 12.12, 1/24 .491 .623 \
     * 12.15, 1/12 .498 .609 12.40: the sharper the more edges, the falser they are. */ \
    X(double, second_sigma, 1.0 / 48.0, "share of the long side") \
    /* Photos may be enlarged so much for a level. 1 .336 .650 12.42, 1.5 .453 .626 12.17, 3 \
     * .522 .628 12.13, 4 .531 .623 12.12, and a third more time. */ \
    X(double, most_enlarged, 2.0, "times") \
    /* A level that correlates less with the map so far shows something else, and counts less \
     * and less; from half of it on nothing. Level from .125 to .5, .75 .458 .663 12.06, 1 .378 \
     * .681 12.17. Most photos' levels have .6 to .99; two_seeds' second, which alone has its \
     * seeds, .50, forest_path's, a mere texture, .27. */ \
    X(double, least_correlation, 0.5, "correlation") \
    /* So far values may leave the coarsest map's local range. 0.06 .476 .637 12.03, 0.5 .482 \
     * .644 12.11, 1 .483 .643 12.13: it takes what is wrong, and few edges. */ \
    X(float, most_beyond, 0.25f, "deviations of that map") \
    /* Half the window of that range: what the coarsest map blurs. 1/96 .471 .652 12.07, 1/12 \
     * .484 .640 12.11, 1/6 .485 .641 12.13. */ \
    X(double, range_reach, 1.0 / 24.0, "share of its long side") \
    /* A tile of the second level is run where more of it than this is edges ... Level below, \
     * 0.02 .453 .641 12.10, 0.04 .434 .658 12.13. */ \
    X(float, tile_edges, 0.01f, "share of the pixels") \
    /* ... of more than this. 0.05 .497 .660 12.07: Aloe's gain is .05 and .06, the other pairs \
     * have all their tiles; but pier and dune_grass take 2.0 and 2.4 times the processor time. \
     * 0.15 .437 .663 12.13, 0.4 .368 .635 12.22. */ \
    X(float, tile_range, 0.1f, "share of the map's range") \
    /* Windows of the map hold an edge from this range on: a share of their own width, which \
     * spares floors. The full effect begins at twice that. 0.55 .495 .614 12.12, 3.3 .464 .655 \
     * 12.13, 8.8 .427 .692 12.14 against .487 .632 12.12 before tiles lost their seams. */ \
    X(float, edge_slope, 2.2f, "depth per share of the long side") \
    /* ... but never below this. Level below, where it spares time; 0.04 .460 .652 12.13, 0.08 \
     * .433 .684 12.14 against .487 .632 12.12. */ \
    X(float, least_edge, 0.02f, "depth") \
    /* A floor's range grows with the window, an edge's does not: up to this it is an edge's. \
     * One resolution: 0.4 .245 .591 12.79, 1.5 .236 .571 12.77. */ \
    X(float, edge_growth, 1.5f, "times") \
    /* ... and from this on a floor's. One resolution: 3 .240 .567 12.75, 8 .246 .560 12.74. \
     * Without the rule blurred 26.65 dB, and the motorcycle's edges 17.2 dB in place of 17.0; \
     * but dark rims around every subject of the photos. */ \
    X(float, floor_growth, 2.0f, "times") \
    /* Larger ranges may be edges in any case. Level on true pairs from 0.05 to 0.2; without \
     * the rule blurred 25.7 dB. */ \
    X(float, unsure_edge, 0.2f, "depth") \
    /* ... and from this on they are. One resolution: 0.225 .239 .562, from 0.45 on .237 .573. */ \
    X(float, sure_edge, 0.3f, "depth") \
    /* What lies above becomes near when small maps are made steeper. One resolution: 0.2 .215 \
     * .516 12.84, 0.3 .226 .554 12.80, 0.5 .245 .601 12.74, 0.6 .251 .611 12.74; but 0.5 \
     * blurred 25.9 dB: eyes want the step outside the thing. */ \
    X(float, near_from, 0.4f, "of the way from far to near") \
    /* How much steeper. One resolution: 0.75 .299 .565 12.73, 1.5 .262 .584 12.75, 6 .229 .575 \
     * 12.77, none .292 .593 12.73; but none blurred 23.6 dB, and a glow around the photos' \
     * subjects. */ \
    X(float, steepness, 3.0f, "times") \
    /* Colours that far apart are another surface's. 0.0125 .467 .621 12.14, 0.025 .479 .621 \
     * 12.13, 0.1 .482 .640 12.11, 0.2 .460 .656 12.11 against .487 .632 12.12. */ \
    X(float, colour_sigma, 0.05f, "share of white") \
    /* Pixels that far away count less. 0.5 .431 .671 12.15, 1 .442 .659 12.14, 3 .502 .617 \
     * 12.12, 8 .516 .608 12.11 against .487 .632 12.12; at 4 the motorcycle's precision is \
     * .58. */ \
    X(float, spatial_sigma, 2.0f, "pixels") \
    /* Which of a window's depths a pixel takes: more than half leans towards near. 0.28 .491 \
     * .604 12.18, 0.41 .483 .622 12.15, 0.83 .513 .608 12.09 against .487 .632 12.12. */ \
    X(float, near_quantile, 0.55f, "share of the weight") \
    /* Slope at which a value is half trusted. 0.005 .496 .612 12.12, 0.08 .488 .628 12.13 \
     * against .487 .632 12.12; all trusted: blurred 24.9 dB. */ \
    X(float, half_trusted_step, 0.02f, "depth per pixel") \
    /* ... and what trust is left on any slope. Level from 0.04 to 0.6; at 0 a window full of \
     * slopes would weigh nothing. */ \
    X(float, least_trust, 0.15f, "share") \
    /* How far depth is averaged along a line, to each side. */ \
    X(double, line_reach, 0.05, "share of the long side") \
    /* Blur of the gradients' products. */ \
    X(double, line_sigma, 1.5, "pixels of the map") \
    /* Weaker gradients are noise. */ \
    X(float, line_noise, 0.03f, "share of white") \
    /* From which share of the difference of both eigenvalues on there is a line. */ \
    X(float, line_coherence, 0.5f, "share") \
    /* A line goes on within the angle of this cosine. */ \
    X(float, line_turn, 0.8f, "cosine") \
    /* Colours so far apart count half. */ \
    X(float, line_colour, 0.07f, "share of white") \
    /* Things up to twice as wide are thin. */ \
    X(double, thin_reach, 0.008, "share of the long side") \
    /* They stand so far above what is behind them; the full effect begins at twice that. */ \
    X(float, thin_height, 0.02f, "depth")
/* clang-format on */

SPX_TUNED_ROOM(depth, SPX_DEPTH_TUNED)

#endif
