#ifndef SPX_PIPELINE_DISTANCES_H
#define SPX_PIPELINE_DISTANCES_H

#include "pipeline/photo_depth.h"
#include "spx/spx.h"

/** Fills the summary's distances, where the depth has a unit. */
void spx_distances_tell(spx_summary *summary, const spx_photo_depth *depth);

/**
 * The strength that true scale takes: focal length x baseline / distance of the nearest thing, in %
 * of the width, with the summary's field of view and baseline; no more than the largest, with a
 * warning. Changes the map: its 0 becomes infinity, so that it is proportional to disparity. name:
 * the photo's, for what fails. Fails where the depth has no unit.
 */
SPX_NODISCARD spx_status spx_distances_true_strength(double *strength_pct, spx_photo_depth *depth,
                                                     const spx_summary *summary, const char *name,
                                                     const spx_task *task, spx_diag *diag);

#endif
