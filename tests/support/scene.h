#ifndef SCENE_H
#define SCENE_H

#include "image/plane.h"
#include "spx/image.h"

/*
 * Drawn scenes whose every pixel is known, seen from any place on a line of parallel cameras: flat
 * layers, upright or slanted, each with a shape (alpha) and a texture. A camera at `place` sees a
 * point of disparity D at x + place * D, so that 0 is the photo, -1 the right eye whose left eye
 * is the photo, and +0.5 and -0.5 are the eyes of a photo between them.
 */
typedef enum scene_background {
    SCENE_PLAIN,      /* sky, plain walls */
    SCENE_STRUCTURED, /* stripes, bricks */
    SCENE_RANDOM,     /* noise as of grass or gravel */
} scene_background;

typedef struct scene scene;

enum { SCENE_COUNT = 24, SCENE_HARD_COUNT = 8 };

/** number: 0..SCENE_COUNT-1 are the standard ones; the SCENE_HARD_COUNT behind them have three
 * depths, near bars and rims far out of focus; any other is one more. Destroyed by the caller. */
scene *scene_create(uint32_t number, uint32_t width, uint32_t height);
void scene_destroy(scene *self);
const char *scene_name(const scene *self);
scene_background scene_background_of(const scene *self);
/** Disparity of the nearest thing, in pixels; the farthest has 0 or more. */
double scene_disparity_px(const scene *self);

/** What the camera sees. Both owned by the caller. disparity: in pixels; of the surface in each
 * pixel's centre. hidden: pixels whose surface the photo (place 0) does not show; may be NULL. */
void scene_render(const scene *self, double place, spx_image **image, spx_plane **disparity,
                  spx_mask **hidden);

#endif
