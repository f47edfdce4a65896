#include "pipeline/eye_border.h"

#include "base/order.h"
#include "fill/backdrop.h"
#include "image/image.h"
#include "image/shift.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { EXTRA_PX = 64, OUTSIDE = 1, TAKEN = 8, ROWS_AROUND = 6, SEAM_PX = 3 };

static const double reach = 0.04;     /* of the width: where a row's distance is looked for */
static const double most_step = 0.08; /* of white: that the two may differ by where they meet */
static const double range_8 = 255.0;
static const double range_16 = 65535.0;

/* The eye's side with room beyond it, and what is put there. */
typedef struct strip {
    const spx_eye_border *border;
    int eye;
    int right_side;
    uint32_t by;
    uint32_t width;    /* of the part of the eye that is looked at */
    spx_image *canvas; /* room, part of the eye, room */
    uint8_t *known;
    uint16_t *depth;
    float *distance; /* of each row: xL - xR at the side; NaN = unknown */
} strip;

static void strip_clear(strip *self)
{
    spx_image_unref(self->canvas);
    free(self->known);
    free(self->depth);
    free(self->distance);
}

static spx_status strip_init(strip *self, spx_diag *diag)
{
    const spx_image *const eye = self->border->eyes[self->eye];
    const uint32_t x = self->right_side ? eye->width - self->width : 0;
    const size_t columns = (size_t)self->width + 2 * (size_t)self->by;
    SPX_TRY(spx_image_create(&self->canvas, (uint32_t)columns, eye->height, eye->bits, diag));
    self->known = malloc(columns * eye->height);
    self->depth = calloc(columns * eye->height, sizeof(*self->depth));
    self->distance = malloc(eye->height * sizeof(*self->distance));
    if (self->known == NULL || self->depth == NULL || self->distance == NULL)
        return spx_fail_memory(diag, "border of an eye");
    for (uint32_t y = 0; y < eye->height; y++) {
        uint8_t *const row = self->known + y * columns;
        memset(row, OUTSIDE, columns);
        memset(row + self->by, 0, self->width);
    }
    const spx_image shown = spx_image_part(eye, x, 0, self->width, eye->height);
    spx_image_put(self->canvas, self->by, 0, &shown);
    return SPX_OK;
}

/* ---- what the other eye shows ---- */

static float median(float *values, size_t count)
{
    qsort(values, count, sizeof(*values), spx_order_float);
    return count == 0 ? NAN : values[count / 2];
}

/* The median of the known values next to the side. */
static float distance_of_row(const strip *self, uint32_t y)
{
    const spx_plane *const plane = self->border->disparity;
    const float *const row = spx_plane_row(plane, y);
    const uint32_t most = (uint32_t)(reach * plane->width) + self->by;
    float taken[TAKEN];
    size_t count = 0;
    for (uint32_t i = 0; i < most && i < plane->width && count < TAKEN; i++) {
        const float value = row[self->right_side ? plane->width - 1 - i : i];
        if (!isnan(value))
            taken[count++] = value;
    }
    return median(taken, count);
}

/* Rows that were matched wrongly follow those around them. */
static void smooth_distances(strip *self, const float *raw, uint32_t rows)
{
    for (uint32_t y = 0; y < rows; y++) {
        float around[2 * ROWS_AROUND + 1];
        size_t count = 0;
        const uint32_t first = y < ROWS_AROUND ? 0 : y - ROWS_AROUND;
        const uint32_t last = rows - 1 - y < ROWS_AROUND ? rows - 1 : y + ROWS_AROUND;
        for (uint32_t i = first; i <= last; i++) {
            if (!isnan(raw[i]))
                around[count++] = raw[i];
        }
        self->distance[y] = count > ROWS_AROUND / 2 ? median(around, count) : NAN;
    }
}

/* What the other eye shows at this eye's column x; 0 = nothing. */
static int other_pixel(const strip *self, double x, uint32_t y, double out[SPX_IMAGE_CHANNELS])
{
    const spx_image *const other = self->border->eyes[!self->eye];
    const double distance = self->distance[y];
    const double at = self->eye == 0 ? x - distance : x + distance;
    if (!(at >= 0.0 && at <= other->width - 1.0))
        return 0;
    const uint32_t first = (uint32_t)at;
    const uint32_t next = first + 1 < other->width ? first + 1 : first;
    const double part = at - first;
    for (int c = 0; c < SPX_IMAGE_CHANNELS; c++) {
        out[c] = (1.0 - part) * spx_image_sample(other, first, y, c) +
                 part * spx_image_sample(other, next, y, c);
    }
    return 1;
}

/* Whether both eyes show the same where the row ends, at the distance that is believed. */
static int fits_at_side(const strip *self, uint32_t y)
{
    const spx_image *const eye = self->border->eyes[self->eye];
    const double range = eye->bits == 8 ? range_8 : range_16;
    double sum = 0.0;
    for (uint32_t i = 0; i < SEAM_PX && i < eye->width; i++) {
        const uint32_t x = self->right_side ? eye->width - 1 - i : i;
        double other[SPX_IMAGE_CHANNELS];
        if (!other_pixel(self, x, y, other))
            return 0;
        for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
            sum += fabs(other[c] - spx_image_sample(eye, x, y, c));
    }
    return sum / (SEAM_PX * SPX_IMAGE_CHANNELS) <= most_step * range;
}

static void take_row(strip *self, uint32_t y)
{
    const spx_image *const eye = self->border->eyes[self->eye];
    const size_t columns = self->canvas->width;
    if (isnan(self->distance[y]) || !fits_at_side(self, y))
        return;
    for (uint32_t k = 0; k < self->by; k++) {
        const double x = self->right_side ? (double)eye->width + k : (double)k - self->by;
        const uint32_t at = self->right_side ? self->by + self->width + k : k;
        double pixel[SPX_IMAGE_CHANNELS];
        if (!other_pixel(self, x, y, pixel))
            continue;
        for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
            spx_image_set_sample(self->canvas, at, y, c, (uint32_t)lround(pixel[c]));
        self->known[y * columns + at] = 0;
    }
}

static spx_status take_other_eye(strip *self, spx_diag *diag)
{
    const uint32_t rows = self->canvas->height;
    const spx_plane *const plane = self->border->disparity;
    if (plane == NULL || plane->width != self->border->eyes[0]->width || plane->height != rows)
        return SPX_OK;
    float *const raw = malloc(rows * sizeof(*raw));
    if (raw == NULL)
        return spx_fail_memory(diag, "border of an eye");
    for (uint32_t y = 0; y < rows; y++)
        raw[y] = distance_of_row(self, y);
    smooth_distances(self, raw, rows);
    free(raw);
    for (uint32_t y = 0; y < rows; y++)
        take_row(self, y);
    return SPX_OK;
}

// NOLINTNEXTLINE(readability-function-size): which side of which eye, and how far
spx_status spx_eye_border_continue(spx_image **out, const spx_eye_border *border, int eye,
                                   int right_side, uint32_t by, const spx_task *task,
                                   spx_diag *diag)
{
    const spx_task quiet = spx_task_quiet(task);
    const uint32_t wanted = 4 * by + EXTRA_PX;
    const uint32_t whole = border->eyes[eye]->width;
    strip self = { .border = border,
                   .eye = eye,
                   .right_side = right_side,
                   .by = by,
                   .width = wanted < whole ? wanted : whole };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(strip_init(&self, diag));
    SPX_TRY_OUT(take_other_eye(&self, diag));
    const spx_backdrop backdrop = { .image = self.canvas,
                                    .known = self.known,
                                    .depth = self.depth,
                                    .wanted_depth = self.depth,
                                    .step = 1,
                                    .margin = by };
    SPX_TRY_OUT(spx_backdrop_fill(&backdrop, &quiet, diag));
    SPX_TRY_OUT(spx_image_columns(out, self.canvas, right_side ? by + self.width : 0, by, diag));
out:
    strip_clear(&self);
    return status;
}
