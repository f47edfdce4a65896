/*
 * The outpainting of one photo: read → outpaint → encode → write. spx_convert() runs the middle
 * step alone, before it looks for depth.
 */
#include "pipeline/outpaint.h"

#include "base/clock.h"
#include "base/doubts.h"
#include "base/file.h"
#include "codec/image_write.h"
#include "codec/photo_read.h"
#include "container/metadata.h"
#include "depth/letterbox.h"
#include "depth/refine.h"
#include "image/image.h"
#include "outpaint/cut_object.h"
#include "outpaint/frame.h"
#include "pipeline/engine.h"
#include "pipeline/photo_input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char rough_model[] = "spx-lite"; /* the same borders wherever spx runs */

enum { QUALITY_MIN = 1, QUALITY_MAX = 100 };

/** Where each stage begins on the scale of the whole progress; measured at 12 megapixels. */
static const double outpaint_begins = 0.05;
static const double encode_begins = 0.80;
static const double write_begins = 0.98;

static const struct {
    const char *extension;
    spx_image_type type;
} types[] = {
    { "png", SPX_IMAGE_TYPE_PNG },   { "jpg", SPX_IMAGE_TYPE_JPEG },
    { "jpeg", SPX_IMAGE_TYPE_JPEG }, { "webp", SPX_IMAGE_TYPE_WEBP },
    { "tif", SPX_IMAGE_TYPE_TIFF },  { "tiff", SPX_IMAGE_TYPE_TIFF },
    { "heic", SPX_IMAGE_TYPE_HEIC }, { "avif", SPX_IMAGE_TYPE_AVIF },
};

enum { TYPE_COUNT = sizeof(types) / sizeof(types[0]) };

/* ---- the step in memory ---- */

static spx_status encode_png(void *user, const spx_image *image, spx_bytes *out, spx_diag *diag)
{
    (void)user;
    return spx_image_write(out, image, SPX_IMAGE_TYPE_PNG, QUALITY_MAX, NULL, NULL, diag);
}

static spx_status decode(void *user, const void *data, size_t size, spx_image **out, spx_diag *diag)
{
    const spx_limits *const limits = user;
    spx_photo photo = { 0 };
    *out = NULL;
    SPX_TRY(spx_photo_read(&photo, data, size, "outpainted picture", limits, NULL, diag));
    *out = photo.image;
    photo.image = NULL; /* moved to the caller */
    spx_photo_clear(&photo);
    return SPX_OK;
}

/** How near things are, roughly, so that the foreground is not repeated; NULL when that cannot be
 * told: the local engine then paints without, and says so. *out is owned by the caller. */
static spx_status find_depth(spx_engine *engine, const spx_outpaint_request *request,
                             const spx_task *task, spx_plane **out, spx_diag *diag)
{
    const spx_task quiet = spx_task_quiet(task);
    spx_depth_model *model = NULL; /* borrowed from the engine */
    spx_diag why = { 0 };
    *out = NULL;
    spx_status status = spx_engine_model(engine, rough_model, task, &model, &why);
    if (status == SPX_OK)
        status = spx_depth_model_run(model, request->photo, 0, &quiet, out, &why);
    if (status == SPX_OK) {
        spx_depth_normalise(*out);
        return SPX_OK;
    }
    SPX_TRY(spx_task_check(task, diag));
    if (request->options->engine == SPX_OUTPAINT_LOCAL) {
        spx_task_warn(
            task, SPX_WARNING_FALLBACK,
            "the border is painted without depth, so that near things may be repeated: %s",
            why.text);
    }
    return SPX_OK;
}

/* Black bars are no picture: they go before the frame grows around it, and with them their depth.
 */
static spx_status cut_bars(spx_photo *photo, const spx_task *task, spx_diag *diag)
{
    const spx_letterbox box = spx_letterbox_find(photo->image);
    if (!spx_letterbox_is_cut(&box, photo->image))
        return SPX_OK;
    const spx_image view = spx_letterbox_view(&box, photo->image);
    spx_image *inner = NULL;
    if (photo->depth != NULL)
        SPX_TRY(spx_letterbox_cut(&box, photo->image, &photo->depth, diag));
    SPX_TRY(spx_image_copy(&inner, &view, diag));
    spx_task_warn(task, SPX_WARNING_BARS_CUT,
                  "the black bars around the picture were cut off: %u x %u of %u x %u are left",
                  view.width, view.height, photo->image->width, photo->image->height);
    spx_image_unref(photo->image);
    photo->image = inner;
    return SPX_OK;
}

/* The local engine continues texture and background, and knows no things. */
static void warn_of_limits(const spx_outpaint_request *request, const spx_task *task)
{
    static const double percent = 100.0;
    const spx_outpaint_doubts found = spx_outpaint_doubts_find(&request->frame, request->depth);
    if (request->options->engine != SPX_OUTPAINT_LOCAL)
        return;
    if (found.cut_side != NULL) {
        spx_task_warn(task, SPX_WARNING_OBJECT_CUT,
                      "something near is cut off at the %s edge: the local engine continues "
                      "texture only; a remote painter (gradio, sdapi) continues things too",
                      found.cut_side);
    }
    if (found.most_growth > SPX_OUTPAINT_LARGE_GROWTH) {
        spx_task_warn(task, SPX_WARNING_LARGE_BORDER,
                      "a side grows by %.0f %%: beyond %.0f %% the local engine repeats itself; "
                      "a remote painter (gradio, sdapi) paints what could be there",
                      percent * found.most_growth, percent * SPX_OUTPAINT_LARGE_GROWTH);
    }
}

spx_status spx_outpaint_photo(spx_engine *engine, spx_photo *photo,
                              const spx_outpaint_options *options, const spx_task *task,
                              spx_outpaint_outcome *outcome, spx_diag *diag)
{
    spx_limits limits = *spx_engine_limits(engine); /* a copy: the codec's user is not const */
    const spx_outpaint_codec codec = { .encode_png = encode_png,
                                       .decode = decode,
                                       .user = &limits };
    spx_outpaint_options wanted;
    spx_outpaint_request request = { .options = &wanted, .codec = &codec };
    spx_image *larger = NULL;
    spx_plane *depth = NULL;
    const uint32_t whole[] = { photo->image->width, photo->image->height };
    *outcome = (spx_outpaint_outcome){ 0 };
    SPX_TRY(spx_outpaint_options_take(&wanted, options, diag));
    SPX_TRY(cut_bars(photo, task, diag));
    request.photo = photo->image;
    SPX_TRY(spx_outpaint_frame(&request.frame, &wanted, photo->image->width, photo->image->height,
                               &limits, diag));
    SPX_TRY(find_depth(engine, &request, task, &depth, diag));
    request.depth = depth;
    warn_of_limits(&request, task);
    const spx_status status = spx_outpaint_paint(&request, task, &larger, outcome, diag);
    spx_plane_destroy(depth);
    SPX_TRY(status);
    const int grown =
        larger->width != photo->image->width || larger->height != photo->image->height;
    const int cut = whole[0] != photo->image->width || whole[1] != photo->image->height;
    const spx_metadata_change change = { .old_width = whole[0],
                                         .old_height = whole[1],
                                         .width = larger->width,
                                         .height = larger->height,
                                         .grown = grown || cut };
    spx_image_unref(photo->image);
    photo->image = larger;
    if (grown && photo->depth != NULL) {
        spx_task_warn(task, SPX_NOTE_DEPTH_SOURCE,
                      "the photo's own depth (%s) does not cover the border: a network's is used",
                      photo->depth_source);
        spx_plane_destroy(photo->depth);
        photo->depth = NULL;
    }
    return spx_metadata_update(&photo->exif, &photo->xmp, &change, diag);
}

/* ---- from file to file ---- */

typedef struct outpainting {
    spx_engine *engine;
    const spx_outpaint_options *options;
    const spx_watch *watch; /* may be NULL */
    spx_image_type type;
    spx_stage stage;
    double begin; /* of the stage, on the scale of the whole progress */
    double end;
    spx_photo photo;
    spx_bytes bytes;
    spx_outpaint_result result; /* moved to the caller in the end */
} outpainting;

static void report(void *user, double fraction)
{
    const outpainting *const self = user;
    if (self->watch != NULL && self->watch->progress != NULL) {
        self->watch->progress(self->watch->user, self->stage,
                              self->begin + (self->end - self->begin) * fraction);
    }
}

static void note(void *user, const char *text)
{
    const outpainting *const self = user;
    if (self->watch != NULL && self->watch->note != NULL)
        self->watch->note(self->watch->user, text);
}

static spx_task begin_stage(outpainting *self, spx_stage stage, double begin, double end)
{
    self->stage = stage;
    self->begin = begin;
    self->end = end;
    report(self, 0.0);
    return (spx_task){ .pool = spx_engine_pool(self->engine),
                       .cancel = self->watch == NULL ? NULL : self->watch->cancel,
                       .progress = report,
                       .user = self,
                       .note = note,
                       .warnings = &self->result.warnings };
}

/** The part after the last dot of the last part of a path; "" when there is none. */
static const char *extension_of(const char *path)
{
    const char *const name = spx_path_name(path);
    const char *const dot = strrchr(name, '.');
    return dot == NULL || dot == name ? "" : dot + 1;
}

static spx_status find_type(const spx_outpaint_options *options, spx_image_type *out,
                            const char **extension, spx_diag *diag)
{
    const char *wanted = options->extension == NULL ? "png" : options->extension;
    if (options->output_path != NULL)
        wanted = extension_of(options->output_path);
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (strcasecmp(wanted, types[i].extension) == 0) {
            *out = types[i].type;
            *extension = wanted;
            return SPX_OK;
        }
    }
    return spx_fail(diag, SPX_ERR_ARGUMENT,
                    "no picture type \"%s\" to write: there are png, jpg, webp, tif, heic and avif",
                    wanted);
}

/** "NAME_outpainted.EXTENSION"; owned by the caller, NULL without memory. */
static char *default_name(const char *input_name, const char *extension)
{
    static const char tail[] = "_outpainted";
    const char *const name = spx_path_name(input_name);
    const char *const dot = strrchr(name, '.');
    size_t stem = dot == NULL || dot == name ? strlen(name) : (size_t)(dot - name);
    if (stem > strlen(tail) && strncmp(name + stem - strlen(tail), tail, strlen(tail)) == 0)
        stem -= strlen(tail); /* a second helping keeps the name */
    const size_t size = stem + strlen(tail) + strlen(extension) + 2;
    char *const out = malloc(size);
    if (out != NULL)
        (void)snprintf(out, size, "%.*s%s.%s", (int)stem, name, tail, extension);
    return out;
}

static spx_status name_output(outpainting *self, const char *input_name, const char *extension,
                              spx_diag *diag)
{
    const spx_outpaint_options *const options = self->options;
    spx_outpaint_result *const result = &self->result;
    if (options->output_path != NULL) {
        result->name = strdup(spx_path_name(options->output_path));
        result->path = strdup(options->output_path);
    } else {
        result->name = default_name(input_name, extension);
        if (result->name != NULL && options->output_dir != NULL)
            result->path = spx_path_join(options->output_dir, result->name);
    }
    const int to_file = options->output_path != NULL || options->output_dir != NULL;
    if (result->name == NULL || (to_file && result->path == NULL))
        return spx_fail_memory(diag, "output name");
    if (to_file && options->no_overwrite && access(result->path, F_OK) == 0)
        return spx_fail(diag, SPX_ERR_EXISTS, "%s: already exists", result->path);
    return SPX_OK;
}

static spx_status grow(outpainting *self, spx_diag *diag)
{
    const spx_task task = begin_stage(self, SPX_STAGE_OUTPAINT, outpaint_begins, encode_begins);
    spx_outpaint_result *const result = &self->result;
    spx_outpaint_outcome outcome;
    const double start_s = spx_clock_s();
    SPX_TRY(spx_outpaint_photo(self->engine, &self->photo, self->options, &task, &outcome, diag));
    result->outpaint_s = spx_clock_s() - start_s;
    result->frame = outcome.frame;
    result->engine = outcome.engine;
    memcpy(result->fallback_reason, outcome.fallback_reason, sizeof(result->fallback_reason));
    return SPX_OK;
}

static spx_status encode(outpainting *self, spx_diag *diag)
{
    const spx_task task = begin_stage(self, SPX_STAGE_ENCODE, encode_begins, write_begins);
    const spx_image_extras extras = { .icc = &self->photo.icc,
                                      .exif = &self->photo.exif,
                                      .xmp = &self->photo.xmp };
    return spx_image_write(&self->bytes, self->photo.image, self->type, self->options->quality,
                           &extras, &task, diag);
}

static spx_status check_doubts(const outpainting *self, const char *name, spx_diag *diag)
{
    return self->options->strict ? spx_warnings_refuse(&self->result.warnings, name, diag) : SPX_OK;
}

static spx_status write_output(outpainting *self, spx_diag *diag)
{
    const spx_task task = begin_stage(self, SPX_STAGE_WRITE, write_begins, 1.0);
    spx_outpaint_result *const result = &self->result;
    SPX_TRY(spx_task_check(&task, diag));
    result->size = self->bytes.size;
    if (result->path == NULL) {
        result->data = self->bytes.data;
        self->bytes = (spx_bytes){ 0 }; /* moved to the result */
    } else {
        if (self->options->output_path == NULL)
            SPX_TRY(spx_folder_make(self->options->output_dir, diag));
        spx_folder_sweep_of(result->path);
        SPX_TRY(spx_file_write(result->path, self->bytes.data, self->bytes.size, diag));
    }
    report(self, 1.0);
    return SPX_OK;
}

static spx_status run_stages(outpainting *self, const spx_input *input, spx_diag *diag)
{
    const char *const name = spx_input_name(input);
    const spx_task reading = begin_stage(self, SPX_STAGE_READ, 0.0, outpaint_begins);
    spx_input wanted = *input;
    wanted.accept_damaged |= self->options->accept_damaged;
    SPX_TRY(spx_input_read(&self->photo, &wanted, spx_engine_limits(self->engine), &reading, diag));
    SPX_TRY(check_doubts(self, name, diag));
    SPX_TRY(grow(self, diag));
    SPX_TRY(encode(self, diag));
    SPX_TRY(check_doubts(self, name, diag));
    return write_output(self, diag);
}

spx_status spx_outpaint(spx_engine *engine, const spx_input *input,
                        const spx_outpaint_options *options, const spx_watch *watch,
                        spx_outpaint_result *result, spx_diag *diag)
{
    spx_outpaint_options wanted;
    outpainting self = { .engine = engine, .options = &wanted, .watch = watch };
    const char *extension = NULL;
    spx_status status = SPX_OK;
    *result = (spx_outpaint_result){ 0 };
    SPX_TRY(spx_outpaint_options_take(&wanted, options, diag));
    options = &wanted;
    if (options->quality < QUALITY_MIN || options->quality > QUALITY_MAX) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "quality %d is outside %d..%d", options->quality,
                        QUALITY_MIN, QUALITY_MAX);
    }
    SPX_TRY(find_type(options, &self.type, &extension, diag));
    SPX_TRY_OUT(name_output(&self, spx_input_name(input), extension, diag));
    SPX_TRY_OUT(run_stages(&self, input, diag));
    *result = self.result;
    self.result = (spx_outpaint_result){ 0 }; /* moved to the caller */
out:
    spx_photo_clear(&self.photo);
    spx_bytes_clear(&self.bytes);
    spx_outpaint_result_clear(&self.result);
    return status;
}

void spx_outpaint_result_clear(spx_outpaint_result *result)
{
    free(result->name);
    free(result->path);
    free(result->data);
    *result = (spx_outpaint_result){ 0 };
}
