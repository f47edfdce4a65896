#ifndef SPX_REMOTE_PASTE_MATCH_H
#define SPX_REMOTE_PASTE_MATCH_H

#include "outpaint/patch_level.h"
#include "remote/paste_floats.h"

/**
 * Finds the photo in the painted picture, near where it was to be: some engines round differently.
 * small: the photo at the rect's size; the rect lies
 * within the picture. Moves the rect by a few pixels at most; SPX_ERR_REMOTE when
 * the picture does not show the photo at all.
 */
SPX_NODISCARD spx_status spx_paste_match(spx_patch_rect *rect, const spx_paste_floats *painted,
                                         const spx_image *small, spx_diag *diag);

#endif
