/*
 * A soft side of the photo is continued row by row: its colours, and how they change towards the
 * edge, mixed over ever more columns the higher up, read from places that drift sideways
 * (turbulence, as clouds do: no columns, and no level line where the photo's clouds end); slow
 * changes of light; and the grain of the photo's first rows themselves, mirrored. Where the edge
 * shows a thing, patches go on all the way out.
 *
 * The upper side is taken for a sky: what is no softer than clouds is soft, and gaps between things
 * are judged by their width. Other sides are soft where they are out of focus. Each is painted as
 * the upper one is, through place_of(): left and right first, then up and down over
 * the whole width.
 */
#include "outpaint/soft_side.h"

#include "base/floatops.h"
#include "base/intops.h"
#include "base/order.h"
#include "image/image.h"
#include "image/plane.h"
#include "image/plane_blur.h"
#include "outpaint/frame.h"
#include "outpaint/grain.h"
#include "outpaint/patch_level.h"
#include "outpaint/tuned.h"

#include <assert.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHANNELS = SPX_IMAGE_CHANNELS,
    ROWS_PER_TURN = 16,
    EDGE_ROWS = 3, /* whose mean is continued */
    LEAST_RISE_ROWS = 4,
    CELLS = 32, /* across the photo, in which softness is measured */
    LEAST_CELL_PX = 8,
    COARSE_PX = 128, /* softness is that of the photo at such a short side, whatever its size */
    LEAST_ROWS = 8,
    LIGHT_OCTAVES = 3,
    DRIFT_OCTAVES = 5,
    KNOT_PX = 8, /* noise is found at every so many columns, and lines drawn between */
    GRAIN_STEP = 0x6774,
    NOISE_STEP = 0x7473, /* keeps these numbers apart from the searches' */
    DRIFT_STEP = 0x6472,
};

typedef enum which_side {
    SIDE_LEFT,
    SIDE_RIGHT,
    SIDE_TOP,
    SIDE_BOTTOM,
} which_side;

/* Of the picture turned so that the side is the upper one. */
typedef struct soft_side {
    spx_image *image; /* not turned */
    which_side side;
    uint32_t width;
    uint32_t top;    /* rows to paint: those above the photo and the first ones of it */
    uint32_t band;   /* of them, in the photo */
    uint32_t height; /* of the photo */
    float *edge;     /* [width][CHANNELS], 0..255 */
    float *rise;     /* [width][CHANNELS]: what the colours still change by, upwards */
    float *grains;   /* [width]: deviation of the photo's grain */
    float usual_grain;
    spx_plane *grain[CHANNELS]; /* [strip][width]: of deviation 1 */
    float *soft;                /* [width], 0..1: how much of it turns into sky */
    float
        *weights; /* [width], 0..1: what its colour counts; little where a thing ends in the sky */
    float light;
    uint64_t seed;
    atomic_int no_memory;
} soft_side;

static int is_upright(which_side side)
{
    return side == SIDE_TOP || side == SIDE_BOTTOM;
}

typedef struct place {
    uint32_t x;
    uint32_t y;
} place;

/* Where of the image. Columns run along the side, rows from the far end of its border to the photo.
 */
static place place_of(const soft_side *self, uint32_t x, uint32_t y)
{
    switch (self->side) {
    case SIDE_LEFT:
        return (place){ y, x };
    case SIDE_RIGHT:
        return (place){ self->image->width - 1 - y, x };
    case SIDE_BOTTOM:
        return (place){ x, self->image->height - 1 - y };
    case SIDE_TOP:
    default:
        return (place){ x, y };
    }
}

static float sample(const soft_side *self, uint32_t x, uint32_t y, int c)
{
    const place at = place_of(self, x, y);
    return spx_image_level(self->image, at.x, at.y, c);
}

/* ---- what the photo's edge is like ---- */

/* The photo's upper rows, green, each pixel the mean of step by step ones. */
typedef struct strip {
    uint32_t step;
    uint32_t width;
    uint32_t height;
    float *pixels;  /* [height][width] */
    float *changes; /* room for one cell's */
} strip;

static void strip_clear(strip *self)
{
    free(self->pixels);
    free(self->changes);
}

static float mean_at(const soft_side *self, uint32_t left, uint32_t top, uint32_t step)
{
    float sum = 0.0F;
    for (uint32_t y = 0; y < step; y++) {
        for (uint32_t x = 0; x < step; x++)
            sum += sample(self, left + x, top + y, 1);
    }
    return sum / (float)(step * step);
}

static spx_status strip_read(strip *out, const soft_side *self, const spx_frame *frame,
                             spx_diag *diag)
{
    const uint32_t shrunk =
        (frame->photo_height < frame->photo_width ? frame->photo_height : frame->photo_width) /
        COARSE_PX;
    const uint32_t step = shrunk > 1 ? shrunk : 1;
    const uint32_t share = (uint32_t)(tuned.sky_strip * frame->photo_height) / step;
    *out = (strip){ .step = step,
                    .width = frame->photo_width / step,
                    .height = share > LEAST_ROWS ? share : LEAST_ROWS };
    const size_t count = (size_t)out->width * out->height;
    out->pixels = calloc(count, sizeof(*out->pixels));
    out->changes = malloc(count * sizeof(*out->changes));
    if (out->pixels == NULL || out->changes == NULL)
        return spx_fail_memory(diag, "outpainting a soft side");
    for (uint32_t y = 0; y < out->height; y++) {
        for (uint32_t x = 0; x < out->width; x++) {
            out->pixels[(size_t)y * out->width + x] =
                mean_at(self, frame->photo_x + x * step, self->top + y * step, step);
        }
    }
    return SPX_OK;
}

/* The change that few of the strip's columns x..end-1 go beyond: edges count, not their number. */
static float edges_of(const strip *self, uint32_t x, uint32_t end)
{
    size_t count = 0;
    for (uint32_t y = 0; y + 1 < self->height; y++) {
        const float *const row = self->pixels + (size_t)y * self->width;
        for (uint32_t u = x; u + 1 < end; u++) {
            self->changes[count++] =
                fmaxf(fabsf(row[u] - row[u + 1]), fabsf(row[u] - row[u + self->width]));
        }
    }
    qsort(self->changes, count, sizeof(*self->changes), spx_order_float);
    return self->changes[(size_t)(tuned.sky_edges_share * (double)(count - 1))];
}

/* Sets soft; beyond the photo's sides it is that of the corner. *share: of the photo's width. */
static spx_status measure_softness(soft_side *self, const spx_frame *frame, double *share,
                                   spx_diag *diag)
{
    const uint32_t begin = frame->photo_x;
    const uint32_t end = begin + frame->photo_width;
    const int is_sky = self->side == SIDE_TOP;
    const float soft_change = is_sky ? tuned.sky_soft_change : tuned.blur_change;
    const float thing_change = is_sky ? tuned.sky_thing_change : tuned.blur_thing_change;
    strip edge;
    double sum = 0.0;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(strip_read(&edge, self, frame, diag));
    const uint32_t wished = edge.width / CELLS;
    const uint32_t cell = wished > LEAST_CELL_PX ? wished : LEAST_CELL_PX;
    for (uint32_t x = 0; x + cell <= edge.width; x += cell) {
        const int last = x + 2 * cell > edge.width;
        const uint32_t next = last ? edge.width : x + cell;
        const float change = edges_of(&edge, x, next);
        const uint32_t to = last ? end : begin + next * edge.step;
        for (uint32_t u = begin + x * edge.step; u < to; u++)
            self->soft[u] = spx_clamp01(2.0F - change / thing_change);
        sum += (double)spx_clamp01(2.0F - change / soft_change) * (next - x);
    }
    for (uint32_t x = 0; x < begin; x++)
        self->soft[x] = self->soft[begin];
    for (uint32_t x = end; x < self->width; x++)
        self->soft[x] = self->soft[end - 1];
    *share = sum / edge.width;
out:
    strip_clear(&edge);
    return status;
}

static float rows_mean(const soft_side *self, uint32_t x, uint32_t first, uint32_t rows, int c)
{
    float sum = 0.0F;
    for (uint32_t k = 0; k < rows; k++)
        sum += sample(self, x, first + k, c);
    return sum / (float)rows;
}

/*
 * Whether what lies a little farther in the photo has the colours of the edge, column by column:
 * the haze of a lake beside its sky, boards. Such a thing goes on as it is, and is not mixed.
 */
static int is_layered(const soft_side *self, const spx_frame *frame)
{
    const uint32_t inner = self->top + (uint32_t)(tuned.blur_inner * frame->photo_height);
    double total = 0.0;
    double sums[CHANNELS] = { 0.0 };
    double squares = 0.0;
    double apart = 0.0;
    for (uint32_t x = frame->photo_x; x < frame->photo_x + frame->photo_width; x++) {
        const double weight = (double)self->weights[x] + 1e-6;
        total += weight;
        for (int c = 0; c < CHANNELS; c++) {
            const double here = rows_mean(self, x, self->top, EDGE_ROWS, c);
            const double there = rows_mean(self, x, inner, EDGE_ROWS, c);
            sums[c] += weight * here;
            squares += weight * here * here;
            apart += weight * (there - here) * (there - here);
        }
    }
    double variance = squares;
    for (int c = 0; c < CHANNELS; c++)
        variance -= sums[c] * sums[c] / total;
    return apart < tuned.blur_layered * variance;
}

static void read_edge(soft_side *self)
{
    const uint32_t share = (uint32_t)(tuned.sky_rise_rows * self->height);
    const uint32_t rows = share > LEAST_RISE_ROWS ? share : LEAST_RISE_ROWS;
    const float goes_on = tuned.sky_rise_height * (float)self->height / (float)rows;
    double mean = 0.0;
    double square = 0.0;
    for (uint32_t x = 0; x < self->width; x++) {
        for (int c = 0; c < CHANNELS; c++) {
            const size_t at = (size_t)CHANNELS * x + (size_t)c;
            const float rise = goes_on * (rows_mean(self, x, self->top, rows, c) -
                                          rows_mean(self, x, self->top + rows, rows, c));
            self->edge[at] = rows_mean(self, x, self->top, EDGE_ROWS, c);
            self->rise[at] = fminf(fmaxf(rise, -tuned.sky_rise_most), tuned.sky_rise_most);
        }
        const double one = self->edge[(size_t)CHANNELS * x + 1];
        mean += one / self->width;
        square += one * one / self->width;
    }
    self->light = fminf((float)sqrt(fmax(square - mean * mean, 0.0)) / 4.0F, tuned.sky_light_most);
}

/* Twice a box of so many neighbours: what differs from cell to cell must not change at once. */
static spx_status row_smooth(float *row, uint32_t width, uint32_t radius, spx_diag *diag)
{
    float *const once = malloc(((size_t)width + 1) * sizeof(*once));
    if (once == NULL)
        return spx_fail_memory(diag, "outpainting a soft side");
    spx_row_blur(row, width, radius, once);
    spx_row_blur(row, width, radius, once);
    free(once);
    return SPX_OK;
}

/* ---- grain ---- */

/** Deviation of the grain in a plane's columns x..end-1, by the median: edges do not count. */
static float deviation_of(const spx_plane *plane, uint32_t x, uint32_t end)
{
    enum { BINS = 1024, BINS_PER_LEVEL = 32 };
    static const float per_median = 1.4826F; /* of Gaussian noise */
    uint32_t counts[BINS] = { 0 };
    const uint32_t half = plane->height * (end - x) / 2;
    for (uint32_t y = 0; y < plane->height; y++) {
        const float *const row = spx_plane_row(plane, y);
        for (uint32_t u = x; u < end; u++) {
            const uint32_t bin = (uint32_t)(fabsf(row[u]) * BINS_PER_LEVEL);
            counts[bin < BINS ? bin : BINS - 1]++;
        }
    }
    uint32_t bin = 0;
    for (uint32_t seen = counts[0]; seen < half; seen += counts[bin])
        bin++;
    return per_median * ((float)bin + 0.5F) / BINS_PER_LEVEL;
}

/* Made of deviation 1; what is no sky, an outline, or has no grain, gets a camera's. */
static void even_grain(const soft_side *self, uint32_t x, uint32_t end, const float deviations[])
{
    for (int c = 0; c < CHANNELS; c++) {
        const float most =
            deviations[c] < tuned.sky_grain_least ? 0.0F : tuned.sky_grain_tail * deviations[c];
        for (uint32_t y = 0; y < self->grain[c]->height; y++) {
            float *const row = spx_plane_row(self->grain[c], y);
            for (uint32_t u = x; u < end; u++) {
                const int usable = fabsf(row[u]) < most && self->weights[u] > 0.5F;
                row[u] = usable ? row[u] / deviations[c]
                                : spx_grain_at((int32_t)u, (int32_t)y, self->seed);
            }
        }
    }
}

/** Median of every step-th value of a row. */
static float median_of(const float *row, uint32_t width, uint32_t step)
{
    enum { MOST = CELLS * 2 };
    float values[MOST];
    size_t count = 0;
    for (uint32_t x = 0; x < width && count < MOST; x += step)
        values[count++] = row[x];
    qsort(values, count, sizeof(values[0]), spx_order_float);
    return values[count / 2];
}

/* What is finer than tuned.sky_grain_sigma in the photo's upper rows. */
static spx_status read_fine(soft_side *self, int c, spx_diag *diag)
{
    const uint32_t share = (uint32_t)(tuned.sky_strip * self->height);
    const uint32_t rows = share > LEAST_ROWS ? share : LEAST_ROWS;
    SPX_TRY(spx_plane_create(&self->grain[c], self->width, rows, diag));
    for (uint32_t y = 0; y < rows; y++) {
        for (uint32_t x = 0; x < self->width; x++)
            spx_plane_row(self->grain[c], y)[x] = sample(self, x, self->top + y, c);
    }
    SPX_TRY(spx_plane_blur(self->grain[c], tuned.sky_grain_sigma, diag));
    for (uint32_t y = 0; y < rows; y++) {
        float *const row = spx_plane_row(self->grain[c], y);
        for (uint32_t x = 0; x < self->width; x++)
            row[x] = sample(self, x, self->top + y, c) - row[x];
    }
    return SPX_OK;
}

/* Sets grain, grains and usual_grain. */
static spx_status read_grain(soft_side *self, spx_diag *diag)
{
    const uint32_t wished = self->width / CELLS;
    const uint32_t cell = wished > LEAST_CELL_PX ? wished : LEAST_CELL_PX;
    for (int c = 0; c < CHANNELS; c++)
        SPX_TRY(read_fine(self, c, diag));
    for (uint32_t x = 0; x < self->width; x += cell) {
        const uint32_t end = x + cell < self->width ? x + cell : self->width;
        float deviations[CHANNELS];
        for (int c = 0; c < CHANNELS; c++)
            deviations[c] = deviation_of(self->grain[c], x, end);
        const float strength =
            fminf(fmaxf(deviations[1], tuned.sky_grain_least), tuned.sky_grain_most);
        for (uint32_t u = x; u < end; u++)
            self->grains[u] = strength;
        even_grain(self, x, end, deviations);
    }
    self->usual_grain = median_of(self->grains, self->width, cell);
    for (uint32_t x = 0; x < self->width; x++)
        self->grains[x] = fminf(self->grains[x], tuned.sky_grain_beside * self->usual_grain);
    return row_smooth(self->grains, self->width, cell / 2 + 1, diag);
}

/* ---- colours above ---- */

enum { SUMS = 2 * CHANNELS + 1 }; /* colours, what they change by, and the weight */

/* Means over `radius` to both sides, of [width][SUMS]. */
static void blur(const float *from, float *to, int64_t width, int64_t radius)
{
    double running[SUMS] = { 0.0 };
    for (int64_t x = -radius; x < width; x++) {
        for (size_t k = 0; k < SUMS; k++) {
            if (x + radius < width)
                running[k] += (double)from[(size_t)(x + radius) * SUMS + k];
            if (x - radius > 0)
                running[k] -= (double)from[(size_t)(x - radius - 1) * SUMS + k];
            if (x >= 0)
                to[(size_t)x * SUMS + k] = (float)running[k];
        }
    }
    /* Sums are as good as means: their weight is in them. */
}

static float lattice(int32_t x, int32_t y, uint32_t step, uint64_t seed)
{
    return (float)spx_patch_hash((uint32_t)x, (uint32_t)y, step, seed) / 2147483648.0F - 1.0F;
}

static float noise_at(float x, float y, uint32_t step, uint64_t seed)
{
    const float fx = floorf(x);
    const float fy = floorf(y);
    const float u = spx_ease(x - fx);
    const float v = spx_ease(y - fy);
    const int32_t ix = (int32_t)fx;
    const int32_t iy = (int32_t)fy;
    const float above =
        lattice(ix, iy, step, seed) * (1.0F - u) + lattice(ix + 1, iy, step, seed) * u;
    const float below =
        lattice(ix, iy + 1, step, seed) * (1.0F - u) + lattice(ix + 1, iy + 1, step, seed) * u;
    return above * (1.0F - v) + below * v;
}

/* Noise of several octaves. across, up: waves of the longest one within the photo's height. */
typedef struct turbulence {
    float across;
    float up;
    float strength;
    int octaves;
    uint32_t step;
} turbulence;

/* Slow changes, longer across than up. */
static const turbulence light = { 1.25F, 2.5F, 0.6F, LIGHT_OCTAVES, NOISE_STEP };
/* Flat wisps. */
static const turbulence drift = { 1.375F, 4.5F, 1.0F, DRIFT_OCTAVES, DRIFT_STEP };

static float turbulence_at(const soft_side *self, const turbulence *kind, uint32_t x, uint32_t up)
{
    float sum = 0.0F;
    float scale = 1.0F / (float)self->height;
    float strength = kind->strength;
    for (int k = 0; k < kind->octaves; k++, scale *= 2.0F, strength *= 0.5F) {
        sum += strength * noise_at((float)x * scale * kind->across, (float)up * scale * kind->up,
                                   kind->step, self->seed + (uint64_t)k);
    }
    return sum;
}

/* Of a row: [width / KNOT_PX + 2]. */
static void find_knots(const soft_side *self, const turbulence *kind, uint32_t up, float *knots)
{
    for (uint32_t k = 0; k < self->width / KNOT_PX + 2; k++)
        knots[k] = turbulence_at(self, kind, k * KNOT_PX, up);
}

static float between_knots(const float *knots, uint32_t x)
{
    const float part = (float)(x % KNOT_PX) / KNOT_PX;
    return knots[x / KNOT_PX] + part * (knots[x / KNOT_PX + 1] - knots[x / KNOT_PX]);
}

static void write(const soft_side *self, uint32_t x, uint32_t y, const float colour[CHANNELS],
                  float share)
{
    const place at = place_of(self, x, y);
    for (int c = 0; c < CHANNELS; c++) {
        const float now = sample(self, x, y, c);
        spx_image_set_level(self->image, at.x, at.y, c, now + share * (colour[c] - now));
    }
}

/* The colour of sums [width][SUMS] between two columns; risen: 0..1. */
static void colour_between(const float *sums, uint32_t width, float at, float risen,
                           float colour[CHANNELS])
{
    const float inside = fminf(fmaxf(at, 0.0F), (float)(width - 1));
    const size_t left = (size_t)inside;
    const float *const here = sums + SUMS * left;
    const float *const next = left + 1 < width ? here + SUMS : here;
    const float part = inside - (float)left;
    const float weight = here[SUMS - 1] + part * (next[SUMS - 1] - here[SUMS - 1]);
    for (size_t c = 0; c < CHANNELS; c++) {
        const float one = here[c] + risen * here[CHANNELS + c];
        const float other = next[c] + risen * next[CHANNELS + c];
        colour[c] = (one + part * (other - one)) / weight;
    }
}

/* What paint_row() works in. */
typedef struct row_room {
    float *sums;  /* [width][SUMS] */
    float *other; /* the same */
    float *drift; /* see find_knots() */
    float *light;
} row_room;

/* Up and down through the strip, each time from other columns. */
static void find_grain(const soft_side *self, uint32_t up, const float *rows[CHANNELS],
                       uint32_t *shift)
{
    assert(self->width > 0);
    const uint32_t height = self->grain[0]->height;
    const uint32_t turn = (up - 1) / height;
    const uint32_t at = (up - 1) % height;
    for (int c = 0; c < CHANNELS; c++)
        rows[c] = spx_plane_row(self->grain[c], turn % 2 == 0 ? at : height - 1 - at);
    *shift = turn == 0 ? 0 : spx_patch_hash(turn, 0, GRAIN_STEP, self->seed) % self->width;
}

/* A mean over what has weight jumps where other columns come into reach: it is mixed once more. */
static void level_weights(float *sums, uint32_t width)
{
    for (uint32_t x = 0; x < width; x++, sums += SUMS) {
        const float share = 1.0F / sums[SUMS - 1];
        for (size_t k = 0; k < SUMS; k++)
            sums[k] *= share;
    }
}

/* Of how many columns to both sides a row shows the mean. A cloud's tip that the photo's edge cuts
 * ends soon: were it mixed slowly from the edge on, a bright or dark ray would fan out from it. */
static int64_t mixing_radius(const soft_side *self, float up)
{
    const float height = (float)self->height;
    const float ended = 1.0F - expf(-up / (tuned.sky_tip_height * height));
    const float tips = self->side == SIDE_TOP ? tuned.sky_tip * height * ended : 0.0F;
    return 1 + (int64_t)((float)tuned.sky_mix * up + tips);
}

static void paint_row(const soft_side *self, uint32_t y, const row_room *room)
{
    const uint32_t up = self->top - y;
    const float share = spx_ease(spx_clamp01((float)up / ((float)self->band + 1.0F)));
    const float turned = spx_clamp01((float)up / (tuned.sky_rise_height * (float)self->height));
    const float high = (float)up / (tuned.sky_rise_height * (float)self->height);
    const float risen = high * expf(-high);
    const int64_t radius = mixing_radius(self, (float)up);
    const float evened = spx_clamp01((float)up / (tuned.sky_drift_height * (float)self->height));
    const float reach =
        tuned.sky_drift * fminf((float)up, tuned.sky_drift_height * (float)self->height);
    const float *grain[CHANNELS];
    uint32_t shift = 0;
    for (uint32_t x = 0; x < self->width; x++) {
        const float weight = self->weights[x] + 1e-4F;
        for (size_t c = 0; c < CHANNELS; c++) {
            room->sums[(size_t)SUMS * x + c] = weight * self->edge[(size_t)CHANNELS * x + c];
            room->sums[(size_t)SUMS * x + CHANNELS + c] =
                weight * self->rise[(size_t)CHANNELS * x + c];
        }
        room->sums[(size_t)SUMS * x + SUMS - 1] = weight;
    }
    blur(room->sums, room->other, self->width, radius);
    blur(room->other, room->sums, self->width, radius);
    level_weights(room->sums, self->width);
    blur(room->sums, room->other, self->width, radius / 2);
    find_knots(self, &drift, up, room->drift);
    find_knots(self, &light, up, room->light);
    find_grain(self, up, grain, &shift);
    for (uint32_t x = 0; x < self->width; x++) {
        const uint32_t from = x + shift < self->width ? x + shift : x + shift - self->width;
        const float grainy = self->grains[x] + evened * (self->usual_grain - self->grains[x]);
        const float extra = turned * self->light * between_knots(room->light, x);
        float colour[CHANNELS];
        colour_between(room->other, self->width, (float)x + reach * between_knots(room->drift, x),
                       risen, colour);
        for (size_t c = 0; c < CHANNELS; c++)
            colour[c] += extra + grainy * grain[c][from];
        write(self, x, y, colour, share * self->soft[x]);
    }
}

static void paint_rows(void *context, size_t turn)
{
    soft_side *const self = context;
    const uint32_t first = (uint32_t)turn * ROWS_PER_TURN;
    const size_t sums = (size_t)SUMS * self->width;
    const size_t knots = (size_t)self->width / KNOT_PX + 2;
    float *const work = malloc(2 * (sums + knots) * sizeof(*work));
    if (work == NULL) {
        atomic_store(&self->no_memory, 1);
        return;
    }
    const row_room room = { .sums = work,
                            .other = work + sums,
                            .drift = work + 2 * sums,
                            .light = work + 2 * sums + knots };
    for (uint32_t y = first; y < first + ROWS_PER_TURN && y < self->top; y++)
        paint_row(self, y, &room);
    free(work);
}

/* Columns between two soft ones, less than `gap` apart, are taken for soft. All others are soft or
 * are not: what is half painted over what patches made is a ghost. */
static void close_gaps(soft_side *self, uint32_t gap)
{
    static const float half = 0.5F;
    uint32_t last = UINT32_MAX;
    for (uint32_t x = 0; x < self->width; x++) {
        if (self->soft[x] < half) {
            self->soft[x] = 0.0F;
            continue;
        }
        const uint32_t begin = last == UINT32_MAX || x - last > gap ? x : last + 1;
        for (uint32_t u = begin; u <= x; u++)
            self->soft[u] = 1.0F;
        last = x;
    }
}

static void soft_side_clear(soft_side *self)
{
    free(self->edge);
    free(self->rise);
    free(self->soft);
    free(self->weights);
    free(self->grains);
    for (int c = 0; c < CHANNELS; c++)
        spx_plane_destroy(self->grain[c]);
}

/* The frame as a side's columns and rows see it. */
static spx_frame turned(const spx_frame *frame, which_side side)
{
    const uint32_t margins[] = { spx_frame_left(frame), spx_frame_right(frame),
                                 spx_frame_top(frame), spx_frame_bottom(frame) };
    const int upright = is_upright(side);
    return (spx_frame){ .width = upright ? frame->width : frame->height,
                        .height = upright ? frame->height : frame->width,
                        .photo_x = upright ? frame->photo_x : frame->photo_y,
                        .photo_y = margins[side],
                        .photo_width = upright ? frame->photo_width : frame->photo_height,
                        .photo_height = upright ? frame->photo_height : frame->photo_width };
}

static spx_status paint_side(soft_side *self, const spx_frame *frame, const spx_task *task,
                             spx_diag *diag)
{
    double share = 0.0;
    spx_status status = SPX_OK;
    const int is_sky = self->side == SIDE_TOP;
    const size_t turns = spx_divide_up(self->top, ROWS_PER_TURN);
    self->edge = malloc((size_t)CHANNELS * self->width * sizeof(*self->edge));
    self->rise = malloc((size_t)CHANNELS * self->width * sizeof(*self->rise));
    self->soft = calloc((size_t)self->width + 1, sizeof(*self->soft));
    self->weights = malloc((size_t)self->width * sizeof(*self->weights));
    self->grains = malloc(((size_t)self->width + 1) * sizeof(*self->grains));
    if (self->edge == NULL || self->rise == NULL || self->soft == NULL || self->weights == NULL ||
        self->grains == NULL) {
        status = spx_fail_memory(diag, "outpainting a soft side");
        goto out;
    }
    SPX_TRY_OUT(measure_softness(self, frame, &share, diag));
    if (share < (is_sky ? tuned.sky_soft_least : tuned.blur_soft_least))
        goto out;
    memcpy(self->weights, self->soft, (size_t)self->width * sizeof(*self->weights));
    if (!is_upright(self->side) && is_layered(self, frame))
        goto out;
    close_gaps(self, (uint32_t)((is_sky ? tuned.sky_gap : tuned.blur_gap) * frame->photo_width));
    SPX_TRY_OUT(row_smooth(self->soft, self->width, 1 + frame->photo_width / (2 * CELLS), diag));
    read_edge(self);
    SPX_TRY_OUT(read_grain(self, diag));
    SPX_TRY_OUT(spx_task_run(task, turns, paint_rows, self, diag));
    if (atomic_load(&self->no_memory))
        status = spx_fail_memory(diag, "outpainting a soft side");
out:
    soft_side_clear(self);
    return status;
}

spx_status spx_soft_sides_paint(spx_image *image, const spx_local_job *job, uint32_t band,
                                const spx_task *task, spx_diag *diag)
{
    for (which_side side = SIDE_LEFT; side <= SIDE_BOTTOM; side++) {
        const spx_frame frame = turned(job->frame, side);
        const double least = side == SIDE_TOP ? tuned.sky_growth : tuned.blur_growth;
        if (frame.photo_y == 0 || frame.photo_y < least * frame.photo_height ||
            frame.photo_height < 2 * LEAST_CELL_PX || frame.photo_width < 2 * LEAST_CELL_PX)
            continue;
        soft_side self = { .image = image,
                           .side = side,
                           .width = frame.width,
                           .top = frame.photo_y + band,
                           .band = band,
                           .height = frame.photo_height,
                           .seed = job->seed };
        SPX_TRY(paint_side(&self, &frame, task, diag));
    }
    return SPX_OK;
}
