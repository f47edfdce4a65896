#ifndef SPX_OUTPAINT_FRAME_H
#define SPX_OUTPAINT_FRAME_H

#include "base/status.h"
#include "spx/outpaint.h"

/** The options of a program of any version, whole. */
SPX_NODISCARD spx_status spx_outpaint_options_take(spx_outpaint_options *out,
                                                   const spx_outpaint_options *given,
                                                   spx_diag *diag);

/** The most that one side may add, per cent of the photo's width or height. */
#define SPX_MARGIN_MAX_PCT 300.0
/** Range of spx_outpaint_options.aspect. */
#define SPX_ASPECT_MIN 0.05
#define SPX_ASPECT_MAX 20.0

static inline uint32_t spx_frame_left(const spx_frame *frame)
{
    return frame->photo_x;
}

static inline uint32_t spx_frame_top(const spx_frame *frame)
{
    return frame->photo_y;
}

static inline uint32_t spx_frame_right(const spx_frame *frame)
{
    return frame->width - frame->photo_x - frame->photo_width;
}

static inline uint32_t spx_frame_bottom(const spx_frame *frame)
{
    return frame->height - frame->photo_y - frame->photo_height;
}

#endif
