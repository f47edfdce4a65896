/*
 * Two eyes in what a user gives: who says so, and where they lie. What bytes mean is known by the
 * container room; stereo_decode.c makes pixels of what is found here.
 */
#include "pipeline/stereo_input.h"

#include "codec/photo_type.h"
#include "container/jpeg_layout.h"
#include "container/stereo_camera.h"
#include "container/vr180.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { EYES = 2 };

static const double degrees_per_radian = 57.29577951308232;

/* ---- finding ---- */

static spx_status read_heif_camera(spx_stereo_found *out, const spx_heif *heif, spx_diag *diag)
{
    const spx_heif_property *property = spx_heif_find_cmin(heif, out->heif.left, NULL);
    if (property != NULL) {
        spx_cmin cmin;
        SPX_TRY(spx_cmin_read(&cmin, property, diag));
        if (cmin.focal_x > 0.0)
            out->hfov_deg = 2.0 * atan(0.5 / cmin.focal_x) * degrees_per_radian;
    }
    const spx_heif_property *const sides[EYES] = { spx_heif_find_cmex(heif, out->heif.left, NULL),
                                                   spx_heif_find_cmex(heif, out->heif.right,
                                                                      NULL) };
    if (sides[0] != NULL && sides[1] != NULL) {
        spx_cmex from;
        spx_cmex to;
        SPX_TRY(spx_cmex_read(&from, sides[0], diag));
        SPX_TRY(spx_cmex_read(&to, sides[1], diag));
        double square = 0.0;
        for (size_t i = 0; i < 3; i++) {
            const double mm = ((double)to.position_um[i] - (double)from.position_um[i]) / 1000.0;
            square += mm * mm;
        }
        out->baseline_mm = sqrt(square);
    }
    property = spx_heif_stereo_disparity(heif, &out->heif, out->heif.left, NULL);
    out->has_adjustment = property != NULL;
    return property == NULL ? SPX_OK
                            : spx_disparity_adjustment_read(&out->adjustment, property, diag);
}

static spx_status find_in_heif(spx_stereo_found *out, const spx_stereo_file *file, spx_diag *diag)
{
    spx_heif *heif = NULL;
    spx_status status = SPX_OK;
    SPX_TRY(spx_heif_read(&heif, file->data, file->size, file->name, NULL, diag));
    if (spx_heif_find_stereo(&out->heif, heif) && (out->heif.left != 0 || out->heif.right != 0)) {
        out->kind = SPX_STEREO_KIND_HEIF;
        status = read_heif_camera(out, heif, diag);
    }
    spx_heif_destroy(heif);
    return status;
}

static const char *own_name(const spx_stereo_file *file)
{
    return file->called != NULL ? file->called : file->name;
}

static int ends_in(const char *name, const char *end)
{
    const size_t length = strlen(name);
    const size_t size = strlen(end);
    return length > size && strcasecmp(name + length - size, end) == 0;
}

/* A name of players for half spheres, which ends as others do. */
static int says_half_sphere(const char *name)
{
    static const char mark[] = "_180x180_lr.";
    const char *const slash = strrchr(name, '/');
    return strcasestr(slash == NULL ? name : slash, mark) != NULL;
}

static void find_by_name(spx_stereo_found *out, const spx_stereo_file *file)
{
    static const double half_deg = 180.0;
    out->layout = spx_eyes_layout_of_name(own_name(file));
    if (out->layout.place == SPX_EYES_NONE)
        return;
    out->kind = SPX_STEREO_KIND_NAME;
    if (!says_half_sphere(own_name(file)))
        return;
    out->layout.squeeze = SPX_EYES_FULL;
    out->is_sphere = 1;
    out->part = (spx_sphere_part){ -half_deg / 2.0, half_deg, half_deg / 2.0, half_deg };
}

static void find_in_jpeg(spx_stereo_found *out, const spx_stereo_file *file)
{
    int mono = 0;
    const void *exif = NULL;
    size_t exif_size = 0;
    spx_stereo_camera camera;
    spx_jpeg_find_exif(&exif, &exif_size, file->data, file->size);
    spx_stereo_camera_read(&camera, exif, exif_size);
    out->baseline_mm = camera.baseline_mm;
    out->hfov_deg = camera.hfov_deg;
    if (spx_mpo_read(&out->mpo, file->data, file->size, ends_in(own_name(file), ".mpo"))) {
        out->kind = SPX_STEREO_KIND_MPO;
        out->has_adjustment = out->mpo.parallax_pct != 0.0;
        out->adjustment = fabs(out->mpo.parallax_pct) / 100.0;
        if (out->mpo.baseline_mm != 0.0)
            out->baseline_mm = out->mpo.baseline_mm;
        return;
    }
    if (spx_vr180_find(&out->part, file->data, file->size)) {
        out->kind = SPX_STEREO_KIND_VR180;
        out->is_sphere = 1;
        return;
    }
    out->layout = spx_eyes_layout_of_jps(file->data, file->size, &mono);
    if (out->layout.place != SPX_EYES_NONE) {
        out->kind = SPX_STEREO_KIND_JPS;
        return;
    }
    if (mono)
        return;
    find_by_name(out, file);
    if (out->kind == SPX_STEREO_KIND_NAME)
        return;
    if (camera.beside) {
        out->layout.place = SPX_EYES_BESIDE;
        out->kind = SPX_STEREO_KIND_CAMERA;
    }
}

void spx_stereo_found_told(spx_stereo_found *out, spx_stereo_input told)
{
    const int above = told == SPX_STEREO_INPUT_OU || told == SPX_STEREO_INPUT_HOU;
    const int half = told == SPX_STEREO_INPUT_HSBS || told == SPX_STEREO_INPUT_HOU;
    out->kind = SPX_STEREO_KIND_TOLD;
    out->layout = (spx_eyes_layout){ .place = above ? SPX_EYES_ABOVE : SPX_EYES_BESIDE,
                                     .squeeze = half ? SPX_EYES_HALF : SPX_EYES_FULL,
                                     .right_first = told == SPX_STEREO_INPUT_RL };
}

spx_status spx_stereo_find(spx_stereo_found *out, const spx_stereo_file *file, spx_diag *diag)
{
    *out = (spx_stereo_found){ .kind = SPX_STEREO_KIND_NONE };
    if (file->told == SPX_STEREO_INPUT_MONO || file->size == 0)
        return SPX_OK;
    if (file->told != SPX_STEREO_INPUT_AUTO) {
        spx_stereo_found_told(out, file->told);
        return SPX_OK;
    }
    switch (spx_photo_type_of(file->data, file->size)) {
    case SPX_PHOTO_TYPE_HEIF:
        SPX_TRY(find_in_heif(out, file, diag));
        if (out->kind == SPX_STEREO_KIND_NONE)
            find_by_name(out, file);
        return SPX_OK;
    case SPX_PHOTO_TYPE_JPEG:
        find_in_jpeg(out, file);
        return SPX_OK;
    case SPX_PHOTO_TYPE_PNG:
        out->layout = spx_eyes_layout_of_png(file->data, file->size);
        if (out->layout.place != SPX_EYES_NONE) {
            out->kind = SPX_STEREO_KIND_PNS;
            return SPX_OK;
        }
        break;
    default:
        break;
    }
    find_by_name(out, file);
    return SPX_OK;
}

void spx_stereo_found_describe(const spx_stereo_found *found, char *text, size_t size)
{
    static const char *const kinds[] = { "none", "HEIC",         "MPO",     "JPS",       "PNS",
                                         "name", "camera model", "as told", "two files", "VR180" };
    const spx_eyes_layout *const layout = &found->layout;
    const char *const half = layout->squeeze == SPX_EYES_HALF ? ", squeezed" : "";
    if (layout->place == SPX_EYES_NONE) {
        (void)snprintf(text, size, "%s", kinds[found->kind]);
        return;
    }
    const char *const first = layout->right_first ? "right" : "left";
    (void)snprintf(text, size, "%s, %s, %s first%s", kinds[found->kind],
                   layout->place == SPX_EYES_BESIDE ? "side by side" : "one above the other", first,
                   found->is_sphere ? ", half spheres" : half);
}
