#ifndef SPX_WARP_VIEW_H
#define SPX_WARP_VIEW_H

#include "warp/layers.h"

/** What an eye is made of. All borrowed. */
typedef struct spx_view_source {
    const spx_layers *layers;
    const spx_image *photo;
    const spx_image *back; /* a canvas: the photo, and the colours of the back layer and the margins
                              where the layers' kind is not plain */
} spx_view_source;

typedef struct spx_view_options {
    int right_eye;
    float reach;        /* 0..1: how far the camera is from the photo's, 1 = as far as the eye for
                           which the layers were cut; 0 shows the photo */
    float convergence;  /* depth 0..1 that stays where it is */
    uint32_t before_px; /* columns of the eye beyond the photo's frame, on the side from which near
                           things move away: the left of the left eye, the right of the right one */
    uint32_t after_px;  /* the same on the other side; either at most the layers' margin */
} spx_view_options;

/**
 * Draws one eye: near things move right in the left eye and left in the right one. eye: of the
 * photo's height and bits, before_px + the photo's width + after_px wide; written whole. *filled:
 * how many pixels within the photo's frame show what the photo does not.
 */
SPX_NODISCARD spx_status spx_view_render(spx_image *eye, const spx_view_source *source,
                                         const spx_view_options *options, const spx_task *task,
                                         uint64_t *filled, spx_diag *diag);

#endif
