/*
 * Bands of output rows, each with working memory of its thread. A band shrinks the rows that it
 * needs across, one after the other, into a ring that holds as many as an output row is made of:
 *
 *     photo --box fx x fy--> small row --triangle--> mid row     (into the ring)
 *     the ring's rows --triangle--> output row, normalised
 *
 * Two bands both shrink the few rows around their border, and get the same.
 */
#include "depth/prepare.h"

#include "base/intops.h"
#include "image/image.h"
#include "image/sum_rows.h"
#include "nn/scratch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHANNELS = SPX_IMAGE_CHANNELS,
    SLACK = 1, /* samples behind a row that are read and do not count */
    MOST_BANDS = 32,
    BAND_TAPS = 3, /* a band's rows, at least, in those that an output row is made of */
    MOST_BOX = 256,
    OVERSAMPLING = 2,
};

static const float channel_mean[CHANNELS] = { 0.485f, 0.456f, 0.406f };
static const float channel_deviation[CHANNELS] = { 0.229f, 0.224f, 0.225f };

/* What the second step weighs pixels with, by their distance in output pixels. */
typedef struct filter {
    double support;
    double (*weight)(double distance);
} filter;

static double triangle_weight(double distance)
{
    return 1.0 - fabs(distance);
}

/* Keys' cubic with a = -1/2. */
static double cubic_weight(double distance)
{
    const double x = fabs(distance);
    return x < 1.0 ? (1.5 * x - 2.5) * x * x + 1.0 : ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0;
}

static const filter triangle = { 1.0, triangle_weight };
static const filter cubic = { 2.0, cubic_weight };

/* One axis of the resize: a box over `box` source pixels, then for each output pixel `taps` weights
 * on boxed pixels from first[i] on. */
typedef struct axis {
    uint32_t source;
    uint32_t box;
    uint32_t boxed;
    uint32_t size;
    uint32_t taps;
    uint32_t *first; /* [size] */
    float *weights;  /* [size][taps] */
} axis;

typedef struct job {
    const spx_image *photo;
    axis across;
    axis down;
    uint32_t bands;
    spx_scratch *scratch; /* a `working` for each thread */
    float *out;           /* [CHANNELS][down.size][across.size] */
} job;

/* A band's working memory, of an area. */
typedef struct working {
    float *ring;    /* [down.taps][CHANNELS][across.size] */
    float *row;     /* [across.boxed * CHANNELS + SLACK] */
    uint32_t *sums; /* [across.source * CHANNELS] */
} working;

static void fill_weights(axis *self, const filter *used, double step)
{
    const double scale = step > 1.0 ? step : 1.0;
    const double reach = scale * used->support;
    for (uint32_t i = 0; i < self->size; i++) {
        const double centre = (i + 0.5) * step - 0.5;
        double from = ceil(centre - reach);
        from = from < 0.0 ? 0.0 : from;
        if (from > (double)(self->boxed - self->taps))
            from = self->boxed - self->taps;
        float *const weights = self->weights + (size_t)i * self->taps;
        double total = 0.0;
        for (uint32_t k = 0; k < self->taps; k++) {
            const double distance = (from + k - centre) / scale;
            const int inside = fabs(distance) < used->support;
            weights[k] = inside ? (float)used->weight(distance) : 0.0f;
            total += weights[k];
        }
        for (uint32_t k = 0; k < self->taps; k++)
            weights[k] = (float)(weights[k] / total);
        self->first[i] = (uint32_t)from;
    }
}

static spx_status init_axis(axis *self, const filter *used, uint32_t source, uint32_t size,
                            spx_diag *diag)
{
    *self = (axis){ .source = source, .size = size, .box = source / size / OVERSAMPLING };
    self->box = self->box < 1 ? 1 : self->box;
    self->box = self->box > MOST_BOX ? MOST_BOX : self->box;
    self->boxed = (source + self->box - 1) / self->box;
    const double step = (double)source / self->box / size;
    const double reach = used->support * (step > 1.0 ? step : 1.0);
    const double taps = 2.0 * ceil(reach) + 1.0;
    self->taps = taps < self->boxed ? (uint32_t)taps : self->boxed;
    self->first = calloc(size, sizeof(*self->first));
    self->weights = calloc((size_t)size * self->taps, sizeof(*self->weights));
    if (self->first == NULL || self->weights == NULL)
        return spx_fail_memory(diag, "resize for the depth network");
    fill_weights(self, used, step);
    return SPX_OK;
}

static void clear_axis(axis *self)
{
    free(self->first);
    free(self->weights);
}

/* MOST_BOX rows of 16 bits are far from 2^31: signed numbers become floats faster. */
static void scale_row(const uint32_t *restrict sums, size_t count, float scale, float *restrict row)
{
    for (size_t i = 0; i < count; i++)
        row[i] = (float)(int32_t)sums[i] * scale;
}

/* Averages boxes of a row of column sums to 0..1. */
static void average_boxes(const job *self, const uint32_t *sums, uint32_t rows, float *row)
{
    const axis *const across = &self->across;
    const float most = self->photo->bits == 8 ? UINT8_MAX : UINT16_MAX;
    if (across->box == 1) {
        scale_row(sums, (size_t)across->boxed * CHANNELS, 1.0f / (most * (float)rows), row);
        return;
    }
    for (uint32_t x = 0; x < across->boxed; x++) {
        const uint32_t from = x * across->box;
        const uint32_t left = across->source - from;
        const uint32_t columns = left < across->box ? left : across->box;
        uint32_t total[CHANNELS] = { 0 };
        for (uint32_t k = 0; k < columns; k++) {
            for (uint32_t c = 0; c < CHANNELS; c++)
                total[c] += sums[(size_t)(from + k) * CHANNELS + c];
        }
        const float scale = 1.0f / (most * (float)(columns * rows));
        for (uint32_t c = 0; c < CHANNELS; c++)
            row[(size_t)x * CHANNELS + c] = (float)total[c] * scale;
    }
}

/* Sums four lanes, which fill a vector; the last one is a sample of the next pixel. */
static void filter_row(const axis *across, const float *restrict row, float *restrict mid)
{
    for (uint32_t x = 0; x < across->size; x++) {
        const float *const weights = across->weights + (size_t)x * across->taps;
        const float *const from = row + (size_t)across->first[x] * CHANNELS;
        float total[CHANNELS + SLACK] = { 0 };
        for (uint32_t k = 0; k < across->taps; k++) {
            for (uint32_t c = 0; c < CHANNELS + SLACK; c++)
                total[c] += weights[k] * from[(size_t)k * CHANNELS + c];
        }
        for (uint32_t c = 0; c < CHANNELS; c++)
            mid[(size_t)c * across->size + x] = total[c];
    }
}

static size_t ring_row_floats(const job *self)
{
    return (size_t)CHANNELS * self->across.size;
}

static size_t working_bytes(const job *self)
{
    const size_t ring = self->down.taps * ring_row_floats(self);
    const size_t row = (size_t)self->across.boxed * CHANNELS + SLACK;
    const size_t sums = (size_t)self->across.source * CHANNELS;
    return (ring + row) * sizeof(float) + sums * sizeof(uint32_t);
}

// NOLINTNEXTLINE(readability-non-const-parameter): bands write through it
static working lay_out(const job *self, float *area)
{
    working own = { .ring = area };
    own.row = own.ring + self->down.taps * ring_row_floats(self);
    own.sums = (uint32_t *)(void *)(own.row + (size_t)self->across.boxed * CHANNELS + SLACK);
    own.row[(size_t)self->across.boxed * CHANNELS] = 0.0f; /* the slack */
    return own;
}

static float *ring_row(const job *self, const working *own, uint32_t y)
{
    return own->ring + y % self->down.taps * ring_row_floats(self);
}

/* Puts row y of the shrunken photo into the ring. */
static void shrink_row(const job *self, const working *own, uint32_t y)
{
    const uint32_t first = y * self->down.box;
    const uint32_t end = spx_min_u32(first + self->down.box, self->down.source);
    spx_image_sum_rows(self->photo, first, end, own->sums);
    average_boxes(self, own->sums, end - first, own->row);
    filter_row(&self->across, own->row, ring_row(self, own, y));
}

static void finish_row(const job *self, const working *own, uint32_t y)
{
    const axis *const down = &self->down;
    const uint32_t width = self->across.size;
    const float *const weights = down->weights + (size_t)y * down->taps;
    for (uint32_t c = 0; c < CHANNELS; c++) {
        float *const restrict out = self->out + ((size_t)c * down->size + y) * width;
        memset(out, 0, width * sizeof(*out));
        for (uint32_t k = 0; k < down->taps; k++) {
            const float *const restrict mid =
                ring_row(self, own, down->first[y] + k) + (size_t)c * width;
            for (uint32_t x = 0; x < width; x++)
                out[x] += weights[k] * mid[x];
        }
        for (uint32_t x = 0; x < width; x++)
            out[x] = (out[x] - channel_mean[c]) / channel_deviation[c];
    }
}

static void make_band(void *context, size_t band)
{
    const job *const self = context;
    const axis *const down = &self->down;
    float *const area = spx_scratch_take(self->scratch);
    const working own = lay_out(self, area);
    const uint32_t begin = (uint32_t)(band * down->size / self->bands);
    const uint32_t end = (uint32_t)((band + 1) * down->size / self->bands);
    uint32_t next = down->first[begin];
    for (uint32_t y = begin; y < end; y++) {
        for (; next < down->first[y] + down->taps; next++)
            shrink_row(self, &own, next);
        finish_row(self, &own, y);
    }
    spx_scratch_give(self->scratch, area);
}

/* self: photo and out are set. */
static spx_status prepare(job *self, const filter *used, const uint32_t size[2],
                          const spx_task *task, spx_diag *diag)
{
    const uint32_t width = size[0];
    const uint32_t height = size[1];
    spx_status status = SPX_OK;
    SPX_TRY_OUT(init_axis(&self->across, used, self->photo->width, width, diag));
    SPX_TRY_OUT(init_axis(&self->down, used, self->photo->height, height, diag));
    self->bands = spx_min_u32(spx_divide_up_u32(height, BAND_TAPS * self->down.taps), MOST_BANDS);
    SPX_TRY_OUT(spx_scratch_create(&self->scratch,
                                   spx_pool_threads(task == NULL ? NULL : task->pool),
                                   working_bytes(self), NULL, diag));
    SPX_TRY_OUT(spx_task_run(task, self->bands, make_band, self, diag));

out:
    clear_axis(&self->across);
    clear_axis(&self->down);
    spx_scratch_destroy(self->scratch);
    return status;
}

spx_status spx_depth_prepare(const spx_image *photo, uint32_t width, uint32_t height,
                             const spx_task *task, float *out, spx_diag *diag)
{
    job self = { .photo = photo };
    self.out = out;
    return prepare(&self, &triangle, (const uint32_t[]){ width, height }, task, diag);
}

spx_status spx_depth_prepare_cubic(const spx_image *photo, uint32_t width, uint32_t height,
                                   const spx_task *task, float *out, spx_diag *diag)
{
    job self = { .photo = photo };
    self.out = out;
    return prepare(&self, &cubic, (const uint32_t[]){ width, height }, task, diag);
}
