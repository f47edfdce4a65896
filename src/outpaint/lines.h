#ifndef SPX_OUTPAINT_LINES_H
#define SPX_OUTPAINT_LINES_H

#include "base/task.h"
#include "outpaint/pyramid.h"

/**
 * Finds the straight lines that leave the photo: a table's edge, a stalk, a side of a road; and for
 * each cell of the canvas the way back into the photo along those that pass by, or straight where
 * none does. level: where they are looked for. ways: owned by the caller, spx_patch_ways_clear();
 * the levels of the pyramid may borrow them.
 */
SPX_NODISCARD spx_status spx_lines_find(spx_patch_ways *ways, const spx_pyramid *pyramid,
                                        int32_t level, const spx_task *task, spx_diag *diag);

#endif
