#ifndef DEPTH_MEASURE_H
#define DEPTH_MEASURE_H

#include "image/plane.h"

/** How close a depth map comes to a true disparity, both at 640 pixels long side. */
typedef struct depth_scores {
    double recall;    /* share of true edges with one of the map's within 3 px */
    double precision; /* share of the map's edges with a true one within 3 px */
    double near;      /* mean error within 6 px of true edges, % of the disparity's range */
    double error;     /* mean error, % of the range, after a least-squares scale and shift */
    double rank;      /* Spearman's correlation */
} depth_scores;

/** map: of any size, larger = nearer, any scale and shift. truth: the same; NAN = unknown. */
depth_scores measure_depth(const spx_plane *map, const spx_plane *truth);

#endif
