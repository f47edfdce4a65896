/*
 * Two eyes in what a user gives: who says so, and where they lie. What bytes mean is known by the
 * container room, how they become pixels by the codec room; this file only puts them together.
 */
#include "pipeline/stereo_input.h"

#include "codec/orient.h"
#include "codec/photo_read.h"
#include "codec/photo_type.h"
#include "container/exif.h"
#include "container/jpeg_layout.h"
#include "container/stereo_camera.h"
#include "image/image.h"
#include "image/resize.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { EYES = 2, UPRIGHT = 1, PNS_ALIGNMENT = 8 };

/* A squeezed eye is narrower than this, a full one is not, where the name leaves it open: squeezed
 * 16:9 is 0.89 wide, full 4:3 1.33; below each other 3.56 and 1.78. */
static const double narrowest_eye = 1.0;
static const double widest_eye = 2.6;
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

/* The EXIF block of a JPEG file; zeros where there is none. */
static void find_exif(const void **exif, size_t *size, const void *jpeg, size_t jpeg_size)
{
    enum { PREFIX_BYTES = 6 };
    spx_jpeg_segment segment;
    size_t at = 0;
    *exif = NULL;
    *size = 0;
    while (spx_jpeg_next_segment(&segment, jpeg, jpeg_size, &at)) {
        if (segment.marker == SPX_JPEG_APP1 && segment.size > PREFIX_BYTES &&
            memcmp(segment.body, "Exif\0", PREFIX_BYTES) == 0) {
            *exif = segment.body + PREFIX_BYTES;
            *size = segment.size - PREFIX_BYTES;
            return;
        }
    }
}

static void find_in_jpeg(spx_stereo_found *out, const spx_stereo_file *file)
{
    int mono = 0;
    const void *exif = NULL;
    size_t exif_size = 0;
    spx_stereo_camera camera;
    find_exif(&exif, &exif_size, file->data, file->size);
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
    out->layout = spx_eyes_layout_of_jps(file->data, file->size, &mono);
    if (out->layout.place != SPX_EYES_NONE) {
        out->kind = SPX_STEREO_KIND_JPS;
        return;
    }
    if (mono)
        return;
    out->layout = spx_eyes_layout_of_name(own_name(file));
    if (out->layout.place != SPX_EYES_NONE) {
        out->kind = SPX_STEREO_KIND_NAME;
    } else if (camera.beside) {
        out->layout.place = SPX_EYES_BESIDE;
        out->kind = SPX_STEREO_KIND_CAMERA;
    }
}

static void find_by_name(spx_stereo_found *out, const spx_stereo_file *file)
{
    out->layout = spx_eyes_layout_of_name(own_name(file));
    if (out->layout.place != SPX_EYES_NONE)
        out->kind = SPX_STEREO_KIND_NAME;
}

static void take_what_is_told(spx_stereo_found *out, spx_stereo_input told)
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
        take_what_is_told(out, file->told);
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
    static const char *const kinds[] = { "none", "HEIC",         "MPO",     "JPS",      "PNS",
                                         "name", "camera model", "as told", "two files" };
    const spx_eyes_layout *const layout = &found->layout;
    const char *const half = layout->squeeze == SPX_EYES_HALF ? ", squeezed" : "";
    if (layout->place == SPX_EYES_NONE) {
        (void)snprintf(text, size, "%s", kinds[found->kind]);
        return;
    }
    const char *const first = layout->right_first ? "right" : "left";
    (void)snprintf(text, size, "%s, %s, %s first%s", kinds[found->kind],
                   layout->place == SPX_EYES_BESIDE ? "side by side" : "one above the other", first,
                   half);
}

/* ---- decoding ---- */

void spx_stereo_photo_clear(spx_stereo_photo *photo)
{
    spx_photo_clear(&photo->photo);
    spx_image_unref(photo->right);
    photo->right = NULL;
}

/* A part of a picture that is cut out of it and, where it is squeezed, stretched. */
typedef struct cut {
    uint32_t x;
    uint32_t y;
    uint32_t width;
    uint32_t height;
    uint32_t to_width;
    uint32_t to_height;
} cut;

static spx_status cut_out(spx_image **out, const spx_image *image, const cut *part,
                          const spx_task *task, spx_diag *diag)
{
    const size_t pixel = spx_image_pixel_bytes(image);
    spx_image *own = NULL;
    SPX_TRY(spx_image_create(&own, part->width, part->height, image->bits, diag));
    for (uint32_t y = 0; y < part->height; y++) {
        memcpy(own->pixels + (size_t)y * own->stride_bytes,
               image->pixels + (size_t)(part->y + y) * image->stride_bytes + part->x * pixel,
               part->width * pixel);
    }
    if (part->to_width == part->width && part->to_height == part->height) {
        *out = own;
        return SPX_OK;
    }
    const spx_status status =
        spx_image_resize(out, own, part->to_width, part->to_height, task, diag);
    spx_image_unref(own);
    return status;
}

static int is_squeezed(const spx_eyes_layout *layout, const cut *eye)
{
    const double aspect = (double)eye->width / eye->height;
    if (layout->squeeze != SPX_EYES_UNKNOWN)
        return layout->squeeze == SPX_EYES_HALF;
    return layout->place == SPX_EYES_BESIDE ? aspect < narrowest_eye : aspect > widest_eye;
}

/* Where the eyes lie: first and second. A PNS's second one begins at a multiple of 8. */
static spx_status plan_cuts(cut cuts[EYES], const spx_image *both, const spx_stereo_found *found,
                            const char *name, spx_diag *diag)
{
    const spx_eyes_layout *const layout = &found->layout;
    const int beside = layout->place == SPX_EYES_BESIDE;
    const uint32_t whole = beside ? both->width : both->height;
    uint32_t second = whole - whole / EYES;
    if (found->kind == SPX_STEREO_KIND_PNS)
        second = (second + PNS_ALIGNMENT - 1) / PNS_ALIGNMENT * PNS_ALIGNMENT;
    if (second >= whole) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED, "%s: %ux%u is too small for two eyes", name,
                        both->width, both->height);
    }
    const uint32_t size = whole - second;
    cut eye = { .width = beside ? size : both->width, .height = beside ? both->height : size };
    const uint32_t stretch = is_squeezed(layout, &eye) ? 2 : 1;
    eye.to_width = beside ? eye.width * stretch : eye.width;
    eye.to_height = beside ? eye.height : eye.height * stretch;
    cuts[0] = eye;
    cuts[1] = eye;
    cuts[1].x = beside ? second : 0;
    cuts[1].y = beside ? 0 : second;
    return SPX_OK;
}

static spx_status decode_halves(spx_stereo_photo *out, const spx_stereo_file *file,
                                const spx_stereo_found *found, const spx_task *task, spx_diag *diag)
{
    spx_image *both = NULL;
    cut cuts[EYES] = { { 0 }, { 0 } };
    spx_status status = SPX_OK;
    SPX_TRY(
        spx_photo_read(&out->photo, file->data, file->size, file->name, file->limits, task, diag));
    both = out->photo.image;
    out->photo.image = NULL;
    SPX_TRY_OUT(plan_cuts(cuts, both, found, file->name, diag));
    const int right_first = found->layout.right_first;
    SPX_TRY_OUT(cut_out(&out->photo.image, both, &cuts[right_first], task, diag));
    SPX_TRY_OUT(cut_out(&out->right, both, &cuts[!right_first], task, diag));
out:
    spx_image_unref(both);
    return status;
}

/* Cameras turn the first view only. */
static unsigned orientation_of(const void *jpeg, size_t size)
{
    const void *exif = NULL;
    size_t exif_size = 0;
    spx_exif read = { 0 };
    find_exif(&exif, &exif_size, jpeg, size);
    spx_exif_read(&read, exif, exif_size);
    return read.orientation;
}

static spx_status turn(spx_image **image, unsigned orientation, spx_diag *diag)
{
    const spx_image *const from = *image;
    const int swaps = spx_orient_swaps(orientation);
    spx_image *turned = NULL;
    SPX_TRY(spx_image_create(&turned, swaps ? from->height : from->width,
                             swaps ? from->width : from->height, from->bits, diag));
    const spx_orient_part part = { .width = from->width,
                                   .height = from->height,
                                   .pixels = from->pixels,
                                   .stride_bytes = from->stride_bytes };
    spx_orient_place(turned, orientation, &part);
    spx_image_unref(*image);
    *image = turned;
    return SPX_OK;
}

/* Reads a second view into out->right. */
static spx_status decode_right(spx_stereo_photo *out, const spx_photo_file *view,
                               const spx_stereo_file *file, const spx_task *task, spx_diag *diag)
{
    spx_photo right = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY(spx_photo_read_item(&right, view, file->limits, task, diag));
    if (right.icc.size != out->photo.icc.size ||
        (right.icc.size != 0 && memcmp(right.icc.data, out->photo.icc.data, right.icc.size) != 0)) {
        status = spx_fail(diag, SPX_ERR_UNSUPPORTED, "%s: the eyes have different colour profiles",
                          file->name);
        goto out;
    }
    out->right = right.image;
    right.image = NULL; /* moved */
out:
    spx_photo_clear(&right);
    return status;
}

static spx_status decode_mpo(spx_stereo_photo *out, const spx_stereo_file *file,
                             const spx_stereo_found *found, const spx_task *task, spx_diag *diag)
{
    const uint8_t *const bytes = file->data;
    const spx_mpo *const mpo = &found->mpo;
    const spx_photo_file right = { .data = bytes + mpo->right.offset,
                                   .size = mpo->right.size,
                                   .name = file->name };
    SPX_TRY(spx_photo_read(&out->photo, bytes + mpo->left.offset, mpo->left.size, file->name,
                           file->limits, task, diag));
    SPX_TRY(decode_right(out, &right, file, task, diag));
    const unsigned wanted = orientation_of(bytes + mpo->left.offset, mpo->left.size);
    if (wanted > UPRIGHT && orientation_of(right.data, right.size) == 0)
        SPX_TRY(turn(&out->right, wanted, diag));
    return SPX_OK;
}

static spx_status decode_heif(spx_stereo_photo *out, const spx_stereo_file *file,
                              const spx_stereo_found *found, const spx_task *task, spx_diag *diag)
{
    const spx_photo_file left = {
        .data = file->data, .size = file->size, .name = file->name, .item = found->heif.left
    };
    spx_photo_file right = left;
    right.item = found->heif.right;
    SPX_TRY(spx_photo_read_item(&out->photo, &left, file->limits, task, diag));
    return decode_right(out, &right, file, task, diag);
}

static spx_status check_sizes(const spx_stereo_photo *photo, const char *name, spx_diag *diag)
{
    const spx_image *const left = photo->photo.image;
    const spx_image *const right = photo->right;
    if (left->width == right->width && left->height == right->height && left->bits == right->bits)
        return SPX_OK;
    return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                    "%s: the eyes differ: %ux%u of %u bits and %ux%u of %u bits", name, left->width,
                    left->height, left->bits, right->width, right->height, right->bits);
}

spx_status spx_stereo_decode(spx_stereo_photo *out, const spx_stereo_file *file,
                             const spx_stereo_found *found, const spx_task *task, spx_diag *diag)
{
    spx_stereo_photo photo = { .right = NULL };
    spx_status status = SPX_OK;
    if (found->kind == SPX_STEREO_KIND_HEIF) {
        SPX_TRY_OUT(decode_heif(&photo, file, found, task, diag));
    } else if (found->kind == SPX_STEREO_KIND_MPO) {
        SPX_TRY_OUT(decode_mpo(&photo, file, found, task, diag));
    } else {
        SPX_TRY_OUT(decode_halves(&photo, file, found, task, diag));
    }
    SPX_TRY_OUT(check_sizes(&photo, file->name, diag));
    *out = photo;
    return SPX_OK;
out:
    spx_stereo_photo_clear(&photo);
    return status;
}

spx_status spx_stereo_decode_pair(spx_stereo_photo *out, const spx_stereo_file files[2],
                                  const spx_task *task, spx_diag *diag)
{
    const spx_photo_file right = { .data = files[1].data,
                                   .size = files[1].size,
                                   .name = files[1].name };
    spx_stereo_photo photo = { .right = NULL };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_photo_read(&photo.photo, files[0].data, files[0].size, files[0].name,
                               files[0].limits, task, diag));
    SPX_TRY_OUT(decode_right(&photo, &right, &files[1], task, diag));
    SPX_TRY_OUT(check_sizes(&photo, files[1].name, diag));
    *out = photo;
    return SPX_OK;
out:
    spx_stereo_photo_clear(&photo);
    return status;
}
