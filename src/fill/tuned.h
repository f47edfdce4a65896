#ifndef SPX_FILL_TUNED_H
#define SPX_FILL_TUNED_H

#include "base/tuned.h"

/*
 * The numbers of this room that were chosen by looking at results (base/tuned.h).
 *
 * The curves below: mean PSNR in dB where the left eye shows nothing, of right eyes made from true
 * disparity, 12 drawn scenes (`tune NAME --scenes 12`; tests/support/scene.h). Neighbouring values
 * scatter by about 0.05 dB; what differs by no more is called level.
 */
/* clang-format off */
#define SPX_FILL_TUNED(X) \
    /* Wider strips beside the frame show the picture mirrored; in narrower ones texture is looked \
     * for, by patches of few pixels. By eye: at .17 of the width (Aloe), .09 (the motorcycle) and \
     * .051 (boats, cups, fallen_leaf, flower_garden, forest_path, pier at 10 %) found texture is a \
     * mush of parts, blocks, streaks, plain smears. It has the higher PSNR in holes all the same, as \
     * it is softer: Aloe 19.27, mirrored 17.45; Cones (.14) 17.28, 15.34; the motorcycle 18.51, \
     * 18.23. Drawn scenes, .02 to .09 and up to 45 px wide: all texture 29.10, above .018 mirrored \
     * 28.46 in holes, 38.84 and 38.21 at edges. */ \
    X(double, mirrored_width, 0.05, "of the photo's width") \
    /* ... and in so many pixels. At 64 (2560 pixels, own strength) boats and cups are smeared, six \
     * others alike. 110, which is 12 megapixels at 2.5 %, took .5 s of 4.4 as texture. */ \
    X(unsigned, mirrored_px, 48, "pixels") \
    /* ... unless so much of both strips is known, which is half of one: of a pair the other eye \
     * shows one strip, but for some rows. A quarter of the rows of boats, 150 pixels wide: texture \
     * 15.2 dB there, mirrored 12.2, with level seams. */ \
    X(double, mirrored_known, 0.25, "of both strips") \
    /* Of search and vote at each size but the smallest and the whole one. Rising: 1 28.86, 2 29.05, \
     * 4 29.19, 8 29.35, 16 29.56, at 1.2 s of processor time for 4 and 2.0 s for 16. */ \
    X(int, rounds, 4, "rounds") \
    /* The same at the smallest size, which decides what goes where. */ \
    X(int, coarse_rounds, 10, "rounds") \
    /* Sources tried at random for each pixel and round, each in half the reach of the last. Steep \
     * below: 1 27.66, 2 28.91, 3 29.12, 4 29.19, 8 29.25, 16 29.39. */ \
    X(unsigned, random_tries, 4, "tries") \
    /* What a source costs whose depth is another than its pixel's: texture of another surface. \
     * Level from 6 to 48 (29.14 to 29.21); 3 29.03. */ \
    X(unsigned, depth_cost, 12, "levels per pixel of the patch and step of depth") \
    /* What distance costs: 2^-N levels per pixel of the patch and pixel of distance. Level from 3 \
     * to 8 (29.15 29.19 29.27 29.13); 1 28.88, 16 28.80: wholly without it, it is missed. */ \
    X(unsigned, far_cost_shift, 4, "powers of 1/2") \
    /* How far a source's colour may lie outside the range beside the hole for nothing. Level from 3 \
     * to 48 (29.14 to 29.25). */ \
    X(unsigned, guide_free, 12, "sum of three 8-bit levels") \
    /* The same of what blending makes. */ \
    X(int, slack, 8, "8-bit levels") \
    /* How firmly blending holds to the copies: the reach of a seam's difference is about its \
     * root's inverse, 45 pixels. Level: 125 29.18, 500 29.19, 2000 29.24. */ \
    X(int, screen, 500, "millionths") \
    /* Sweeps over the rows, down and up, of the blending's solver. */ \
    X(unsigned, blend_rounds, 12, "rounds")
/* clang-format on */

SPX_TUNED_ROOM(fill, SPX_FILL_TUNED)

#endif
