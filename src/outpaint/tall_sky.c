/*
 * Three pictures are mixed, row by row: what patches have painted, right above the photo; the mean
 * of the photo's upper edge over ever more columns, higher up, read from places that drift sideways
 * (turbulence, as clouds do: no columns, and no level line where the photo's clouds end); and slow
 * changes of light, with grain. Where the edge shows a thing, which is no soft sky, patches go on
 * all the way up, and gaps between such things are judged by their width.
 */
#include "outpaint/tall_sky.h"

#include "base/intops.h"
#include "base/order.h"
#include "image/image.h"
#include "image/plane_blur.h"
#include "outpaint/frame.h"
#include "outpaint/grain.h"
#include "outpaint/patch_level.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHANNELS = SPX_IMAGE_CHANNELS,
    ROWS_PER_TURN = 16,
    EDGE_ROWS = 3, /* whose mean is continued */
    CELLS = 32,    /* across the photo, in which softness is measured */
    LEAST_CELL_PX = 8,
    COARSE_PX = 128, /* softness is that of the photo at such a short side, whatever its size */
    LEAST_ROWS = 8,
    LIGHT_OCTAVES = 3,
    DRIFT_OCTAVES = 5,
    KNOT_PX = 8,         /* noise is found at every so many columns, and lines drawn between */
    NOISE_STEP = 0x7473, /* keeps these numbers apart from the searches' */
    DRIFT_STEP = 0x6472,
};

/* Of the photo's height. At 20 % patches alone copy the evening clouds of boats.jpg three times. */
static const double least_growth = 0.2;
/* Of the photo's height: what is asked whether it is soft. */
static const double strip_share = 0.06;
/* Of the photo's height: where patches have ended. From 0.1 they copy a cloud's edge once. */
static const double turn_share = 0.04;
/* Radius of the mean over the height above the photo. */
static const double mix_per_height = 0.4;
/* Sideways drift over the height above the photo, and up to which height it grows. */
static const float drift_per_height = 0.8F;
static const float drift_height = 0.3F; /* of the photo's height */
/* Of the photo's width: what is narrower ends in the sky. */
static const double gap_share = 0.3;
/* Of the photo's width. Skies have 0.69 (clouds of an evening) to 1; the wood of a table 0.66, a
 * cat before a room 0.54. */
static const double least_soft = 0.67;
/* What one in twenty of a cell's neighbouring pixels differs by or more, 8-bit levels, of the photo
 * at COARSE_PX: less is soft, twice as much is texture. Half of the cells: evening clouds 13,
 * out-of-focus gardens 3 to 6, clear skies 1 to 3; a cat's fur 21, boards 72, windows 90, cups 98.
 */
static const float soft_change = 14.0F;
/* The same of a thing that stands against a soft edge; a lit cloud's outline has 30 to 50. */
static const float thing_change = 28.0F;
static const double softest_share = 0.95;
static const float least_grain = 0.5F; /* hides the steps of 8 bits */
static const float most_grain = 4.0F;
static const float most_light = 7.0F; /* of the slow changes */
static const float to_16_bits = 257.0F;

typedef struct tall_sky {
    spx_image *image;
    uint32_t width;
    uint32_t top;    /* rows above the photo */
    uint32_t height; /* of the photo */
    float *edge;     /* [width][CHANNELS], 0..255 */
    float *soft;     /* [width], 0..1: how much of it turns into sky */
    float
        *weights; /* [width], 0..1: what its colour counts; little where a thing ends in the sky */
    float grain;
    float light;
    uint64_t seed;
    atomic_int no_memory;
} tall_sky;

static float sample(const spx_image *image, uint32_t x, uint32_t y, int c)
{
    const float value = (float)spx_image_sample(image, x, y, c);
    return image->bits == 16 ? value / to_16_bits : value;
}

/* ---- what the photo's upper edge is like ---- */

/* Mean difference of neighbours in a strip of the photo, columns x..end-1. */
static float change_of(const tall_sky *self, uint32_t x, uint32_t end, uint32_t rows)
{
    float sum = 0.0F;
    for (uint32_t y = self->top; y + 1 < self->top + rows; y++) {
        for (uint32_t u = x; u + 1 < end; u++) {
            const float here = sample(self->image, u, y, 1);
            sum += fabsf(here - sample(self->image, u + 1, y, 1)) +
                   fabsf(here - sample(self->image, u, y + 1, 1));
        }
    }
    return sum / (2.0F * (float)((rows - 1) * (end - x - 1)));
}

/* Differences of Gaussian noise of 1 have a mean of 2 / sqrt(pi). The smoothest cell tells it. */
static void measure_grain(tall_sky *self, const spx_frame *frame)
{
    const uint32_t end = frame->photo_x + frame->photo_width;
    float least = INFINITY;
    for (uint32_t x = frame->photo_x; x + LEAST_CELL_PX <= end; x += LEAST_CELL_PX)
        least = fminf(least, change_of(self, x, x + LEAST_CELL_PX, LEAST_ROWS));
    self->grain = fminf(fmaxf(least * 0.886F, least_grain), most_grain);
}

static float clamp01(float value)
{
    return value < 0.0F ? 0.0F : (value > 1.0F ? 1.0F : value);
}

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

static float mean_at(const tall_sky *self, uint32_t left, uint32_t top, uint32_t step)
{
    float sum = 0.0F;
    for (uint32_t y = 0; y < step; y++) {
        for (uint32_t x = 0; x < step; x++)
            sum += sample(self->image, left + x, top + y, 1);
    }
    return sum / (float)(step * step);
}

static spx_status strip_read(strip *out, const tall_sky *self, const spx_frame *frame,
                             spx_diag *diag)
{
    const uint32_t shrunk =
        (frame->photo_height < frame->photo_width ? frame->photo_height : frame->photo_width) /
        COARSE_PX;
    const uint32_t step = shrunk > 1 ? shrunk : 1;
    const uint32_t share = (uint32_t)(strip_share * frame->photo_height) / step;
    *out = (strip){ .step = step,
                    .width = frame->photo_width / step,
                    .height = share > LEAST_ROWS ? share : LEAST_ROWS };
    const size_t count = (size_t)out->width * out->height;
    out->pixels = calloc(count, sizeof(*out->pixels));
    out->changes = malloc(count * sizeof(*out->changes));
    if (out->pixels == NULL || out->changes == NULL)
        return spx_fail_memory(diag, "outpainting a sky");
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
    return self->changes[(size_t)(softest_share * (double)(count - 1))];
}

/* Sets soft; beyond the photo's sides it is that of the corner. *share: of the photo's width. */
static spx_status measure_softness(tall_sky *self, const spx_frame *frame, double *share,
                                   spx_diag *diag)
{
    const uint32_t begin = frame->photo_x;
    const uint32_t end = begin + frame->photo_width;
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
            self->soft[u] = clamp01(2.0F - change / thing_change);
        sum += (double)clamp01(2.0F - change / soft_change) * (next - x);
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

static void read_edge(tall_sky *self)
{
    double mean = 0.0;
    double square = 0.0;
    for (uint32_t x = 0; x < self->width; x++) {
        for (int c = 0; c < CHANNELS; c++) {
            float sum = 0.0F;
            for (uint32_t k = 0; k < EDGE_ROWS; k++)
                sum += sample(self->image, x, self->top + k, c);
            self->edge[(size_t)CHANNELS * x + (size_t)c] = sum / EDGE_ROWS;
        }
        const double one = self->edge[(size_t)CHANNELS * x + 1];
        mean += one / self->width;
        square += one * one / self->width;
    }
    self->light = fminf((float)sqrt(fmax(square - mean * mean, 0.0)) / 4.0F, most_light);
}

/* ---- colours above ---- */

enum { SUMS = CHANNELS + 1 }; /* and the weight */

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
    const float u = (x - fx) * (x - fx) * (3.0F - 2.0F * (x - fx));
    const float v = (y - fy) * (y - fy) * (3.0F - 2.0F * (y - fy));
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

static float turbulence_at(const tall_sky *self, const turbulence *kind, uint32_t x, uint32_t up)
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
static void find_knots(const tall_sky *self, const turbulence *kind, uint32_t up, float *knots)
{
    for (uint32_t k = 0; k < self->width / KNOT_PX + 2; k++)
        knots[k] = turbulence_at(self, kind, k * KNOT_PX, up);
}

static float between_knots(const float *knots, uint32_t x)
{
    const float part = (float)(x % KNOT_PX) / KNOT_PX;
    return knots[x / KNOT_PX] + part * (knots[x / KNOT_PX + 1] - knots[x / KNOT_PX]);
}

static void write(const tall_sky *self, uint32_t x, uint32_t y, const float colour[CHANNELS],
                  float share)
{
    const float scale = self->image->bits == 16 ? to_16_bits : 1.0F;
    for (int c = 0; c < CHANNELS; c++) {
        const float now = sample(self->image, x, y, c);
        const float value = now + share * (colour[c] - now);
        const float clamped = fminf(fmaxf(value, 0.0F), (float)UINT8_MAX) * scale;
        spx_image_set_sample(self->image, x, y, c, (uint32_t)(clamped + 0.5F));
    }
}

/* The colour of sums [width][SUMS] between two columns. */
static void colour_between(const float *sums, uint32_t width, float at, float colour[CHANNELS])
{
    const float inside = fminf(fmaxf(at, 0.0F), (float)(width - 1));
    const size_t left = (size_t)inside;
    const float *const here = sums + SUMS * left;
    const float *const next = left + 1 < width ? here + SUMS : here;
    const float part = inside - (float)left;
    const float weight = here[CHANNELS] + part * (next[CHANNELS] - here[CHANNELS]);
    for (size_t c = 0; c < CHANNELS; c++)
        colour[c] = (here[c] + part * (next[c] - here[c])) / weight;
}

/* What paint_row() works in. */
typedef struct row_room {
    float *sums;  /* [width][SUMS] */
    float *other; /* the same */
    float *drift; /* see find_knots() */
    float *light;
} row_room;

static void paint_row(const tall_sky *self, uint32_t y, const row_room *room)
{
    const uint32_t up = self->top - y;
    const float turned = clamp01((float)up / ((float)turn_share * (float)self->height));
    const float share = turned * turned * (3.0F - 2.0F * turned);
    const int64_t radius = 1 + (int64_t)(mix_per_height * up);
    const float reach = drift_per_height * fminf((float)up, drift_height * (float)self->height);
    for (uint32_t x = 0; x < self->width; x++) {
        const float weight = self->weights[x] + 1e-4F;
        for (size_t c = 0; c < CHANNELS; c++)
            room->sums[(size_t)SUMS * x + c] = weight * self->edge[(size_t)CHANNELS * x + c];
        room->sums[(size_t)SUMS * x + CHANNELS] = weight;
    }
    blur(room->sums, room->other, self->width, radius);
    blur(room->other, room->sums, self->width, radius);
    find_knots(self, &drift, up, room->drift);
    find_knots(self, &light, up, room->light);
    for (uint32_t x = 0; x < self->width; x++) {
        float colour[CHANNELS];
        colour_between(room->sums, self->width, (float)x + reach * between_knots(room->drift, x),
                       colour);
        const float extra = turned * self->light * between_knots(room->light, x) +
                            self->grain * spx_grain_at((int32_t)x, (int32_t)y, self->seed);
        for (size_t c = 0; c < CHANNELS; c++)
            colour[c] += extra;
        write(self, x, y, colour, share * self->soft[x]);
    }
}

static void paint_rows(void *context, size_t turn)
{
    tall_sky *const self = context;
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

/* Columns between two soft ones, less than `gap` apart, are taken for soft. */
static void close_gaps(tall_sky *self, uint32_t gap)
{
    static const float half = 0.5F;
    uint32_t last = UINT32_MAX;
    for (uint32_t x = 0; x < self->width; x++) {
        if (self->soft[x] < half)
            continue;
        const uint32_t begin = last == UINT32_MAX || x - last > gap ? x : last + 1;
        for (uint32_t u = begin; u <= x; u++)
            self->soft[u] = 1.0F;
        last = x;
    }
}

/* Where patches stay and where they do not must not change at once. */
static spx_status smooth_softness(tall_sky *self, uint32_t radius, spx_diag *diag)
{
    float *const once = malloc(((size_t)self->width + 1) * sizeof(*once));
    if (once == NULL)
        return spx_fail_memory(diag, "outpainting a sky");
    spx_row_blur(self->soft, self->width, radius, once);
    spx_row_blur(self->soft, self->width, radius, once);
    free(once);
    return SPX_OK;
}

spx_status spx_tall_sky_paint(spx_image *image, const spx_local_job *job, const spx_task *task,
                              spx_diag *diag)
{
    const spx_frame *const frame = job->frame;
    double share = 0.0;
    spx_status status = SPX_OK;
    tall_sky self = { .image = image,
                      .width = image->width,
                      .top = spx_frame_top(frame),
                      .height = frame->photo_height,
                      .seed = job->seed };
    if (self.top < least_growth * self.height || self.height < 2 * LEAST_CELL_PX ||
        frame->photo_width < 2 * LEAST_CELL_PX)
        return SPX_OK;
    const size_t turns = spx_divide_up(self.top, ROWS_PER_TURN);
    self.edge = malloc((size_t)CHANNELS * self.width * sizeof(*self.edge));
    self.soft = calloc((size_t)self.width + 1, sizeof(*self.soft));
    self.weights = malloc((size_t)self.width * sizeof(*self.weights));
    if (self.edge == NULL || self.soft == NULL || self.weights == NULL) {
        status = spx_fail_memory(diag, "outpainting a sky");
        goto out;
    }
    SPX_TRY_OUT(measure_softness(&self, frame, &share, diag));
    if (share < least_soft)
        goto out;
    measure_grain(&self, frame);
    memcpy(self.weights, self.soft, (size_t)self.width * sizeof(*self.weights));
    close_gaps(&self, (uint32_t)(gap_share * frame->photo_width));
    SPX_TRY_OUT(smooth_softness(&self, 1 + frame->photo_width / (2 * CELLS), diag));
    read_edge(&self);
    SPX_TRY_OUT(spx_task_run(task, turns, paint_rows, &self, diag));
    if (atomic_load(&self.no_memory))
        status = spx_fail_memory(diag, "outpainting a sky");
out:
    free(self.edge);
    free(self.soft);
    free(self.weights);
    return status;
}
