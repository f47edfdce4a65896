#ifndef SPX_WARP_LAYERS_H
#define SPX_WARP_LAYERS_H

#include "base/task.h"
#include "image/plane.h"
#include "spx/image.h"
#include "warp/layer_planes.h"

/** How a photo is cut. */
typedef struct spx_layers_options {
    float shift_px; /* how far apart depth 0 and 1 move in one eye, > 0 */
    uint32_t margin;
    int mirrored;
    int exact;   /* 1: things end where the map steps from one pixel to the next: only soft steps
                    are looked for in the colours */
    int upright; /* 1: also bands above and below things, for cameras above and below the photo's */
} spx_layers_options;

/** depth: of the photo's size, 0..1, 1 = near; NaN counts as 0. Cleared by the caller. */
SPX_NODISCARD spx_status spx_layers_init(spx_layers *layers, const spx_image *photo,
                                         const spx_plane *depth, const spx_layers_options *options,
                                         const spx_task *task, spx_diag *diag);
void spx_layers_clear(spx_layers *layers); /* an empty one is fine */

#endif
