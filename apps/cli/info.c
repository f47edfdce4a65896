/*
 * One JSON value is made of all that is known of a file; the text for people is printed from the
 * same structs. Comfort is measured only where a file has two eyes, since it decodes them.
 */
#include "cli/info.h"

#include "child/copy.h"
#include "cli/alone.h"
#include "cli/apart_child.h"
#include "cli/apart_rows.h"
#include "cli/comfort.h"
#include "cli/error_line.h"
#include "cli/exit_code.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/text.h"
#include "jobs/doubts_json.h"
#include "jobs/utf8.h"
#include "spx/info.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char about[] =
    "Tells what a picture file is and whether viewers of spatial photos find all they\n"
    "need in it: stereo group, intrinsics, extrinsics, field of view, baseline and\n"
    "disparity adjustment, and what is missing. Of HEIC and AVIF files it also\n"
    "names the clauses of ISO/IEC 14496-12, 23008-12 and 23000-22 that they violate.\n"
    "Damage, few pixels and HDR are warned of. Nothing is changed, nor decoded to pixels\n"
    "but for --comfort and --distance.\n";

static const char notes[] =
    "Exit code: 0 every file was read, 1 some could not be, 2 wrong arguments.\n";

static const double percent = 100;
static const double bytes_per_mb = 1e6;

/* Like json_object_set_new(), which takes the value over; a NULL value is left out. */
static void put(json_t *object, const char *key, json_t *value)
{
    (void)json_object_set_new(object, key, value);
}

static json_t *vector_value(const double *values, size_t count)
{
    json_t *const array = json_array();
    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(array, json_real(values[i]));
    return array;
}

static json_t *intrinsics_value(const spx_info_picture *picture)
{
    json_t *const object = json_object();
    put(object, "focal_x_px", json_real(picture->focal_x_px));
    put(object, "focal_y_px", json_real(picture->focal_y_px));
    put(object, "principal_x_px", json_real(picture->principal_x_px));
    put(object, "principal_y_px", json_real(picture->principal_y_px));
    put(object, "focal_x_normalised", json_real(picture->focal_x_norm));
    put(object, "principal_x_normalised", json_real(picture->principal_x_norm));
    put(object, "principal_y_normalised", json_real(picture->principal_y_norm));
    put(object, "skew_normalised", json_real(picture->skew_norm));
    put(object, "hfov_deg", json_real(picture->hfov_deg));
    put(object, "vfov_deg", json_real(picture->vfov_deg));
    return object;
}

static json_t *color_value(const spx_info_picture *picture)
{
    json_t *const object = json_object();
    put(object, "icc_bytes", json_integer((json_int_t)picture->icc_bytes));
    if (picture->has_nclx) {
        put(object, "primaries", json_integer(picture->primaries));
        put(object, "transfer", json_integer(picture->transfer));
        put(object, "matrix", json_integer(picture->matrix));
        put(object, "full_range", json_boolean(picture->full_range));
    }
    return object;
}

static json_t *picture_value(const spx_info_picture *picture)
{
    json_t *const object = json_object();
    put(object, "item", json_integer(picture->item));
    put(object, "coding", spx_utf8_json(picture->coding));
    put(object, "width", json_integer(picture->width));
    put(object, "height", json_integer(picture->height));
    put(object, "bits", json_integer(picture->bits));
    put(object, "tile_columns", json_integer(picture->tile_columns));
    put(object, "tile_rows", json_integer(picture->tile_rows));
    put(object, "rotation_deg", json_integer((json_int_t)picture->rotation_deg));
    put(object, "mirrored", json_integer(picture->mirrored));
    put(object, "color", color_value(picture));
    put(object, "exif_bytes", json_integer((json_int_t)picture->exif_bytes));
    put(object, "xmp_bytes", json_integer((json_int_t)picture->xmp_bytes));
    put(object, "thumbnail", json_integer(picture->thumbnail));
    if (picture->has_intrinsics)
        put(object, "intrinsics", intrinsics_value(picture));
    if (picture->has_extrinsics) {
        json_t *const extrinsics = json_object();
        put(extrinsics, "position_mm", vector_value(picture->position_mm, 3));
        put(extrinsics, "orientation", vector_value(picture->orientation, 4));
        put(object, "extrinsics", extrinsics);
    }
    if (picture->has_disparity_adjustment)
        put(object, "disparity_adjustment", json_real(picture->disparity_adjustment));
    return object;
}

static void put_stereo(json_t *object, const spx_info *info)
{
    if (info->stereo_groups == 0)
        return;
    json_t *const stereo = json_object();
    put(stereo, "group", json_integer(info->stereo_group));
    put(stereo, "type", spx_utf8_json(info->stereo_type));
    put(stereo, "groups", json_integer((json_int_t)info->stereo_groups));
    put(stereo, "members", json_integer((json_int_t)info->stereo_members));
    if (info->left.item != 0)
        put(stereo, "left", picture_value(&info->left));
    if (info->right.item != 0)
        put(stereo, "right", picture_value(&info->right));
    if (info->has_baseline)
        put(stereo, "baseline_mm", json_real(info->baseline_mm));
    if (info->left.has_intrinsics)
        put(stereo, "hfov_deg", json_real(info->left.hfov_deg));
    if (info->left.has_disparity_adjustment)
        put(stereo, "disparity_adjustment", json_real(info->left.disparity_adjustment));
    put(object, "stereo", stereo);
}

static json_t *violations_value(const spx_info *info)
{
    json_t *const array = json_array();
    for (size_t i = 0; i < info->violation_count; i++) {
        json_t *const one = json_object();
        put(one, "clause", spx_utf8_json(info->violations[i].clause));
        put(one, "text", spx_utf8_json(info->violations[i].text));
        (void)json_array_append_new(array, one);
    }
    return array;
}

static json_t *info_value(const char *path, const spx_info *info)
{
    json_t *const object = json_object();
    put(object, "file", spx_utf8_json(path));
    put(object, "format", spx_utf8_json(info->format));
    put(object, "bytes", json_integer((json_int_t)info->file_bytes));
    put(object, "width", json_integer(info->width));
    put(object, "height", json_integer(info->height));
    put(object, "exif_orientation", json_integer(info->exif_orientation));
    put(object, "focal_length_35mm", json_real(info->focal_length_35mm));
    if (info->picture.item != 0) {
        put(object, "items", json_integer((json_int_t)info->item_count));
        put(object, "primary", picture_value(&info->picture));
    }
    put_stereo(object, info);
    if (info->eyes[0] != '\0')
        put(object, "eyes", spx_utf8_json(info->eyes));
    put(object, "gain_map", json_boolean(info->gain_map));
    put(object, "tone_map", json_boolean(info->tone_map));
    put(object, "depth_map", json_boolean(info->depth_map));
    if (info->depth_source[0] != '\0') {
        put(object, "own_depth",
            json_pack("{s:s, s:I, s:I}", "source", info->depth_source, "width",
                      (json_int_t)info->depth_width, "height", (json_int_t)info->depth_height));
    }
    put(object, "other_groups", spx_utf8_json(info->other_groups));
    put(object, "spatial", json_boolean(info->spatial));
    json_t *const reasons = json_array();
    for (size_t i = 0; i < info->reason_count; i++)
        (void)json_array_append_new(reasons, spx_utf8_json(info->reasons[i]));
    put(object, "reasons", reasons);
    if (info->item_count != 0)
        put(object, "violations", violations_value(info));
    put(object, "warnings", spx_warnings_json(&info->warnings));
    return object;
}

static void print_picture(FILE *out, const char *name, const spx_info_picture *picture)
{
    (void)fprintf(out, "  %s: item %u, %u x %u, %s", name, (unsigned)picture->item,
                  (unsigned)picture->width, (unsigned)picture->height, picture->coding);
    if (picture->tile_columns != 0) {
        (void)fprintf(out, " in %u x %u tiles", (unsigned)picture->tile_columns,
                      (unsigned)picture->tile_rows);
    }
    if (picture->bits != 0)
        (void)fprintf(out, ", %u bits", picture->bits);
    if (picture->rotation_deg != 0)
        (void)fprintf(out, ", turned by %u degrees", picture->rotation_deg);
    if (picture->mirrored != 0)
        (void)fprintf(out, ", mirrored");
    (void)fprintf(out, "\n    color:       ");
    if (picture->has_nclx) {
        (void)fprintf(out, "code points %u/%u/%u, %s range", picture->primaries, picture->transfer,
                      picture->matrix, picture->full_range ? "full" : "limited");
    } else {
        (void)fprintf(out, "no code points");
    }
    if (picture->icc_bytes != 0)
        (void)fprintf(out, "; ICC profile of %zu bytes", picture->icc_bytes);
    (void)fprintf(out, "\n    metadata:    EXIF %s, XMP %s, thumbnail %s\n",
                  picture->exif_bytes != 0 ? "yes" : "no", picture->xmp_bytes != 0 ? "yes" : "no",
                  picture->thumbnail != 0 ? "yes" : "no");
}

static void print_camera(FILE *out, const spx_info_picture *picture)
{
    if (picture->has_intrinsics) {
        (void)fprintf(
            out,
            "    intrinsics:  focal length %.2f px (%.6f of the width), centre %.2f, %.2f "
            "px (%.4f, %.4f)\n",
            picture->focal_x_px, picture->focal_x_norm, picture->principal_x_px,
            picture->principal_y_px, picture->principal_x_norm, picture->principal_y_norm);
        (void)fprintf(out, "    view:        %.2f x %.2f degrees\n", picture->hfov_deg,
                      picture->vfov_deg);
    }
    if (picture->has_extrinsics) {
        (void)fprintf(out, "    extrinsics:  at %.3f, %.3f, %.3f mm", picture->position_mm[0],
                      picture->position_mm[1], picture->position_mm[2]);
        if (picture->has_orientation) {
            (void)fprintf(out, ", turned by quaternion %.6f, %.6f, %.6f, %.6f",
                          picture->orientation[0], picture->orientation[1], picture->orientation[2],
                          picture->orientation[3]);
        }
        (void)fprintf(out, "\n");
    }
}

static void print_stereo(FILE *out, const spx_info *info)
{
    if (info->stereo_groups == 0)
        return;
    (void)fprintf(out, "  stereo group: '%s', id %u, %zu members\n", info->stereo_type,
                  (unsigned)info->stereo_group, info->stereo_members);
    if (info->left.item != 0) {
        print_picture(out, "left eye", &info->left);
        print_camera(out, &info->left);
    }
    if (info->right.item != 0) {
        print_picture(out, "right eye", &info->right);
        print_camera(out, &info->right);
    }
    if (info->has_baseline)
        (void)fprintf(out, "  baseline: %.3f mm\n", info->baseline_mm);
    if (info->left.has_disparity_adjustment) {
        (void)fprintf(out, "  disparity adjustment: %+.2f %% of the width\n",
                      percent * info->left.disparity_adjustment);
    }
}

static void print_company(FILE *out, const spx_info *info)
{
    if (info->gain_map)
        (void)fprintf(out, "  HDR gain map: yes%s\n", info->tone_map ? ", with a 'tmap' item" : "");
    if (info->depth_map)
        (void)fprintf(out, "  depth map: yes");
    if (info->depth_source[0] != '\0') {
        (void)fprintf(out, ", %s, %u x %u", info->depth_source, (unsigned)info->depth_width,
                      (unsigned)info->depth_height);
    }
    if (info->depth_map)
        (void)fprintf(out, "\n");
    if (info->other_groups[0] != '\0')
        (void)fprintf(out, "  other groups: %s\n", info->other_groups);
}

static void print_violations(FILE *out, const spx_info *info)
{
    if (info->item_count == 0)
        return;
    if (info->violations_found == 0)
        (void)fprintf(out, "  standards: none of the clauses that are checked is violated\n");
    for (size_t i = 0; i < info->violation_count; i++) {
        (void)fprintf(out, "  violates %s: %s\n", info->violations[i].clause,
                      info->violations[i].text);
    }
    if (info->violations_found > info->violation_count) {
        (void)fprintf(out, "  violates: %zu more\n",
                      info->violations_found - info->violation_count);
    }
}

static void print_info(FILE *out, const char *path, const spx_info *info)
{
    spx_text_print(out, path);
    (void)fprintf(out, ": %s", info->format);
    if (info->width != 0)
        (void)fprintf(out, ", %u x %u", (unsigned)info->width, (unsigned)info->height);
    (void)fprintf(out, ", %.3f MB\n", (double)info->file_bytes / bytes_per_mb);
    if (info->exif_orientation != 0)
        (void)fprintf(out, "  EXIF orientation: %u\n", info->exif_orientation);
    if (info->focal_length_35mm > 0)
        (void)fprintf(out, "  EXIF 35 mm focal length: %g mm\n", info->focal_length_35mm);
    const int among_eyes =
        info->picture.item == info->left.item || info->picture.item == info->right.item;
    if (info->picture.item != 0 && among_eyes) {
        (void)fprintf(out, "  primary: the %s eye\n",
                      info->picture.item == info->left.item ? "left" : "right");
    } else if (info->picture.item != 0) {
        print_picture(out, "primary", &info->picture);
    }
    if (info->eyes[0] != '\0')
        (void)fprintf(out, "  stereo: %s\n", info->eyes);
    print_stereo(out, info);
    print_company(out, info);
    print_violations(out, info);
    if (info->spatial) {
        (void)fprintf(out,
                      "  spatial: yes, because there is a stereo pair with the cameras of both eyes"
                      " and a disparity adjustment\n");
        return;
    }
    (void)fprintf(out, "  spatial: no, because ");
    for (size_t i = 0; i < info->reason_count; i++)
        (void)fprintf(out, "%s%s", i == 0 ? "" : "; ", info->reasons[i]);
    (void)fprintf(out, "\n");
}

typedef struct wishes {
    int json;
    int comfort;
    int distance;
    int in_process;
    uint64_t memory;
} wishes;

/* One file, and where what is known of it goes. */
typedef struct look {
    const wishes *asked;
    const spx_input *input;
    spx_engine *engine; /* where pixels are asked for */
    FILE *out;
    FILE *errors;
    json_t *object; /* JSON is wanted: filled instead of `out`; may be NULL */
} look;

/* Adds a stereo file's comfort to what is told of it. */
static int look_at_comfort(const look *self)
{
    const char *const path = self->input->path;
    spx_diag diag = { 0 };
    spx_file_comfort found;
    if (spx_comfort_of_file(self->engine, self->input, NULL, &found, &diag) != SPX_OK) {
        spx_error_line_print(self->errors, path, diag.text);
        return SPX_EXIT_FAILED;
    }
    if (self->object != NULL) {
        put(self->object, "comfort", spx_comfort_json(&found));
    } else {
        spx_comfort_print(self->out, &found);
    }
    return SPX_EXIT_OK;
}

static const char distance_model[] = "depth-anything-3-metric";

/* Adds the distances that a metric network sees. */
static int look_at_distance(const look *self)
{
    const char *const path = self->input->path;
    spx_diag diag = { 0 };
    spx_result *result = NULL;
    spx_convert_options options;
    spx_convert_options_init(&options);
    options.formats = SPX_FORMAT_DEPTH;
    options.model = distance_model;
    options.detail = SPX_DETAIL_FAST;
    options.depth = SPX_DEPTH_NETWORK;
    options.from = SPX_FROM_LEFT;
    if (spx_convert(self->engine, self->input, &options, NULL, &result, &diag) != SPX_OK) {
        spx_error_line_print(self->errors, path, diag.text);
        return SPX_EXIT_FAILED;
    }
    const spx_summary *const summary = spx_result_summary(result);
    const int known = summary->nearest_m > 0.0;
    if (!known) {
        spx_error_line_print(self->errors, path,
                             "its distances are not known: EXIF tells no focal length");
    } else if (self->object != NULL) {
        (void)json_object_update_missing_new(self->object, spx_distances_json(summary));
    } else {
        spx_report_distances(self->out, summary);
    }
    spx_result_destroy(result);
    return known ? SPX_EXIT_OK : SPX_EXIT_FAILED;
}

/* Looks at one file, and at what is asked for beyond. *code: of what could be read of it; the
 * status is not SPX_OK where nothing could. */
static spx_status look_at(const look *self, int *code, spx_diag *diag)
{
    spx_info info;
    *code = SPX_EXIT_FAILED;
    SPX_TRY(spx_info_read(&info, self->input, NULL, diag));
    if (self->object != NULL) {
        (void)json_object_update_new(self->object, info_value(self->input->path, &info));
    } else {
        print_info(self->out, self->input->path, &info);
    }
    spx_report_warnings(self->errors, self->input->path, &info.warnings, self->object == NULL);
    *code = self->asked->comfort ? look_at_comfort(self) : SPX_EXIT_OK;
    if (self->asked->distance && look_at_distance(self) != SPX_EXIT_OK)
        *code = SPX_EXIT_FAILED;
    return SPX_OK;
}

/* ---- files, in this process or in others ---- */

/* How the files are looked at. */
typedef struct run {
    const wishes *asked;
    char *const *words;
    spx_engine *engine; /* where pixels are asked for, in this process */
    spx_alone alone;    /* … and in others */
} run;

static spx_status look_here(const run *self, const char *path, json_t *object, int *code,
                            spx_diag *diag)
{
    const spx_input input = { .path = path };
    const look here = { .asked = self->asked,
                        .input = &input,
                        .engine = self->engine,
                        .out = stdout,
                        .errors = stderr,
                        .object = object };
    return look_at(&here, code, diag);
}

static spx_status look_apart(const run *self, const char *path, json_t *object, int *code,
                             spx_diag *diag)
{
    spx_apart_said said;
    const spx_apart what = spx_alone_apart(&self->alone, "info", self->words, path);
    const spx_status status = spx_apart_run(&what, &said, diag);
    *code = SPX_EXIT_FAILED;
    if (status == SPX_OK) {
        spx_apart_said_print(&said);
        *code = (int)json_integer_value(json_object_get(said.told, "code"));
        if (object != NULL)
            (void)json_object_update(object, json_object_get(said.told, "info"));
    }
    spx_apart_said_clear(&said);
    return status;
}

/* A look at a file's boxes takes less than starting a process: a copy of this one does it. */
typedef struct quick_look {
    const run *run;
    const char *path;
} quick_look;

static spx_status look_in_copy(void *user, json_t *told, spx_diag *diag)
{
    const quick_look *const self = user;
    json_t *const object = self->run->asked->json ? json_object() : NULL;
    int code = SPX_EXIT_FAILED;
    const spx_status status = look_here(self->run, self->path, object, &code, diag);
    put(told, "code", json_integer(code));
    if (object != NULL)
        put(told, "info", object);
    return status;
}

static spx_status look_quickly(const run *self, const char *path, json_t *object, int *code,
                               spx_diag *diag)
{
    quick_look quick = { .run = self, .path = path };
    const spx_sandbox sandbox = { .read = { path, NULL } };
    json_t *told = NULL;
    const spx_status status = spx_copy_run(&sandbox, look_in_copy, &quick, &told, diag);
    *code =
        status == SPX_OK ? (int)json_integer_value(json_object_get(told, "code")) : SPX_EXIT_FAILED;
    if (object != NULL)
        (void)json_object_update(object, json_object_get(told, "info"));
    json_decref(told);
    return status;
}

static int look_at_one(const run *self, const char *path, json_t *results)
{
    json_t *const object = results != NULL ? json_object() : NULL;
    const int pixels = self->asked->comfort || self->asked->distance;
    spx_diag diag = { 0 };
    int code = SPX_EXIT_FAILED;
    const spx_status status = self->asked->in_process ? look_here(self, path, object, &code, &diag)
                              : pixels                ? look_apart(self, path, object, &code, &diag)
                                       : look_quickly(self, path, object, &code, &diag);
    const char *const why = diag.text[0] != '\0' ? diag.text : spx_status_name(status);
    if (status != SPX_OK && status != SPX_ERR_CANCELLED)
        spx_error_line_print(stderr, path, why);
    if (status != SPX_OK && object != NULL) {
        put(object, "file", spx_utf8_json(path));
        put(object, "error", spx_utf8_json(why));
    }
    if (object != NULL)
        (void)json_array_append_new(results, object);
    return status == SPX_OK ? code : SPX_EXIT_FAILED;
}

static int print_json(const json_t *results)
{
    const json_t *const shown =
        json_array_size(results) == 1 ? json_array_get(results, 0) : results;
    if (json_dumpf(shown, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12)) != 0) {
        spx_error_line_say("info", "cannot write the JSON text");
        return SPX_EXIT_FAILED;
    }
    (void)printf("\n");
    return SPX_EXIT_OK;
}

static int look_at_all(run *self, char **paths, int count)
{
    const int pixels = self->asked->comfort || self->asked->distance;
    spx_diag diag = { 0 };
    spx_status status = SPX_OK;
    if (pixels) {
        status = self->asked->in_process
                     ? spx_engine_create(&self->engine, NULL, &diag)
                     : spx_alone_begin(&self->alone, self->asked->memory, &diag);
    }
    json_t *const results = self->asked->json ? json_array() : NULL;
    int code = status == SPX_OK ? SPX_EXIT_OK : SPX_EXIT_FAILED;
    if (status != SPX_OK)
        spx_error_line_say("info", diag.text);
    for (int i = 0; i < count && status == SPX_OK && spx_interrupt_signal() == 0; i++) {
        if (look_at_one(self, paths[i], results) != SPX_EXIT_OK)
            code = SPX_EXIT_FAILED;
    }
    if (self->asked->json && status == SPX_OK && print_json(results) != SPX_EXIT_OK)
        code = SPX_EXIT_FAILED;
    json_decref(results);
    spx_engine_destroy(self->engine);
    spx_alone_end(&self->alone);
    return spx_interrupt_exit(code);
}

static const spx_option rows[] = {
    { .name = "json",
      .type = SPX_OPTION_SET,
      .who = SPX_BY_CLI,
      .set = 1,
      .offset = offsetof(wishes, json),
      .help =
          "one JSON object, or an array of objects for several files, with \"spatial\": true or "
          "false and \"reasons\": [why not, ...]" },
    { .name = "comfort",
      .type = SPX_OPTION_SET,
      .who = SPX_BY_CLI,
      .set = 1,
      .offset = offsetof(wishes, comfort),
      .help = "also how comfortable a stereo file is to look at (see spx comfort)" },
    { .name = "distance",
      .type = SPX_OPTION_SET,
      .who = SPX_BY_CLI,
      .set = 1,
      .offset = offsetof(wishes, distance),
      .help = "also how far the subject of a photo is, in metres; takes the network "
              "depth-anything-3-metric (spx model fetch) and a focal length in EXIF" },
    SPX_ROW_IN_PROCESS(.offset = offsetof(wishes, in_process)),
    SPX_ROW_MEMORY(.offset = offsetof(wishes, memory)),
    { .name = NULL },
};

static int read_options(wishes *asked, int *argc, char **argv, int *exit_code)
{
    *asked = (wishes){ 0 };
    const spx_option_group groups[] = { { "Options", rows, asked }, { NULL, NULL, NULL } };
    const spx_usage usage = { "info", "FILE...", about, groups, notes };
    if (!spx_options_start(&usage, argc, argv, exit_code))
        return 0;
    if (*argc >= 2)
        return 1;
    *exit_code = spx_usage_error(&usage, "no file named");
    return 0;
}

int spx_cli_info(int argc, char **argv)
{
    wishes asked;
    int exit_code = SPX_EXIT_OK;
    if (!read_options(&asked, &argc, argv, &exit_code))
        return exit_code;
    run self = { .asked = &asked, .words = argv + argc };
    return look_at_all(&self, argv + 1, argc - 1);
}

/* ---- in the process for a file whose pixels are looked at ---- */

static wishes read_again;

static int read_plan(spx_apart_plan *plan, int *argc, char **argv)
{
    int exit_code = 0;
    if (!read_options(&read_again, argc, argv, &exit_code))
        return 0;
    plan->has_network = read_again.distance;
    plan->model = distance_model;
    plan->work = (spx_child_work){ .formats = SPX_FORMATS_DEFAULT, .detail = SPX_DETAIL_FAST };
    return 1;
}

static spx_status work(const spx_apart_scene *scene, spx_engine *engine, spx_diag *diag)
{
    json_t *const object = read_again.json ? json_object() : NULL;
    const look there = { .asked = &read_again,
                         .input = scene->input,
                         .engine = engine,
                         .out = scene->out,
                         .errors = scene->errors,
                         .object = object };
    int code = SPX_EXIT_FAILED;
    const spx_status status = look_at(&there, &code, diag);
    put(scene->told, "code", json_integer(code));
    if (object != NULL)
        put(scene->told, "info", object);
    return status;
}

const spx_apart_verb spx_apart_info = { "info", read_plan, work };
