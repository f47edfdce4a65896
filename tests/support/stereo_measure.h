#ifndef STEREO_MEASURE_H
#define STEREO_MEASURE_H

#include "image/plane.h"
#include "spx/image.h"

/* Comparing a made eye with the true one. Pictures have 8 bits and equal sizes; mask: pixels that
 * count, NULL = all. Without any such pixel the result is NAN. */

/** In dB over all three channels; 99 when equal. */
double measure_psnr(const spx_image *made, const spx_image *truth, const spx_mask *mask);
/** Mean structural similarity (Wang et al. 2004) of brightness, windows of 7x7 pixels. */
double measure_ssim(const spx_image *made, const spx_image *truth, const spx_mask *mask);
/** Intersection over union of the pixels where each pair's eyes differ by more than 10 levels. */
double measure_siou(const spx_image *left, const spx_image *made_right,
                    const spx_image *true_right);
/** Mean of |horizontal| + |vertical| difference of brightness: how much grain there is. */
double measure_gradient(const spx_image *image, const spx_mask *mask);
/**
 * Share of left pixels whose best match in the right eye, by windows of 7x7 pixels, lies more than
 * 2 px from where disparity (px, NAN = not counted) puts it. What the right eye cannot show does
 * not count, nor what the true right eye does not match either: stripes match one period further,
 * and a window across an edge matches what only one eye sees.
 */
double measure_mismatch(const spx_image *left, const spx_image *right, const spx_image *true_right,
                        const spx_plane *disparity, double most_px);
/** Pixels within `around` columns or rows of a step of more than 1 px in disparity. */
spx_mask *measure_edge_band(const spx_plane *disparity, uint32_t around);

/**
 * Flecks: pixels of an eye whose colour stands out from seven or eight of their neighbours', and
 * which the photo has not within a pixel of where these neighbours come from. reach: how far from
 * its place in the photo a pixel may be, px. where: gets 1 at each; may be NULL.
 */
size_t measure_flecks(const spx_image *eye, const spx_image *photo, uint32_t reach,
                      const spx_mask *where);

#endif
