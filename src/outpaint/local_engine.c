#include "outpaint/local_engine.h"

#include "image/image.h"
#include "outpaint/extend.h"
#include "outpaint/layout.h"
#include "outpaint/render.h"

static spx_status outpaint_with_patches(const spx_image *photo, const spx_frame *frame,
                                        uint64_t seed, const spx_task *task, spx_image **out,
                                        spx_diag *diag)
{
    spx_pyramid pyramid = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_pyramid_build(&pyramid, photo, frame, task, diag));
    SPX_TRY_OUT(spx_layout_solve(&pyramid, seed, task, diag));
    SPX_TRY_OUT(spx_render(&pyramid, photo, frame, seed, task, out, diag));
out:
    spx_pyramid_clear(&pyramid);
    return status;
}

spx_status spx_outpaint_local(const spx_image *photo, const spx_plane *depth,
                              const spx_frame *frame, uint64_t seed, const spx_task *task,
                              spx_image **out, spx_diag *diag)
{
    (void)depth;
    *out = NULL;
    SPX_TRY(spx_task_check(task, diag));
    if (spx_extend_mirror_suits(frame))
        return spx_extend_mirror(photo, frame, task, out, diag);
    if (spx_pyramid_too_small(frame) || spx_extend_smooth_suits(photo))
        return spx_extend_smooth(photo, frame, seed, task, out, diag);
    return outpaint_with_patches(photo, frame, seed, task, out, diag);
}
