/*
 * Two files given as a pair; else the file's bytes say what it holds (src/container), or its name,
 * unless the eyes are unlike; else a wide or tall picture may be two halves, which a look at a
 * small copy decides: two eyes match over most of the picture and surely over much of it, halves of
 * one photo do not.
 */
#include "pipeline/stereo_load.h"

#include "base/file.h"
#include "container/eyes_record.h"
#include "container/xmp_property.h"
#include "image/image.h"
#include "image/resize.h"
#include "match/align.h"
#include "match/match.h"
#include "pipeline/flat_view.h"
#include "pipeline/photo_input.h"

#include <math.h>
#include <strings.h>

enum { EYES = 2, LOOK_PX = 384, LEAST_PX = 64 };

static const char panorama[] = "http://ns.google.com/photos/1.0/panorama/";

void spx_loaded_clear(spx_loaded *loaded)
{
    spx_stereo_photo_clear(&loaded->stereo);
    *loaded = (spx_loaded){ .found = { .kind = SPX_STEREO_KIND_NONE } };
}

/* ---- a picture that looks like two ---- */

/* Halves that match like two eyes: more than a photo's halves do by chance. */
static int look_like_eyes(const spx_image *small, int above, const spx_task *task)
{
    static const double least_known = 0.6;
    static const double least_sure = 0.4;
    const uint32_t width = above ? small->width : small->width / EYES;
    const uint32_t height = above ? small->height / EYES : small->height;
    spx_image *halves[EYES] = { NULL, NULL };
    spx_match match = { 0 };
    int alike = 0;
    for (uint32_t second = 0; second < EYES; second++) {
        const spx_image half = spx_image_part(small, above ? 0 : second * width,
                                              above ? second * height : 0, width, height);
        if (spx_image_copy(&halves[second], &half, NULL) != SPX_OK)
            goto out;
    }
    if (spx_match_eyes(&match, halves[0], halves[1], NULL, task, NULL) == SPX_OK)
        alike = match.known_share >= least_known && match.sure_share >= least_sure;
out:
    spx_match_clear(&match);
    spx_image_unref(halves[0]);
    spx_image_unref(halves[1]);
    return alike;
}

/* Whether the eyes of a picture that its name alone calls two show different things: features of
 * one are not found in the other, nor does most of it match. Known of halves of 15 photos, side by
 * side and one above the other, were up to 0.17, of true pairs in four layouts from 0.90; each
 * threshold between tells these apart. Eyes too small to tell are what their name says. */
static int are_unlike(const spx_image *left, const spx_image *right, const spx_task *task)
{
    static const double least_known = 0.3;
    const spx_task quiet = spx_task_quiet(task);
    spx_image *small[EYES] = { NULL, NULL };
    spx_alignment lie = { .matches = 0 };
    spx_match match = { 0 };
    int unlike = 0;
    if (left->width < LEAST_PX || left->height < LEAST_PX ||
        spx_image_shrink(&small[0], left, LOOK_PX, &quiet, NULL) != SPX_OK ||
        spx_image_shrink(&small[1], right, LOOK_PX, &quiet, NULL) != SPX_OK ||
        spx_align_measure(&lie, small[0], small[1], &quiet, NULL) != SPX_OK || lie.matches != 0)
        goto out;
    unlike = spx_match_eyes(&match, small[0], small[1], NULL, &quiet, NULL) == SPX_OK &&
             match.known_share < least_known;
out:
    spx_match_clear(&match);
    spx_image_unref(small[0]);
    spx_image_unref(small[1]);
    return unlike;
}

/* What a picture looks like of which nothing else tells that it holds two eyes:
 * SPX_STEREO_INPUT_SBS, _OU, or _MONO. */
static spx_stereo_input look_for_halves(const spx_image *image, const spx_task *task)
{
    static const double widest_photo = 1.9;
    static const double tallest_photo = 0.95;
    const spx_task quiet = spx_task_quiet(task);
    const double aspect = (double)image->width / image->height;
    const int above = aspect <= tallest_photo;
    spx_image *small = NULL;
    if ((!above && aspect < widest_photo) || image->width < LEAST_PX || image->height < LEAST_PX ||
        spx_image_shrink(&small, image, LOOK_PX, &quiet, NULL) != SPX_OK)
        return SPX_STEREO_INPUT_MONO;
    const int alike = small->width >= LEAST_PX && small->height >= LEAST_PX &&
                      look_like_eyes(small, above, &quiet);
    spx_image_unref(small);
    if (!alike)
        return SPX_STEREO_INPUT_MONO;
    return above ? SPX_STEREO_INPUT_OU : SPX_STEREO_INPUT_SBS;
}

/* A person has to decide; where nobody does, the picture is one photo, with a warning. */
static spx_status decide_halves(spx_loaded *out, const char *name,
                                const spx_convert_options *options, const spx_task *task,
                                spx_diag *diag)
{
    const spx_stereo_input looks = look_for_halves(out->stereo.photo.image, task);
    if (looks == SPX_STEREO_INPUT_MONO)
        return SPX_OK;
    spx_stereo_input told = SPX_STEREO_INPUT_AUTO;
    if (options->ask_stereo != NULL)
        told = options->ask_stereo(options->ask_user, name, looks);
    SPX_TRY(spx_task_check(task, diag));
    if (told == SPX_STEREO_INPUT_AUTO) {
        const int above = looks == SPX_STEREO_INPUT_OU;
        spx_task_warn(task, SPX_WARNING_TWO_PICTURES,
                      "the photo looks like two eyes %s and was taken as one photo; --stereo %s "
                      "takes it as two",
                      above ? "one above the other" : "side by side", above ? "ou" : "sbs");
        return SPX_OK;
    }
    if (told == SPX_STEREO_INPUT_MONO)
        return SPX_OK;
    spx_stereo_found_told(&out->found, told);
    return spx_stereo_split(&out->stereo, &out->found, name, task, diag);
}

/* Bytes that the caller gave, or those of a file, which *own then holds. */
static spx_status get_bytes(spx_stereo_file *out, spx_bytes *own, const char *path, spx_diag *diag)
{
    if (out->data == NULL) {
        if (path == NULL)
            return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: neither a path nor bytes", out->name);
        SPX_TRY(spx_file_read(path, out->limits->file_bytes, own, diag));
        out->data = own->data;
        out->size = own->size;
    }
    if (out->size > out->limits->file_bytes) {
        return spx_fail(diag, SPX_ERR_LIMIT, "%s: %zu bytes are over the limit of %llu", out->name,
                        out->size, (unsigned long long)out->limits->file_bytes);
    }
    return SPX_OK;
}

static spx_status load_pair(spx_loaded *out, const spx_input *input, const spx_limits *limits,
                            const spx_task *task, spx_diag *diag)
{
    const char *const right_name =
        input->right_path != NULL ? input->right_path : spx_input_name(input);
    spx_stereo_file files[EYES] = { { .data = input->data,
                                      .size = input->size,
                                      .name = spx_input_name(input),
                                      .limits = limits },
                                    { .data = input->right_data,
                                      .size = input->right_size,
                                      .name = right_name,
                                      .limits = limits } };
    spx_bytes own[EYES] = { { 0 }, { 0 } };
    spx_status status = SPX_OK;
    if (input->right_path == NULL && input->right_data == NULL) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "%s: a pair wants a second file, the right eye",
                        files[0].name);
    }
    SPX_TRY_OUT(get_bytes(&files[0], &own[0], input->path, diag));
    SPX_TRY_OUT(get_bytes(&files[1], &own[1], input->right_path, diag));
    SPX_TRY_OUT(spx_stereo_decode_pair(&out->stereo, files, task, diag));
    out->found.kind = SPX_STEREO_KIND_PAIR;
out:
    spx_bytes_clear(&own[0]);
    spx_bytes_clear(&own[1]);
    return status;
}

static spx_status read_as_one(spx_loaded *out, const spx_stereo_file *file, const spx_input *input,
                              const spx_task *task, spx_diag *diag)
{
    const spx_input bytes = { .data = file->data,
                              .size = file->size,
                              .name = file->name,
                              .accept_damaged = input->accept_damaged };
    return spx_input_read(&out->stereo.photo, &bytes, file->limits, task, diag);
}

/* What a caller says who knows that the eyes lie like that. */
static const char *word_for(const spx_eyes_layout *layout)
{
    const int half = layout->squeeze == SPX_EYES_HALF;
    if (layout->place == SPX_EYES_ABOVE)
        return half ? "hou" : "ou";
    return layout->right_first ? "rl" : half ? "hsbs" : "sbs";
}

/* Names of photos may end as those of two eyes do: _LR is Lightroom too, and "low resolution". */
static spx_status doubt_the_name(spx_loaded *out, const spx_stereo_file *file,
                                 const spx_input *input, const spx_task *task, spx_diag *diag)
{
    const spx_eyes_layout layout = out->found.layout;
    if (out->found.kind != SPX_STEREO_KIND_NAME || out->found.is_sphere ||
        !are_unlike(out->stereo.photo.image, out->stereo.right, task))
        return SPX_OK;
    SPX_TRY(spx_task_check(task, diag));
    spx_loaded_clear(out);
    SPX_TRY(read_as_one(out, file, input, task, diag));
    spx_task_warn(
        task, SPX_WARNING_TWO_PICTURES,
        "its name says that the photo holds two eyes %s, but these show different things: "
        "it was taken as one photo; --stereo %s takes it as two",
        layout.place == SPX_EYES_ABOVE ? "one above the other" : "side by side", word_for(&layout));
    return SPX_OK;
}

static spx_status load_one(spx_loaded *out, const spx_input *input,
                           const spx_convert_options *options, const spx_limits *limits,
                           const spx_task *task, spx_diag *diag)
{
    spx_stereo_file file = { .data = input->data,
                             .size = input->size,
                             .name = spx_input_name(input),
                             .called = input->called,
                             .told = options->stereo,
                             .limits = limits };
    spx_bytes own = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(get_bytes(&file, &own, input->path, diag));
    SPX_TRY_OUT(spx_stereo_find(&out->found, &file, diag));
    if (out->found.kind == SPX_STEREO_KIND_NONE) {
        SPX_TRY_OUT(read_as_one(out, &file, input, task, diag));
        if (options->stereo == SPX_STEREO_INPUT_AUTO)
            SPX_TRY_OUT(decide_halves(out, file.name, options, task, diag));
    } else {
        SPX_TRY_OUT(spx_stereo_decode(&out->stereo, &file, &out->found, task, diag));
        SPX_TRY_OUT(doubt_the_name(out, &file, input, task, diag));
    }
out:
    spx_bytes_clear(&own);
    return status;
}

/* One eye is a photo like any other. */
static void keep_one_eye(spx_loaded *loaded, spx_from from)
{
    spx_stereo_photo *const stereo = &loaded->stereo;
    if (stereo->right == NULL || from == SPX_FROM_BOTH)
        return;
    if (from == SPX_FROM_RIGHT) {
        spx_image_unref(stereo->photo.image);
        stereo->photo.image = stereo->right;
        loaded->right_alone = 1;
    } else {
        spx_image_unref(stereo->right);
    }
    stereo->right = NULL;
    loaded->found =
        (spx_stereo_found){ .kind = SPX_STEREO_KIND_NONE, .hfov_deg = loaded->found.hfov_deg };
}

/* What the file's own record says of its window, and numbers that it keeps better than others. */
static void take_record(spx_loaded *loaded)
{
    static const double same_shape = 0.01;
    static const double no_shift_px = 0.25;
    const spx_image *const eye = loaded->stereo.photo.image;
    spx_stereo_found *const found = &loaded->found;
    spx_eyes_record record;
    if (!spx_eyes_record_read(&record, &loaded->stereo.photo.xmp))
        return;
    const double shape = (double)eye->width / eye->height;
    if (!found->is_sphere && fabs(shape / record.shape - 1.0) > same_shape)
        return; /* cut since then */
    found->shape = record.shape;
    found->baseline_mm = record.baseline_mm;
    found->hfov_deg = record.hfov_deg;
    found->adjustment = record.disparity_adjustment;
    found->shift = record.parallel_shift;
    found->has_shift = fabs(record.parallel_shift) * eye->width > no_shift_px;
    found->has_adjustment = !found->has_shift;
}

/* A photo sphere, or a good part of one, in one eye: it goes on as a flat picture. */
static void doubt_a_sphere(const spx_bytes *xmp, const spx_task *task)
{
    static const double turn_deg = 360.0;
    static const double least_deg = 180.0; /* fewer are a phone's panorama, which bends little */
    enum { WORD_BYTES = 32 };
    char projection[WORD_BYTES];
    if (!spx_xmp_text(xmp->data, xmp->size, panorama, "ProjectionType", projection,
                      sizeof(projection)) ||
        strcasecmp(projection, "equirectangular") != 0)
        return;
    const double whole = spx_xmp_number(xmp->data, xmp->size, panorama, "FullPanoWidthPixels", 1.0);
    const double shown =
        spx_xmp_number(xmp->data, xmp->size, panorama, "CroppedAreaImageWidthPixels", whole);
    if (whole > 0.0 && shown / whole * turn_deg >= least_deg) {
        spx_task_warn(
            task, SPX_WARNING_PART_OF_VIEW,
            "the photo is a sphere's, and is taken as a flat picture: straight lines look "
            "bent, and its edges do not meet");
    }
}

/* Both eyes as they go on: with the file's own numbers, flat, and with metadata that tell of them
 * only. */
static spx_status finish_stereo(spx_loaded *loaded, const spx_convert_options *options,
                                const spx_task *task, spx_diag *diag)
{
    spx_photo *const photo = &loaded->stereo.photo;
    if (loaded->stereo.right != NULL) {
        take_record(loaded);
        if (loaded->found.is_sphere) {
            SPX_TRY(
                spx_flat_view_take(&loaded->stereo, &loaded->found, options->hfov_deg, task, diag));
            (void)spx_xmp_drop(&photo->xmp, panorama, NULL);
        }
        SPX_TRY(spx_input_make_true(photo, diag));
    } else {
        doubt_a_sphere(&photo->xmp, task);
    }
    spx_eyes_record_drop(&photo->xmp);
    return SPX_OK;
}

spx_status spx_input_load(spx_loaded *out, const spx_input *input,
                          const spx_convert_options *options, const spx_limits *limits,
                          const spx_task *task, spx_diag *diag)
{
    spx_loaded loaded = { .found = { .kind = SPX_STEREO_KIND_NONE } };
    const int is_pair = options->stereo == SPX_STEREO_INPUT_PAIR || input->right_path != NULL ||
                        input->right_data != NULL;
    spx_status status = is_pair ? load_pair(&loaded, input, limits, task, diag)
                                : load_one(&loaded, input, options, limits, task, diag);
    if (status == SPX_OK)
        status = finish_stereo(&loaded, options, task, diag);
    if (status != SPX_OK) {
        spx_loaded_clear(&loaded);
        return status;
    }
    keep_one_eye(&loaded, options->from);
    *out = loaded;
    return SPX_OK;
}
