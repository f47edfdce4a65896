#ifndef SPX_WARP_TUNED_H
#define SPX_WARP_TUNED_H

#include "base/tuned.h"

/*
 * The numbers of this room that were chosen by looking at results (base/tuned.h): on drawn scenes,
 * and on the flecks that bench/eyes counts in the bundled photos.
 *
 * The curves below: mean PSNR in dB beside depth steps of right eyes made from the true depth, and
 * after the stroke from a blurred one, 12 drawn scenes (`tune NAME --scenes 12`). Neighbouring
 * values scatter by about 0.05 dB; what differs by no more is called level.
 */
/* clang-format off */
#define SPX_WARP_TUNED(X) \
    /* Two neighbours are one surface while their distance changes by less than this in an eye: a \
     * limit in pixels of what is shown, whatever the strength. True: .4 38.71, .55 38.69, .75 \
     * 38.03, 1 38.03, 1.3 37.37 | blurred 25.57 25.49 25.46 25.38 25.27, where flecks go from 6 \
     * and 5 to 4; at .55 the motorcycle's left-right mismatch rises from .60 to .70 %. */ \
    X(float, step_px, 0.75F, "pixels of shift") \
    /* Levels of a map that are farther apart are seen, and become slopes. The motorcycle's true \
     * disparity rounded to steps of 1 pixel: 24.70 without, 25.23 with; of .5 26.03, 26.15; of .25 \
     * 26.43, 26.41; of .125 26.41, 26.42. Aloe's and Cones' maps of whole pixels: 26.08 and 27.03 \
     * without, 27.17 and 27.91 with. */ \
    X(float, terrace_px, 0.3F, "pixels of shift") \
    /* Less than so many levels is one surface where a map has levels. Aloe (before its strips beside \
     * the frame were mirrored: now 27.0, 93) | Cones, flecks: 1.25 27.14 69 | 28.02 19, 1.6 27.17 55 | \
     * 27.91 17, 2.25 27.25 48 | 27.75 14, 3.25 27.29 45 | 27.44 41. */ \
    X(float, terrace_step, 1.6F, "levels") \
    /* A map of fewer levels may show flat things one behind the other. Drawn scenes in whole pixels, \
     * many of which have fewer: 8 35.58, 16 35.38, never 35.38. */ \
    X(unsigned, terrace_levels, 16, "levels") \
    /* So far apart two columns of one soft edge may lie and are still joined: 4.5 pixels of \
     * shift. Level: 1 to 100, 38.03 | 25.45 to 25.46, with 4.7 flecks at 1 and 4.4 from 6 on. */ \
    X(unsigned, edge_steps, 6, "steps") \
    /* What a surface's depth counts less for each pixel that it is away, .35 pixels of shift: a \
     * slope does not make up for it, a step does. Half a pixel held the soft edges of blurred \
     * maps back, and cups had 84 flecks instead of 59. Level for true depth; blurred: .25 25.53, \
     * .35 25.48, .47 25.46, .67 25.34, 1 25.21. */ \
    X(float, deduction, 7.0F / 15.0F, "steps per pixel") \
    /* How much of what a surface is above that a pixel takes too: more tears slopes, less holds \
     * soft edges back. Level for true depth; blurred: 0 25.31, .25 25.39, .5 25.46, .75 25.45, 1 \
     * 25.44. */ \
    X(float, sure_share, 0.5F, "of what is above") \
    /* Of an exact map: so far from the highest (or lowest) depth within the band, and ahead_steps \
     * more, the surface has to lie that a soft edge leads to instead. Chosen on the motorcycle \
     * and the harder scenes. Level here, .1 to 1: three depths are in the harder scenes only. */ \
    X(float, ahead_share, 1.0F / 3.0F, "of the way between both") \
    /* Level here, 1 to 12. */ \
    X(unsigned, ahead_steps, 3, "steps") \
    /* So many of the pixels around that are as deep make a narrow thing between two others. \
     * Level, with flecks falling: .4 25.40 and 5.2, .6 25.46 and 4.4, .8 25.44 and 3.5. */ \
    X(double, narrow_share, 0.6, "of the pixels around") \
    /* So alike are they. Level, .2 to .6. */ \
    X(float, narrow_flat, 1.0F / 3.0F, "steps") \
    /* Alphas this near to an end, in deviations of that end's colours, are noise; at most \
     * most_dead_zone. Level, 1 to 2.5. */ \
    X(float, dead_deviations, 1.5F, "deviations") \
    /* Level, .06 to .24. */ \
    X(float, most_dead_zone, 0.12F, "alpha") \
    /* So far beyond the far colours is the dark line of sharpening, where those are alike up to \
     * most_halo_zone. Level, 1.5 to 6. */ \
    X(float, halo_over_zone, 3.0F, "dead zones") \
    X(float, most_halo_zone, 0.05F, "alpha") \
    /* Squared distance between both surfaces' colours, over their variance, from which on a line \
     * between them tells alpha. 2 38.06 | 25.39, 4 38.03 | 25.46, 8 37.53 | 25.45. */ \
    X(float, contrast_over_spread, 4.0F, "variances") \
    /* The least such distance, over three channels. */ \
    X(float, least_contrast, 300.0F, "squared levels") \
    /* Squared distance from that line up to which a colour is a mixture of both. Level, .2 to .6. \
     * */ \
    X(float, off_line, 0.35F, "of the squared contrast") \
    /* The most that a pixel may lose to the other surface where the band's core ends. Level, .3 \
     * to 1. */ \
    X(float, far_alpha, 0.6F, "alpha") \
    /* How much more alike a surface has to be than the other, for its pixel of nearly one's \
     * colour to decide. 3 38.06 | 25.47, 6 38.03 | 25.46, 12 37.99 | 25.40. */ \
    X(float, alike_times, 6.0F, "squared distances") \
    /* Variance of colour that says nothing. True: 5 38.30, 15 38.03, 45 37.20 | blurred level; \
     * but 5 gives seven photos 478 flecks instead of 450. */ \
    X(float, noise_variance, 15.0F, "squared levels") \
    /* Alphas so near to either end are that end's when pixels have agreed. .05 37.56 | 25.41, .1 \
     * 38.03 | 25.46, .2 37.82 | 25.43. */ \
    X(float, smooth_dead_zone, 0.1F, "alpha") \
    /* What a guess by depth alone counts among those around. .02 38.03 | 25.43, .08 38.03 | \
     * 25.46, .25 38.09 | 25.46. */ \
    X(float, weight_by_depth, 0.08F, "of a pixel by line") \
    /* The same of one by likeness, and of a halo's. .2 37.77 | 25.43, .4 38.03 | 25.46, .8 38.35 \
     * | 25.43. */ \
    X(float, weight_by_likeness, 0.4F, "of a pixel by line") \
    /* How wide the band is for the steepest change from far to near. .8 38.04, 1.2 38.03, 1.8 \
     * 38.66 | blurred level; at 1.8 the motorcycle has 205 flecks with the network's depth, else \
     * 168. */ \
    X(float, bands_per_width, 1.2F, "bands") \
    /* How much of the way an edge of a single pixel goes from what lies between columns to a hard \
     * edge in that pixel: photos are a little softer than either. 0 37.95, .25 38.13, .5 38.20, .75 \
     * 38.16, 1 38.01 | blurred level, flecks 7.3 to .5, 7.8 at 1. */ \
    X(float, hard_share, 0.5F, "of the way") \
    /* What lies between pixels of one surface: 0 is a line, 1 Catmull-Rom. Drawn and harder scenes, \
     * motorcycle, Aloe, Cones; true: 0 38.83 35.15 26.44 27.05 26.77, .5 38.85 35.16 26.46 27.03 \
     * 26.78, 1 38.84 35.15 26.45 27.01 26.77, 1.5 38.80 35.12 26.41 26.98 26.73 | blurred: 0 26.38 \
     * 21.98 16.90 19.72 18.18, .5 26.33 21.91 16.85 19.71 18.12, 1 26.28 21.84 16.80 19.70 18.05. \
     * SSIM is best from .5 to 1, flecks of all photos 372 at .5, 408 at 1. */ \
    X(double, cubic_share, 0.5, "of the way from a line") \
    /* From so much on what is squeezed takes means. Edges of the motorcycle, Cones and Aloe, SSIM, true \
     * depth | the network's: never .9146 .9151 .8932 | .3826 .4426 .2994; 1 .9143 .9143 .8938 | .3839 \
     * .4452 .3002, 1.05 .9145 .9150 .8936 | .3835 .4444 .2999, the latter with least_stretch 1.05. */ \
    X(float, least_squeeze, 1.05F, "pixels of the photo for one") \
    /* How wide these are: the root of what a squeeze's square is above the least one's, times this. \
     * Level, 1 to 1.6. */ \
    X(float, mean_width, 1.3F, "pixels of the photo") \
    /* From so much on a surface is stretched, and sampled on a line. The same pairs: 1.02 .9145 .9147 \
     * .8937 | .3839 .4451 .3001, 1.05 .9145 .9150 .8937 | .3836 .4446 .2999. */ \
    X(float, least_stretch, 1.02F, "pixels of the eye for one") \
    /* So far outside the far surface's colours is what an outline left there. Chosen by eye on \
     * fallen_leaf and ladybird. Level for drawn scenes, which have no such rims: 4 to 32, 25.45 \
     * to 25.46. */ \
    X(float, rim_slack, 8.0F, "8-bit levels") \
    /* So many of the pixels around have to say so, or be the near surface's. Flecks of seven \
     * photos: 4 482, 6 455; without the rule 566. Drawn scenes level, 4 to 9. */ \
    X(unsigned, rim_agreed, 6, "of nine pixels") \
    /* Tips, which true maps do not lack: blurred. Chosen on fallen_leaf, flower_garden, boats and \
     * two_seeds. Depths around have to differ by so much. Level, .03 to .5. */ \
    X(float, tip_range, 0.12F, "of the whole depth") \
    /* A colour so far from another is not alike. Level, 6 to 48. */ \
    X(double, tip_contrast, 24.0, "8-bit levels") \
    /* ... nor one so much farther than from the near surface's. Level, .75 to 12, with flecks 4.1 to \
     * 4.4 below 3, else 3.7 to 4. */ \
    X(double, tip_times, 3.0, "times") \
    /* So much of the far surface around may be alike. .05 25.44, .18 25.46, .36 25.49 with 4.5 flecks \
     * instead of 3.8. */ \
    X(double, tip_alike, 0.18, "of the far surface around") \
    /* So much of what is around may lie between both: more is a slope. .05 25.44, .2 25.46, .3 25.52. \
     */ \
    X(double, tip_between, 0.2, "of what is around") \
    /* A tip ends where colours differ by so much. Level, 7 to 60. */ \
    X(double, tip_sharpness, 30.0, "8-bit levels") \
    /* So much of its outline may lead on. Flecks of four photos: .04 174 and tips torn, .12 148 and a \
     * canopy torn, .2 151. */ \
    X(double, tip_leak, 0.2, "of the outline") \
    /* So many pixels may be as bright (or as dark) as a fleck, of 25, itself too: fewer than a line \
     * across them has. Flecks of all bundled photos: none 556, 4 338, 7 226; but posts of a pixel \
     * and joints seen between bars go too: 2 38.02 | 25.44, 4 37.95 | 25.45, 5 37.66 | 25.45; \
     * without 38.03 | 25.43. */ \
    X(unsigned, fleck_company, 4, "pixels") \
    /* By so much it stands out. 12 37.79, 24 37.95, 48 38.03 | blurred level. */ \
    X(int, fleck_slack, 24, "8-bit levels")
/* clang-format on */

SPX_TUNED_ROOM(warp, SPX_WARP_TUNED)

#endif
