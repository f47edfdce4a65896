/*
 * Three pictures are mixed, row by row: what patches have painted, near the photo; the mean of the
 * photo's upper edge over ever more columns, higher up; and noise of three octaves for slow changes
 * of light, with grain. Where the edge shows a thing, which is no soft sky, patches go on all the
 * way up, and gaps between such things are judged by their width.
 */
#include "outpaint/tall_sky.h"

#include "base/intops.h"
#include "image/image.h"
#include "image/plane_blur.h"
#include "outpaint/frame.h"
#include "outpaint/grain.h"
#include "outpaint/patch_level.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
    CHANNELS = SPX_IMAGE_CHANNELS,
    ROWS_PER_TURN = 16,
    EDGE_ROWS = 3, /* whose mean is continued */
    CELLS = 64,    /* across the photo, in which softness is measured */
    LEAST_CELL_PX = 8,
    OCTAVES = 3,
    NOISE_STEP = 0x7473, /* keeps these numbers apart from the searches' */
};

static const double least_growth = 0.2; /* of the photo's height */
static const double strip_share =
    0.05;                             /* of the photo's height: what is asked whether it is soft */
static const double turn_share = 0.1; /* of the photo's height: where patches have ended */
static const double mix_per_height = 0.8; /* radius of the mean over the height above the photo */
static const double gap_share = 0.25; /* of the photo's width: what is narrower ends in the sky */
static const double least_soft = 0.5; /* of the photo's width */
/* Mean difference of neighbouring pixels, 8-bit levels: less is soft, twice as much is texture. */
static const float soft_change = 5.0F;
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
    float *soft;     /* [width], 0..1 */
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

static float clamp01(float value)
{
    return value < 0.0F ? 0.0F : (value > 1.0F ? 1.0F : value);
}

/* Sets soft; beyond the photo's sides it is that of the corner. Returns the soft share. */
static double measure_softness(tall_sky *self, const spx_frame *frame)
{
    const uint32_t wished = frame->photo_width / CELLS;
    const uint32_t cell = wished > LEAST_CELL_PX ? wished : LEAST_CELL_PX;
    const uint32_t share = (uint32_t)(strip_share * frame->photo_height);
    const uint32_t rows = share > LEAST_CELL_PX ? share : LEAST_CELL_PX;
    const uint32_t begin = frame->photo_x;
    const uint32_t end = begin + frame->photo_width;
    float least = INFINITY;
    double sum = 0.0;
    for (uint32_t x = begin; x + cell <= end; x += cell) {
        const uint32_t next = x + 2 * cell <= end ? x + cell : end;
        const float change = change_of(self, x, next, rows);
        const float soft = clamp01(2.0F - change / soft_change);
        least = fminf(least, change);
        for (uint32_t u = x; u < next; u++)
            self->soft[u] = soft;
        sum += (double)soft * (next - x);
    }
    for (uint32_t x = 0; x < begin; x++)
        self->soft[x] = self->soft[begin];
    for (uint32_t x = end; x < self->width; x++)
        self->soft[x] = self->soft[end - 1];
    /* Differences of Gaussian noise of 1 have a mean of 2 / sqrt(pi). */
    self->grain = fminf(fmaxf(least * 0.886F, least_grain), most_grain);
    return sum / frame->photo_width;
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

static float lattice(int32_t x, int32_t y, uint64_t seed)
{
    return (float)spx_patch_hash((uint32_t)x, (uint32_t)y, NOISE_STEP, seed) / 2147483648.0F - 1.0F;
}

static float noise_at(float x, float y, uint64_t seed)
{
    const float fx = floorf(x);
    const float fy = floorf(y);
    const float u = (x - fx) * (x - fx) * (3.0F - 2.0F * (x - fx));
    const float v = (y - fy) * (y - fy) * (3.0F - 2.0F * (y - fy));
    const int32_t ix = (int32_t)fx;
    const int32_t iy = (int32_t)fy;
    const float above = lattice(ix, iy, seed) * (1.0F - u) + lattice(ix + 1, iy, seed) * u;
    const float below = lattice(ix, iy + 1, seed) * (1.0F - u) + lattice(ix + 1, iy + 1, seed) * u;
    return above * (1.0F - v) + below * v;
}

/* Slow changes, longer across than up. */
static float light_at(const tall_sky *self, uint32_t x, uint32_t up)
{
    float sum = 0.0F;
    float scale = 2.5F / (float)self->height;
    float strength = 0.6F;
    for (int k = 0; k < OCTAVES; k++, scale *= 2.0F, strength *= 0.5F) {
        sum += strength *
               noise_at((float)x * scale * 0.5F, (float)up * scale, self->seed + (uint64_t)k);
    }
    return sum * self->light;
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

static void paint_row(const tall_sky *self, uint32_t y, float *work)
{
    const uint32_t up = self->top - y;
    const float turned = clamp01((float)up / ((float)turn_share * (float)self->height));
    const float share = turned * turned * (3.0F - 2.0F * turned);
    const int64_t radius = 1 + (int64_t)(mix_per_height * up);
    float *const other = work + (size_t)SUMS * self->width;
    for (uint32_t x = 0; x < self->width; x++) {
        const float weight = self->soft[x] + 1e-4F;
        for (size_t c = 0; c < CHANNELS; c++)
            work[(size_t)SUMS * x + c] = weight * self->edge[(size_t)CHANNELS * x + c];
        work[(size_t)SUMS * x + CHANNELS] = weight;
    }
    blur(work, other, self->width, radius);
    blur(other, work, self->width, radius);
    for (uint32_t x = 0; x < self->width; x++) {
        const float *const sum = work + (size_t)SUMS * x;
        const float extra = turned * light_at(self, x, up) +
                            self->grain * spx_grain_at((int32_t)x, (int32_t)y, self->seed);
        float colour[CHANNELS];
        for (size_t c = 0; c < CHANNELS; c++)
            colour[c] = sum[c] / sum[CHANNELS] + extra;
        write(self, x, y, colour, share * self->soft[x]);
    }
}

static void paint_rows(void *context, size_t turn)
{
    tall_sky *const self = context;
    const uint32_t first = (uint32_t)turn * ROWS_PER_TURN;
    float *const work = malloc((size_t)2 * SUMS * self->width * sizeof(*work));
    if (work == NULL) {
        atomic_store(&self->no_memory, 1);
        return;
    }
    for (uint32_t y = first; y < first + ROWS_PER_TURN && y < self->top; y++)
        paint_row(self, y, work);
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
    spx_status status = SPX_OK;
    tall_sky self = { .image = image,
                      .width = image->width,
                      .top = spx_frame_top(frame),
                      .height = frame->photo_height,
                      .seed = job->seed };
    if (self.top < least_growth * self.height || self.height < 2 * LEAST_CELL_PX)
        return SPX_OK;
    const size_t turns = spx_divide_up(self.top, ROWS_PER_TURN);
    self.edge = malloc((size_t)CHANNELS * self.width * sizeof(*self.edge));
    self.soft = calloc((size_t)self.width + 1, sizeof(*self.soft));
    if (self.edge == NULL || self.soft == NULL) {
        status = spx_fail_memory(diag, "outpainting a sky");
        goto out;
    }
    if (measure_softness(&self, frame) < least_soft)
        goto out;
    close_gaps(&self, (uint32_t)(gap_share * frame->photo_width));
    SPX_TRY_OUT(smooth_softness(&self, 1 + frame->photo_width / (2 * CELLS), diag));
    read_edge(&self);
    SPX_TRY_OUT(spx_task_run(task, turns, paint_rows, &self, diag));
    if (atomic_load(&self.no_memory))
        status = spx_fail_memory(diag, "outpainting a sky");
out:
    free(self.edge);
    free(self.soft);
    return status;
}
