/*
 * Two passes over bands of rows, each band with scratch of its own:
 *
 *     photo --box fx x fy--> small row --triangle--> mid row     (every row of the shrunken photo)
 *     mid rows --triangle--> output row, normalised              (every row of the output)
 */
#include "depth/prepare.h"

#include "image/image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHANNELS = SPX_IMAGE_CHANNELS,
    SLACK = 1, /* samples behind a row that are read and do not count */
    BANDS = 32,
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
    float *mid;    /* [down.boxed][CHANNELS][across.size] */
    int32_t *sums; /* [BANDS][across.source * CHANNELS] */
    float *row;    /* [BANDS][across.boxed * CHANNELS + SLACK] */
    float *out;    /* [CHANNELS][down.size][across.size] */
} job;

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

static void add_row8(const uint8_t *restrict row, size_t count, int is_first,
                     int32_t *restrict sums)
{
    if (is_first) {
        for (size_t i = 0; i < count; i++)
            sums[i] = row[i];
    } else {
        for (size_t i = 0; i < count; i++)
            sums[i] += row[i];
    }
}

static void add_row16(const uint16_t *restrict row, size_t count, int is_first,
                      int32_t *restrict sums)
{
    if (is_first) {
        for (size_t i = 0; i < count; i++)
            sums[i] = row[i];
    } else {
        for (size_t i = 0; i < count; i++)
            sums[i] += row[i];
    }
}

/* Sums the `rows` rows from y on, sample by sample; MOST_BOX of them are far from 2^31. */
static void sum_rows(const spx_image *photo, uint32_t y, uint32_t rows, int32_t *sums)
{
    const size_t count = (size_t)photo->width * CHANNELS;
    for (uint32_t k = 0; k < rows; k++) {
        if (photo->bits == 8) {
            add_row8(spx_image_row8(photo, y + k), count, k == 0, sums);
        } else {
            add_row16(spx_image_row16(photo, y + k), count, k == 0, sums);
        }
    }
}

static void scale_row(const int32_t *restrict sums, size_t count, float scale, float *restrict row)
{
    for (size_t i = 0; i < count; i++)
        row[i] = (float)sums[i] * scale;
}

/* Averages boxes of a row of column sums to 0..1. */
static void average_boxes(const job *self, const int32_t *sums, uint32_t rows, float *row)
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
                total[c] += (uint32_t)sums[(size_t)(from + k) * CHANNELS + c];
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

static size_t row_samples(const axis *across)
{
    return (size_t)across->boxed * CHANNELS + SLACK;
}

static void shrink_band(void *context, size_t band)
{
    const job *const self = context;
    const axis *const down = &self->down;
    int32_t *const sums = self->sums + band * self->across.source * CHANNELS;
    float *const row = self->row + band * row_samples(&self->across);
    const uint32_t end = (uint32_t)((band + 1) * down->boxed / BANDS);
    for (uint32_t y = (uint32_t)(band * down->boxed / BANDS); y < end; y++) {
        const uint32_t left = down->source - y * down->box;
        const uint32_t rows = left < down->box ? left : down->box;
        sum_rows(self->photo, y * down->box, rows, sums);
        average_boxes(self, sums, rows, row);
        filter_row(&self->across, row, self->mid + (size_t)y * CHANNELS * self->across.size);
    }
}

static void finish_row(void *context, size_t y)
{
    const job *const self = context;
    const axis *const down = &self->down;
    const uint32_t width = self->across.size;
    const float *const weights = down->weights + y * down->taps;
    for (uint32_t c = 0; c < CHANNELS; c++) {
        float *const restrict out = self->out + ((size_t)c * down->size + y) * width;
        memset(out, 0, width * sizeof(*out));
        for (uint32_t k = 0; k < down->taps; k++) {
            const size_t row = (size_t)(down->first[y] + k) * CHANNELS + c;
            const float *const restrict mid = self->mid + row * width;
            for (uint32_t x = 0; x < width; x++)
                out[x] += weights[k] * mid[x];
        }
        for (uint32_t x = 0; x < width; x++)
            out[x] = (out[x] - channel_mean[c]) / channel_deviation[c];
    }
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
    self->mid = calloc((size_t)self->down.boxed * CHANNELS * width, sizeof(*self->mid));
    self->sums = calloc((size_t)BANDS * CHANNELS * self->photo->width, sizeof(*self->sums));
    self->row = calloc(BANDS * row_samples(&self->across), sizeof(*self->row));
    if (self->mid == NULL || self->sums == NULL || self->row == NULL) {
        status = spx_fail_memory(diag, "resize for the depth network");
        goto out;
    }
    SPX_TRY_OUT(spx_task_run(task, BANDS, shrink_band, self, diag));
    SPX_TRY_OUT(spx_task_run(task, height, finish_row, self, diag));

out:
    clear_axis(&self->across);
    clear_axis(&self->down);
    free(self->mid);
    free(self->sums);
    free(self->row);
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
