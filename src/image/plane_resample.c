#include "image/plane_resample.h"

#include <math.h>
#include <stdlib.h>

/* One target position: source values first .. first + count - 1, with their weights. */
typedef struct taps {
    uint32_t first;
    uint32_t count;
    float *weights; /* borrowed from the axis */
} taps;

typedef struct axis {
    taps *taps;     /* [size of the target] */
    float *weights; /* all of them */
} axis;

static void axis_clear(axis *self)
{
    free(self->taps);
    free(self->weights);
    *self = (axis){ 0 };
}

/* Weight of source pixel i for a target pixel whose centre lies at `centre`: overlap with a box, or
 * a tent of width 1. */
static double weight_at(double centre, double ratio, uint32_t i)
{
    const double at = (double)i + 0.5;
    if (ratio <= 1.0)
        return fmax(0.0, 1.0 - fabs(at - centre));
    const double low = fmax(at - 0.5, centre - ratio / 2.0);
    const double high = fmin(at + 0.5, centre + ratio / 2.0);
    return fmax(0.0, high - low);
}

static void fill_taps(taps *out, double centre, double ratio, uint32_t source)
{
    const double reach = ratio <= 1.0 ? 1.0 : ratio / 2.0 + 0.5;
    const double low = fmax(0.0, floor(centre - reach));
    const double high = fmin((double)source - 1.0, ceil(centre + reach));
    double sum = 0.0;
    out->first = (uint32_t)low;
    out->count = (uint32_t)(high - low) + 1;
    for (uint32_t i = 0; i < out->count; i++) {
        const double weight = weight_at(centre, ratio, out->first + i);
        out->weights[i] = (float)weight;
        sum += weight;
    }
    for (uint32_t i = 0; i < out->count; i++)
        out->weights[i] = (float)(out->weights[i] / sum);
}

static spx_status axis_init(axis *self, uint32_t source, uint32_t target, spx_diag *diag)
{
    const double ratio = (double)source / target;
    const size_t most = (size_t)ceil(fmax(ratio, 1.0)) + 4;
    self->taps = calloc(target, sizeof(*self->taps));
    self->weights = calloc((size_t)target * most, sizeof(*self->weights));
    if (self->taps == NULL || self->weights == NULL)
        return spx_fail_memory(diag, "resampling");
    for (uint32_t i = 0; i < target; i++) {
        self->taps[i].weights = self->weights + (size_t)i * most;
        fill_taps(&self->taps[i], ((double)i + 0.5) * ratio, ratio, source);
    }
    return SPX_OK;
}

static void resample_row(float *to, const float *from, const taps *columns, uint32_t width)
{
    for (uint32_t x = 0; x < width; x++) {
        float sum = 0.0f;
        for (uint32_t i = 0; i < columns[x].count; i++)
            sum += columns[x].weights[i] * from[columns[x].first + i];
        to[x] = sum;
    }
}

static void blend_rows(float *to, const spx_plane *wide, const taps *rows, uint32_t width)
{
    for (uint32_t x = 0; x < width; x++)
        to[x] = 0.0f;
    for (uint32_t i = 0; i < rows->count; i++) {
        const float *const from = spx_plane_row(wide, rows->first + i);
        for (uint32_t x = 0; x < width; x++)
            to[x] += rows->weights[i] * from[x];
    }
}

spx_status spx_plane_resample(spx_plane **out, const spx_plane *plane, uint32_t width,
                              uint32_t height, spx_diag *diag)
{
    *out = NULL;
    axis columns = { 0 };
    axis rows = { 0 };
    spx_plane *wide = NULL; /* target width, source height */
    spx_plane *result = NULL;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(axis_init(&columns, plane->width, width, diag));
    SPX_TRY_OUT(axis_init(&rows, plane->height, height, diag));
    SPX_TRY_OUT(spx_plane_create(&wide, width, plane->height, diag));
    SPX_TRY_OUT(spx_plane_create(&result, width, height, diag));
    for (uint32_t y = 0; y < plane->height; y++)
        resample_row(spx_plane_row(wide, y), spx_plane_row(plane, y), columns.taps, width);
    for (uint32_t y = 0; y < height; y++)
        blend_rows(spx_plane_row(result, y), wide, &rows.taps[y], width);
    *out = result;
    result = NULL; /* moved to the caller */

out:
    axis_clear(&columns);
    axis_clear(&rows);
    spx_plane_destroy(wide);
    spx_plane_destroy(result);
    return status;
}
