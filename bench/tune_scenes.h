#ifndef TUNE_SCENES_H
#define TUNE_SCENES_H

/* Drawn scenes, for rooms whose numbers are swept on right eyes made from left ones. */
#include "image/plane.h"
#include "spx/image.h"

enum { TUNE_SCENE_WIDTH = 512, TUNE_SCENE_HEIGHT = 320 };

/** What both eyes see of a scene. */
typedef struct tune_scene {
    spx_image *left;
    spx_plane *depth; /* of the left eye; 1 = most_px */
    double most_px;
    spx_image *right;
    spx_plane *right_disparity; /* pixels */
    spx_mask *holes;            /* of the right eye: what the left one does not see */
} tune_scene;

/** Draws one, which is the caller's to clear. */
tune_scene tune_scene_draw(uint32_t index);
void tune_scene_clear(tune_scene *self);

#endif
