#ifndef SPX_DEPTH_TUNED_H
#define SPX_DEPTH_TUNED_H

#include "base/tuned.h"

/*
 * The numbers of this room that were chosen by looking at results (base/tuned.h).
 *
 * The curves below: recall, precision (edges within 3 pixels of 640) and mean error in % of the
 * embedded network's maps at detail `normal`, refined: means of three true pairs, the bundled
 * motorcycle and Middlebury's Aloe and Cones (`tune NAME --photos FOLDER...`). As they are: .533
 * .733 11.83. Up to least_edge they were measured against .535 .718 11.84, before thin_height had
 * its value; from edge_growth to least_trust with the weights of 0.1, against .493 .647 12.06 where
 * no other is named. What differs by less than .005 in both and 0.02 % is called level. "Blurred":
 * PSNR at the edges of the drawn scenes' eyes from blurred, displaced disparity
 * (bench/stereo), 26.4 dB as they are; steepening works on such and on one resolution's maps only.
 */
/* clang-format off */
#define SPX_DEPTH_TUNED(X) \
    /* Of the Gaussian between the first finer level and the map so far. 1/96 .535 .695 11.97, \
     * 1/48 .533 .716 11.91, 1/16 .533 .715 11.86, 1/12 .529 .715 11.95, 1/6 .510 .715 12.48. \
     * Wider, photos lose: finer levels know less of the whole; with the weights of 0.1 \
     * forest_path's sky and one side of pier and dune_grass came near at 1/6. */ \
    X(double, first_sigma, 1.0 / 24.0, "share of the long side") \
    /* The same of the second one. 1/192 .501 .717 11.97, 1/96 .519 .711 11.91, 1/32 .534 .711 \
     * 11.81, 1/24 .531 .708 11.83, 1/12 .523 .709 12.12. */ \
    X(double, second_sigma, 1.0 / 48.0, "share of the long side") \
    /* Photos may be enlarged so much for a level. 1 .404 .645 12.12, 1.5 .505 .710 11.90, 3 \
     * .560 .698 11.81, 4 .552 .726 11.85, and a third more time. */ \
    X(double, most_enlarged, 2.0, "times") \
    /* A level that correlates less with the map so far shows something else, and counts less \
     * and less; from half of it on nothing. Level from .125 to .5, .75 .518 .711 11.85, 1 .495 \
     * .698 11.88. With the weights of 0.1 most photos' levels had .6 to .99; two_seeds' second, \
     * which alone had its seeds, .50, forest_path's, a mere texture, .27. */ \
    X(double, least_correlation, 0.5, "correlation") \
    /* So far values may be nearer than the coarsest map's local range. Both ways alike: 0.06 .528 \
     * .721 11.91, 0.12 .531 .718 11.87, level above. Farther they may not be: means of the \
     * motorcycle and Aloe, 0.25 that way as well .510 .736 12.06, 0 .510 .748 12.08, and dark \
     * rims beside pagoda's tree, orchid's bud and astronaut's rocket, none with 0. */ \
    X(float, most_beyond, 0.25f, "deviations of that map") \
    /* Half the window of that range: what the coarsest map blurs. 1/96 .532 .721 11.82, level \
     * above. */ \
    X(double, range_reach, 1.0 / 24.0, "share of its long side") \
    /* A tile of the second level is run where more of it than this is edges ... Level below, \
     * 0.015 .527 .719 11.85, 0.02 .510 .722 11.88, 0.04 .513 .696 11.87. */ \
    X(float, tile_edges, 0.01f, "share of the pixels") \
    /* ... of more than this. 0.025 to 0.075 .542 .716 11.82, but more tiles; 0.15 .513 .696 \
     * 11.87, 0.4 .420 .709 12.02. */ \
    X(float, tile_range, 0.1f, "share of the map's range") \
    /* Windows of the map hold an edge from this range on: a share of their own width, which \
     * spares floors. The full effect begins at twice that. 0.55 and 1.1 .547 .710, 3.3 .515 \
     * .727, 8.8 .503 .725; errors alike. */ \
    X(float, edge_slope, 2.2f, "depth per share of the long side") \
    /* ... but never below this. Level below, where it spares time; 0.03 .522 .724, 0.04 .515 \
     * .723, 0.08 .506 .728; errors alike. */ \
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
    /* What lies above becomes near when a network's small map is made steeper. Errors of the \
     * motorcycle, Aloe and Cones at one resolution, 11.64 13.42 10.55 before refining: 0.45 11.61 \
     * 13.12 10.62, 0.5 11.58 13.15 10.56, 0.52 11.57 13.17 10.54, 0.55 11.55 13.19 10.51, 0.6 \
     * 11.54 13.24 10.46; recall falls from .417 to .412 at 0.55, precision is level. Flecks of \
     * all photos scatter from 480 to 530 up to 0.54, 563 at 0.55. */ \
    X(float, near_from, 0.52f, "of the way from far to near") \
    /* The same of others' small maps, which were blurred: that makes round things smaller, so \
     * the step lies outside. Eyes from blurred scenes, those scenes' errors, and the motorcycle: \
     * 0.4 26.40 3.94 16.93, 0.45 26.28 3.69 16.80, 0.5 25.96 and 16.71. */ \
    X(float, others_near_from, 0.45f, "of the way from far to near") \
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
    /* How far a thin thing's depth is evened out, to each side. Errors are alike; 0.0125 .529 \
     * .734, 0.025 .530 .731, 0.1 .537 .717, 0.2 .540 .705. The pairs have few blades: \
     * dune_grass' eyes have 167 flecks at .02 and 90 at .05, the blades at .02 are torn. */ \
    X(double, line_reach, 0.05, "share of the long side") \
    /* Blur of the gradients' products. Level from 1 to 2.25; below .538 .710 11.84, 6 .527 .734 \
     * 11.82. */ \
    X(double, line_sigma, 1.5, "pixels of the map") \
    /* Weaker gradients are noise. Level from 0.01 to 0.1. */ \
    X(float, line_noise, 0.03f, "share of white") \
    /* From which share of the eigenvalues' difference on there is a line. 0.125 .536 .721 \
     * 11.84, 0.75 .532 .732 11.83, 1 (no line at all) .524 .736 11.82. */ \
    X(float, line_coherence, 0.5f, "share") \
    /* A line goes on within the angle of this cosine. Level: lines turn slowly. */ \
    X(float, line_turn, 0.8f, "cosine") \
    /* Colours so far apart count half. 0.0175 .532 .732 11.83, 0.28 .535 .719 11.85; at 0.07 \
     * the motorcycle's error grows by refining, at 0.035 dune_grass has 16 flecks more. */ \
    X(float, line_colour, 0.05f, "share of white") \
    /* Things up to twice as wide are thin. 0.002 .529 .732 11.83, 0.016 .547 .701 11.85, 0.032 \
     * .556 .683 11.86: outlines of wide things are worse for it. */ \
    X(double, thin_reach, 0.006, "share of the long side") \
    /* They stand so far above what is behind them; the full effect begins at twice that. 0.005 \
     * .553 .686 11.86, 0.01 .543 .701 11.85, 0.02 .535 .718 11.84, 0.08 .530 .729 11.83. */ \
    X(float, thin_height, 0.04f, "depth")
/* clang-format on */

SPX_TUNED_ROOM(depth, SPX_DEPTH_TUNED)

#endif
