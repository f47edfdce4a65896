#ifndef SPX_FORMATS_DEPTH_PARTS_H
#define SPX_FORMATS_DEPTH_PARTS_H

#include "container/depth_text.h"
#include "container/spatial_heif.h"
#include "formats/master.h"

/** What distances the depth stands for, if both eyes are cameras of that field of view and
 * distance: disparity is then even steps from infinity on. */
spx_depth_scale spx_depth_scale_of(const spx_master *master);

/** Depth as an auxiliary picture of a HEIC file, in Apple's form. Zero-initialise; clear. */
typedef struct spx_depth_aux {
    spx_hevc_stills coded;
    spx_bytes sei;
    spx_bytes xmp;
    spx_heif_aux aux; /* points to these */
} spx_depth_aux;

/** depth: of the view that it goes with, any size. */
SPX_NODISCARD spx_status spx_depth_aux_init(spx_depth_aux *out, const spx_master *master,
                                            const spx_plane *depth, const spx_task *task,
                                            spx_diag *diag);
/** The depth map seen by the left eye of the spatial file, at a small size: every sample moves as
 * the eye's pixels did, near ones over far ones; what they uncover is as far as its farther side.
 * *out is owned by the caller. */
SPX_NODISCARD spx_status spx_depth_of_left(spx_plane **out, const spx_master *master,
                                           spx_diag *diag);
void spx_depth_aux_clear(spx_depth_aux *aux);

#endif
