#ifndef SPX_SCENE_SCENE_H
#define SPX_SCENE_SCENE_H

#include "warp/layers.h"
#include "warp/view.h"

/**
 * A photo as cameras beside its own see it: cut into layers at its depth steps, what they hide
 * filled in once. Every view of the photo is made from one of these, so that all views agree.
 */
typedef struct spx_scene {
    spx_image *photo; /* one of its owners */
    spx_layers layers;
    spx_image *back; /* a canvas: the photo, the colours of the back layer, the margins */
    double fill_s;   /* how long filling took */
} spx_scene;

/** How a scene is cut. */
typedef struct spx_scene_options {
    float shift_px;  /* how far apart depth 0 and 1 move for the camera farthest aside, > 0 */
    int exact;       /* as in spx_layers_options */
    uint32_t margin; /* columns added on either side, which that camera looks into */
    int upright;     /* 1: also for cameras above and below the photo's */
} spx_scene_options;

/** depth: of the photo's size, 0..1, 1 = near. Cleared by the caller. */
SPX_NODISCARD spx_status spx_scene_init(spx_scene *scene, spx_image *photo, const spx_plane *depth,
                                        const spx_scene_options *options, const spx_task *task,
                                        spx_diag *diag);
void spx_scene_clear(spx_scene *scene); /* a zeroed one is fine */

/** Where a view is taken from. */
typedef struct spx_scene_camera {
    float place;        /* -1..1: the left eye's .. the right eye's; 0 is the photo's own place */
    float window;       /* depth 0..1 that stays where it is */
    uint32_t before_px; /* of a wider view: as in spx_view_options */
    uint32_t after_px;
} spx_scene_camera;

/** Draws a view into `view`, which has the photo's size and bits, and its further columns where the
 * camera asks for some. *filled: how many of its pixels
 * show what the photo does not. */
SPX_NODISCARD spx_status spx_scene_view(spx_image *view, const spx_scene *scene,
                                        const spx_scene_camera *camera, const spx_task *task,
                                        uint64_t *filled, spx_diag *diag);

#endif
