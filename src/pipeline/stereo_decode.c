/*
 * Two eyes that were found (stereo_input.c) become two pictures: cut out of one, or read from two
 * places, upright and alike.
 */
#include "base/intops.h"
#include "codec/orient.h"
#include "codec/photo_read.h"
#include "container/exif.h"
#include "container/jpeg_layout.h"
#include "container/vr180.h"
#include "image/image.h"
#include "image/resize.h"
#include "pipeline/alike.h"
#include "pipeline/stereo_input.h"

enum { EYES = 2, UPRIGHT = 1, PNS_ALIGNMENT = 8 };

/* A squeezed eye is narrower than this, a full one is not, where the name leaves it open: squeezed
 * 16:9 is 0.89 wide, full 4:3 1.33; below each other 3.56 and 1.78. */
static const double narrowest_eye = 1.0;
static const double widest_eye = 2.6;

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
    const spx_image eye = spx_image_part(image, part->x, part->y, part->width, part->height);
    if (part->to_width == part->width && part->to_height == part->height)
        return spx_image_copy(out, &eye, diag);
    return spx_image_resize(out, &eye, part->to_width, part->to_height, task, diag);
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
        second = spx_align_up_u32(second, PNS_ALIGNMENT);
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

spx_status spx_stereo_split(spx_stereo_photo *photo, const spx_stereo_found *found,
                            const char *name, const spx_task *task, spx_diag *diag)
{
    spx_image *const both = photo->photo.image;
    const int right_first = found->layout.right_first;
    spx_image *left = NULL;
    cut cuts[EYES] = { { 0 }, { 0 } };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(plan_cuts(cuts, both, found, name, diag));
    SPX_TRY_OUT(cut_out(&left, both, &cuts[right_first], task, diag));
    SPX_TRY_OUT(cut_out(&photo->right, both, &cuts[!right_first], task, diag));
    photo->photo.image = left;
    left = NULL; /* moved */
    spx_image_unref(both);
out:
    spx_image_unref(left);
    return status;
}

static spx_status decode_halves(spx_stereo_photo *out, const spx_stereo_file *file,
                                const spx_stereo_found *found, const spx_task *task, spx_diag *diag)
{
    SPX_TRY(
        spx_photo_read(&out->photo, file->data, file->size, file->name, file->limits, task, diag));
    return spx_stereo_split(out, found, file->name, task, diag);
}

/* Cameras turn the first view only. */
static unsigned orientation_of(const void *jpeg, size_t size)
{
    const void *exif = NULL;
    size_t exif_size = 0;
    spx_exif read = { 0 };
    spx_jpeg_find_exif(&exif, &exif_size, jpeg, size);
    spx_exif_read(&read, exif, exif_size);
    return read.orientation;
}

/* Reads a second view into out->right, in the left one's colours. */
static spx_status decode_right(spx_stereo_photo *out, const spx_photo_file *view,
                               const spx_stereo_file *file, const spx_task *task, spx_diag *diag)
{
    spx_photo right = { 0 };
    SPX_TRY(spx_photo_read_item(&right, view, file->limits, task, diag));
    const spx_status status = spx_alike_colours(&right, &out->photo.icc, task, diag);
    out->right = right.image;
    right.image = NULL; /* moved */
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
        SPX_TRY(spx_orient_turn(&out->right, wanted, diag));
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

static spx_status decode_vr180(spx_stereo_photo *out, const spx_stereo_file *file,
                               const spx_task *task, spx_diag *diag)
{
    spx_bytes bytes = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY(spx_vr180_read_right(&bytes, file->data, file->size, diag));
    if (bytes.size == 0) {
        status = spx_fail(diag, SPX_ERR_CORRUPT,
                          "%s: a VR180 photo without its right eye: it is missing or damaged",
                          file->name);
        goto out;
    }
    const spx_photo_file right = { .data = bytes.data, .size = bytes.size, .name = file->name };
    SPX_TRY_OUT(
        spx_photo_read(&out->photo, file->data, file->size, file->name, file->limits, task, diag));
    SPX_TRY_OUT(decode_right(out, &right, file, task, diag));
out:
    spx_bytes_clear(&bytes);
    return status;
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
    } else if (found->kind == SPX_STEREO_KIND_VR180) {
        SPX_TRY_OUT(decode_vr180(&photo, file, task, diag));
    } else {
        SPX_TRY_OUT(decode_halves(&photo, file, found, task, diag));
    }
    SPX_TRY_OUT(spx_alike_sizes(&photo, file->name, task, diag));
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
    SPX_TRY_OUT(spx_alike_sizes(&photo, files[1].name, task, diag));
    *out = photo;
    return SPX_OK;
out:
    spx_stereo_photo_clear(&photo);
    return status;
}
