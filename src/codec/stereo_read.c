#include "codec/stereo_read.h"

#include "codec/heif_image.h"
#include "codec/photo_read.h"
#include "codec/photo_type.h"
#include "container/heif_properties.h"
#include "image/image.h"
#include "image/resize.h"

#include <math.h>
#include <string.h>
#include <strings.h>

enum { EYES = 2, TALLEST = 4 /* of a reduced eye, times its width */ };

static const double degrees_per_radian = 57.29577951308232;

void spx_stereo_pair_clear(spx_stereo_pair *pair)
{
    spx_image_unref(pair->left);
    spx_image_unref(pair->right);
    *pair = (spx_stereo_pair){ 0 };
}

static spx_status reduce(spx_image **out, const spx_image *eye, uint32_t width,
                         const spx_task *task, spx_diag *diag)
{
    uint64_t longest = width;
    if (eye->height > eye->width) {
        longest = (uint64_t)width * eye->height / eye->width;
        longest = longest > (uint64_t)width * TALLEST ? (uint64_t)width * TALLEST : longest;
    }
    return spx_image_shrink(out, eye, (uint32_t)longest, task, diag);
}

/* "boats_sbs.jpg", "boats-LR.png", whatever the case. */
static int name_says_sbs(const char *name)
{
    static const char *const ends[] = { "_sbs", "-sbs", "_lr", "-lr" };
    const char *const slash = strrchr(name, '/');
    const char *const last = slash == NULL ? name : slash + 1;
    const char *const dot = strrchr(last, '.');
    const size_t length = dot == NULL ? strlen(last) : (size_t)(dot - last);
    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
        const size_t end = strlen(ends[i]);
        if (length > end && strncasecmp(last + length - end, ends[i], end) == 0)
            return 1;
    }
    return 0;
}

static int is_hevc_stream(const spx_stereo_source *source)
{
    static const unsigned char start[] = { 0, 0, 0, 1 };
    return source->size > sizeof(start) && memcmp(source->data, start, sizeof(start)) == 0;
}

static spx_status copy_half(spx_image **out, const spx_image *both, int right, spx_diag *diag)
{
    const uint32_t width = both->width / EYES;
    const size_t pixel = spx_image_pixel_bytes(both);
    const size_t skipped = right ? (both->width - width) * pixel : 0;
    SPX_TRY(spx_image_create(out, width, both->height, both->bits, diag));
    for (uint32_t y = 0; y < both->height; y++)
        memcpy(spx_image_row8(*out, y), spx_image_row8(both, y) + skipped, width * pixel);
    return SPX_OK;
}

static spx_status reduce_half(spx_image **out, const spx_image *both, int right, uint32_t width,
                              const spx_task *task, spx_diag *diag)
{
    spx_image *half = NULL;
    SPX_TRY(copy_half(&half, both, right, diag));
    const spx_status status = reduce(out, half, width, task, diag);
    spx_image_unref(half);
    return status;
}

static spx_status read_sbs(spx_stereo_pair *out, const spx_stereo_source *source,
                           const spx_limits *limits, const spx_task *task, spx_diag *diag)
{
    spx_photo photo = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY(spx_photo_read(&photo, source->data, source->size, source->name, limits, task, diag));
    out->layout = SPX_STEREO_SBS;
    if (photo.image->width < EYES) {
        status = spx_fail(diag, SPX_ERR_UNSUPPORTED, "%s: too narrow for two eyes", source->name);
        goto out;
    }
    SPX_TRY_OUT(reduce_half(&out->left, photo.image, 0, source->width, task, diag));
    SPX_TRY_OUT(reduce_half(&out->right, photo.image, 1, source->width, task, diag));
out:
    spx_photo_clear(&photo);
    return status;
}

static int find_eyes(spx_heif_stereo *out, const spx_heif *heif)
{
    return spx_heif_find_stereo(out, heif) && (out->left != 0 || out->right != 0);
}

static spx_status read_camera(spx_stereo_pair *out, const spx_heif *heif,
                              const spx_heif_stereo *stereo, spx_diag *diag)
{
    const spx_heif_property *property = spx_heif_find_cmin(heif, stereo->left, NULL);
    if (property != NULL) {
        spx_cmin camera;
        SPX_TRY(spx_cmin_read(&camera, property, diag));
        if (camera.focal_x > 0.0)
            out->hfov_deg = 2.0 * atan(0.5 / camera.focal_x) * degrees_per_radian;
    }
    property = spx_heif_stereo_disparity(heif, stereo, stereo->left, NULL);
    if (property != NULL)
        SPX_TRY(spx_disparity_adjustment_read(&out->disparity_adjustment, property, diag));
    return SPX_OK;
}

static spx_status read_eye(spx_image **out, const spx_heif_file *file, uint32_t item,
                           uint32_t width, spx_diag *diag)
{
    spx_heif_picture eye = { 0 };
    SPX_TRY(spx_heif_item_read(&eye, file, item, diag));
    const spx_status status = reduce(out, eye.image, width, file->task, diag);
    spx_heif_picture_clear(&eye);
    return status;
}

static int have_one_size(const spx_image *left, const spx_image *right)
{
    return left != NULL && right != NULL && left->width == right->width &&
           left->height == right->height;
}

static spx_status read_spatial(spx_stereo_pair *out, const spx_stereo_source *source,
                               const spx_heif *heif, const spx_limits *limits, const spx_task *task,
                               spx_diag *diag)
{
    spx_heif_stereo stereo;
    (void)find_eyes(&stereo, heif);
    out->layout = SPX_STEREO_SPATIAL;
    SPX_TRY(read_camera(out, heif, &stereo, diag));
    const spx_heif_file file = {
        .heif = heif, .name = source->name, .limits = limits, .task = task
    };
    SPX_TRY(read_eye(&out->left, &file, stereo.left, source->width, diag));
    SPX_TRY(read_eye(&out->right, &file, stereo.right, source->width, diag));
    if (have_one_size(out->left, out->right))
        return SPX_OK;
    return spx_fail(diag, SPX_ERR_UNSUPPORTED, "%s: the eyes have different shapes", source->name);
}

static spx_status fail_not_stereo(const spx_stereo_source *source, spx_diag *diag)
{
    if (is_hevc_stream(source)) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                        "%s: an HEVC stream; wanted a spatial HEIC or a side-by-side picture",
                        source->name);
    }
    if (source->layout == SPX_STEREO_SPATIAL) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED, "%s: no HEIC with a stereo pair group",
                        source->name);
    }
    return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                    "%s: not a stereo file: no stereo pair group, and its name does not end in "
                    "_sbs or _LR (--layout sbs takes it as left|right halves)",
                    source->name);
}

static spx_status read_any(spx_stereo_pair *out, const spx_stereo_source *source,
                           const spx_limits *limits, const spx_task *task, spx_diag *diag)
{
    spx_heif *heif = NULL;
    spx_heif_stereo stereo;
    const spx_photo_type type = spx_photo_type_of(source->data, source->size);
    if (type == SPX_PHOTO_TYPE_HEIF && source->layout != SPX_STEREO_SBS)
        SPX_TRY(spx_heif_read(&heif, source->data, source->size, source->name, NULL, diag));
    const int is_sbs = source->layout == SPX_STEREO_SBS ||
                       (source->layout == SPX_STEREO_AUTO && name_says_sbs(source->name));
    spx_status status = SPX_OK;
    if (heif != NULL && find_eyes(&stereo, heif)) {
        status = read_spatial(out, source, heif, limits, task, diag);
    } else if (is_sbs && !is_hevc_stream(source)) {
        status = read_sbs(out, source, limits, task, diag);
    } else {
        status = fail_not_stereo(source, diag);
    }
    spx_heif_destroy(heif);
    return status;
}

spx_status spx_stereo_read(spx_stereo_pair *out, const spx_stereo_source *source,
                           const spx_limits *limits, const spx_task *task, spx_diag *diag)
{
    if (source->size == 0)
        return spx_fail(diag, SPX_ERR_TRUNCATED, "%s: the file is empty", source->name);
    if (source->size > limits->file_bytes) {
        return spx_fail(diag, SPX_ERR_LIMIT, "%s: %zu bytes are over the limit of %llu",
                        source->name, source->size, (unsigned long long)limits->file_bytes);
    }
    spx_stereo_pair pair = { 0 };
    const spx_status status = read_any(&pair, source, limits, task, diag);
    if (status == SPX_OK) {
        *out = pair;
        return SPX_OK;
    }
    spx_stereo_pair_clear(&pair);
    return status;
}
