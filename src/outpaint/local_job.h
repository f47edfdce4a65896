#ifndef SPX_OUTPAINT_LOCAL_JOB_H
#define SPX_OUTPAINT_LOCAL_JOB_H

#include "image/plane.h"
#include "spx/outpaint.h"

/** What the local engine is asked for. All borrowed for the call. */
typedef struct spx_local_job {
    const spx_image *photo; /* 8 or 16 bits, of the frame's photo size */
    const spx_plane *depth; /* 0..1, 1 = near, any size: keeps things in the foreground from being
                               repeated in the border; may be NULL */
    const spx_frame *frame;
    uint64_t seed;
} spx_local_job;

#endif
