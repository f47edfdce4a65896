#include "pipeline/alike.h"

#include "codec/srgb.h"
#include "image/image.h"
#include "image/resize.h"

#include <math.h>
#include <string.h>

enum { EYES = 2, WIDE_BITS = 16, TO_WIDE = 257 };

static const double cut_part = 0.02;   /* difference that is cut off */
static const double shape_part = 0.02; /* that two shapes may differ by */
static const double most_scale = 2.0;

spx_status spx_alike_colours(spx_photo *right, const spx_bytes *icc, const spx_task *task,
                             spx_diag *diag)
{
    spx_image *converted = NULL;
    if (right->icc.size == icc->size &&
        (icc->size == 0 || memcmp(right->icc.data, icc->data, icc->size) == 0))
        return SPX_OK;
    SPX_TRY(spx_image_to_profile(&converted, right->image, &right->icc, icc, task, diag));
    spx_image_unref(right->image);
    right->image = converted;
    spx_task_warn(task, SPX_WARNING_EYES_DIFFER,
                  "the eyes have different colour profiles: the right one was converted to the "
                  "left one's");
    return SPX_OK;
}

/* Of 8 and 16 bits the finer is kept. */
static spx_status widen(spx_image **eye, spx_diag *diag)
{
    spx_image *const from = *eye;
    spx_image *wide = NULL;
    SPX_TRY(spx_image_create(&wide, from->width, from->height, WIDE_BITS, diag));
    const size_t samples = 3 * (size_t)from->width;
    for (uint32_t y = 0; y < from->height; y++) {
        const uint8_t *const row = spx_image_row8(from, y);
        uint16_t *const to = (uint16_t *)(void *)spx_image_row8(wide, y);
        for (size_t i = 0; i < samples; i++)
            to[i] = (uint16_t)(row[i] * TO_WIDE);
    }
    spx_image_unref(from);
    *eye = wide;
    return SPX_OK;
}

static spx_status cut_to(spx_image **eye, uint32_t width, uint32_t height, spx_diag *diag)
{
    spx_image *const from = *eye;
    spx_image *part = NULL;
    if (from->width == width && from->height == height)
        return SPX_OK;
    const spx_image middle =
        spx_image_part(from, (from->width - width) / 2, (from->height - height) / 2, width, height);
    SPX_TRY(spx_image_copy(&part, &middle, diag));
    spx_image_unref(from);
    *eye = part;
    return SPX_OK;
}

/* The larger one is reduced to the smaller one's size; their shapes are nearly the same. */
static spx_status reduce_larger(spx_image **eyes[EYES], const spx_task *task, spx_diag *diag)
{
    const int right_is_larger = (*eyes[1])->width > (*eyes[0])->width;
    spx_image **const larger = eyes[right_is_larger];
    const spx_image *const smaller = *eyes[!right_is_larger];
    spx_image *reduced = NULL;
    SPX_TRY(spx_image_resize(&reduced, *larger, smaller->width, smaller->height, task, diag));
    spx_image_unref(*larger);
    *larger = reduced;
    return SPX_OK;
}

static int are_no_pair(const spx_image *left, const spx_image *right)
{
    const double wider = (double)right->width / left->width;
    const double taller = (double)right->height / left->height;
    return fabs(wider / taller - 1.0) > shape_part || wider >= most_scale ||
           wider <= 1.0 / most_scale;
}

static int differ_little(const spx_image *left, const spx_image *right)
{
    return fabs((double)right->width / left->width - 1.0) <= cut_part &&
           fabs((double)right->height / left->height - 1.0) <= cut_part;
}

spx_status spx_alike_sizes(spx_stereo_photo *photo, const char *name, const spx_task *task,
                           spx_diag *diag)
{
    spx_image **eyes[EYES] = { &photo->photo.image, &photo->right };
    const spx_image *const left = photo->photo.image;
    const spx_image *const right = photo->right;
    const uint32_t sizes[EYES][2] = { { left->width, left->height },
                                      { right->width, right->height } };
    const spx_task quiet = spx_task_quiet(task);
    const int one_size = sizes[0][0] == sizes[1][0] && sizes[0][1] == sizes[1][1];
    const int cuts = differ_little(left, right);
    if (!cuts && are_no_pair(left, right)) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED,
                        "%s: the eyes are no pair: %ux%u and %ux%u pixels; a file of which one "
                        "picture alone is meant is read with --stereo mono",
                        name, left->width, left->height, right->width, right->height);
    }
    if (left->bits != right->bits) {
        const unsigned bits[EYES] = { left->bits, right->bits };
        SPX_TRY(widen(eyes[bits[0] > bits[1]], diag));
        spx_task_warn(task, SPX_WARNING_EYES_DIFFER,
                      "the eyes have %u and %u bits: both have %u "
                      "now",
                      bits[0], bits[1], WIDE_BITS);
    }
    if (one_size)
        return SPX_OK;
    if (cuts) {
        const uint32_t width = sizes[0][0] < sizes[1][0] ? sizes[0][0] : sizes[1][0];
        const uint32_t height = sizes[0][1] < sizes[1][1] ? sizes[0][1] : sizes[1][1];
        SPX_TRY(cut_to(eyes[0], width, height, diag));
        SPX_TRY(cut_to(eyes[1], width, height, diag));
    } else {
        SPX_TRY(reduce_larger(eyes, &quiet, diag));
    }
    const spx_image *const now = photo->photo.image;
    spx_task_warn(task, SPX_WARNING_EYES_DIFFER,
                  "the eyes have different sizes, %ux%u and %ux%u: %s %ux%u", sizes[0][0],
                  sizes[0][1], sizes[1][0], sizes[1][1],
                  cuts ? "both were cut to" : "the larger was reduced to", now->width, now->height);
    return SPX_OK;
}
