/*
 * plan, prefill and mask as the local engine would have them, one POST with all pictures in
 * base64, and a second connection that asks for the progress meanwhile and interrupts the server
 * on cancel. What comes back is pasted by paste.c, which alone decides what of the photo may
 * change.
 */
#include "remote/sdapi.h"

#include "base/base64.h"
#include "base/clock.h"
#include "image/image.h"
#include "net/http.h"
#include "outpaint/local_engine.h"
#include "remote/paste.h"
#include "remote/paste_floats.h"
#include "remote/text.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ANSWER_MAX = 256 << 20,
    SIDE_DEFAULT = 1024,
    SIDE_MIN = 256,
    SIDE_MAX = 4096,
    STEP = 8,
    MASK_INTO_PHOTO_PX = 4, /* repainted beneath the photo, which is laid over it */
    MASK_BLUR_PX = 8,
    FILL_ORIGINAL = 1,
    STEPS = 30,
    NAME_SIZE = 64,
    URL_SIZE = 2048,
    NOTE_SIZE = 64,
};

const char spx_sdapi_default_url[] = "http://127.0.0.1:7860";
static const char default_prompt[] = "blend seamlessly";
/* High enough for new things, low enough to keep the layout that is there. */
static const double strength_default = 0.75;
static const double prefill_ends = 0.15; /* of the progress */
static const double work_ends = 0.95;
static const double poll_within_s = 1.0;
static const double farewell_s = 0.15;

typedef struct talk {
    const spx_outpaint_request *request;
    const spx_task *task;
    spx_http *http;
    char base[URL_SIZE]; /* without a slash at the end */
    spx_remote_place place;
    spx_diag *diag;
} talk;

static const char *parameter(const talk *self, const char *name)
{
    return spx_remote_parameter(self->request->options->parameters, name);
}

/* ---- what is sent ---- */

static spx_status plan(talk *self)
{
    const char *const given = parameter(self, "size");
    char *end = NULL;
    const long side = given == NULL ? SIDE_DEFAULT : strtol(given, &end, 10); // NOLINT
    if (given != NULL && (*end != '\0' || side < SIDE_MIN || side > SIDE_MAX)) {
        return spx_fail(self->diag, SPX_ERR_ARGUMENT, "parameter size: \"%.20s\" is not %d to %d",
                        given, SIDE_MIN, SIDE_MAX);
    }
    self->place = spx_remote_plan_frame(&self->request->frame, (uint32_t)side, STEP);
    return SPX_OK;
}

/** The frame at the server's size, its border painted by the local engine. */
static spx_status prefill(const talk *self, spx_image **out)
{
    const spx_remote_place *const place = &self->place;
    const spx_frame frame = { .width = place->width,
                              .height = place->height,
                              .photo_x = place->x,
                              .photo_y = place->y,
                              .photo_width = place->photo_width,
                              .photo_height = place->photo_height };
    spx_task_span part;
    const spx_task *const task = spx_task_part(&part, self->task, 0.0, prefill_ends);
    spx_image *small = NULL;
    *out = NULL;
    SPX_TRY(spx_paste_resize(&small, self->request->photo, place->photo_width, place->photo_height,
                             self->task, self->diag));
    const spx_local_job job = { .photo = small,
                                .depth = self->request->depth,
                                .frame = &frame,
                                .seed = self->request->options->seed };
    const spx_status status = spx_outpaint_local(&job, task, out, self->diag);
    spx_image_unref(small);
    return status;
}

/** Where a side grows the mask reaches a little into the photo. */
static uint32_t inset(uint32_t margin, uint32_t length)
{
    return margin == 0 ? 0 : length / 4 < MASK_INTO_PHOTO_PX ? length / 4 : MASK_INTO_PHOTO_PX;
}

/** White where the server is to paint. */
static spx_status make_mask(const talk *self, spx_image **out)
{
    const spx_remote_place *const place = &self->place;
    const uint32_t right = place->x + place->photo_width;
    const uint32_t bottom = place->y + place->photo_height;
    const uint32_t x0 = place->x + inset(place->x, place->photo_width);
    const uint32_t y0 = place->y + inset(place->y, place->photo_height);
    const uint32_t x1 = right - inset(place->width - right, place->photo_width);
    const uint32_t y1 = bottom - inset(place->height - bottom, place->photo_height);
    SPX_TRY(spx_image_create(out, place->width, place->height, 8, self->diag));
    for (uint32_t y = 0; y < place->height; y++) {
        uint8_t *const row = spx_image_row8(*out, y);
        memset(row, UINT8_MAX, (size_t)SPX_IMAGE_CHANNELS * place->width);
        if (y >= y0 && y < y1) {
            memset(row + (size_t)SPX_IMAGE_CHANNELS * x0, 0,
                   (size_t)SPX_IMAGE_CHANNELS * (x1 - x0));
        }
    }
    return SPX_OK;
}

/** A picture as a JSON string; owned by the caller, NULL when it failed (the diag knows). */
static json_t *json_of_image(const talk *self, const spx_image *image)
{
    const spx_outpaint_codec *const codec = self->request->codec;
    spx_bytes png = { 0 };
    spx_bytes text = { 0 };
    json_t *out = NULL;
    if (codec->encode_png(codec->user, image, &png, self->diag) == SPX_OK) {
        spx_base64_append(&text, png.data, png.size);
        if (!text.failed)
            out = json_stringn((const char *)text.data, text.size);
    }
    spx_bytes_clear(&png);
    spx_bytes_clear(&text);
    return out;
}

/** The user's fields; numbers, booleans and lists as such, all else as text. */
static spx_status add_parameters(const talk *self, json_t *body)
{
    static const char *const ours[] = { "init_images", "mask", "width", "height" };
    const char *const *at = self->request->options->parameters;
    for (; at != NULL && *at != NULL; at++) {
        char name[NAME_SIZE];
        const size_t length = strcspn(*at, "=");
        if ((*at)[length] != '=' || length == 0 || length >= sizeof(name)) {
            return spx_fail(self->diag, SPX_ERR_ARGUMENT, "parameter \"%.60s\" is not NAME=VALUE",
                            *at);
        }
        (void)snprintf(name, sizeof(name), "%.*s", (int)length, *at);
        for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
            if (strcmp(name, ours[i]) == 0) {
                return spx_fail(self->diag, SPX_ERR_ARGUMENT,
                                "%s follows from the photo and cannot be given", name);
            }
        }
        if (strcmp(name, "size") == 0)
            continue;
        const char *const text = *at + length + 1;
        json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
        if (value == NULL)
            value = json_string(text);
        if (json_object_set_new(body, name, value) != 0)
            return spx_fail(self->diag, SPX_ERR_ARGUMENT, "parameter %s is not UTF-8", name);
    }
    return SPX_OK;
}

/** *out: the request's text, owned by the caller. */
static spx_status make_body(const talk *self, const spx_image *filled, const spx_image *mask,
                            char **out)
{
    const char *const prompt = self->request->options->prompt;
    json_t *const image = json_of_image(self, filled);
    json_t *const holes = json_of_image(self, mask);
    json_t *const body = json_pack(
        "{s:[o],s:o,s:i,s:i,s:i,s:b,s:f,s:I,s:I,s:i,s:s,s:i,s:i,s:i}", "init_images", image, "mask",
        holes, "inpainting_mask_invert", 0, "mask_blur", MASK_BLUR_PX, "inpainting_fill",
        FILL_ORIGINAL, "inpaint_full_res", 0, "denoising_strength", strength_default, "width",
        (json_int_t)self->place.width, "height", (json_int_t)self->place.height, "resize_mode", 0,
        "prompt", prompt == NULL ? default_prompt : prompt, "steps", STEPS, "seed", -1,
        "batch_size", 1);
    *out = NULL;
    if (body == NULL) {
        return spx_fail(self->diag, SPX_ERR_NO_MEMORY,
                        "request: no memory, or a prompt that is "
                        "not UTF-8");
    }
    spx_status status = add_parameters(self, body);
    if (status == SPX_OK) {
        *out = json_dumps(body, JSON_COMPACT);
        if (*out == NULL)
            status = spx_fail_memory(self->diag, "network");
    }
    json_decref(body);
    return status;
}

/* ---- the talk ---- */

static void poll_progress(void *user)
{
    const talk *const self = user;
    char url[URL_SIZE + NAME_SIZE];
    spx_http_answer answer = { 0 };
    (void)snprintf(url, sizeof(url), "%s/sdapi/v1/progress?skip_current_image=true", self->base);
    const spx_http_request request = { .url = url, .within_s = poll_within_s };
    if (spx_http_send(self->http, &request, &answer, NULL) != SPX_OK)
        return; /* some servers have no such route */
    json_t *const json =
        answer.code != 200 ? NULL // NOLINT
                           : json_loadb((const char *)answer.body.data, answer.body.size, 0, NULL);
    const double done = json_number_value(json_object_get(json, "progress"));
    if (done > 0.0 && done <= 1.0)
        spx_task_progress(self->task, prefill_ends + (work_ends - prefill_ends) * done);
    json_decref(json);
    spx_http_answer_clear(&answer);
}

static void interrupt(const talk *self)
{
    char url[URL_SIZE + NAME_SIZE];
    spx_http_answer answer = { 0 };
    (void)snprintf(url, sizeof(url), "%s/sdapi/v1/interrupt", self->base);
    const spx_http_request request = {
        .url = url, .json = "{}", .within_s = farewell_s, .farewell = 1
    };
    if (spx_http_send(self->http, &request, &answer, NULL) == SPX_OK)
        spx_http_answer_clear(&answer);
}

/** The first picture of the answer. */
static spx_status read_picture(const talk *self, const spx_http_answer *answer, spx_image **out)
{
    const spx_outpaint_codec *const codec = self->request->codec;
    json_t *const json = json_loadb((const char *)answer->body.data, answer->body.size, 0, NULL);
    const char *text = json_string_value(json_array_get(json_object_get(json, "images"), 0));
    spx_bytes picture = { 0 };
    spx_status status = SPX_OK;
    if (text != NULL && strncmp(text, "data:", 5) == 0 && strchr(text, ',') != NULL) // NOLINT
        text = strchr(text, ',') + 1;
    if (text == NULL || !spx_base64_read(&picture, text) || picture.size == 0) {
        status = spx_fail(self->diag, SPX_ERR_REMOTE, "the server's answer holds no picture");
    } else if (picture.failed) {
        status = spx_fail_memory(self->diag, "remote picture");
    } else {
        status = codec->decode(codec->user, picture.data, picture.size, out, self->diag);
    }
    spx_bytes_clear(&picture);
    json_decref(json);
    return status;
}

static spx_status ask(talk *self, const char *body, spx_image **out)
{
    char url[URL_SIZE + NAME_SIZE];
    char shown[SPX_HTTP_SHOWN_SIZE];
    spx_http_answer answer = { 0 };
    (void)snprintf(url, sizeof(url), "%s/sdapi/v1/img2img", self->base);
    spx_http_show(shown, url);
    const spx_http_request request = {
        .url = url, .json = body, .tick = poll_progress, .user = self
    };
    spx_task_note(self->task, "painting remotely");
    spx_status status = spx_http_send(self->http, &request, &answer, self->diag);
    if (status == SPX_ERR_CANCELLED || status == SPX_ERR_NETWORK)
        interrupt(self);
    spx_task_note(self->task, "");
    if (status == SPX_OK && !spx_remote_is_success(&answer))
        status = spx_remote_refused(&answer, shown, self->diag);
    if (status == SPX_OK)
        status = read_picture(self, &answer, out);
    spx_http_answer_clear(&answer);
    return status;
}

static spx_status open_talk(talk *self)
{
    const spx_outpaint_options *const options = self->request->options;
    const char *const url =
        options->url == NULL || options->url[0] == '\0' ? spx_sdapi_default_url : options->url;
    size_t length = strcspn(url, "?#");
    while (length > 0 && url[length - 1] == '/')
        length--;
    if ((strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0) || // NOLINT
        length >= sizeof(self->base)) {
        return spx_fail(self->diag, SPX_ERR_ARGUMENT,
                        "the engine sdapi wants a URL that begins with http:// or https://");
    }
    (void)snprintf(self->base, sizeof(self->base), "%.*s", (int)length, url);
    const spx_http_options talk_options = { .token = options->token,
                                            .scope = { .origins = { self->base } },
                                            .task = self->task,
                                            .deadline_s = spx_clock_s() + options->timeout_s,
                                            .most_bytes = ANSWER_MAX };
    return spx_http_open(&self->http, &talk_options, self->diag);
}

static spx_status paint(talk *self, spx_image **painted)
{
    spx_image *filled = NULL;
    spx_image *mask = NULL;
    char *body = NULL;
    spx_status status = SPX_OK;
    *painted = NULL;
    SPX_TRY_OUT(open_talk(self));
    SPX_TRY_OUT(plan(self));
    SPX_TRY_OUT(prefill(self, &filled));
    SPX_TRY_OUT(make_mask(self, &mask));
    SPX_TRY_OUT(make_body(self, filled, mask, &body));
    SPX_TRY_OUT(ask(self, body, painted));
out:
    spx_image_unref(filled);
    spx_image_unref(mask);
    free(body);
    return status;
}

spx_status spx_outpaint_sdapi(const spx_outpaint_request *request, const spx_task *task,
                              spx_image **out, spx_diag *diag)
{
    spx_diag heard = { 0 };
    talk self = { .request = request, .task = task, .diag = &heard };
    spx_image *painted = NULL;
    *out = NULL;
    spx_status status = paint(&self, &painted);
    const spx_paste_job job = { request->photo, &request->frame, painted, &self.place };
    if (status == SPX_OK)
        status = spx_paste(&job, task, out, &heard);
    spx_image_unref(painted);
    spx_http_close(self.http);
    spx_remote_mask(heard.text, request->options->token); /* whatever a server repeats */
    return status == SPX_OK ? SPX_OK : spx_fail(diag, status, "%s", heard.text);
}
