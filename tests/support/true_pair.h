#ifndef TRUE_PAIR_H
#define TRUE_PAIR_H

#include "image/plane.h"
#include "spx/image.h"

/** A rectified pair whose left view's disparity is known. Cleared by true_pair_clear(). */
typedef struct true_pair {
    char name[64];
    spx_image *left; /* 8 bits */
    spx_image *right;
    spx_plane *disparity; /* xL - xR of the left eye's pixels; NAN = unknown */
} true_pair;

/** A picture as 8-bit sRGB, and a disparity in pixels: what the file holds divided by scale, NAN
 * where that is 0 or infinite. NULL when the file cannot be read. Owned by the caller:
 * spx_image_unref(), spx_plane_destroy(). */
spx_image *true_pair_read_picture(const char *path);
spx_plane *true_pair_read_disparity(const char *path, double scale);
/** The bundled pair. Fails the running test or program when it is not there. */
void true_pair_bundled(true_pair *out);
/** Returns 0 and says why on standard error when a file cannot be read or the sizes differ. */
int true_pair_read(true_pair *out, const char *left, const char *right, const char *disparity,
                   double scale);
/**
 * A folder as Middlebury hands pairs out: im0.png, im1.png, disp0.pfm (2014 and later), or
 * view1.png, view5.png, disp1.png (2005, 2006; a folder name that says ThirdSize or HalfSize tells
 * the scale). Returns 0 where it is neither.
 */
int true_pair_read_folder(true_pair *out, const char *folder);
void true_pair_clear(true_pair *pair);

#endif
