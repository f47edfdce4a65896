#include "outpaint/local_engine.h"

#include "image/image.h"
#include "outpaint/calm.h"
#include "outpaint/extend.h"
#include "outpaint/layout.h"
#include "outpaint/render.h"
#include "outpaint/soft_side.h"

/* The layout takes about this share of the time, whatever the photo's size. */
static const double layout_share = 0.5;

static spx_status outpaint_with_patches(const spx_local_job *job, const spx_task *task,
                                        spx_image **out, spx_diag *diag)
{
    spx_pyramid pyramid = { 0 };
    spx_task_span first;
    spx_task_span second;
    const spx_task *const solving = spx_task_part(&first, task, 0.0, layout_share);
    const spx_task *const rendering =
        spx_task_part(&second, task, layout_share, 1.0 - layout_share);
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_pyramid_build(&pyramid, job->photo, job->frame, task, diag));
    SPX_TRY_OUT(spx_layout_solve(&pyramid, job->depth, job->seed, solving, diag));
    SPX_TRY_OUT(spx_render(&pyramid, job, rendering, out, diag));
    status = spx_soft_sides_paint(*out, job, (uint32_t)pyramid.discard_px + SPX_PATCH_RADIUS, task,
                                  diag);
    if (status == SPX_OK)
        status = spx_calm_far_border(*out, job, pyramid.in_step, task, diag);
    if (status != SPX_OK) {
        spx_image_unref(*out);
        *out = NULL;
    }
out:
    spx_pyramid_clear(&pyramid);
    return status;
}

spx_status spx_outpaint_local(const spx_local_job *job, const spx_task *task, spx_image **out,
                              spx_diag *diag)
{
    *out = NULL;
    SPX_TRY(spx_task_check(task, diag));
    if (spx_extend_mirror_suits(job->frame))
        return spx_extend_mirror(job->photo, job->frame, task, out, diag);
    if (spx_pyramid_too_small(job->frame) || spx_extend_smooth_suits(job->photo))
        return spx_extend_smooth(job->photo, job->frame, job->seed, task, out, diag);
    return outpaint_with_patches(job, task, out, diag);
}
