#ifndef SPX_REMOTE_PASTE_H
#define SPX_REMOTE_PASTE_H

#include "base/task.h"
#include "remote/plan.h"

enum { SPX_PASTE_FEATHER_PX = 6 };

/** All borrowed for the call. */
typedef struct spx_paste_job {
    const spx_image *photo;
    const spx_frame *frame;
    const spx_image *painted;      /* any size and bits */
    const spx_remote_place *place; /* where the photo was to be in it, at the size asked for */
} spx_paste_job;

/**
 * Puts the photo back into what a remote engine painted: the painted picture is enlarged to the
 * photo's scale, its tones meet the photo's along the border, and the photo lies on top, bit for
 * bit but for a feather of SPX_PASTE_FEATHER_PX pixels along growing sides.
 *
 * *out has the frame's size and the photo's bits and is owned by the caller. SPX_ERR_REMOTE when
 * the painted picture does not show the photo there.
 */
SPX_NODISCARD spx_status spx_paste(const spx_paste_job *job, const spx_task *task, spx_image **out,
                                   spx_diag *diag);

#endif
