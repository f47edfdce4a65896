#ifndef SPX_WARP_TUNED_H
#define SPX_WARP_TUNED_H

#include "base/tuned.h"

/*
 * The numbers of this room that were chosen by looking at results (base/tuned.h): on drawn scenes,
 * and on the flecks that bench/eyes counts in the bundled photos.
 *
 * `tune NAME` draws a curve: PSNR beside depth steps of right eyes made from the true depth and
 * from a blurred one, and flecks.
 */
/* clang-format off */
#define SPX_WARP_TUNED(X) \
    /* Two neighbours are one surface while their distance changes by less than this in an eye: a \
     * limit in pixels of what is shown, whatever the strength. */ \
    X(float, step_px, 0.75F, "pixels of shift") \
    /* So far apart two columns of one soft edge may lie and are still joined: 4.5 pixels of \
     * shift. Chosen on ladybird, whose edges far out of focus had cracks. */ \
    X(unsigned, edge_steps, 6, "steps") \
    /* What a surface's depth counts less for each pixel that it is away, .35 pixels of shift: a \
     * slope does not make up for it, a step does. Half a pixel held the soft edges of blurred \
     * maps back, and cups had 84 flecks instead of 59. */ \
    X(float, deduction, 7.0F / 15.0F, "steps per pixel") \
    /* How much of what a surface is above that a pixel takes too: more tears slopes, less holds \
     * soft edges back. */ \
    X(float, sure_share, 0.5F, "of what is above") \
    /* Of an exact map: so far from the highest (or lowest) depth within the band, and ahead_steps \
     * more, the surface has to lie that a soft edge leads to instead. Chosen on the motorcycle \
     * and the harder scenes. */ \
    X(float, ahead_share, 1.0F / 3.0F, "of the way between both") \
    X(unsigned, ahead_steps, 3, "steps") \
    /* So many of the pixels around that are as deep make a narrow thing between two others. */ \
    X(double, narrow_share, 0.6, "of the pixels around") \
    /* So alike are they. */ \
    X(float, narrow_flat, 1.0F / 3.0F, "steps") \
    /* Alphas this near to an end, in deviations of that end's colours, are noise; at most \
     * most_dead_zone. */ \
    X(float, dead_deviations, 1.5F, "deviations") \
    X(float, most_dead_zone, 0.12F, "alpha") \
    /* So far beyond the far colours is the dark line of sharpening, where those are alike up to \
     * most_halo_zone. */ \
    X(float, halo_over_zone, 3.0F, "dead zones") \
    X(float, most_halo_zone, 0.05F, "alpha") \
    /* Squared distance between both surfaces' colours, over their variance, from which on a line \
     * between them tells alpha. */ \
    X(float, contrast_over_spread, 4.0F, "variances") \
    /* The least such distance, over three channels. */ \
    X(float, least_contrast, 300.0F, "squared levels") \
    /* Squared distance from that line up to which a colour is a mixture of both. */ \
    X(float, off_line, 0.35F, "of the squared contrast") \
    /* The most that a pixel may lose to the other surface where the band's core ends. */ \
    X(float, far_alpha, 0.6F, "alpha") \
    /* How much more alike a surface has to be than the other, for its pixel of nearly one's \
     * colour to decide. */ \
    X(float, alike_times, 6.0F, "squared distances") \
    /* Variance of colour that says nothing. */ \
    X(float, noise_variance, 15.0F, "squared levels") \
    /* Alphas so near to either end are that end's when pixels have agreed. */ \
    X(float, smooth_dead_zone, 0.1F, "alpha") \
    /* What a guess by depth alone counts among those around. */ \
    X(float, weight_by_depth, 0.08F, "of a pixel by line") \
    /* The same of one by likeness, and of a halo's. */ \
    X(float, weight_by_likeness, 0.4F, "of a pixel by line") \
    /* How wide the band is for the steepest change from far to near. */ \
    X(float, bands_per_width, 1.2F, "bands") \
    /* So far outside the far surface's colours is what an outline left there. Chosen by eye on \
     * fallen_leaf and ladybird. */ \
    X(float, rim_slack, 8.0F, "8-bit levels") \
    /* So many of the pixels around have to say so, or be the near surface's. Flecks of seven \
     * photos: 4 482, 6 455; without the rule 566. */ \
    X(unsigned, rim_agreed, 6, "of nine pixels")
/* clang-format on */

SPX_TUNED_ROOM(warp, SPX_WARP_TUNED)

#endif
