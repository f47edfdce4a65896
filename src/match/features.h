#ifndef SPX_MATCH_FEATURES_H
#define SPX_MATCH_FEATURES_H

#include "base/task.h"
#include "image/plane.h"
#include "spx/image.h"

/** One thing seen in both eyes: pixels of the eyes as given, parts of them, (0, 0) = the middle of
 * the upper left pixel. */
typedef struct spx_feature {
    double left_x;
    double left_y;
    double right_x;
    double right_y;
} spx_feature;

/** Cleared by spx_features_clear(). */
typedef struct spx_features {
    spx_feature *list;
    uint32_t count;
} spx_features;

/**
 * Corners of the left eye (Shi and Tomasi 1994), the best ones of each cell of a grid, found in the
 * right eye by normalised correlation of small windows: over 15 % of the width and 5 % of the
 * height to all sides at a small size, then closer at larger ones. What does not come back to
 * where it began, or has a second place nearly as good, is left out. Both eyes have one size. *out
 * must be empty.
 */
SPX_NODISCARD spx_status spx_features_find(spx_features *out, const spx_image *left,
                                           const spx_image *right, const spx_task *task,
                                           spx_diag *diag);
void spx_features_clear(spx_features *features); /* an empty one is fine */

#endif
