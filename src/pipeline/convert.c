/*
 * The order of a conversion: read → (outpaint) → depth → stereo → encode → write. Each stage frees
 * what the later ones do not need; that, and one file's bytes at a time, is what keeps the memory
 * of a large photo low.
 */
#include "base/clock.h"
#include "base/doubts.h"
#include "base/sized.h"
#include "container/camera_properties.h"
#include "container/exif.h"
#include "formats/format_table.h"
#include "image/resize.h"
#include "match/align.h"
#include "match/match.h"
#include "pipeline/comfort.h"
#include "pipeline/distances.h"
#include "pipeline/encode.h"
#include "pipeline/engine.h"
#include "pipeline/gain_eyes.h"
#include "pipeline/glimpse.h"
#include "pipeline/outpaint.h"
#include "pipeline/photo_depth.h"
#include "pipeline/photo_input.h"
#include "pipeline/real_stereo.h"
#include "pipeline/stereo.h"
#include "pipeline/stereo_load.h"
#include "spx/option.h"
#include "spx/spx.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double default_hfov_deg = 60.0;
static const double most_hfov_deg = 170.0;
static const double default_baseline_mm = 64.0;

/* Where each stage begins on the scale of the whole progress; measured at 12 megapixels. */
static const double stage_begin[SPX_STAGE_COUNT + 1] = { 0.0, 0.08, 0.08, 0.30, 0.50, 0.97, 1.0 };
static const double stage_begin_growing[SPX_STAGE_COUNT + 1] = { 0.0,  0.04, 0.50, 0.61,
                                                                 0.72, 0.98, 1.0 };
static const char *const stage_names[SPX_STAGE_COUNT] = { "read",   "outpaint", "depth",
                                                          "stereo", "encode",   "write" };

struct spx_result {
    spx_output_set outputs;
    spx_file files[SPX_OUTPUT_MOST];
    spx_summary summary;
    spx_warning_list warnings;
};

/* One running conversion. Everything but `result` is borrowed or cleared by the stages. */
typedef struct conversion {
    spx_engine *engine;
    const spx_convert_options *options;
    const spx_watch *watch; /* may be NULL */
    const char *name;       /* of the photo, for messages */
    spx_stage stage;
    double stage_start_s;
    double told; /* progress that the watch knows: parts of a stage each begin at 0 again */
    spx_photo photo;
    spx_image *whole; /* the photo at its own size, where only small pictures are made; else NULL */
    spx_image *right; /* of real stereo: the right eye; the left one is the photo's image */
    spx_stereo_found found;
    spx_real_measure real;
    spx_frame frame; /* where the photo lies, once read */
    spx_photo_depth depth;
    unsigned needs; /* of all wanted formats, SPX_NEEDS_... */
    spx_stereo_eyes eyes;
    const spx_input *input;
    spx_gain_eyes gain;
    int right_alone; /* the photo is the right eye of real stereo */
    spx_result *result;
} conversion;

static void set_defaults(spx_convert_options *options)
{
    *options = (spx_convert_options){ 0 };
    for (int i = SPX_OPTIONS_STEREO; i <= SPX_OPTIONS_FILES; i++)
        spx_options_standard(spx_options_of((spx_option_section)i), options);
    options->size = sizeof(*options);
}

void spx_convert_options_init_sized(spx_convert_options *options, size_t size)
{
    spx_convert_options defaults;
    set_defaults(&defaults);
    spx_sized_init(options, size, &defaults, sizeof(defaults));
}

const char *spx_stage_name(spx_stage stage)
{
    return (unsigned)stage < SPX_STAGE_COUNT ? stage_names[stage] : "unknown";
}

static spx_status check_options(const spx_convert_options *options, spx_diag *diag)
{
    const int is_nothing = options->formats == 0 && options->preview_dir == NULL;
    if (is_nothing || (options->formats & ~spx_formats_all()) != 0) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "no such formats: 0x%llx",
                        (unsigned long long)options->formats);
    }
    for (int i = SPX_OPTIONS_STEREO; i <= SPX_OPTIONS_FILES; i++)
        SPX_TRY(spx_options_check(spx_options_of((spx_option_section)i), options, diag));
    const spx_format asked = options->formats & ~options->optional_formats;
    if (options->depth_map != NULL && (spx_formats_needs(asked) & SPX_NEEDS_RAW)) {
        return spx_fail(
            diag, SPX_ERR_ARGUMENT,
            "with an own depth map no network runs: there is no raw depth to write, so leave "
            "out depth-raw");
    }
    return SPX_OK;
}

static void report(conversion *self, double fraction)
{
    if (self->watch == NULL || self->watch->progress == NULL)
        return;
    const double *const begins =
        self->options->outpaint == NULL ? stage_begin : stage_begin_growing;
    const double begin = begins[self->stage];
    const double end = begins[self->stage + 1];
    const double now = begin + (end - begin) * fraction;
    self->told = now > self->told ? now : self->told;
    self->watch->progress(self->watch->user, self->stage, self->told);
}

static void report_from_stage(void *user, double fraction)
{
    report(user, fraction);
}

static void begin_stage(conversion *self, spx_stage stage)
{
    const double now = spx_clock_s();
    if (stage != SPX_STAGE_READ)
        self->result->summary.stage_s[self->stage] = now - self->stage_start_s;
    self->stage = stage;
    self->stage_start_s = now;
    report(self, 0.0);
}

static spx_task task_of(conversion *self)
{
    return (spx_task){ .pool = spx_engine_pool(self->engine),
                       .cancel = self->watch == NULL ? NULL : self->watch->cancel,
                       .progress = report_from_stage,
                       .user = self,
                       .warnings = &self->result->warnings };
}

/* The photo is all of the picture. */
static void frame_photo(conversion *self)
{
    self->frame = (spx_frame){ .width = self->photo.image->width,
                               .height = self->photo.image->height,
                               .photo_width = self->photo.image->width,
                               .photo_height = self->photo.image->height };
}

static spx_status read_photo(conversion *self, const spx_input *input, spx_diag *diag)
{
    const spx_task task = task_of(self);
    begin_stage(self, SPX_STAGE_READ);
    spx_input wanted = *input;
    wanted.accept_damaged |= self->options->accept_damaged;
    spx_loaded loaded = { .stereo = { .right = NULL } };
    SPX_TRY(spx_input_load(&loaded, &wanted, self->options, spx_engine_limits(self->engine), &task,
                           diag));
    self->photo = loaded.stereo.photo;
    self->right = loaded.stereo.right;
    self->found = loaded.found;
    self->right_alone = loaded.right_alone;
    frame_photo(self);
    return SPX_OK;
}

static spx_status grow_photo(conversion *self, spx_diag *diag)
{
    if (self->options->outpaint == NULL)
        return SPX_OK;
    spx_summary *const summary = &self->result->summary;
    spx_outpaint_outcome outcome;
    begin_stage(self, SPX_STAGE_OUTPAINT);
    const spx_task task = task_of(self);
    SPX_TRY(spx_outpaint_photo(self->engine, &self->photo, self->options->outpaint, &task, &outcome,
                               diag));
    self->frame = outcome.frame;
    memcpy(summary->outpaint_fallback, outcome.fallback_reason, sizeof(summary->outpaint_fallback));
    return SPX_OK;
}

/* The photo's field of view where it is known, degrees: what is asked for, what a stereo file says,
 * what EXIF says. 0 = not known. */
static double known_hfov(const conversion *self)
{
    const spx_photo *const photo = &self->photo;
    spx_exif exif = { 0 };
    const int asked = self->options->hfov_deg != 0.0 && !self->found.is_sphere;
    double hfov = asked ? self->options->hfov_deg : self->found.hfov_deg;
    spx_exif_read(&exif, photo->exif.data, photo->exif.size);
    if (hfov == 0.0 && exif.focal_length_35mm > 0.0) {
        hfov =
            spx_hfov_from_focal_35mm(exif.focal_length_35mm, self->frame.width, self->frame.height);
    }
    return hfov >= 1.0 && hfov <= most_hfov_deg ? hfov : 0.0;
}

static spx_status find_depth(conversion *self, spx_diag *diag)
{
    const spx_convert_options *const options = self->options;
    const spx_depth_request request = {
        .model = options->model,
        .network_only = options->depth == SPX_DEPTH_NETWORK,
        .depth_size = options->depth_size,
        .detail = options->detail,
        .map = options->depth_map,
        .map_invert = options->depth_map_invert,
        .preview_dir = self->right == NULL ? options->preview_dir : NULL, /* its eyes are there */
        .cache = options->depth_cache,
        .whole = self->whole,
        .hfov_deg = known_hfov(self),
        .want_raw = (self->needs & SPX_NEEDS_RAW) != 0,
        .raw_if_run =
            (spx_formats_needs(options->formats & ~options->optional_formats) & SPX_NEEDS_RAW) == 0,
    };
    const spx_task task = task_of(self);
    spx_summary *const summary = &self->result->summary;
    begin_stage(self, SPX_STAGE_DEPTH);
    SPX_TRY(spx_photo_depth_find(self->engine, &self->photo, &request, &task, &self->depth, diag));
    (void)snprintf(summary->model, sizeof(summary->model), "%s", self->depth.source);
    spx_distances_tell(summary, &self->depth);
    return SPX_OK;
}

static spx_status show_depth(conversion *self, spx_diag *diag)
{
    const spx_task task = task_of(self);
    if (self->options->preview_dir == NULL || self->depth.map == NULL)
        return SPX_OK;
    return spx_glimpse_depth(self->options->preview_dir, self->depth.map, &task, diag);
}

static spx_status show_eyes(conversion *self, spx_diag *diag)
{
    const spx_task task = task_of(self);
    const spx_image *const eyes[] = { self->eyes.left, self->eyes.right };
    if (self->options->preview_dir == NULL)
        return SPX_OK;
    SPX_TRY(spx_glimpse_eyes(self->options->preview_dir, eyes, &self->photo.icc, &task, diag));
    report(self, 0.0); /* of real stereo depth is still to come: the watch looks again, no more */
    return SPX_OK;
}

static spx_status choose_disparity(conversion *self, spx_diag *diag)
{
    spx_summary *const summary = &self->result->summary;
    spx_comfort_options comfort;
    spx_comfort_options_init(&comfort);
    comfort.hfov_deg = summary->hfov_deg;
    comfort.strength_pct = self->options->strength_pct;
    if (self->options->scale == SPX_SCALE_TRUE && comfort.strength_pct == SPX_AUTO) {
        const spx_task task = task_of(self);
        SPX_TRY(spx_distances_true_strength(&comfort.strength_pct, &self->depth, summary,
                                            self->name, &task, diag));
    }
    comfort.convergence = self->options->convergence;
    comfort.look = self->options->look;
    comfort.viewer = self->options->viewer;
    spx_comfort_choose(self->depth.map, &comfort, &summary->strength_pct, &summary->convergence);
    return SPX_OK;
}

static void measure_comfort(conversion *self, double filled_share)
{
    spx_summary *const summary = &self->result->summary;
    const spx_comfort_view view = { .strength_pct = summary->strength_pct,
                                    .convergence = summary->convergence,
                                    .hfov_deg = summary->hfov_deg,
                                    .filled_share = filled_share };
    spx_comfort_measure(self->depth.map, &view, &summary->comfort);
}

/* Camera numbers that fit the pixels: doc/spatial-heic.md, "Geometry". What is asked for, what the
 * file says, what is usual. */
static void choose_camera(conversion *self)
{
    const spx_convert_options *const options = self->options;
    spx_summary *const summary = &self->result->summary;
    summary->width = self->frame.width;
    summary->height = self->frame.height;
    summary->hfov_deg = known_hfov(self);
    if (summary->hfov_deg == 0.0)
        summary->hfov_deg = default_hfov_deg;
    summary->baseline_mm =
        options->baseline_mm != 0.0 ? options->baseline_mm : self->found.baseline_mm;
    if (!(summary->baseline_mm > 0.0))
        summary->baseline_mm = default_baseline_mm;
}

static spx_status keep_hdr(conversion *self, const spx_stereo_options *stereo, spx_diag *diag)
{
    const spx_task task = task_of(self);
    const spx_gain_request request = { .input = self->input,
                                       .limits = spx_engine_limits(self->engine),
                                       .hdr = self->options->hdr,
                                       .depth = self->depth.map,
                                       .stereo = stereo,
                                       .is_larger = self->options->outpaint != NULL,
                                       .right_alone = self->right_alone };
    if ((self->options->formats & SPX_FORMAT_SPATIAL) == 0)
        return SPX_OK;
    return spx_gain_eyes_make(&self->gain, &request, &task, diag);
}

static spx_status make_eyes(conversion *self, spx_diag *diag)
{
    spx_summary *const summary = &self->result->summary;
    const spx_task task = task_of(self);
    spx_stereo_stats stats = { 0 };
    begin_stage(self, SPX_STAGE_STEREO);
    choose_camera(self);
    SPX_TRY(choose_disparity(self, diag));
    if ((self->needs & SPX_NEEDS_EYES) == 0) { /* only depth is wanted */
        measure_comfort(self, -1.0);
        return SPX_OK;
    }
    const spx_stereo_options stereo = { .strength_pct = summary->strength_pct,
                                        .convergence = summary->convergence,
                                        .views = self->options->views,
                                        .from_infinity = self->options->scale == SPX_SCALE_TRUE &&
                                                         self->depth.per_metre[0] == 0.0 &&
                                                         self->depth.per_metre[1] > 0.0,
                                        .exact = self->depth.exact };
    SPX_TRY(spx_stereo_render_eyes(&self->eyes, self->photo.image, self->depth.map, &stereo, &task,
                                   &stats, diag));
    summary->disparity_adjustment =
        spx_disparity_adjustment_round(spx_stereo_eyes_window(&self->eyes));
    measure_comfort(self, stats.filled_share);
    SPX_TRY(show_eyes(self, diag));
    SPX_TRY(keep_hdr(self, &stereo, diag));
    if ((self->needs & SPX_NEEDS_PHOTO) == 0) {
        spx_image_unref(self->photo.image);
        self->photo.image = NULL;
    }
    return SPX_OK;
}

/* ---- real stereo ---- */

/* What real stereo does not allow, and what it makes pointless. */
static spx_status check_real(conversion *self, spx_diag *diag)
{
    const spx_convert_options *const options = self->options;
    const spx_task task = task_of(self);
    if (options->outpaint != NULL || options->depth_map != NULL) {
        return spx_fail(diag, SPX_ERR_ARGUMENT,
                        "%s: real stereo %s; --from left takes one eye as a photo, --stereo mono "
                        "the whole file",
                        self->name,
                        options->outpaint != NULL ? "cannot be made larger" : "needs no depth map");
    }
    if (options->strength_pct != SPX_AUTO || options->convergence != SPX_AUTO ||
        options->views != SPX_VIEWS_BOTH || options->scale == SPX_SCALE_TRUE) {
        spx_task_warn(
            &task, SPX_WARNING_FALLBACK,
            "real stereo keeps its own strength, scale, window and eyes: none was chosen; "
            "with one eye as a photo (from left) they can be");
    }
    return SPX_OK;
}

static spx_status align_real(conversion *self, spx_diag *diag)
{
    spx_summary *const summary = &self->result->summary;
    spx_image *eyes[2] = { self->photo.image, self->right };
    const spx_task task = task_of(self);
    spx_alignment found;
    if (self->options->align == SPX_ALIGN_OFF)
        return SPX_OK;
    const spx_status status = spx_align_eyes(&found, eyes, &task, diag);
    self->photo.image = eyes[0];
    self->right = eyes[1];
    if (status == SPX_OK) {
        frame_photo(self); /* eyes that were made level have fewer rows */
        spx_alignment_describe(&found, eyes[0]->height, summary->alignment,
                               sizeof(summary->alignment));
        if (found.moved || found.brightened)
            spx_task_warn(&task, SPX_NOTE_ALIGNED, "mended: %s", summary->alignment);
    }
    return status;
}

/* Depth that both eyes tell; where they do not, the network's is fitted in. */
static spx_status match_depth(conversion *self, spx_diag *diag)
{
    static const unsigned depth_needs = SPX_NEEDS_DEPTH | SPX_NEEDS_RAW;
    spx_summary *const summary = &self->result->summary;
    const double width = self->photo.image->width;
    spx_match_depth found = { 0 };
    if ((self->needs & depth_needs) == 0)
        return SPX_OK;
    SPX_TRY(find_depth(self, diag));
    const spx_task task = task_of(self);
    SPX_TRY(
        spx_match_depth_find(&found, self->photo.image, self->right, self->depth.map, &task, diag));
    spx_plane_destroy(self->depth.map);
    self->depth.map = found.map;
    found.map = NULL;               /* moved */
    self->depth.per_metre[0] = 0.0; /* those of the network's map are not this one's */
    self->depth.per_metre[1] = 0.0;
    self->real.far = -found.far_px / width;
    self->real.near = -found.near_px / width;
    (void)snprintf(summary->model, sizeof(summary->model), "both eyes");
    spx_match_depth_clear(&found);
    return SPX_OK;
}

/* Two copies of one picture, or a landscape without a foreground. Matches of the motorcycle with
 * another JPEG of itself lie .0025 of the width apart; the true pair's .066. */
static void tell_flat_pair(conversion *self, double range)
{
    static const double hardly_any = 0.003; /* of the width */
    const spx_task task = task_of(self);
    if (range < hardly_any) {
        spx_task_warn(&task, SPX_WARNING_DEPTH_FLAT,
                      "both eyes show nearly the same picture: there will be hardly any depth to "
                      "see; --stereo mono finds depth in one of them");
    }
}

/* Strength and convergence are what the eyes have. */
static void tell_real_disparity(conversion *self)
{
    spx_summary *const summary = &self->result->summary;
    const double adjustment = self->found.has_adjustment ? self->found.adjustment : 0.0;
    const double range = self->real.far - self->real.near;
    const double window = range > 0.0 ? (self->real.far + adjustment) / range : 0.0;
    const double width = self->photo.image->width;
    summary->strength_pct = 100.0 * fmax(0.0, range);
    summary->convergence = fmin(fmax(window, 0.0), 1.0);
    if (self->real.disparity == NULL)
        return;
    tell_flat_pair(self, range);
    const spx_comfort_view view = { .strength_pct = 100.0 / width,
                                    .convergence = adjustment * width,
                                    .hfov_deg = summary->hfov_deg };
    spx_comfort_measure(self->real.disparity, &view, &summary->comfort);
}

/* Warns of the gain map that a spatial photo of real eyes goes without. */
static spx_status tell_lost_gain(const conversion *self, const spx_task *task, spx_diag *diag)
{
    const spx_gain_request gain = { .input = self->input,
                                    .limits = spx_engine_limits(self->engine),
                                    .hdr = self->options->hdr };
    if ((self->options->formats & SPX_FORMAT_SPATIAL) == 0)
        return SPX_OK;
    return spx_gain_eyes_leave_out(&gain, task, diag);
}

/* The eyes keep their pixels; no network runs unless a wanted file needs depth. */
static spx_status make_real_eyes(conversion *self, spx_diag *diag)
{
    spx_summary *const summary = &self->result->summary;
    const spx_real_window window = { .in_number = self->found.has_adjustment,
                                     .adjustment = self->found.adjustment,
                                     .is_known = self->found.has_shift,
                                     .shift = self->found.shift };
    SPX_TRY(check_real(self, diag));
    spx_stereo_found_describe(&self->found, summary->stereo, sizeof(summary->stereo));
    begin_stage(self, SPX_STAGE_DEPTH);
    const spx_task task = task_of(self);
    SPX_TRY(tell_lost_gain(self, &task, diag));
    SPX_TRY(align_real(self, diag));
    const spx_stereo_photo both = { .photo = self->photo, .right = self->right }; /* borrowed */
    SPX_TRY(spx_real_measure_find(&self->real, &both, &task, diag));
    SPX_TRY(spx_real_eyes(&self->eyes, &both, &window, &self->real, &task, diag));
    summary->disparity_adjustment =
        spx_disparity_adjustment_round(spx_real_adjustment(&self->eyes, &window, &self->real));
    choose_camera(self);
    SPX_TRY(show_eyes(self, diag));
    SPX_TRY(match_depth(self, diag));
    SPX_TRY(show_depth(self, diag));
    begin_stage(self, SPX_STAGE_STEREO);
    tell_real_disparity(self);
    return SPX_OK;
}

/* ---- files ---- */

/* Everything that the files are made from. */
static spx_master master_of(const conversion *self)
{
    const spx_summary *const summary = &self->result->summary;
    return (spx_master){
        .name = self->name,
        .photo = &self->photo,
        .left = self->eyes.left,
        .right = self->eyes.right,
        .own = { self->eyes.own[0], self->eyes.own[1] },
        .strip = { self->eyes.strip[0], self->eyes.strip[1] },
        .shift_px = { self->eyes.shift_px[0], self->eyes.shift_px[1] },
        .depth = self->depth.map,
        .depth_of_left = self->right != NULL,
        .raw = self->depth.raw,
        .gain = { self->gain.maps[0], self->gain.maps[1] },
        .gain_headroom = self->gain.headroom,
        .camera = { .hfov_deg = summary->hfov_deg,
                    .baseline_mm = summary->baseline_mm,
                    .strength_pct = summary->strength_pct,
                    .convergence = summary->convergence,
                    .disparity_adjustment = summary->disparity_adjustment },
        .options = self->options,
    };
}

static spx_status encode(conversion *self, spx_diag *diag)
{
    const spx_master master = master_of(self);
    const spx_task task = task_of(self);
    begin_stage(self, SPX_STAGE_ENCODE);
    return spx_encode_outputs(&self->result->outputs, &master, &task, diag);
}

static spx_status write_files(conversion *self, spx_diag *diag)
{
    const spx_task task = task_of(self);
    begin_stage(self, SPX_STAGE_WRITE);
    SPX_TRY(spx_task_check(&task, diag));
    SPX_TRY(spx_output_set_write(&self->result->outputs, self->options->output_dir, diag));
    self->result->summary.stage_s[SPX_STAGE_WRITE] = spx_clock_s() - self->stage_start_s;
    report(self, 1.0);
    return SPX_OK;
}

static void list_files(spx_result *result)
{
    for (size_t i = 0; i < result->outputs.count; i++) {
        const spx_output *const output = &result->outputs.files[i];
        result->files[i] = (spx_file){ .format = output->format,
                                       .name = output->name,
                                       .path = output->path,
                                       .data = output->bytes.data,
                                       .size = output->size };
    }
}

/* *skip is set when there is nothing left to do. */
static spx_status look_at_existing(conversion *self, int *skip, spx_diag *diag)
{
    const spx_convert_options *const options = self->options;
    spx_output_set *const outputs = &self->result->outputs;
    *skip = options->skip_existing && options->formats != 0 &&
            spx_output_set_is_done(outputs, options->output_dir, options->optional_formats);
    const char *const first =
        options->no_overwrite && !*skip ? spx_output_set_existing(outputs) : NULL;
    if (first != NULL)
        return spx_fail(diag, SPX_ERR_EXISTS, "%s: already exists", first);
    return SPX_OK;
}

/* After a stage: goes on unless a doubt came up that is to be a failure. */
static spx_status check_doubts(const conversion *self, spx_diag *diag)
{
    if (!self->options->strict)
        return SPX_OK;
    return spx_warnings_refuse(&self->result->warnings, self->name, diag);
}

/* Where no file is wanted, eyes are rendered at the size that a screen shows them at. */
static spx_status shrink_photo(conversion *self, spx_diag *diag)
{
    const spx_task task = task_of(self);
    const spx_task quiet = spx_task_quiet(&task);
    if (self->options->formats != 0)
        return SPX_OK;
    self->whole = self->photo.image;
    self->photo.image = NULL; /* moved */
    return spx_image_shrink(&self->photo.image, self->whole, SPX_GLIMPSE_EYE_PX, &quiet, diag);
}

static spx_status make_both_eyes(conversion *self, spx_diag *diag)
{
    if (self->right != NULL)
        return make_real_eyes(self, diag);
    SPX_TRY(grow_photo(self, diag));
    SPX_TRY(check_doubts(self, diag));
    SPX_TRY(shrink_photo(self, diag));
    SPX_TRY(find_depth(self, diag));
    spx_image_unref(self->whole);
    self->whole = NULL;
    SPX_TRY(check_doubts(self, diag));
    SPX_TRY(show_depth(self, diag));
    return make_eyes(self, diag);
}

static spx_status run_stages(conversion *self, const spx_input *input, spx_diag *diag)
{
    SPX_TRY(read_photo(self, input, diag));
    SPX_TRY(check_doubts(self, diag));
    SPX_TRY(make_both_eyes(self, diag));
    SPX_TRY(check_doubts(self, diag));
    SPX_TRY(encode(self, diag));
    SPX_TRY(check_doubts(self, diag));
    return write_files(self, diag);
}

static unsigned needs_of(const spx_convert_options *options)
{
    const int with_depth = options->embed_depth && (options->formats & SPX_FORMAT_SPATIAL) != 0;
    return spx_formats_needs(options->formats) | (with_depth ? SPX_NEEDS_DEPTH : 0) |
           (options->preview_dir != NULL ? SPX_NEEDS_EYES : 0);
}

spx_status spx_convert(spx_engine *engine, const spx_input *input,
                       const spx_convert_options *options, const spx_watch *watch, spx_result **out,
                       spx_diag *diag)
{
    spx_convert_options wanted;
    *out = NULL;
    set_defaults(&wanted);
    SPX_TRY(spx_sized_take(&wanted, options, offsetof(spx_convert_options, outpaint),
                           "the options of converting", diag));
    options = &wanted;
    spx_status status = SPX_OK;
    int skip = 0;
    conversion self = { .engine = engine,
                        .options = options,
                        .watch = watch,
                        .input = input,
                        .name = spx_input_name(input),
                        .needs = needs_of(options) };
    if (input->data == NULL && input->path == NULL)
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: neither a path nor bytes", self.name);
    SPX_TRY(check_options(options, diag));
    self.result = calloc(1, sizeof(*self.result));
    if (self.result == NULL)
        return spx_fail_memory(diag, self.name);

    SPX_TRY_OUT(spx_output_set_init(&self.result->outputs, self.name, options, diag));
    SPX_TRY_OUT(look_at_existing(&self, &skip, diag));
    if (!skip)
        SPX_TRY_OUT(run_stages(&self, input, diag));
    self.result->summary.skipped = skip;
    self.result->summary.left_out = self.result->outputs.left_out;
    list_files(self.result);
    *out = self.result;
    self.result = NULL; /* moved to the caller */

out:
    spx_photo_clear(&self.photo);
    spx_image_unref(self.whole);
    spx_image_unref(self.right);
    spx_real_measure_clear(&self.real);
    spx_photo_depth_clear(&self.depth);
    spx_stereo_eyes_clear(&self.eyes);
    spx_gain_eyes_clear(&self.gain);
    spx_result_destroy(self.result);
    return status;
}

size_t spx_result_file_count(const spx_result *result)
{
    return result->outputs.count;
}

const spx_file *spx_result_file(const spx_result *result, size_t index)
{
    return index < result->outputs.count ? &result->files[index] : NULL;
}

const spx_summary *spx_result_summary(const spx_result *result)
{
    return &result->summary;
}

const spx_warning_list *spx_result_warnings(const spx_result *result)
{
    return &result->warnings;
}

void spx_result_destroy(spx_result *result)
{
    if (result == NULL)
        return;
    spx_output_set_clear(&result->outputs);
    free(result);
}
