/*
 * A grey dilation along paths of similar colour: the most, over all sure pixels q and all paths
 * from q to p, of depth(q) less what the path costs. Found by sweeps over the map in both
 * directions, as geodesic distances are (Toivanen 1996; Criminisi, Sharp, Blake 2008, "GeoS").
 *
 *   colours   those of the photo without its thin lines (opened and closed), which would be walls
 *   sure      pixels with no step near by; the first pixels of a path are free, which takes it to
 *             and over the step
 *   gates     a path leaves its surface only where it comes to colours that many sure pixels of
 *             the surface have: elsewhere the step is an object's edge
 */
#include "depth/edge_reach.h"

#include "depth/edge_gate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SWEEPS = 2,     /* in each direction */
    SURE_PX = 6,    /* so far from a step */
    FREE_PX = 11,   /* of a path */
    LINE_PX = 2,    /* half the width of lines that are no walls */
    AROUND_PX = 16, /* a gate looks for sure pixels of the nearer surface, … */
    EVERY_PX = 2,   /* … at one in so many columns and rows */
    GAP_PX = 8,     /* between what paths have reached */
};

/* Lost along the map's longer side. */
static const float cost_of_side = 7.0f;
/* Lost for a change of colour by one unit, summed over channels, before the surface is left;
 * changes below the soft one cost less than their share, being texture. */
static const float cost_of_colour = 0.3f;
static const float soft_change = 0.15f;
/* Depth differs by more around a step. */
static const float sure_range = 0.15f;
/* What is less than this nearer than a pixel's own depth changes nothing, twice as much all. */
static const float least_gain = 0.06f;
/* Colours are alike below this difference; so large a share of a surface must be alike, … */
static const float most_apart = 0.15f;
static const float least_alike = 0.1f;
/* … and so far may colours change after a path has left its surface. */
static const float most_changed = 0.7f;
static const float diagonal = 1.41421356f;

typedef enum gate { GATE_UNKNOWN, GATE_OPEN, GATE_CLOSED } gate;

/* One pixel. What has reached it is worth the less of `most` and `value`. */
typedef struct cell {
    float colour[SPX_GUIDE_CHANNELS];
    float entry[SPX_GUIDE_CHANNELS]; /* colour where `left` became true */
    float own;                       /* depth */
    float most;                      /* depth of what has reached it; below 0: nothing has */
    float value;                     /* the same and the free pixels, less the path's cost */
    uint8_t sure;
    uint8_t gate; /* of paths that leave their surface here */
    uint8_t left; /* the path has left its surface */
} cell;

typedef struct reach {
    spx_plane *depth;
    const spx_guide *guide;
    cell *cells;
    float *planes;    /* [SPX_GUIDE_CHANNELS][2][height][width]: two for each filter */
    float cost_of_px; /* of a path along a row or column */
} reach;

static size_t pixels_of(const reach *self)
{
    return (size_t)self->depth->width * self->depth->height;
}

/* ---- filters ---- */

static void highest_of_rows(const reach *self, const float *restrict from, float *restrict to,
                            uint32_t radius)
{
    const uint32_t width = self->depth->width;
    for (uint32_t y = 0; y < self->depth->height; y++) {
        const float *const row = from + (size_t)y * width;
        float *const out = to + (size_t)y * width;
        memcpy(out, row, width * sizeof(*out));
        for (uint32_t k = 1; k <= radius && k < width; k++) {
            for (uint32_t x = 0; x + k < width; x++)
                out[x] = row[x + k] > out[x] ? row[x + k] : out[x];
            for (uint32_t x = k; x < width; x++)
                out[x] = row[x - k] > out[x] ? row[x - k] : out[x];
        }
    }
}

static void highest_of_columns(const reach *self, const float *restrict from, float *restrict to,
                               uint32_t radius)
{
    const uint32_t width = self->depth->width;
    const uint32_t height = self->depth->height;
    for (uint32_t y = 0; y < height; y++) {
        float *const out = to + (size_t)y * width;
        const uint32_t first = y < radius ? 0 : y - radius;
        const uint32_t end = y + radius + 1 < height ? y + radius + 1 : height;
        memcpy(out, from + (size_t)first * width, width * sizeof(*out));
        for (uint32_t v = first + 1; v < end; v++) {
            const float *const row = from + (size_t)v * width;
            for (uint32_t x = 0; x < width; x++)
                out[x] = row[x] > out[x] ? row[x] : out[x];
        }
    }
}

/* The most within `radius` of each value of the first of a filter's two planes. */
static void dilate(const reach *self, float *planes, uint32_t radius)
{
    float *const other = planes + pixels_of(self);
    highest_of_rows(self, planes, other, radius);
    highest_of_columns(self, other, planes, radius);
}

static void negate(const reach *self, float *values)
{
    for (size_t i = 0; i < pixels_of(self); i++)
        values[i] = -values[i];
}

/* The least. */
static void erode(const reach *self, float *planes, uint32_t radius)
{
    negate(self, planes);
    dilate(self, planes, radius);
    negate(self, planes);
}

/* Copies rows into the first of the two planes of a filter; returns it. */
static float *load(const reach *self, size_t filter, const spx_plane *from)
{
    const uint32_t width = self->depth->width;
    float *const to = self->planes + filter * 2 * pixels_of(self);
    for (uint32_t y = 0; y < self->depth->height; y++)
        memcpy(to + (size_t)y * width, spx_plane_row(from, y), width * sizeof(*to));
    return to;
}

/* Opens and closes one channel: bright and dark lines go, edges stay. */
static void fill_channel(void *context, size_t channel)
{
    const reach *const self = context;
    float *const planes = load(self, channel, self->guide->planes[channel]);
    erode(self, planes, LINE_PX);
    dilate(self, planes, 2 * LINE_PX);
    erode(self, planes, LINE_PX);
    for (size_t i = 0; i < pixels_of(self); i++)
        self->cells[i].colour[channel] = planes[i];
}

/* Sum over channels. */
static inline float difference(const float a[SPX_GUIDE_CHANNELS], const float b[SPX_GUIDE_CHANNELS])
{
    float sum = 0.0f;
    for (size_t c = 0; c < SPX_GUIDE_CHANNELS; c++)
        sum += fabsf(a[c] - b[c]);
    return sum;
}

/* ---- paths ---- */

static spx_status start(const reach *self, spx_diag *diag)
{
    const uint32_t width = self->depth->width;
    spx_plane *ranges = NULL;
    SPX_TRY(spx_plane_create(&ranges, width, self->depth->height, diag));
    const spx_status status = spx_depth_find_ranges(self->depth, SURE_PX, ranges, diag);
    for (uint32_t y = 0; y < self->depth->height && status == SPX_OK; y++) {
        const float *const depth = spx_plane_row(self->depth, y);
        const float *const range = spx_plane_row(ranges, y);
        cell *const row = self->cells + (size_t)y * width;
        for (uint32_t x = 0; x < width; x++) {
            row[x].own = depth[x];
            row[x].sure = range[x] < sure_range;
            row[x].most = row[x].sure ? depth[x] : -1.0f;
            row[x].value = row[x].most + (float)FREE_PX * self->cost_of_px;
            row[x].gate = GATE_UNKNOWN;
            row[x].left = 0;
        }
    }
    spx_plane_destroy(ranges);
    return status;
}

static gate find_gate(const reach *self, const cell *at)
{
    const int64_t width = self->depth->width;
    const int64_t height = self->depth->height;
    const int64_t x = (at - self->cells) % width;
    const int64_t y = (at - self->cells) / width;
    int all = 0;
    int alike = 0;
    for (int64_t v = y - AROUND_PX; v <= y + AROUND_PX; v += EVERY_PX) {
        for (int64_t u = x - AROUND_PX; u <= x + AROUND_PX; u += EVERY_PX) {
            if (u < 0 || v < 0 || u >= width || v >= height)
                continue;
            const cell *const one = &self->cells[v * width + u];
            if (!one->sure || one->own < at->own + least_gain)
                continue;
            all++;
            alike += difference(one->colour, at->colour) < most_apart;
        }
    }
    return alike > 0 && (float)alike >= least_alike * (float)all ? GATE_OPEN : GATE_CLOSED;
}

static int may_leave(const reach *self, cell *at)
{
    if (at->gate == GATE_UNKNOWN)
        at->gate = (uint8_t)find_gate(self, at);
    return at->gate == GATE_OPEN;
}

static inline float worth(const cell *one)
{
    return one->value < one->most ? one->value : one->most;
}

/* Of two that are worth the same the one that lasts longer is better. */
static inline int is_better(float value, float lasting, const cell *than)
{
    const float has = worth(than);
    return value > has || (value >= has && lasting > than->value);
}

/* Over the surface a path starts on changes of colour cost; over what it leaves it for, colours are
 * those it was left at, or there is no path. */
static inline void take(const reach *self, cell *to, const cell *from, float length)
{
    const float offer = worth(from);
    if ((to->sure && offer < to->own + least_gain) || !is_better(offer, from->value, to))
        return;
    float value = from->value - self->cost_of_px * length;
    if (from->left) {
        if (difference(to->colour, from->entry) > most_changed)
            return;
    } else {
        const float change = difference(to->colour, from->colour);
        value -= cost_of_colour * change * (change < soft_change ? change / soft_change : 1.0f);
    }
    const float brings = value < from->most ? value : from->most;
    if (!is_better(brings, value, to))
        return;
    const int leaves = !from->left && brings >= to->own + least_gain;
    if (leaves && !may_leave(self, to))
        return;
    to->most = from->most;
    to->value = value;
    to->left = from->left || leaves;
    if (to->left)
        memcpy(to->entry, leaves ? to->colour : from->entry, sizeof(to->entry));
}

static void sweep_row(const reach *self, int step, int64_t y, const cell *before)
{
    const int64_t width = self->depth->width;
    cell *const row = self->cells + y * width;
    for (int64_t k = 0; k < width; k++) {
        const int64_t x = step > 0 ? k : width - 1 - k;
        if (k > 0)
            take(self, &row[x], &row[x - step], 1.0f);
        if (before == NULL)
            continue;
        take(self, &row[x], &before[x], 1.0f);
        if (k > 0)
            take(self, &row[x], &before[x - step], diagonal);
        if (k + 1 < width)
            take(self, &row[x], &before[x + step], diagonal);
    }
}

/* From the corner where `step` (1 or -1) points away from. */
static spx_status sweep(const reach *self, int step, const spx_task *task, spx_diag *diag)
{
    enum { CHECK_ROWS = 64 };
    const int64_t height = self->depth->height;
    for (int64_t i = 0; i < height; i++) {
        const int64_t y = step > 0 ? i : height - 1 - i;
        const cell *const row = self->cells + y * self->depth->width;
        sweep_row(self, step, y, i == 0 ? NULL : row - step * (int64_t)self->depth->width);
        if (i % CHECK_ROWS == 0)
            SPX_TRY(spx_task_check(task, diag));
    }
    return SPX_OK;
}

static void raise(const reach *self)
{
    for (uint32_t y = 0; y < self->depth->height; y++) {
        const cell *const row = self->cells + (size_t)y * self->depth->width;
        float *const depth = spx_plane_row(self->depth, y);
        for (uint32_t x = 0; x < self->depth->width; x++) {
            const float gain = worth(&row[x]) - depth[x];
            const float share = gain / least_gain - 1.0f;
            if (share > 0.0f)
                depth[x] += gain * (share < 1.0f ? share : 1.0f);
        }
    }
}

/* Depth as it was (0) or as it is now (1), without dents of at most GAP_PX, into the filters'
 * planes. */
static void close_dents(void *context, size_t now)
{
    const reach *const self = context;
    float *const planes = load(self, now, self->depth);
    for (size_t i = 0; i < pixels_of(self) && !now; i++)
        planes[i] = self->cells[i].own;
    dilate(self, planes, GAP_PX / 2);
    erode(self, planes, GAP_PX / 2);
}

/* Paths leave small gaps where colours change for a while. What the depth had of them before
 * stays. */
static void fill_gaps(const reach *self)
{
    const uint32_t width = self->depth->width;
    for (uint32_t y = 0; y < self->depth->height; y++) {
        const cell *const row = self->cells + (size_t)y * width;
        const float *const before = self->planes + (size_t)y * width;
        const float *const now = before + 2 * pixels_of(self);
        float *const depth = spx_plane_row(self->depth, y);
        for (uint32_t x = 0; x < width; x++)
            depth[x] = fmaxf(depth[x], now[x] - (before[x] - row[x].own));
    }
}

spx_status spx_depth_reach(spx_plane *depth, const spx_guide *guide, const spx_task *task,
                           spx_diag *diag)
{
    spx_status status = SPX_OK;
    const uint32_t longest = depth->width > depth->height ? depth->width : depth->height;
    const size_t pixels = (size_t)depth->width * depth->height;
    reach self = { .depth = depth, .guide = guide, .cost_of_px = cost_of_side / (float)longest };
    self.cells = malloc(pixels * sizeof(*self.cells));
    self.planes = malloc(pixels * 2 * SPX_GUIDE_CHANNELS * sizeof(*self.planes));
    if (self.cells == NULL || self.planes == NULL) {
        status = spx_fail_memory(diag, "depth edges");
        goto out;
    }
    SPX_TRY_OUT(spx_task_run(task, SPX_GUIDE_CHANNELS, fill_channel, &self, diag));
    SPX_TRY_OUT(start(&self, diag));
    for (int k = 0; k < SWEEPS; k++) {
        SPX_TRY_OUT(sweep(&self, 1, task, diag));
        SPX_TRY_OUT(sweep(&self, -1, task, diag));
    }
    raise(&self);
    SPX_TRY_OUT(spx_task_run(task, 2, close_dents, &self, diag));
    fill_gaps(&self);
out:
    free(self.cells);
    free(self.planes);
    return status;
}
