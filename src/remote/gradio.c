#include "remote/gradio.h"

#include "base/base64.h"
#include "base/clock.h"
#include "remote/paste.h"
#include "remote/paste_floats.h"
#include "remote/text.h"

#include <stdlib.h>
#include <string.h>

static const double learned = 0.04; /* of the progress */
static const double sent = 0.08;
static const double fetched = 0.95;

/** As data for 3.x, as a file of the server for all others. */
static spx_status place_file(spx_gradio *self, const spx_bytes *png)
{
    json_t *answer = NULL;
    if (self->protocol == SPX_GRADIO_DIRECT) {
        spx_bytes text = { 0 };
        spx_bytes_text(&text, "data:image/png;base64,");
        spx_base64_append(&text, png->data, png->size);
        if (!text.failed)
            self->file = json_stringn((const char *)text.data, text.size);
        spx_bytes_clear(&text);
        return self->file == NULL ? spx_fail_memory(self->diag, "network") : SPX_OK;
    }
    const spx_http_part part = { .field = "files",
                                 .file_name = "photo.png",
                                 .content_type = "image/png",
                                 .data = png->data,
                                 .size = png->size };
    char *const url = spx_gradio_url(self, "upload", "");
    const spx_http_request request = { .url = url, .part = &part };
    spx_http_answer reply = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(url == NULL ? spx_fail_memory(self->diag, "network")
                            : spx_http_send(self->http, &request, &reply, self->diag));
    if (!spx_remote_is_success(&reply)) {
        status = spx_remote_refused(&reply, "upload", self->diag);
        goto out;
    }
    answer = json_loadb((const char *)reply.body.data, reply.body.size, 0, NULL);
    const char *const path = json_string_value(json_array_get(answer, 0));
    if (path != NULL) {
        self->file = json_pack("{s:s,s:s,s:s,s:I,s:{s:s}}", "path", path, "orig_name", "photo.png",
                               "mime_type", "image/png", "size", (json_int_t)png->size, "meta",
                               "_type", "gradio.FileData");
    }
    if (self->file == NULL)
        status = spx_fail(self->diag, SPX_ERR_REMOTE, "upload: the server's answer names no file");
out:
    json_decref(answer);
    spx_http_answer_clear(&reply);
    free(url);
    return status;
}

spx_status spx_gradio_upload(spx_gradio *self)
{
    const spx_outpaint_codec *const codec = self->request->codec;
    spx_image *small = NULL;
    spx_bytes png = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_paste_resize(&small, self->request->photo, self->plan.upload_width,
                                 self->plan.upload_height, self->task, self->diag));
    SPX_TRY_OUT(codec->encode_png(codec->user, small, &png, self->diag));
    SPX_TRY_OUT(place_file(self, &png));
out:
    spx_image_unref(small);
    spx_bytes_clear(&png);
    return status;
}

static void clear(spx_gradio *self)
{
    spx_http_close(self->http);
    json_decref(self->config);
    json_decref(self->info);
    json_decref(self->file);
    json_decref(self->outputs);
    free(self->base);
}

static spx_status paint(spx_gradio *self, double deadline_s, spx_image **painted)
{
    spx_gradio_inputs inputs;
    spx_remote_range width;
    spx_remote_range height;
    json_t *values = NULL;
    spx_status status = SPX_OK;
    SPX_TRY(spx_gradio_resolve(self, deadline_s));
    SPX_TRY(spx_gradio_learn(self));
    spx_task_progress(self->task, learned);
    SPX_TRY(spx_gradio_list_inputs(&inputs, self->config, self->function, self->info, self->diag));
    spx_gradio_ranges(&inputs, &width, &height);
    SPX_TRY(spx_remote_plan_space(&self->plan, &self->request->frame, &width, &height, self->diag));
    SPX_TRY(spx_gradio_upload(self));
    spx_task_progress(self->task, sent);
    SPX_TRY_OUT(spx_gradio_fill_inputs(&inputs, self->request, &self->plan, self->file, &values,
                                       self->diag));
    SPX_TRY_OUT(spx_gradio_run(self, values));
    spx_task_note(self->task, "");
    SPX_TRY_OUT(spx_gradio_fetch(self, painted));
    spx_task_progress(self->task, fetched);
out:
    json_decref(values);
    return status;
}

spx_status spx_outpaint_gradio(const spx_outpaint_request *request, const spx_task *task,
                               spx_image **out, spx_diag *diag)
{
    const spx_outpaint_options *const options = request->options;
    const double deadline_s = spx_clock_s() + options->timeout_s;
    spx_diag heard = { 0 };
    spx_gradio self = { .request = request, .task = task, .diag = &heard };
    spx_image *painted = NULL;
    *out = NULL;
    spx_status status = paint(&self, deadline_s, &painted);
    const spx_paste_job job = { request->photo, &request->frame, painted, &self.plan.place };
    if (status == SPX_OK)
        status = spx_paste(&job, task, out, &heard);
    spx_image_unref(painted);
    clear(&self);
    spx_remote_mask(heard.text, options->token); /* whatever a server repeats */
    return status == SPX_OK ? SPX_OK : spx_fail(diag, status, "%s", heard.text);
}
