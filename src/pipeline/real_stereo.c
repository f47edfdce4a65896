#include "pipeline/real_stereo.h"

#include "base/order.h"
#include "image/image.h"
#include "image/shift.h"
#include "match/match.h"
#include "pipeline/eye_border.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MATCH_SIDE_PX = 640, LEAST_MATCHES = 200 };

static const double percentile = 0.99;
static const double most_window = 0.25;   /* of the width: more is no window */
static const double slack_px = 0.25;      /* that a match may be off */
static const double least_window = 0.001; /* what one can measure */

/* ---- measuring ---- */

void spx_real_measure_clear(spx_real_measure *measure)
{
    spx_plane_destroy(measure->disparity);
    *measure = (spx_real_measure){ 0 };
}

/* Sorted disparities of confident matches, a sample of them; owned by the caller, NULL without
 * memory. */
static float *sure_ones(const spx_match *match, size_t *count)
{
    enum { STEP = 2 };
    const spx_plane *const plane = match->disparity;
    float *const all = malloc(((size_t)plane->width / STEP + 1) *
                              ((size_t)plane->height / STEP + 1) * sizeof(*all));
    *count = 0;
    if (all == NULL)
        return NULL;
    for (uint32_t y = 0; y < plane->height; y += STEP) {
        const float *const row = spx_plane_row(plane, y);
        const float *const sure = spx_plane_row(match->confidence, y);
        for (uint32_t x = 0; x < plane->width; x += STEP) {
            if (sure[x] >= SPX_MATCH_SURE)
                all[(*count)++] = row[x];
        }
    }
    qsort(all, *count, sizeof(*all), spx_order_float);
    return all;
}

spx_status spx_real_measure_find(spx_real_measure *out, const spx_stereo_photo *photo,
                                 const spx_task *task, spx_diag *diag)
{
    const double width = photo->right->width;
    spx_match_options options;
    spx_match match = { 0 };
    size_t count = 0;
    *out = (spx_real_measure){ 0 };
    spx_match_options_init(&options);
    options.long_side = MATCH_SIDE_PX;
    SPX_TRY(spx_match_eyes(&match, photo->photo.image, photo->right, &options, task, diag));
    float *const all = sure_ones(&match, &count);
    if (all == NULL) {
        spx_match_clear(&match);
        return spx_fail_memory(diag, "disparities");
    }
    if (count >= LEAST_MATCHES) {
        const size_t last = count - 1;
        out->far = -(double)all[(size_t)((1.0 - percentile) * (double)last)] / width;
        out->near = -(double)all[(size_t)(percentile * (double)last)] / width;
        out->disparity = match.disparity;
        match.disparity = NULL; /* moved */
    }
    free(all);
    spx_match_clear(&match);
    return SPX_OK;
}

/* ---- eyes ---- */

/* How far each eye moves to the right so that things come `px` apart, left eye first. */
static void share_shift(int32_t px, int32_t shift_px[2])
{
    shift_px[1] = -(px / 2);
    shift_px[0] = px + shift_px[1];
}

/* The file's pixels show the window; they move apart to be parallel. */
static spx_status move_to_parallel(spx_stereo_eyes *out, int32_t px, const spx_plane *disparity,
                                   const spx_task *task, spx_diag *diag)
{
    const spx_eye_border border = { { out->left, out->right }, disparity };
    int32_t shift_px[2];
    share_shift(px, shift_px);
    for (int right = 0; right < 2; right++) {
        const uint32_t by = (uint32_t)abs(shift_px[right]);
        if (by == 0)
            continue;
        SPX_TRY(spx_eye_border_continue(&out->strip[right], &border, right, shift_px[right] < 0, by,
                                        task, diag));
        out->shift_px[right] = shift_px[right];
    }
    return SPX_OK;
}

/* The file's pixels are of parallel cameras; an eye moves back by shift_px for the window. Its own
 * columns that leave the frame are the strip that brings the parallel eye back, bit for bit. */
static spx_status move_to_window(spx_stereo_eyes *out, int right, int32_t shift_px,
                                 const spx_eye_border *border, const spx_task *task, spx_diag *diag)
{
    spx_image **const eye = right ? &out->right : &out->left;
    spx_image *const own = *eye;
    const uint32_t by = (uint32_t)abs(shift_px);
    spx_image *continued = NULL;
    spx_image *moved = NULL;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_eye_border_continue(&continued, border, right, shift_px < 0, by, task, diag));
    SPX_TRY_OUT(spx_image_shift(&moved, own, continued, shift_px, diag));
    SPX_TRY_OUT(
        spx_image_columns(&out->strip[right], own, shift_px < 0 ? 0 : own->width - by, by, diag));
    *eye = moved;
    moved = NULL;
    spx_image_unref(own);
out:
    spx_image_unref(continued);
    spx_image_unref(moved);
    return status;
}

static spx_status take_window(spx_stereo_eyes *out, double adjustment, const spx_plane *disparity,
                              const spx_task *task, spx_diag *diag)
{
    int32_t shift_px[2];
    share_shift((int32_t)lround(adjustment * out->left->width), shift_px);
    out->own[0] = spx_image_ref(out->left);
    out->own[1] = spx_image_ref(out->right);
    const spx_eye_border border = { { out->own[0], out->own[1] }, disparity };
    for (int right = 0; right < 2; right++) {
        if (shift_px[right] == 0)
            continue;
        SPX_TRY(move_to_window(out, right, -shift_px[right], &border, task, diag));
        out->shift_px[right] = shift_px[right];
    }
    return SPX_OK;
}

spx_status spx_real_eyes(spx_stereo_eyes *out, const spx_stereo_photo *photo,
                         const spx_real_window *window, const spx_real_measure *measure,
                         const spx_task *task, spx_diag *diag)
{
    const double far = measure->disparity != NULL && measure->far > 0.0 ? measure->far : 0.0;
    const double pixels = window->is_known ? window->shift : far;
    const double apart = window->in_number ? window->adjustment : pixels;
    *out = (spx_stereo_eyes){ 0 };
    if (fabs(apart) > most_window) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED, "a window %.0f %% of the width away",
                        100.0 * apart);
    }
    spx_stereo_eyes eyes = { .left = spx_image_ref(photo->photo.image),
                             .right = spx_image_ref(photo->right) };
    const double width = eyes.left->width;
    const int32_t px = window->is_known ? (int32_t)lround(window->shift * width)
                                        : (int32_t)ceil(far * width - slack_px);
    const spx_status status =
        window->in_number ? take_window(&eyes, window->adjustment, measure->disparity, task, diag)
                          : move_to_parallel(&eyes, px, measure->disparity, task, diag);
    if (status == SPX_OK) {
        *out = eyes;
        return SPX_OK;
    }
    spx_stereo_eyes_clear(&eyes);
    return status;
}

double spx_real_adjustment(const spx_stereo_eyes *eyes, const spx_real_window *window,
                           const spx_real_measure *measure)
{
    if (window->in_number || window->is_known)
        return window->adjustment;
    const int all_in_front =
        measure->disparity != NULL && measure->far < least_window && measure->near < 0.0;
    return all_in_front ? fmin(-measure->near, most_window) : spx_stereo_eyes_window(eyes);
}
