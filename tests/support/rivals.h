#ifndef RIVALS_H
#define RIVALS_H

#include "image/plane.h"
#include "spx/image.h"

/*
 * What other programs do with a photo and its depth, written from their descriptions: each makes
 * the right eye of a left one (8 bits). disparity: px, larger = nearer, of every pixel. Owned by
 * the caller: spx_image_unref().
 */

/** Each right pixel fetches from where its own depth says. */
spx_image *rival_stretch(const spx_image *left, const spx_plane *disparity);
/**
 * Pixels go to the nearest column, the nearer one wins; holes are filled in the order of their
 * distance from what is known, by what is around within 5 pixels, weighted by direction, distance
 * and level (Telea 2004, "An image inpainting technique based on the fast marching method").
 */
spx_image *rival_inpaint(const spx_image *left, const spx_plane *disparity);
/** The same, after near things have grown by 2 pixels, holes filled with the nearest pixel of the
 * row on the far side. */
spx_image *rival_forward(const spx_image *left, const spx_plane *disparity);
/**
 * Each row is a line through its pixels, bent by the disparity and drawn in exact depth order, four
 * samples a pixel; where it is stretched the far pixel's colour goes on.
 */
spx_image *rival_polylines(const spx_image *left, const spx_plane *disparity);

#endif
