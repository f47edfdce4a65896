#ifndef SPX_PIPELINE_ALIKE_H
#define SPX_PIPELINE_ALIKE_H

#include "pipeline/stereo_input.h"

/** The right eye as it was read becomes one in the left eye's colours, with a warning, where the
 * profiles differ. icc: the left eye's, empty = sRGB. */
SPX_NODISCARD spx_status spx_alike_colours(spx_photo *right, const spx_bytes *icc,
                                           const spx_task *task, spx_diag *diag);

/**
 * Both eyes get one size and as many bits, with a warning that says how. Sizes that differ by 2 %
 * or less are cut to what both have, around the middle (how they lie to each other is found out
 * later); else the larger eye is reduced to the smaller one's size. SPX_ERR_UNSUPPORTED where one
 * is twice as large as the other or has another shape: they are no pair. name: for messages.
 */
SPX_NODISCARD spx_status spx_alike_sizes(spx_stereo_photo *photo, const char *name,
                                         const spx_task *task, spx_diag *diag);

#endif
