#include "pipeline/real_stereo.h"

#include "fill/backdrop.h"
#include "image/image.h"
#include "image/shift.h"
#include "match/match.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MATCH_SIDE_PX = 640, LEAST_MATCHES = 200, BORDER_EXTRA_PX = 64, OUTSIDE = 1 };

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

static int compare(const void *a, const void *b)
{
    const float one = *(const float *)a;
    const float other = *(const float *)b;
    return (one > other) - (one < other);
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
    qsort(all, *count, sizeof(*all), compare);
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

/* ---- strips ---- */

typedef struct border {
    spx_image *canvas; /* strip, border, strip */
    uint8_t *known;
    uint16_t *depth;
} border;

static void border_clear(border *self)
{
    spx_image_unref(self->canvas);
    free(self->known);
    free(self->depth);
}

static spx_status border_init(border *self, const spx_image *eye, uint32_t x, uint32_t width,
                              uint32_t by, spx_diag *diag)
{
    const size_t pixel = spx_image_pixel_bytes(eye);
    const size_t columns = (size_t)width + 2 * (size_t)by;
    SPX_TRY(spx_image_create(&self->canvas, (uint32_t)columns, eye->height, eye->bits, diag));
    self->known = malloc(columns * eye->height);
    self->depth = calloc(columns * eye->height, sizeof(*self->depth));
    if (self->known == NULL || self->depth == NULL)
        return spx_fail_memory(diag, "border of an eye");
    for (uint32_t y = 0; y < eye->height; y++) {
        uint8_t *const row = self->known + y * columns;
        memset(row, OUTSIDE, columns);
        memset(row + by, 0, width);
        memcpy(self->canvas->pixels + (size_t)y * self->canvas->stride_bytes + by * pixel,
               eye->pixels + (size_t)y * eye->stride_bytes + x * pixel, width * pixel);
    }
    return SPX_OK;
}

/* `by` columns that continue an eye beyond its left or right side. */
static spx_status continue_side(spx_image **out, const spx_image *eye, int right_side, uint32_t by,
                                const spx_task *task, spx_diag *diag)
{
    const spx_task quiet = { .pool = task == NULL ? NULL : task->pool,
                             .cancel = task == NULL ? NULL : task->cancel };
    const uint32_t wanted = 4 * by + BORDER_EXTRA_PX;
    const uint32_t width = wanted < eye->width ? wanted : eye->width;
    border self = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(border_init(&self, eye, right_side ? eye->width - width : 0, width, by, diag));
    const spx_backdrop backdrop = { .image = self.canvas,
                                    .known = self.known,
                                    .depth = self.depth,
                                    .wanted_depth = self.depth,
                                    .step = 1,
                                    .margin = by };
    SPX_TRY_OUT(spx_backdrop_fill(&backdrop, &quiet, diag));
    SPX_TRY_OUT(spx_image_columns(out, self.canvas, right_side ? by + width : 0, by, diag));
out:
    border_clear(&self);
    return status;
}

/* ---- eyes ---- */

/* How far each eye moves to the right so that things come `px` apart, left eye first. */
static void share_shift(int32_t px, int32_t shift_px[2])
{
    shift_px[1] = -(px / 2);
    shift_px[0] = px + shift_px[1];
}

/* The file's pixels show the window; they move apart to be parallel. */
static spx_status move_to_parallel(spx_stereo_eyes *out, int32_t px, const spx_task *task,
                                   spx_diag *diag)
{
    int32_t shift_px[2];
    share_shift(px, shift_px);
    for (int right = 0; right < 2; right++) {
        const spx_image *const eye = right ? out->right : out->left;
        const uint32_t by = (uint32_t)abs(shift_px[right]);
        if (by == 0)
            continue;
        SPX_TRY(continue_side(&out->strip[right], eye, right, by, task, diag));
        out->shift_px[right] = shift_px[right];
    }
    return SPX_OK;
}

/* The file's pixels are of parallel cameras; an eye moves back by shift_px for the window. Its own
 * columns that leave the frame are the strip that brings the parallel eye back, bit for bit. */
static spx_status move_to_window(spx_image **eye, spx_image **strip, int32_t shift_px,
                                 const spx_task *task, spx_diag *diag)
{
    spx_image *const own = *eye;
    const uint32_t by = (uint32_t)abs(shift_px);
    spx_image *continued = NULL;
    spx_image *moved = NULL;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(continue_side(&continued, own, shift_px < 0, by, task, diag));
    SPX_TRY_OUT(spx_image_shift(&moved, own, continued, shift_px, diag));
    SPX_TRY_OUT(spx_image_columns(strip, own, shift_px < 0 ? 0 : own->width - by, by, diag));
    *eye = moved;
    moved = NULL;
    spx_image_unref(own);
out:
    spx_image_unref(continued);
    spx_image_unref(moved);
    return status;
}

static spx_status take_window(spx_stereo_eyes *out, double adjustment, const spx_task *task,
                              spx_diag *diag)
{
    int32_t shift_px[2];
    share_shift((int32_t)lround(adjustment * out->left->width), shift_px);
    out->own[0] = spx_image_ref(out->left);
    out->own[1] = spx_image_ref(out->right);
    for (int right = 0; right < 2; right++) {
        if (shift_px[right] == 0)
            continue;
        SPX_TRY(move_to_window(right ? &out->right : &out->left, &out->strip[right],
                               -shift_px[right], task, diag));
        out->shift_px[right] = shift_px[right];
    }
    return SPX_OK;
}

spx_status spx_real_eyes(spx_stereo_eyes *out, const spx_stereo_photo *photo,
                         const spx_real_window *window, const spx_real_measure *measure,
                         const spx_task *task, spx_diag *diag)
{
    const double far = measure->disparity != NULL && measure->far > 0.0 ? measure->far : 0.0;
    const double apart = window->in_number ? window->adjustment : far;
    *out = (spx_stereo_eyes){ 0 };
    if (fabs(apart) > most_window) {
        return spx_fail(diag, SPX_ERR_UNSUPPORTED, "a window %.0f %% of the width away",
                        100.0 * apart);
    }
    spx_stereo_eyes eyes = { .left = spx_image_ref(photo->photo.image),
                             .right = spx_image_ref(photo->right) };
    const spx_status status =
        window->in_number
            ? take_window(&eyes, window->adjustment, task, diag)
            : move_to_parallel(&eyes, (int32_t)ceil(far * eyes.left->width - slack_px), task, diag);
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
    if (window->in_number)
        return window->adjustment;
    const int all_in_front =
        measure->disparity != NULL && measure->far < least_window && measure->near < 0.0;
    return all_in_front ? fmin(-measure->near, most_window) : spx_stereo_eyes_window(eyes);
}
