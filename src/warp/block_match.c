/*
 * Sums of absolute differences of grey values over a square window, for every pixel and every
 * candidate; a strip of rows is one turn. The strip's costs answer for both directions, so the
 * check from right to left costs no second search. A median over the answers takes out single
 * wrong ones, and answers that stand alone.
 */
#include "warp/block_match.h"

#include "image/image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    RADIUS = 4, /* of the window */
    WINDOW = 2 * RADIUS + 1,
    STRIP_ROWS = 12,
    MEDIAN_RADIUS = 2,
    MEDIAN_SIDE = 2 * MEDIAN_RADIUS + 1,
    MEDIAN_MOST = MEDIAN_SIDE * MEDIAN_SIDE,
    MEDIAN_LEAST = 12, /* answers around a pixel that make its own one count */
};

static const float least_texture = 1.0F; /* mean horizontal step in the window, levels of 255 */
static const float unique_ratio = 1.15F; /* cost of the best candidate elsewhere, by the best one */
static const float unique_levels = 0.1F; /* and at least so much above it, mean of the window */

typedef struct match {
    spx_plane *left; /* grey, 0..255 */
    spx_plane *right;
    spx_plane *raw; /* before the median */
    spx_plane *out;
    uint32_t range;
    uint32_t candidates;
    float *costs; /* [strip][STRIP_ROWS][candidate][x] of one group of strips at work */
    size_t strip_floats;
    uint32_t first_strip;
} match;

static float sample(const spx_image *image, const void *row, size_t at)
{
    return image->bits == 8 ? (float)((const uint8_t *)row)[at]
                            : (float)((const uint16_t *)row)[at] / 257.0F;
}

static spx_status create_grey(spx_plane **out, const spx_image *image, spx_diag *diag)
{
    SPX_TRY(spx_plane_create(out, image->width, image->height, diag));
    for (uint32_t y = 0; y < image->height; y++) {
        const void *const from = spx_image_row8(image, y);
        float *const to = spx_plane_row(*out, y);
        for (uint32_t x = 0; x < image->width; x++) {
            const size_t at = (size_t)x * SPX_IMAGE_CHANNELS;
            to[x] = 0.299F * sample(image, from, at) + 0.587F * sample(image, from, at + 1) +
                    0.114F * sample(image, from, at + 2);
        }
    }
    return SPX_OK;
}

static uint32_t clamp_index(int64_t at, uint32_t count)
{
    return at < 0 ? 0 : (at >= count ? count - 1 : (uint32_t)at);
}

/* Sums over the window's width, of columns already summed over its height. */
static void sum_across(const float *columns, uint32_t width, float *sums)
{
    float sum = 0.0F;
    for (int64_t i = -RADIUS; i <= RADIUS; i++)
        sum += columns[clamp_index(i, width)];
    for (uint32_t x = 0; x < width; x++) {
        sums[x] = sum;
        sum += columns[clamp_index((int64_t)x + RADIUS + 1, width)] -
               columns[clamp_index((int64_t)x - RADIUS, width)];
    }
}

/* |left(x) - right(x - shift)| of one row, added to the columns. */
static void add_differences(const match *self, uint32_t y, int64_t shift, float sign,
                            float *columns)
{
    const uint32_t width = self->left->width;
    const float *const left = spx_plane_row(self->left, y);
    const float *const right = spx_plane_row(self->right, y);
    for (uint32_t x = 0; x < width; x++)
        columns[x] += sign * fabsf(left[x] - right[clamp_index((int64_t)x - shift, width)]);
}

/* Costs of one candidate for the rows of a strip. */
static void cost_candidate(const match *self, uint32_t top, uint32_t rows, uint32_t candidate,
                           float *columns, float *costs)
{
    const uint32_t width = self->left->width;
    const uint32_t height = self->left->height;
    const int64_t shift = (int64_t)candidate - self->range;
    memset(columns, 0, width * sizeof(*columns));
    for (int64_t i = -RADIUS; i <= RADIUS; i++)
        add_differences(self, clamp_index(top + i, height), shift, 1.0F, columns);
    for (uint32_t i = 0; i < rows; i++) {
        const int64_t y = (int64_t)top + i;
        sum_across(columns, width, costs + ((size_t)i * self->candidates + candidate) * width);
        if (i + 1 == rows)
            break;
        add_differences(self, clamp_index(y - RADIUS, height), shift, -1.0F, columns);
        add_differences(self, clamp_index(y + RADIUS + 1, height), shift, 1.0F, columns);
    }
}

/* Candidates first..last that pixel x of the left (sign 1) or the right eye (sign -1) may have. */
static void find_bounds(const match *self, uint32_t x, int right, uint32_t *first, uint32_t *last)
{
    const int64_t width = self->left->width;
    const int64_t range = self->range;
    const int64_t least = right ? -(int64_t)x : (int64_t)x - (width - 1);
    const int64_t most = right ? width - 1 - (int64_t)x : (int64_t)x;
    *first = (uint32_t)((least < -range ? -range : least) + range);
    *last = (uint32_t)((most > range ? range : most) + range);
}

static uint32_t best_of_left(const match *self, const float *costs, uint32_t x)
{
    uint32_t first = 0;
    uint32_t last = 0;
    find_bounds(self, x, 0, &first, &last);
    uint32_t best = first;
    for (uint32_t c = first + 1; c <= last; c++) {
        if (costs[(size_t)c * self->left->width + x] < costs[(size_t)best * self->left->width + x])
            best = c;
    }
    return best;
}

static uint32_t best_of_right(const match *self, const float *costs, uint32_t x)
{
    const size_t width = self->left->width;
    uint32_t first = 0;
    uint32_t last = 0;
    find_bounds(self, x, 1, &first, &last);
    uint32_t best = first;
    float least = INFINITY;
    for (uint32_t c = first; c <= last; c++) {
        const float cost = costs[c * width + x + c - self->range];
        best = cost < least ? c : best;
        least = cost < least ? cost : least;
    }
    return best;
}

static int is_unique(const match *self, const float *costs, uint32_t x, uint32_t best)
{
    const size_t width = self->left->width;
    const float limit =
        costs[best * width + x] * unique_ratio + unique_levels * (float)(WINDOW * WINDOW);
    uint32_t first = 0;
    uint32_t last = 0;
    find_bounds(self, x, 0, &first, &last);
    for (uint32_t c = first; c <= last; c++) {
        if ((c + 2 < best || c > best + 2) && costs[c * width + x] < limit)
            return 0;
    }
    return 1;
}

/* Absolute differences grow in a V around the best place: where its two sides meet. */
static float refine(const match *self, const float *costs, uint32_t x, uint32_t best)
{
    const size_t width = self->left->width;
    const float whole = (float)best - (float)self->range;
    uint32_t first = 0;
    uint32_t last = 0;
    find_bounds(self, x, 0, &first, &last);
    if (best == first || best == last)
        return whole;
    const float here = costs[best * width + x];
    const float below = costs[(best - 1) * width + x] - here;
    const float above = costs[(best + 1) * width + x] - here;
    const float steep = fmaxf(below, above);
    return steep > 0.0F ? whole + (below - above) / (2.0F * steep) : whole;
}

static int has_texture(const match *self, uint32_t x, uint32_t y)
{
    float sum = 0.0F;
    for (int64_t i = -RADIUS; i <= RADIUS; i++) {
        const float *const row =
            spx_plane_row(self->left, clamp_index((int64_t)y + i, self->left->height));
        for (int64_t j = -RADIUS; j <= RADIUS; j++) {
            const uint32_t a = clamp_index((int64_t)x + j, self->left->width);
            const uint32_t b = clamp_index((int64_t)x + j + 1, self->left->width);
            sum += fabsf(row[b] - row[a]);
        }
    }
    return sum >= least_texture * (float)(WINDOW * WINDOW);
}

static void decide_row(const match *self, const float *costs, uint32_t y, uint32_t *from_right)
{
    const uint32_t width = self->left->width;
    float *const to = spx_plane_row(self->raw, y);
    for (uint32_t x = 0; x < width; x++)
        from_right[x] = best_of_right(self, costs, x);
    for (uint32_t x = 0; x < width; x++) {
        const uint32_t best = best_of_left(self, costs, x);
        const uint32_t back = from_right[x + self->range - best];
        const uint32_t apart = back > best ? back - best : best - back;
        const int known = apart <= 1 && has_texture(self, x, y) && is_unique(self, costs, x, best);
        to[x] = known ? refine(self, costs, x, best) : NAN;
    }
}

static void match_strip(void *context, size_t index)
{
    const match *const self = context;
    const uint32_t width = self->left->width;
    const uint32_t top = (self->first_strip + (uint32_t)index) * STRIP_ROWS;
    const uint32_t left = self->left->height - top;
    const uint32_t rows = left < STRIP_ROWS ? left : STRIP_ROWS;
    float *const costs = self->costs + index * self->strip_floats;
    float *const columns = costs + (size_t)STRIP_ROWS * self->candidates * width;
    uint32_t *const from_right = (uint32_t *)(void *)(columns + width);
    for (uint32_t c = 0; c < self->candidates; c++)
        cost_candidate(self, top, rows, c, columns, costs);
    for (uint32_t i = 0; i < rows; i++)
        decide_row(self, costs + (size_t)i * self->candidates * width, top + i, from_right);
}

static int by_value(const void *a, const void *b)
{
    const float x = *(const float *)a;
    const float y = *(const float *)b;
    return (x > y) - (x < y);
}

static float median_at(const spx_plane *raw, uint32_t x, uint32_t y)
{
    float around[MEDIAN_MOST];
    size_t count = 0;
    for (int64_t i = -MEDIAN_RADIUS; i <= MEDIAN_RADIUS; i++) {
        for (int64_t j = -MEDIAN_RADIUS; j <= MEDIAN_RADIUS; j++) {
            const int64_t at_y = (int64_t)y + i;
            const int64_t at_x = (int64_t)x + j;
            if (at_y < 0 || at_y >= raw->height || at_x < 0 || at_x >= raw->width)
                continue;
            const float value = spx_plane_row(raw, (uint32_t)at_y)[at_x];
            if (!isnan(value))
                around[count++] = value;
        }
    }
    if (count < MEDIAN_LEAST)
        return NAN;
    qsort(around, count, sizeof(*around), by_value);
    return around[count / 2];
}

/* What lies within its own disparity of the frame is outside the other eye's picture. */
static void extend_to_frame(float *row, uint32_t width)
{
    const float slack = RADIUS + MEDIAN_RADIUS;
    uint32_t first = 0;
    while (first < width && isnan(row[first]))
        first++;
    if (first == width)
        return;
    uint32_t last = width - 1;
    while (isnan(row[last]))
        last--;
    for (uint32_t x = 0; x < first && (float)first <= row[first] + slack; x++)
        row[x] = row[first];
    for (uint32_t x = last + 1; x < width && (float)(width - 1 - last) <= slack - row[last]; x++)
        row[x] = row[last];
}

static void filter_row(void *context, size_t index)
{
    const match *const self = context;
    const uint32_t y = (uint32_t)index;
    float *const to = spx_plane_row(self->out, y);
    const float *const raw = spx_plane_row(self->raw, y);
    for (uint32_t x = 0; x < self->raw->width; x++)
        to[x] = isnan(raw[x]) ? NAN : median_at(self->raw, x, y);
    extend_to_frame(to, self->raw->width);
}

/* Strips in groups of as many as there are threads, so that memory stays small. */
static spx_status match_strips(match *self, const spx_task *task, spx_diag *diag)
{
    const uint32_t strips = (self->left->height + STRIP_ROWS - 1) / STRIP_ROWS;
    const uint32_t group = spx_pool_threads(task == NULL ? NULL : task->pool);
    self->strip_floats = ((size_t)STRIP_ROWS * self->candidates + 2) * self->left->width;
    self->costs = calloc(self->strip_floats * group, sizeof(*self->costs));
    if (self->costs == NULL)
        return spx_fail_memory(diag, "costs of block matching");
    for (uint32_t first = 0; first < strips; first += group) {
        const uint32_t count = strips - first < group ? strips - first : group;
        self->first_strip = first;
        SPX_TRY(spx_task_run(task, count, match_strip, self, diag));
        spx_task_progress(task, (double)(first + count) / strips);
    }
    return SPX_OK;
}

spx_status spx_block_match(spx_plane **out, const spx_image *left, const spx_image *right,
                           uint32_t range_px, const spx_task *task, spx_diag *diag)
{
    if (left->width != right->width || left->height != right->height) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "eyes of %ux%u and %ux%u pixels", left->width,
                        left->height, right->width, right->height);
    }
    const uint32_t range = range_px < left->width ? range_px : left->width - 1;
    match self = { .range = range, .candidates = 2 * range + 1 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(create_grey(&self.left, left, diag));
    SPX_TRY_OUT(create_grey(&self.right, right, diag));
    SPX_TRY_OUT(spx_plane_create(&self.raw, left->width, left->height, diag));
    SPX_TRY_OUT(spx_plane_create(&self.out, left->width, left->height, diag));
    SPX_TRY_OUT(match_strips(&self, task, diag));
    SPX_TRY_OUT(spx_task_run(task, left->height, filter_row, &self, diag));
    *out = self.out;
    self.out = NULL; /* moved to the caller */
out:
    free(self.costs);
    spx_plane_destroy(self.left);
    spx_plane_destroy(self.right);
    spx_plane_destroy(self.raw);
    spx_plane_destroy(self.out);
    return status;
}
