#ifndef SPX_PIPELINE_FLAT_VIEW_H
#define SPX_PIPELINE_FLAT_VIEW_H

#include "pipeline/stereo_input.h"

/**
 * Makes flat eyes of equirectangular ones (found->is_sphere): what lies straight ahead, as wide as
 * asked for, as the file says of itself (found->hfov_deg), or 90 degrees; never wider than the eyes
 * show, and not over 120 degrees. found->hfov_deg becomes what was taken. A warning says what is
 * left out. asked_deg: 0 = nobody asks.
 */
SPX_NODISCARD spx_status spx_flat_view_take(spx_stereo_photo *photo, spx_stereo_found *found,
                                            double asked_deg, const spx_task *task, spx_diag *diag);

#endif
