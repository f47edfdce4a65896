#include "outpaint/local_engine.h"

#include "image/image.h"
#include "outpaint/extend.h"
#include "outpaint/layout.h"
#include "outpaint/render.h"
#include "outpaint/tall_sky.h"

/* The layout takes about this share of the time, whatever the photo's size. */
static const double layout_share = 0.5;

/** A part of the task's progress. */
typedef struct span {
    const spx_task *task;
    double begin;
    double end;
} span;

static void report_part(void *user, double fraction)
{
    const span *const self = user;
    spx_task_progress(self->task, self->begin + (self->end - self->begin) * fraction);
}

static spx_task part_of(span *self)
{
    return (spx_task){ .pool = self->task == NULL ? NULL : self->task->pool,
                       .cancel = self->task == NULL ? NULL : self->task->cancel,
                       .progress = report_part,
                       .user = self };
}

static spx_status outpaint_with_patches(const spx_local_job *job, const spx_task *task,
                                        spx_image **out, spx_diag *diag)
{
    spx_pyramid pyramid = { 0 };
    span first = { .task = task, .end = layout_share };
    span second = { .task = task, .begin = layout_share, .end = 1.0 };
    const spx_task solving = part_of(&first);
    const spx_task rendering = part_of(&second);
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_pyramid_build(&pyramid, job->photo, job->frame, task, diag));
    SPX_TRY_OUT(spx_layout_solve(&pyramid, job->depth, job->seed, &solving, diag));
    SPX_TRY_OUT(spx_render(&pyramid, job, &rendering, out, diag));
    status = spx_tall_sky_paint(*out, job, task, diag);
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
