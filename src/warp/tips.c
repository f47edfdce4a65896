/*
 * What a network's map cuts off. Maps are small: they end before the tip of a leaf does, and the
 * tip would stay behind when the leaf moves. The eye sees at once what belongs together, so colours
 * decide here too, farther out than beside a step (warp/matte.h):
 *
 *   - the photo is made as small as the map, cell by cell;
 *   - a cell on the far side of a step is foreign there when the far surface has hardly a cell of
 *     such a colour around it, and the near one has;
 *   - foreign cells that hang together are a tip when they are few, touch the near surface with the
 *     smaller part of their outline or are thick, and end sharply along the rest: what leads on has
 *     more of itself on the far side;
 *   - the pixels in and around a tip whose colour is rather the tip's than the far surface's take
 *     the near surface's depth.
 *
 *         near ####\                  the map ends here
 *         near #####|  tip >  far     foreign cells
 *         near ####/
 *
 * What runs along an outline is no tip but its rim (matte_rim.c); what is large has a depth of its
 * own.
 */
#include "warp/tips.h"

#include "base/intops.h"
#include "image/sum_rows.h"
#include "warp/tuned.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAP_PX = 640, /* long side of a map */
    ROWS_PER_TURN = 16,
    REACH = 12, /* in cells, as all that follows */
    STRIDE = 2, /* between those looked at */
    BESIDE = 4, /* so near it is not looked for the far surface's colours */
    LEAST_FAR = 20,
    LEAST_CELLS = 6,
    MOST_CELLS = 90,
    MOST_EXTENT = 16,
    DEPTH_REACH = 4, /* where the near surface is as high as it gets */
    SLOPE_REACH = 3, /* the map goes down to the far surface within as many */
    FADE_REACH = 9,  /* where the near surface is as the map has it again */
    END_REACH = 2,   /* beyond a tip's cells */
    COLOUR_REACH = 5,
    MOST_SAMPLES = (2 * REACH / STRIDE + 1) * (2 * REACH / STRIDE + 1),
    CHANNELS = SPX_IMAGE_CHANNELS,
};

typedef struct cell {
    uint8_t colour[CHANNELS];
    uint8_t strange; /* to the far surface */
    uint8_t foreign; /* strange, and the near surface has its colour */
    uint16_t depth;
    uint16_t low; /* within REACH */
    uint16_t high;
    uint32_t tip; /* 0 = none, 1 = looked at, else the number of one */
} cell;

typedef struct grid {
    const spx_layers *layers;
    const spx_matte_source *source;
    uint16_t *depth; /* the canvas */
    uint32_t side;   /* of a cell, px */
    int32_t width;
    int32_t height;
    cell *cells;
    uint32_t *sums;    /* of columns, room for one row of cells in each turn */
    uint16_t *row_low; /* [height][width]: the lowest depth within REACH along the row */
    uint16_t *row_high;
} grid;

/* Cells of a clump, and what is around it. */
typedef struct clump {
    uint32_t *cells;
    uint32_t count;
    int32_t left, right, top, bottom;
    uint16_t depth; /* of the near surface that it belongs to */
} clump;

static cell *cell_at(const grid *self, int32_t x, int32_t y)
{
    return self->cells + (size_t)y * (size_t)self->width + x;
}

static int is_inside(const grid *self, int32_t x, int32_t y)
{
    return x >= 0 && y >= 0 && x < self->width && y < self->height;
}

static int32_t square_apart(const uint8_t a[CHANNELS], const uint8_t b[CHANNELS])
{
    int32_t sum = 0;
    for (int c = 0; c < CHANNELS; c++)
        sum += (a[c] - b[c]) * (a[c] - b[c]);
    return sum;
}

static uint32_t middle_of(const cell *one)
{
    return ((uint32_t)one->low + one->high) / 2;
}

static int is_near_side(const cell *one)
{
    return one->depth > middle_of(one);
}

/* ---- cells ---- */

/* Adds up a cell's rows, column by column: colours by the photo's columns, [columns][CHANNELS], and
 * depths by the canvas's, [columns], both without the margins. */
static void sum_columns(const grid *self, int32_t y, uint32_t *restrict colours,
                        uint32_t *restrict depths)
{
    const spx_layers *const layers = self->layers;
    const uint32_t columns = layers->width - 2 * layers->margin;
    const uint32_t first = (uint32_t)y * self->side;
    const uint32_t end = spx_min_u32(first + self->side, layers->height);
    spx_image_sum_rows(self->source->photo, first, end, colours);
    memset(depths, 0, columns * sizeof(*depths));
    for (uint32_t v = first; v < end; v++) {
        const uint16_t *const depth = self->depth + spx_layers_at(layers, v) + layers->margin;
        for (uint32_t u = 0; u < columns; u++)
            depths[u] += depth[u];
    }
}

static void shrink_cell(const grid *self, int32_t x, int32_t y, const uint32_t *colours,
                        const uint32_t *depths)
{
    const spx_layers *const layers = self->layers;
    const uint32_t columns = layers->width - 2 * layers->margin;
    const uint32_t first = (uint32_t)x * self->side;
    const uint32_t end = spx_min_u32(first + self->side, columns);
    const uint32_t top = (uint32_t)y * self->side;
    const uint32_t rows = spx_min_u32(top + self->side, layers->height) - top;
    const uint32_t one = spx_layers_photo_column(layers, layers->margin + first);
    const uint32_t other = spx_layers_photo_column(layers, layers->margin + end - 1);
    const uint32_t *from = colours + (size_t)CHANNELS * (one < other ? one : other);
    const float count = (float)((end - first) * rows);
    const float levels = self->source->photo->bits == 8 ? 1.0F : SPX_IMAGE_16_PER_8;
    uint64_t sum[CHANNELS] = { 0 };
    uint64_t depth = 0;
    for (uint32_t u = first; u < end; u++, from += CHANNELS) {
        depth += depths[u];
        for (size_t c = 0; c < CHANNELS; c++)
            sum[c] += from[c];
    }
    cell *const to = cell_at(self, x, y);
    for (int c = 0; c < CHANNELS; c++)
        to->colour[c] = (uint8_t)((float)sum[c] / (count * levels) + 0.5F);
    to->depth = (uint16_t)((float)depth / count + 0.5F);
}

static void shrink_row(const grid *self, int32_t y)
{
    uint16_t *const low = self->row_low + (size_t)y * (size_t)self->width;
    uint16_t *const high = self->row_high + (size_t)y * (size_t)self->width;
    const int32_t width = self->width;
    const size_t columns = self->layers->width - 2 * (size_t)self->layers->margin;
    uint32_t *const colours = self->sums + (CHANNELS + 1) * columns * ((uint32_t)y / ROWS_PER_TURN);
    uint32_t *const depths = colours + CHANNELS * columns;
    sum_columns(self, y, colours, depths);
    for (int32_t x = 0; x < width; x++) {
        shrink_cell(self, x, y, colours, depths);
        low[x] = UINT16_MAX;
        high[x] = 0;
    }
    for (int32_t x = 0; x < width; x++) {
        const uint16_t depth = cell_at(self, x, y)->depth;
        const int32_t end = spx_min_i32(x + REACH, width - 1);
        for (int32_t u = spx_max_i32(x - REACH, 0); u <= end; u++) {
            low[u] = depth < low[u] ? depth : low[u];
            high[u] = depth > high[u] ? depth : high[u];
        }
    }
}

static void span_row(const grid *self, int32_t y)
{
    enum { PART = 64 };
    const int32_t first = spx_max_i32(y - REACH, 0);
    const int32_t last = spx_min_i32(y + REACH, self->height - 1);
    for (int32_t begin = 0; begin < self->width; begin += PART) {
        const int32_t count = spx_min_i32(PART, self->width - begin);
        uint16_t low[PART];
        uint16_t high[PART];
        memset(low, 0xff, sizeof(low));
        memset(high, 0, sizeof(high));
        for (int32_t v = first; v <= last; v++) {
            const size_t at = (size_t)v * (size_t)self->width + (size_t)begin;
            for (int32_t x = 0; x < count; x++) {
                low[x] = self->row_low[at + (uint32_t)x] < low[x] ? self->row_low[at + (uint32_t)x]
                                                                  : low[x];
                high[x] = self->row_high[at + (uint32_t)x] > high[x]
                              ? self->row_high[at + (uint32_t)x]
                              : high[x];
            }
        }
        for (int32_t x = 0; x < count; x++) {
            cell_at(self, begin + x, y)->low = low[x];
            cell_at(self, begin + x, y)->high = high[x];
        }
    }
}

/* ---- foreign cells ---- */

/* What is looked at around a cell. */
typedef struct samples {
    int32_t far[MOST_SAMPLES]; /* squared distances */
    uint32_t far_count;
    uint32_t alike; /* of far */
    uint32_t between;
    uint32_t count;
    int32_t near[3]; /* the three closest ones */
} samples;

static void take_sample(samples *to, const cell *own, const cell *one, int beside, int32_t least)
{
    const spx_matte_span span = { .low = own->low, .high = own->high };
    const int32_t apart = square_apart(own->colour, one->colour);
    to->count++;
    if (spx_matte_is_between(span, one->depth)) {
        to->between++;
    } else if (one->depth > middle_of(own)) {
        int32_t further = apart;
        for (int k = 0; k < 3; k++) {
            const int32_t kept = to->near[k];
            to->near[k] = further < kept ? further : kept;
            further = further < kept ? kept : further;
        }
    } else if (!beside) {
        to->far[to->far_count++] = apart;
        to->alike += apart < least;
    }
}

/* Marks a cell of the far side that has a colour which hardly any other there has. */
static void mark(const grid *self, int32_t x, int32_t y)
{
    cell *const own = cell_at(self, x, y);
    const int32_t least = (int32_t)(tuned.tip_contrast * tuned.tip_contrast);
    samples around;
    around.far_count = around.alike = around.between = around.count = 0;
    around.near[0] = around.near[1] = around.near[2] = INT32_MAX;
    if ((float)(own->high - own->low) < tuned.tip_range * (float)UINT16_MAX || is_near_side(own))
        return;
    /* It is known early of most cells that they have company. */
    for (int32_t v = -REACH;
         v <= REACH && (double)around.alike < tuned.tip_alike * (double)MOST_SAMPLES; v += STRIDE) {
        for (int32_t u = -REACH; u <= REACH; u += STRIDE) {
            if (is_inside(self, x + u, y + v)) {
                take_sample(&around, own, cell_at(self, x + u, y + v),
                            abs(u) < BESIDE && abs(v) < BESIDE, least);
            }
        }
    }
    /* Surfaces, not a slope between them. */
    if (around.far_count < LEAST_FAR ||
        (double)around.between > tuned.tip_between * (double)around.count)
        return;
    const double near = tuned.tip_times * tuned.tip_times * (double)around.near[2];
    const double most = tuned.tip_alike * (double)around.far_count;
    uint32_t nearly = 0;
    for (uint32_t k = 0; k < around.far_count; k++)
        nearly += around.far[k] < least || around.far[k] < near;
    own->strange = around.alike < most;
    own->foreign = nearly < most;
}

typedef void grid_row(const grid *self, int32_t y);

static void find_row(const grid *self, int32_t y)
{
    for (int32_t x = 0; x < self->width; x++)
        mark(self, x, y);
}

/* ---- clumps ---- */

static void gather(const grid *self, int32_t x, int32_t y, clump *to)
{
    *to = (clump){ .cells = to->cells, .left = x, .right = x, .top = y, .bottom = y };
    to->cells[to->count++] = (uint32_t)(cell_at(self, x, y) - self->cells);
    cell_at(self, x, y)->tip = 1;
    for (uint32_t i = 0; i < to->count; i++) {
        const int32_t own_x = (int32_t)(to->cells[i] % (uint32_t)self->width);
        const int32_t own_y = (int32_t)(to->cells[i] / (uint32_t)self->width);
        to->left = spx_min_i32(to->left, own_x);
        to->right = spx_max_i32(to->right, own_x);
        to->top = spx_min_i32(to->top, own_y);
        to->bottom = spx_max_i32(to->bottom, own_y);
        for (int k = 0; k < 9; k++) {
            const int32_t u = own_x + k % 3 - 1;
            const int32_t v = own_y + k / 3 - 1;
            if (!is_inside(self, u, v) || !cell_at(self, u, v)->foreign ||
                cell_at(self, u, v)->tip != 0)
                continue;
            cell_at(self, u, v)->tip = 1;
            to->cells[to->count++] = (uint32_t)(cell_at(self, u, v) - self->cells);
        }
    }
}

/* How far the nearest cell of a tip is, in columns or rows; more than `most` = farther. */
static int32_t away_from(const grid *self, uint32_t tip, int32_t x, int32_t y, int32_t most)
{
    for (int32_t r = 0; r <= most; r++) {
        for (int32_t v = -r; v <= r; v++) {
            for (int32_t u = -r; u <= r; u += abs(v) == r || r == 0 ? 1 : 2 * r) {
                if (is_inside(self, x + u, y + v) && cell_at(self, x + u, y + v)->tip == tip)
                    return r;
            }
        }
    }
    return most + 1;
}

static int is_beside_near(const grid *self, int32_t x, int32_t y)
{
    static const int ways[5][2] = { { 0, 0 }, { 1, 0 }, { -1, 0 }, { 0, 1 }, { 0, -1 } };
    for (int k = 0; k < 5; k++) {
        if (is_inside(self, x + ways[k][0], y + ways[k][1]) &&
            is_near_side(cell_at(self, x + ways[k][0], y + ways[k][1])))
            return 1;
    }
    return 0;
}

static void mean_colour(const grid *self, const clump *of, uint8_t mean[CHANNELS])
{
    uint32_t sum[CHANNELS] = { 0 };
    for (uint32_t i = 0; i < of->count; i++) {
        for (int c = 0; c < CHANNELS; c++)
            sum[c] += self->cells[of->cells[i]].colour[c];
    }
    for (int c = 0; c < CHANNELS; c++)
        mean[c] = (uint8_t)((float)sum[c] / (float)of->count + 0.5F);
}

/* Whether one of its cells has all four neighbours in it too. */
static int is_thick(const grid *self, const clump *of, uint32_t tip)
{
    for (uint32_t i = 0; i < of->count; i++) {
        const int32_t x = (int32_t)(of->cells[i] % (uint32_t)self->width);
        const int32_t y = (int32_t)(of->cells[i] / (uint32_t)self->width);
        if (x > of->left && x < of->right && y > of->top && y < of->bottom &&
            cell_at(self, x - 1, y)->tip == tip && cell_at(self, x + 1, y)->tip == tip &&
            cell_at(self, x, y - 1)->tip == tip && cell_at(self, x, y + 1)->tip == tip)
            return 1;
    }
    return 0;
}

/* The depth of the near surface that a clump belongs to; 0 = it is no tip. */
static uint16_t tip_depth(const grid *self, const clump *of, uint32_t tip)
{
    uint8_t mean[CHANNELS];
    uint32_t ring = 0;
    uint32_t base = 0;
    uint32_t outer = 0;
    uint32_t open = 0;
    uint16_t depth = 0;
    const int32_t least = (int32_t)(tuned.tip_sharpness * tuned.tip_sharpness);
    if (of->count < LEAST_CELLS)
        return 0;
    mean_colour(self, of, mean);
    for (int32_t y = of->top - DEPTH_REACH; y <= of->bottom + DEPTH_REACH; y++) {
        for (int32_t x = of->left - DEPTH_REACH; x <= of->right + DEPTH_REACH; x++) {
            if (!is_inside(self, x, y))
                continue;
            const cell *const one = cell_at(self, x, y);
            const int32_t away = away_from(self, tip, x, y, DEPTH_REACH);
            if (away <= DEPTH_REACH && is_near_side(one))
                depth = one->depth > depth ? one->depth : depth;
            if (away == 1) {
                ring++;
                base += (uint32_t)is_beside_near(self, x, y);
            } else if (away == 2 && !is_near_side(one)) {
                outer++;
                open += one->strange || square_apart(one->colour, mean) < least;
            }
        }
    }
    const int is_rim = 2 * base >= ring && !is_thick(self, of, tip);
    const int leads_on = (double)open > tuned.tip_leak * (double)outer;
    return base > 0 && !is_rim && !leads_on ? depth : 0;
}

/* ---- pixels ---- */

/* Colours of the cells around one. */
typedef struct palette {
    uint8_t tip[(2 * COLOUR_REACH + 1) * (2 * COLOUR_REACH + 1)][CHANNELS];
    uint8_t far[(2 * COLOUR_REACH + 1) * (2 * COLOUR_REACH + 1)][CHANNELS];
    uint32_t tips;
    uint32_t fars;
} palette;

static void look_around(const grid *self, uint32_t tip, int32_t x, int32_t y, palette *to)
{
    to->tips = to->fars = 0;
    for (int32_t v = y - COLOUR_REACH; v <= y + COLOUR_REACH; v++) {
        for (int32_t u = x - COLOUR_REACH; u <= x + COLOUR_REACH; u++) {
            if (!is_inside(self, u, v))
                continue;
            const cell *const one = cell_at(self, u, v);
            if (one->tip == tip) {
                memcpy(to->tip[to->tips++], one->colour, CHANNELS);
            } else if (!is_near_side(one) && away_from(self, tip, u, v, END_REACH) > END_REACH) {
                memcpy(to->far[to->fars++], one->colour, CHANNELS);
            }
        }
    }
}

static int32_t closest(const uint8_t (*list)[CHANNELS], uint32_t count, const uint8_t own[CHANNELS])
{
    int32_t least = INT32_MAX;
    for (uint32_t k = 0; k < count; k++)
        least = spx_min_i32(least, square_apart(list[k], own));
    return least;
}

/* Whether a pixel's colour is rather the tip's than the far surface's around it, or none that the
 * far surface has there: the very end of a tip may have a colour of its own. */
static int is_of_tip(const grid *self, const palette *around, uint32_t x, uint32_t y)
{
    float colour[CHANNELS];
    uint8_t own[CHANNELS];
    spx_matte_read_colour(self->layers, self->source, x, y, colour);
    for (int c = 0; c < CHANNELS; c++)
        own[c] = (uint8_t)(colour[c] + 0.5F);
    const int32_t far = closest(around->far, around->fars, own);
    return closest(around->tip, around->tips, own) <= far ||
           (double)far > tuned.tip_contrast * tuned.tip_contrast;
}

/* How much of a tip's depth the near surface takes (x, y) cells from the grid's corner: all of it
 * close by, so that no slope is left between them, and then ever less, so that nothing is torn. */
static float near_share(const grid *self, const clump *of, float x, float y)
{
    float least = (float)(FADE_REACH * FADE_REACH);
    for (uint32_t i = 0; i < of->count; i++) {
        const uint32_t column = of->cells[i] % (uint32_t)self->width;
        const uint32_t row = of->cells[i] / (uint32_t)self->width;
        const float off_x = (float)column + 0.5F - x;
        const float off_y = (float)row + 0.5F - y;
        least = fminf(least, off_x * off_x + off_y * off_y);
    }
    const float share = ((float)FADE_REACH - sqrtf(least)) / (float)(FADE_REACH - SLOPE_REACH);
    return share < 1.0F ? share : 1.0F;
}

static void raise_cell(const grid *self, const clump *of, uint32_t tip, int32_t x, int32_t y)
{
    const spx_layers *const layers = self->layers;
    const uint32_t first_x = layers->margin + (uint32_t)x * self->side;
    const uint32_t first_y = (uint32_t)y * self->side;
    const uint32_t end_x = spx_min_u32(first_x + self->side, layers->width - layers->margin);
    const uint32_t end_y = spx_min_u32(first_y + self->side, layers->height);
    const uint32_t middle = middle_of(cell_at(self, x, y));
    const int beside = away_from(self, tip, x, y, END_REACH) <= END_REACH;
    const float scale = 1.0F / (float)self->side;
    palette around = { .tips = 0 };
    if (beside)
        look_around(self, tip, x, y, &around);
    for (uint32_t v = first_y; v < end_y; v++) {
        for (uint32_t u = first_x; u < end_x; u++) {
            uint16_t *const own = self->depth + spx_layers_at(layers, v) + u;
            if (*own >= of->depth)
                continue;
            if (*own > middle) {
                const float share =
                    near_share(self, of, ((float)(u - layers->margin) + 0.5F) * scale,
                               ((float)v + 0.5F) * scale);
                *own = (uint16_t)((float)*own + share * (float)(of->depth - *own));
            } else if (beside && is_of_tip(self, &around, u, v)) {
                *own = of->depth;
            }
        }
    }
}

/* The tip, its outline, and what joins it to the near surface. */
static void raise_tip(const grid *self, const clump *of, uint32_t tip)
{
    for (int32_t y = of->top - FADE_REACH; y <= of->bottom + FADE_REACH; y++) {
        for (int32_t x = of->left - FADE_REACH; x <= of->right + FADE_REACH; x++) {
            if (is_inside(self, x, y))
                raise_cell(self, of, tip, x, y);
        }
    }
}

static void raise_tips(const grid *self, uint32_t *room)
{
    clump one = { 0 };
    one.cells = room;
    uint32_t tip = 1;
    for (int32_t y = 0; y < self->height; y++) {
        for (int32_t x = 0; x < self->width; x++) {
            if (!cell_at(self, x, y)->foreign || cell_at(self, x, y)->tip != 0)
                continue;
            gather(self, x, y, &one);
            if (one.count > MOST_CELLS || one.right - one.left >= MOST_EXTENT ||
                one.bottom - one.top >= MOST_EXTENT)
                continue;
            tip++;
            for (uint32_t i = 0; i < one.count; i++)
                self->cells[one.cells[i]].tip = tip;
            one.depth = tip_depth(self, &one, tip);
            if (one.depth != 0)
                raise_tip(self, &one, tip);
        }
    }
}

/* ---- whole ---- */

typedef struct row_step {
    const grid *self;
    grid_row *row;
} row_step;

static void run_turn(void *context, size_t turn)
{
    const row_step *const step = context;
    const int32_t first = (int32_t)turn * ROWS_PER_TURN;
    const int32_t end = spx_min_i32(first + ROWS_PER_TURN, step->self->height);
    for (int32_t y = first; y < end; y++)
        step->row(step->self, y);
}

static spx_status run_rows(const grid *self, grid_row *row, const spx_task *task, spx_diag *diag)
{
    row_step step = { .self = self, .row = row };
    return spx_task_run(task, spx_divide_up((size_t)self->height, ROWS_PER_TURN), run_turn, &step,
                        diag);
}

spx_status spx_tips_lengthen(const spx_layers *layers, const spx_matte_source *source,
                             uint16_t *depth, const spx_task *task, spx_diag *diag)
{
    spx_status status = SPX_OK;
    const uint32_t width = layers->width - 2 * layers->margin;
    const uint32_t side = ((width > layers->height ? width : layers->height) + MAP_PX / 2) / MAP_PX;
    grid self = { .layers = layers, .source = source, .side = side > 0 ? side : 1 };
    self.depth = depth;
    self.width = (int32_t)spx_divide_up_u32(width, self.side);
    self.height = (int32_t)spx_divide_up_u32(layers->height, self.side);
    const size_t count = (size_t)self.width * (size_t)self.height;
    uint32_t *const room = malloc(count * sizeof(*room));
    self.cells = calloc(count, sizeof(*self.cells));
    self.row_low = malloc(2 * count * sizeof(*self.row_low));
    self.row_high = self.row_low == NULL ? NULL : self.row_low + count;
    self.sums = malloc(spx_divide_up((size_t)self.height, ROWS_PER_TURN) * (CHANNELS + 1) * width *
                       sizeof(*self.sums));
    if (room == NULL || self.cells == NULL || self.row_low == NULL || self.sums == NULL) {
        status = spx_fail_memory(diag, "ends of things");
        goto out;
    }
    SPX_TRY_OUT(run_rows(&self, shrink_row, task, diag));
    SPX_TRY_OUT(run_rows(&self, span_row, task, diag));
    SPX_TRY_OUT(run_rows(&self, find_row, task, diag));
    raise_tips(&self, room);
out:
    free(room);
    free(self.cells);
    free(self.sums);
    free(self.row_low);
    return status;
}
