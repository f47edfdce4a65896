#ifndef SPX_OUTPAINT_ECHO_H
#define SPX_OUTPAINT_ECHO_H

#include "outpaint/patch_level.h"

/**
 * Counts which parts of the photo each neighbourhood of the canvas shows already, the photo itself
 * included, and sets what showing them once more costs there. Search reads it where the prior's
 * `echo` is above 0; makes level->echo when there is none.
 */
SPX_NODISCARD spx_status spx_patch_update_echo(spx_patch_level *level, spx_diag *diag);

#endif
