#ifndef SPX_CLI_PHOTO_PAIRS_H
#define SPX_CLI_PHOTO_PAIRS_H

#include "cli/photo_list.h"

/**
 * Makes pairs of a list: NAME_L and NAME_R, NAME-left and NAME-right and the like in one folder are
 * the eyes of one picture; of what is left two neighbours each, left first. The pair stands where
 * its left eye stood (`right` is set), the right eye's own entry goes. A photo without a second one
 * stays alone. Call it before spx_photo_list_place().
 */
SPX_NODISCARD spx_status spx_photo_list_pair(spx_photo_list *list, spx_diag *diag);

#endif
