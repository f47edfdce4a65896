#ifndef SPX_TEST_FILL_SCENE_H
#define SPX_TEST_FILL_SCENE_H

#include "fill/level.h"

/** A picture of which parts are to be filled; all arrays are [height][width]. */
typedef struct fill_scene {
    spx_image *image;
    uint8_t *known;
    uint16_t *depth;
    uint16_t *wanted; /* depth */
    spx_backdrop backdrop;
    spx_level level; /* of the full size, once fill_scene_level() was called */
} fill_scene;

/** All is black, to be filled, and at depth 0. step: the backdrop's. Never NULL. */
fill_scene *fill_scene_create(uint32_t width, uint32_t height, uint32_t bits, uint16_t step);
/** Makes the level of what the scene is now. image8: what it looks at. task: may be NULL. */
void fill_scene_level(fill_scene *scene, spx_image *image8, const spx_task *task);
void fill_scene_destroy(fill_scene *scene);

#endif
