/*
 * One JSON value is made of all that is known of a file; the text for people is printed from the
 * same structs. Comfort is measured only where a file has two eyes, since it decodes them.
 */
#include "cli/info.h"

#include "cli/comfort.h"
#include "cli/options.h"
#include "cli/report.h"
#include "cli/verbs.h"
#include "jobs/doubts_json.h"
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

/* A text for JSON, which is UTF-8: other bytes become '?'. */
static json_t *text_value(const char *text)
{
    json_t *const value = json_string(text);
    if (value != NULL)
        return value;
    char *const copy = strdup(text);
    if (copy == NULL)
        return NULL;
    for (char *c = copy; *c != '\0'; c++) {
        if ((*c & 0x80) != 0)
            *c = '?';
    }
    json_t *const cleaned = json_string(copy);
    free(copy);
    return cleaned;
}

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
    put(object, "coding", text_value(picture->coding));
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
    put(stereo, "type", text_value(info->stereo_type));
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
        put(one, "clause", text_value(info->violations[i].clause));
        put(one, "text", text_value(info->violations[i].text));
        (void)json_array_append_new(array, one);
    }
    return array;
}

static json_t *info_value(const char *path, const spx_info *info)
{
    json_t *const object = json_object();
    put(object, "file", text_value(path));
    put(object, "format", text_value(info->format));
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
        put(object, "eyes", text_value(info->eyes));
    put(object, "gain_map", json_boolean(info->gain_map));
    put(object, "tone_map", json_boolean(info->tone_map));
    put(object, "depth_map", json_boolean(info->depth_map));
    if (info->depth_source[0] != '\0') {
        put(object, "own_depth",
            json_pack("{s:s, s:I, s:I}", "source", info->depth_source, "width",
                      (json_int_t)info->depth_width, "height", (json_int_t)info->depth_height));
    }
    put(object, "other_groups", text_value(info->other_groups));
    put(object, "spatial", json_boolean(info->spatial));
    json_t *const reasons = json_array();
    for (size_t i = 0; i < info->reason_count; i++)
        (void)json_array_append_new(reasons, text_value(info->reasons[i]));
    put(object, "reasons", reasons);
    if (info->item_count != 0)
        put(object, "violations", violations_value(info));
    put(object, "warnings", spx_warnings_json(&info->warnings));
    return object;
}

static void print_picture(const char *name, const spx_info_picture *picture)
{
    (void)printf("  %s: item %u, %u x %u, %s", name, (unsigned)picture->item,
                 (unsigned)picture->width, (unsigned)picture->height, picture->coding);
    if (picture->tile_columns != 0) {
        (void)printf(" in %u x %u tiles", (unsigned)picture->tile_columns,
                     (unsigned)picture->tile_rows);
    }
    if (picture->bits != 0)
        (void)printf(", %u bits", picture->bits);
    if (picture->rotation_deg != 0)
        (void)printf(", turned by %u degrees", picture->rotation_deg);
    if (picture->mirrored != 0)
        (void)printf(", mirrored");
    (void)printf("\n    color:       ");
    if (picture->has_nclx) {
        (void)printf("code points %u/%u/%u, %s range", picture->primaries, picture->transfer,
                     picture->matrix, picture->full_range ? "full" : "limited");
    } else {
        (void)printf("no code points");
    }
    if (picture->icc_bytes != 0)
        (void)printf("; ICC profile of %zu bytes", picture->icc_bytes);
    (void)printf("\n    metadata:    EXIF %s, XMP %s, thumbnail %s\n",
                 picture->exif_bytes != 0 ? "yes" : "no", picture->xmp_bytes != 0 ? "yes" : "no",
                 picture->thumbnail != 0 ? "yes" : "no");
}

static void print_camera(const spx_info_picture *picture)
{
    if (picture->has_intrinsics) {
        (void)printf("    intrinsics:  focal length %.2f px (%.6f of the width), centre %.2f, %.2f "
                     "px (%.4f, %.4f)\n",
                     picture->focal_x_px, picture->focal_x_norm, picture->principal_x_px,
                     picture->principal_y_px, picture->principal_x_norm, picture->principal_y_norm);
        (void)printf("    view:        %.2f x %.2f degrees\n", picture->hfov_deg,
                     picture->vfov_deg);
    }
    if (picture->has_extrinsics) {
        (void)printf("    extrinsics:  at %.3f, %.3f, %.3f mm", picture->position_mm[0],
                     picture->position_mm[1], picture->position_mm[2]);
        if (picture->has_orientation) {
            (void)printf(", turned by quaternion %.6f, %.6f, %.6f, %.6f", picture->orientation[0],
                         picture->orientation[1], picture->orientation[2], picture->orientation[3]);
        }
        (void)printf("\n");
    }
}

static void print_stereo(const spx_info *info)
{
    if (info->stereo_groups == 0)
        return;
    (void)printf("  stereo group: '%s', id %u, %zu members\n", info->stereo_type,
                 (unsigned)info->stereo_group, info->stereo_members);
    if (info->left.item != 0) {
        print_picture("left eye", &info->left);
        print_camera(&info->left);
    }
    if (info->right.item != 0) {
        print_picture("right eye", &info->right);
        print_camera(&info->right);
    }
    if (info->has_baseline)
        (void)printf("  baseline: %.3f mm\n", info->baseline_mm);
    if (info->left.has_disparity_adjustment) {
        (void)printf("  disparity adjustment: %+.2f %% of the width\n",
                     percent * info->left.disparity_adjustment);
    }
}

static void print_company(const spx_info *info)
{
    if (info->gain_map)
        (void)printf("  HDR gain map: yes%s\n", info->tone_map ? ", with a 'tmap' item" : "");
    if (info->depth_map)
        (void)printf("  depth map: yes");
    if (info->depth_source[0] != '\0') {
        (void)printf(", %s, %u x %u", info->depth_source, (unsigned)info->depth_width,
                     (unsigned)info->depth_height);
    }
    if (info->depth_map)
        (void)printf("\n");
    if (info->other_groups[0] != '\0')
        (void)printf("  other groups: %s\n", info->other_groups);
}

static void print_violations(const spx_info *info)
{
    if (info->item_count == 0)
        return;
    if (info->violations_found == 0)
        (void)printf("  standards: none of the clauses that are checked is violated\n");
    for (size_t i = 0; i < info->violation_count; i++)
        (void)printf("  violates %s: %s\n", info->violations[i].clause, info->violations[i].text);
    if (info->violations_found > info->violation_count) {
        (void)printf("  violates: %zu more\n", info->violations_found - info->violation_count);
    }
}

static void print_info(const char *path, const spx_info *info)
{
    (void)printf("%s: %s", path, info->format);
    if (info->width != 0)
        (void)printf(", %u x %u", (unsigned)info->width, (unsigned)info->height);
    (void)printf(", %.3f MB\n", (double)info->file_bytes / bytes_per_mb);
    if (info->exif_orientation != 0)
        (void)printf("  EXIF orientation: %u\n", info->exif_orientation);
    if (info->focal_length_35mm > 0)
        (void)printf("  EXIF 35 mm focal length: %g mm\n", info->focal_length_35mm);
    const int among_eyes =
        info->picture.item == info->left.item || info->picture.item == info->right.item;
    if (info->picture.item != 0 && among_eyes) {
        (void)printf("  primary: the %s eye\n",
                     info->picture.item == info->left.item ? "left" : "right");
    } else if (info->picture.item != 0) {
        print_picture("primary", &info->picture);
    }
    if (info->eyes[0] != '\0')
        (void)printf("  stereo: %s\n", info->eyes);
    print_stereo(info);
    print_company(info);
    print_violations(info);
    if (info->spatial) {
        (void)printf("  spatial: yes, because there is a stereo pair with the cameras of both eyes"
                     " and a disparity adjustment\n");
        return;
    }
    (void)printf("  spatial: no, because ");
    for (size_t i = 0; i < info->reason_count; i++)
        (void)printf("%s%s", i == 0 ? "" : "; ", info->reasons[i]);
    (void)printf("\n");
}

/* Adds a stereo file's comfort to what is told of it; object NULL: prints. */
static int look_at_comfort(const char *path, spx_engine *engine, json_t *object)
{
    spx_diag diag = { 0 };
    spx_file_comfort found;
    const spx_input input = { .path = path };
    if (spx_comfort_of_file(engine, &input, NULL, &found, &diag) != SPX_OK) {
        spx_report_error(stderr, path, diag.text);
        return SPX_EXIT_FAILED;
    }
    if (object != NULL) {
        put(object, "comfort", spx_comfort_json(&found));
    } else {
        spx_comfort_print(&found);
    }
    return SPX_EXIT_OK;
}

/* Adds the distances that a metric network sees; object NULL: prints. */
static int look_at_distance(const char *path, spx_engine *engine, json_t *object)
{
    spx_diag diag = { 0 };
    spx_result *result = NULL;
    spx_convert_options options;
    const spx_input input = { .path = path };
    spx_convert_options_init(&options);
    options.formats = SPX_FORMAT_DEPTH;
    options.model = "depth-anything-3-metric";
    options.detail = SPX_DETAIL_FAST;
    options.depth = SPX_DEPTH_NETWORK;
    options.from = SPX_FROM_LEFT;
    if (spx_convert(engine, &input, &options, NULL, &result, &diag) != SPX_OK) {
        spx_report_error(stderr, path, diag.text);
        return SPX_EXIT_FAILED;
    }
    const spx_summary *const summary = spx_result_summary(result);
    const int known = summary->nearest_m > 0.0;
    if (!known) {
        spx_report_error(stderr, path, "its distances are not known: EXIF tells no focal length");
    } else if (object != NULL) {
        (void)json_object_update_missing_new(object, spx_distances_json(summary));
    } else {
        spx_report_distances(stdout, summary);
    }
    spx_result_destroy(result);
    return known ? SPX_EXIT_OK : SPX_EXIT_FAILED;
}

typedef struct wishes {
    int json;
    int comfort;
    int distance;
} wishes;

/* Looks at one file, and at what is asked for beyond; results != NULL: adds its object there
 * instead of printing. */
static int look_at(const char *path, const wishes *asked, spx_engine *engine, json_t *results)
{
    spx_info info;
    spx_diag diag = { 0 };
    const spx_input input = { .path = path };
    const spx_status status = spx_info_read(&info, &input, NULL, &diag);
    if (status != SPX_OK) {
        const char *const why = diag.text[0] != '\0' ? diag.text : spx_status_name(status);
        spx_report_error(stderr, path, why);
        if (results != NULL) {
            json_t *const object = json_object();
            put(object, "file", text_value(path));
            put(object, "error", text_value(why));
            (void)json_array_append_new(results, object);
        }
        return SPX_EXIT_FAILED;
    }
    json_t *const object = results != NULL ? info_value(path, &info) : NULL;
    if (object == NULL)
        print_info(path, &info);
    spx_report_warnings(stderr, path, &info.warnings, object == NULL);
    int code = asked->comfort ? look_at_comfort(path, engine, object) : SPX_EXIT_OK;
    if (asked->distance && look_at_distance(path, engine, object) != SPX_EXIT_OK)
        code = SPX_EXIT_FAILED;
    if (results != NULL)
        (void)json_array_append_new(results, object);
    return code;
}

static int print_json(const json_t *results)
{
    const json_t *const shown =
        json_array_size(results) == 1 ? json_array_get(results, 0) : results;
    if (json_dumpf(shown, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12)) != 0) {
        (void)fprintf(stderr, "spx info: cannot write the JSON text\n");
        return SPX_EXIT_FAILED;
    }
    (void)printf("\n");
    return SPX_EXIT_OK;
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
    { .name = NULL },
};

int spx_cli_info(int argc, char **argv)
{
    wishes asked = { 0 };
    const spx_option_group groups[] = { { "Options", rows, &asked }, { NULL, NULL, NULL } };
    const spx_usage usage = { "info", "FILE...", about, groups, notes };
    int exit_code = SPX_EXIT_OK;
    if (!spx_options_start(&usage, &argc, argv, &exit_code))
        return exit_code;
    if (argc < 2)
        return spx_usage_error(&usage, "no file named");

    spx_diag diag = { 0 };
    spx_engine *engine = NULL;
    if ((asked.comfort || asked.distance) && spx_engine_create(&engine, NULL, &diag) != SPX_OK) {
        (void)fprintf(stderr, "spx info: %s\n", diag.text);
        return SPX_EXIT_FAILED;
    }
    json_t *const results = asked.json ? json_array() : NULL;
    int code = SPX_EXIT_OK;
    for (int i = 1; i < argc; i++) {
        if (look_at(argv[i], &asked, engine, results) != SPX_EXIT_OK)
            code = SPX_EXIT_FAILED;
    }
    if (asked.json && print_json(results) != SPX_EXIT_OK)
        code = SPX_EXIT_FAILED;
    json_decref(results);
    spx_engine_destroy(engine);
    return code;
}
