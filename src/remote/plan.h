#ifndef SPX_REMOTE_PLAN_H
#define SPX_REMOTE_PLAN_H

#include "base/status.h"
#include "outpaint/frame.h"

/*
 * How large a picture a remote engine is asked for. Its models paint about one megapixel; the photo
 * goes there small, and comes back inside a picture that holds at least the wished frame:
 *
 *     +--------------------------+  picture: width x height, multiples of a step
 *     |  +--------------------+  |  the frame, at the photo's scale; what lies outside is not used
 *     |  |      +------+      |  |
 *     |  |      |photo |      |  |  x, y, photo_width, photo_height
 *     |  +--------------------+  |
 *     +--------------------------+
 */
typedef struct spx_remote_place {
    uint32_t width;
    uint32_t height;
    uint32_t x;
    uint32_t y;
    uint32_t photo_width;
    uint32_t photo_height;
} spx_remote_place;

/** What a side of the picture may be. */
typedef struct spx_remote_range {
    uint32_t least;
    uint32_t most;
    uint32_t step;
} spx_remote_range;

/** Exactly the frame, its longer side about `long_side` (less when the frame is smaller), both
 * sides multiples of `step`. */
spx_remote_place spx_remote_plan_frame(const spx_frame *frame, uint32_t long_side, uint32_t step);

/** What the Space's function is told, so that it puts the photo where we want it. */
typedef struct spx_remote_space_plan {
    uint32_t upload_width; /* of the photo that it is sent */
    uint32_t upload_height;
    spx_remote_place place; /* where it will put that */
    uint32_t percent;       /* custom_resize_percentage, 1..100 */
    const char *alignment;  /* "Middle", "Left", ...; static storage */
} spx_remote_space_plan;

/** SPX_ERR_UNSUPPORTED when the Space cannot be brought to leave such margins. */
SPX_NODISCARD spx_status spx_remote_plan_space(spx_remote_space_plan *out, const spx_frame *frame,
                                               const spx_remote_range *width,
                                               const spx_remote_range *height, spx_diag *diag);

#endif
