/*
 * The pictures are cut into strips of rows, each a turn of its own with some rows more above and
 * below, where the paths that come along the columns find their answer. A strip's costs are a
 * volume [row][x][candidate]:
 *
 *     down:  paths from W, E, N, NW, NE are added to the sums row by row
 *     up:    paths from S, SW, SE; a row is decided as soon as it has them
 *
 * Paths keep two rows of cells. A cell holds a path's costs of one pixel, with dear bytes around
 * them, so that the kernel needs no care at the first and the last candidate; a cell of zeros
 * stands beside each row and before the first one: a path begins there.
 */
#include "match/level.h"

#include "base/cpu.h"
#include "base/floatops.h"
#include "base/intops.h"
#include "base/size.h"
#include "match/census.h"
#include "match/match_kernels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    STRIP_ROWS = 160, /* decided by one turn */
    LEAD_ROWS = 24,   /* worked before and behind them */
    SLANTS = 3,       /* paths that come from another row: from x - 1, x, x + 1 */
    PATHS = 8,
    OUTSIDE_COST = 24, /* of a candidate outside the other picture: what chance gives less a bit */
    SMALL_JUMP = 7,    /* SMALL_JUMP, LARGE_JUMP, LARGE_LEAST: least bad pixels on motorcycle */
    LARGE_JUMP = 70,   /* change of depth inside a flat area */
    LARGE_LEAST = 20,  /* at a step of brightness */
    LEVELS = 256,
    MEMORY_BYTES = 320 << 20, /* of the strips at work, one strip at least */
};

static const double step_levels = 12.0; /* a step of brightness that halves the cost of a jump */
static const float full_margin = 6.0F;  /* bits a path that the second best costs more: sure */
static const float full_rival =
    6.0F; /* census bits that the best one elsewhere differs more: sure */
static const float full_texture = 2.0F; /* mean horizontal step beside the pixel, levels: sure */
static const float good_bits = 14.0F;   /* differing census bits, mean of the paths: still good */
static const float bad_bits = 30.0F;    /* chance */

typedef struct match_run {
    spx_match_level level;
    const spx_match_kernels *kernels;
    spx_census census[2];
    spx_plane *disparity;
    spx_plane *confidence;
    uint8_t large[LEVELS]; /* cost of a jump by the step of brightness under it */
    size_t cell;           /* bytes of a path's cell */
    size_t strip_bytes;
    uint8_t *memory; /* of the strips of one group */
    uint32_t first_strip;
} match_run;

/* Rows of cells of the paths that come from another row. */
typedef struct path_rows {
    uint8_t *cells[SLANTS][2]; /* [width + 2] */
    uint8_t *least[SLANTS][2];
} path_rows;

typedef struct strip {
    const match_run *run;
    uint32_t first; /* rows worked: first..end */
    uint32_t end;
    uint32_t top; /* rows decided: top..bottom */
    uint32_t bottom;
    uint8_t *costs;
    uint16_t *sums;
    path_rows paths;
    uint8_t *along[2];     /* cells of the path along the row */
    uint16_t *right_least; /* of the right picture's pixels, pad around */
    uint16_t *right_index;
    spx_match_best *best;
} strip;

enum { ALIGNMENT = 64 }; /* bytes: a cache line */

static uint32_t pad_of(const spx_match_level *level)
{
    return (uint32_t)abs(level->most) + level->candidates;
}

/* The next piece of a strip's memory; without memory it only counts. */
static void *deal(uint8_t *memory, size_t *used, size_t bytes)
{
    void *const piece = memory == NULL ? NULL : memory + *used;
    *used += spx_align_up(bytes, ALIGNMENT);
    return piece;
}

/* Bytes of a strip; deals them out when there is memory. */
static size_t lay_out(const match_run *run, strip *to, uint8_t *memory)
{
    const size_t width = run->level.left->width;
    const uint32_t most = STRIP_ROWS + 2 * LEAD_ROWS;
    const size_t rows = most < run->level.left->height ? most : run->level.left->height;
    const size_t volume = rows * width * run->level.candidates;
    const size_t padded = (width + 2 * (size_t)pad_of(&run->level)) * sizeof(uint16_t);
    size_t used = 0;
    to->costs = deal(memory, &used, volume);
    to->sums = deal(memory, &used, volume * sizeof(uint16_t));
    for (int i = 0; i < SLANTS; i++) {
        for (int j = 0; j < 2; j++) {
            to->paths.cells[i][j] = deal(memory, &used, (width + 2) * run->cell);
            to->paths.least[i][j] = deal(memory, &used, width + 2);
        }
    }
    to->along[0] = deal(memory, &used, run->cell);
    to->along[1] = deal(memory, &used, run->cell);
    to->right_least = deal(memory, &used, padded);
    to->right_index = deal(memory, &used, padded);
    to->best = deal(memory, &used, width * sizeof(spx_match_best));
    return used;
}

static void clear_cell(const match_run *run, uint8_t *cell)
{
    memset(cell, SPX_MATCH_PAD_VALUE, run->cell);
    memset(cell + SPX_MATCH_PAD, 0, run->level.candidates);
}

static void clear_paths(const strip *self)
{
    const size_t cells = (size_t)self->run->level.left->width + 2;
    for (int i = 0; i < SLANTS; i++) {
        for (int j = 0; j < 2; j++) {
            for (size_t x = 0; x < cells; x++)
                clear_cell(self->run, self->paths.cells[i][j] + x * self->run->cell);
            memset(self->paths.least[i][j], 0, cells);
        }
    }
}

static uint8_t *costs_at(const strip *self, uint32_t x, uint32_t y)
{
    const size_t width = self->run->level.left->width;
    return self->costs + ((y - self->first) * width + x) * self->run->level.candidates;
}

static uint16_t *sums_at(const strip *self, uint32_t x, uint32_t y)
{
    const size_t width = self->run->level.left->width;
    return self->sums + ((y - self->first) * width + x) * self->run->level.candidates;
}

/* Candidates first..end of pixel x that lie in the other picture. */
static void find_inside(const spx_match_level *level, uint32_t x, uint32_t *first, uint32_t *end)
{
    const int64_t low = (int64_t)level->most - x;
    const int64_t high = low + level->left->width;
    const int64_t count = level->candidates;
    *first = (uint32_t)(low < 0 ? 0 : (low > count ? count : low));
    *end = (uint32_t)(high < *first ? *first : (high > count ? count : high));
}

static void cost_row(const strip *self, uint32_t y)
{
    const match_run *const run = self->run;
    const uint64_t *const left = spx_census_row(&run->census[0], y);
    const uint64_t *const right = spx_census_row(&run->census[1], y);
    const size_t count = run->level.candidates;
    for (uint32_t x = 0; x < run->level.left->width; x++) {
        uint8_t *const costs = costs_at(self, x, y);
        uint32_t first = 0;
        uint32_t end = 0;
        find_inside(&run->level, x, &first, &end);
        run->kernels->differ(left[x], right + x - run->level.most, count, costs);
        memset(costs, OUTSIDE_COST, first);
        memset(costs + end, OUTSIDE_COST, count - end);
    }
    memset(sums_at(self, 0, y), 0, run->level.left->width * count * sizeof(uint16_t));
}

static uint8_t large_jump(const match_run *run, float here, float there)
{
    const int step = (int)fabsf(here - there);
    return run->large[step >= LEVELS ? LEVELS - 1 : step];
}

/* Paths from the row before, `from`, to row y. turn: which of the two rows of cells is now's. */
static void walk_slants(const strip *self, uint32_t y, uint32_t from, int turn)
{
    const match_run *const run = self->run;
    const uint32_t width = run->level.left->width;
    const float *const here = spx_plane_row(run->level.left, y);
    const float *const there = spx_plane_row(run->level.left, from);
    for (uint32_t x = 0; x < width; x++) {
        for (uint32_t i = 0; i < SLANTS; i++) {
            const size_t before = (size_t)x + i; /* cell 0 stands for x = -1 */
            const uint32_t at =
                before == 0 ? 0 : (before > width ? width - 1 : (uint32_t)before - 1);
            const spx_match_step step = {
                .cost = costs_at(self, x, y),
                .before = self->paths.cells[i][1 - turn] + before * run->cell + SPX_MATCH_PAD,
                .least = self->paths.least[i][1 - turn][before],
                .small = SMALL_JUMP,
                .large = large_jump(run, here[x], there[at]),
            };
            uint8_t *const now =
                self->paths.cells[i][turn] + ((size_t)x + 1) * run->cell + SPX_MATCH_PAD;
            self->paths.least[i][turn][x + 1] =
                run->kernels->step(&step, run->level.candidates, now, sums_at(self, x, y));
        }
    }
}

/* The path along row y: from the left (sign 1) or the right (sign -1). */
static void walk_along(const strip *self, uint32_t y, int sign)
{
    const match_run *const run = self->run;
    const uint32_t width = run->level.left->width;
    const float *const grey = spx_plane_row(run->level.left, y);
    uint8_t least = 0;
    clear_cell(run, self->along[0]);
    clear_cell(run, self->along[1]);
    for (uint32_t i = 0; i < width; i++) {
        const uint32_t x = sign > 0 ? i : width - 1 - i;
        const uint32_t before = i == 0 ? x : (sign > 0 ? x - 1 : x + 1);
        const spx_match_step step = { .cost = costs_at(self, x, y),
                                      .before = self->along[(i + 1) % 2] + SPX_MATCH_PAD,
                                      .least = least,
                                      .small = SMALL_JUMP,
                                      .large = large_jump(run, grey[x], grey[before]) };
        least = run->kernels->step(&step, run->level.candidates, self->along[i % 2] + SPX_MATCH_PAD,
                                   sums_at(self, x, y));
    }
}

/* Sums fall and rise around the best candidate as a parabola does. */
static float refine(const spx_match_level *level, const uint16_t *sums, uint32_t index)
{
    const float here = sums[index];
    const float below = *(sums + index - 1);
    const float above = sums[index + 1];
    const float steep = fmaxf(below, above) - here;
    const float part = steep > 0.0F ? (below - above) / (2.0F * steep) : 0.0F;
    return (float)level->most - ((float)index + part);
}

/* Mean horizontal step of brightness beside a pixel. */
static float texture_at(const spx_plane *grey, uint32_t x, uint32_t y)
{
    enum { HALF = 4, ROWS = 1 };
    float sum = 0.0F;
    int count = 0;
    for (int64_t j = (int64_t)y - ROWS; j <= (int64_t)y + ROWS; j++) {
        if (j < 0 || j >= grey->height)
            continue;
        const float *const row = spx_plane_row(grey, (uint32_t)j);
        for (int64_t i = (int64_t)x - HALF; i < (int64_t)x + HALF; i++) {
            if (i < 0 || i + 1 >= grey->width)
                continue;
            sum += fabsf(row[i + 1] - row[i]);
            count++;
        }
    }
    return count == 0 ? 0.0F : sum / (float)count;
}

/* Paths carry an answer from the frame into repetition, and make it look unique: the pixel itself
 * tells. */
static float rival_margin(const strip *self, uint32_t x, uint32_t y)
{
    uint32_t first = 0;
    uint32_t end = 0;
    const uint8_t *const costs = costs_at(self, x, y);
    const uint32_t best = self->best[x].index;
    find_inside(&self->run->level, x, &first, &end);
    return (float)self->run->kernels->rival(costs, first, end, best) - (float)costs[best];
}

static float confidence_of(const strip *self, uint32_t x, uint32_t y)
{
    const spx_match_best *const best = &self->best[x];
    const float cost = (float)best->cost / PATHS;
    const float margin = (float)(best->second - best->cost) / PATHS;
    const float fit = spx_clamp01((bad_bits - cost) / (bad_bits - good_bits));
    const float texture = spx_clamp01(texture_at(self->run->level.left, x, y) / full_texture);
    const float alone = spx_clamp01(rival_margin(self, x, y) / full_rival);
    return fit * texture * alone * spx_clamp01(margin / full_margin);
}

static void decide_pixel(const strip *self, uint32_t x, uint32_t y)
{
    const match_run *const run = self->run;
    const uint32_t index = self->best[x].index;
    const int64_t right_x = (int64_t)x - run->level.most + index;
    float *const disparity = spx_plane_row(run->disparity, y) + x;
    float *const confidence = spx_plane_row(run->confidence, y) + x;
    *disparity = NAN;
    *confidence = 0.0F;
    if (right_x < 0 || right_x >= run->level.left->width || index == 0 ||
        index + 1 == run->level.candidates)
        return;
    const int64_t back = self->right_index[right_x + pad_of(&run->level)];
    if (back < (int64_t)index - 1 || back > (int64_t)index + 1)
        return;
    *disparity = refine(&run->level, sums_at(self, x, y), index);
    *confidence = confidence_of(self, x, y);
}

static void decide_row(const strip *self, uint32_t y)
{
    const match_run *const run = self->run;
    const uint32_t width = run->level.left->width;
    const size_t padded = width + 2 * (size_t)pad_of(&run->level);
    memset(self->right_least, UINT8_MAX, padded * sizeof(*self->right_least));
    memset(self->right_index, 0, padded * sizeof(*self->right_index));
    for (uint32_t x = 0; x < width; x++) {
        const uint16_t *const sums = sums_at(self, x, y);
        const size_t at = (size_t)((int64_t)x - run->level.most + pad_of(&run->level));
        run->kernels->best(sums, run->level.candidates, &self->best[x]);
        run->kernels->keep_least(sums, run->level.candidates, self->right_least + at,
                                 self->right_index + at);
    }
    for (uint32_t x = 0; x < width; x++)
        decide_pixel(self, x, y);
}

static void match_strip(void *context, size_t index)
{
    const match_run *const run = context;
    const uint32_t height = run->level.left->height;
    strip self = { .run = run };
    (void)lay_out(run, &self, run->memory + index * run->strip_bytes);
    self.top = (run->first_strip + (uint32_t)index) * STRIP_ROWS;
    self.bottom = self.top + STRIP_ROWS < height ? self.top + STRIP_ROWS : height;
    self.first = self.top > LEAD_ROWS ? self.top - LEAD_ROWS : 0;
    self.end = self.bottom + LEAD_ROWS < height ? self.bottom + LEAD_ROWS : height;
    clear_paths(&self);
    for (uint32_t y = self.first; y < self.end; y++) {
        cost_row(&self, y);
        walk_slants(&self, y, y == self.first ? y : y - 1, (int)(y % 2));
        walk_along(&self, y, 1);
        walk_along(&self, y, -1);
    }
    clear_paths(&self);
    for (uint32_t y = self.end; y-- > self.top;) {
        walk_slants(&self, y, y + 1 == self.end ? y : y + 1, (int)(y % 2));
        if (y < self.bottom)
            decide_row(&self, y);
    }
}

static uint32_t group_size(const match_run *run, const spx_task *task, uint32_t strips)
{
    const size_t fit = MEMORY_BYTES / run->strip_bytes;
    uint32_t group = spx_pool_threads(task == NULL ? NULL : task->pool);
    group = fit < group ? (uint32_t)fit : group;
    group = group > strips ? strips : group;
    return group == 0 ? 1 : group;
}

static spx_status match_strips(match_run *self, const spx_task *task, spx_diag *diag)
{
    const uint32_t strips = (self->level.left->height + STRIP_ROWS - 1) / STRIP_ROWS;
    strip counted = { .run = self };
    self->strip_bytes = lay_out(self, &counted, NULL);
    const uint32_t group = group_size(self, task, strips);
    size_t bytes = 0;
    SPX_TRY(spx_mul_size(&bytes, self->strip_bytes, group, "costs of matching", diag));
    self->memory = malloc(bytes);
    if (self->memory == NULL)
        return spx_fail_memory(diag, "costs of matching");
    for (uint32_t first = 0; first < strips; first += group) {
        const uint32_t count = strips - first < group ? strips - first : group;
        self->first_strip = first;
        SPX_TRY(spx_task_run(task, count, match_strip, self, diag));
        spx_task_progress(task, (double)(first + count) / strips);
    }
    return SPX_OK;
}

static void price_jumps(match_run *self)
{
    for (int i = 0; i < LEVELS; i++) {
        const double price = LARGE_JUMP / (1.0 + i / step_levels);
        self->large[i] = (uint8_t)lround(fmax(LARGE_LEAST, price));
    }
}

spx_status spx_match_level_run(const spx_match_level *level, spx_plane *disparity,
                               spx_plane *confidence, const spx_task *task, spx_diag *diag)
{
    match_run self = { .level = *level,
                       .kernels = spx_match_kernels_choose(spx_cpu_flags()),
                       .disparity = disparity,
                       .confidence = confidence,
                       .cell = level->candidates + (size_t)2 * SPX_MATCH_PAD };
    spx_status status = SPX_OK;
    price_jumps(&self);
    SPX_TRY_OUT(spx_census_init(&self.census[0], level->left, 0, task, diag));
    SPX_TRY_OUT(spx_census_init(&self.census[1], level->right, pad_of(level), task, diag));
    SPX_TRY_OUT(match_strips(&self, task, diag));
out:
    free(self.memory);
    spx_census_clear(&self.census[0]);
    spx_census_clear(&self.census[1]);
    return status;
}
