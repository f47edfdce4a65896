#ifndef SPX_DEPTH_ESTIMATE_H
#define SPX_DEPTH_ESTIMATE_H

#include "depth/depth_model.h"
#include "spx/detail.h"

typedef struct spx_estimate_options {
    uint32_t size; /* as for spx_depth_model_run() */
    spx_detail detail;
    /** Hears once of the map so far, before the finest level is run, which takes most of the time;
     * where there is no finer one, of the result. map: borrowed for the call, and may be changed. A
     * failure ends the estimation. May be NULL */
    spx_status (*first)(void *user, spx_plane *map, const spx_task *task, spx_diag *diag);
    void *user;
} spx_estimate_options;

/**
 * Relative inverse depth of a photo from one network at several resolutions: the coarse ones say
 * how far things are, the fine ones where they end. *out has the size of the finest map that was
 * made, aspect ratio kept; larger = nearer, unknown scale and shift. The network does not see black
 * bars around a photo (letterbox.h): they are as far as the farthest. Owned by the caller.
 */
SPX_NODISCARD spx_status spx_depth_estimate(spx_depth_model *model, const spx_image *photo,
                                            const spx_estimate_options *options,
                                            const spx_task *task, spx_plane **out, spx_diag *diag);

/** How wide a pixel of the photo is at the coarsest input, in its pixels: focal lengths shrink so.
 * size: as for spx_depth_model_run(). 0 = there is no such input. */
double spx_depth_estimate_scale(const spx_depth_model *model, const spx_image *photo,
                                uint32_t size);

#endif
