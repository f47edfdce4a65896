#include "remote/paint.h"

#include "image/image.h"
#include "outpaint/local_engine.h"
#include "remote/gradio.h"
#include "remote/sdapi.h"

#include <stdio.h>

static spx_status paint_local(const spx_outpaint_request *request, const spx_task *task,
                              spx_image **out, spx_diag *diag)
{
    const spx_local_job job = { .photo = request->photo,
                                .depth = request->depth,
                                .frame = &request->frame,
                                .seed = request->options->seed };
    return spx_outpaint_local(&job, task, out, diag);
}

static const spx_outpaint_engine_fn engines[] = {
    [SPX_OUTPAINT_LOCAL] = paint_local,
    [SPX_OUTPAINT_GRADIO] = spx_outpaint_gradio,
    [SPX_OUTPAINT_SDAPI] = spx_outpaint_sdapi,
};

enum { ENGINE_COUNT = sizeof(engines) / sizeof(engines[0]) };

spx_status spx_outpaint_paint(const spx_outpaint_request *request, const spx_task *task,
                              spx_image **out, spx_outpaint_outcome *outcome, spx_diag *diag)
{
    const spx_outpaint_engine wanted = request->options->engine;
    const spx_frame *const frame = &request->frame;
    *out = NULL;
    *outcome = (spx_outpaint_outcome){ .engine = wanted, .frame = *frame };
    if (frame->width == frame->photo_width && frame->height == frame->photo_height)
        return spx_image_copy(out, request->photo, diag);
    if (wanted == SPX_OUTPAINT_LOCAL)
        return paint_local(request, task, out, diag);

    spx_diag failure = { 0 };
    spx_status status = SPX_OK;
    if ((unsigned)wanted < ENGINE_COUNT && engines[wanted] != NULL) {
        status = engines[wanted](request, task, out, &failure);
    } else {
        status = spx_fail(&failure, SPX_ERR_UNSUPPORTED, "outpainting engine %s is not available",
                          spx_outpaint_engine_name(wanted));
    }
    if (status == SPX_OK)
        return SPX_OK;
    if (status == SPX_ERR_CANCELLED || !request->options->fallback_local)
        return spx_fail(diag, status, "%s", failure.text);
    outcome->engine = SPX_OUTPAINT_LOCAL;
    (void)snprintf(outcome->fallback_reason, sizeof(outcome->fallback_reason), "%s", failure.text);
    spx_task_warn(task, SPX_WARNING_FALLBACK,
                  "border painted locally, because the remote engine failed: %s", failure.text);
    return paint_local(request, task, out, diag);
}
