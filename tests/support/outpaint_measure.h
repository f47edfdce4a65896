#ifndef OUTPAINT_MEASURE_H
#define OUTPAINT_MEASURE_H

#include "spx/outpaint.h"

enum { OUTPAINT_SIDES = 4 }; /* left, top, right, bottom */

/*
 * Numbers for a painted border. None says alone that a border is good: smears have quiet seams,
 * copies are sharp. Read them together, beside those of the truth and of simple ways.
 */
typedef struct outpaint_scores {
    /* M2: excess of the colour step where photo and border meet over the steps inside, as a share
     * of those: 0.15 to 0.34 through untouched photos. */
    double seam;
    /* M3: share of textured 16 x 16 patches of the border, at half size, that are somewhere in the
     * photo almost as they are: 0.07 in untouched photos. */
    double repetition;
    /* M4: fine detail of the border's blocks against the photo's edge beside each, median of log2
     * on the worst side: 0 is the same, -1 half; a side of smears has -4 and less. */
    double sharpness;
} outpaint_scores;

/** picture: 8 bits, of the frame's size. Border pixels near the photo's edge may differ from the
 * photo's by the engine's feather. */
outpaint_scores outpaint_measure(const spx_image *picture, const spx_frame *frame);

/** M4 alone, which is quick, and its value on each side, NAN where the photo does not grow: the
 * worst of them is returned. */
double outpaint_sharpness(const spx_image *picture, const spx_frame *frame,
                          double sides[OUTPAINT_SIDES]);

/** M1: how much 64 x 64 blocks of the border differ from the truth's in mean colour, in detail of
 * three sizes and in the directions of edges; the mean over the blocks. */
double outpaint_feature_distance(const spx_image *picture, const spx_image *truth,
                                 const spx_frame *frame);

/** The worst seam of all growing sides and of all depths where photo and border meet, less the one
 * that the truth has at that place. Both pictures: 8 bits, of the frame's size. */
double outpaint_seam_above(const spx_image *picture, const spx_image *truth,
                           const spx_frame *frame);

#endif
