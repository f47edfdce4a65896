/*
 * Cutting a photo at its depth steps.
 *
 *   1. own depth        depth map -> canvas of 16-bit depth, margins repeat the border (by rows)
 *      slopes           warp/terraces.h: in place of the terraces of a map of few levels
 *   2. tips             warp/tips.h: what a network's map cuts off a thing
 *   3. soft edges       warp/matte.h: who owns the pixels beside a step, and how much of them
 *   4. stray pixels     what would leave its neighbours with the next shift gets their depth
 *   5. hidden bands     row by row (and column by column where wanted): behind a near surface the
 * far one goes on, as far as one eye can look; from the left steps for the left eye, from the right
 * ones for the right
 *
 * Rows are independent in each step; the caller's pool shares them.
 */
#include "warp/layers.h"

#include "base/intops.h"
#include "base/order.h"
#include "base/scan.h"
#include "base/size.h"
#include "image/image.h"
#include "warp/matte.h"
#include "warp/terraces.h"
#include "warp/tips.h"
#include "warp/tuned.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROWS_PER_TURN = SPX_MATTE_BLOCK_PX,
    COLUMNS_PER_TURN = 64,
    DEPTH_MAX = 65535,
    MAX_OPEN_STEPS = 8,
    COLUMN_WORDS = 4,   /* two lists of 32 bits, three of 16, one of 8 */
    EXTRA_REACH_PX = 3, /* the sampler's taps and the soft edge look a little further */
    NOT_SHOWN = INT32_MAX,
};

typedef struct layering {
    spx_layers *layers;
    const spx_plane *depth;
    spx_matte_source matte;
    spx_matte_votes votes;
    uint16_t *own;
} layering;

/* ---- own depth ---- */

static uint16_t depth_unit(float value)
{
    if (!(value > 0.0F))
        return 0; /* NaN too */
    return value >= 1.0F ? DEPTH_MAX : (uint16_t)lrintf(value * (float)DEPTH_MAX);
}

static void set_own_row(const layering *self, uint32_t y)
{
    const spx_layers *const layers = self->layers;
    const float *const from = spx_plane_row(self->depth, y);
    const uint32_t width = self->depth->width;
    uint16_t *const row = self->own + spx_layers_at(layers, y);
    uint16_t *const inner = row + layers->margin;
    for (uint32_t x = 0; x < width; x++)
        inner[x] = depth_unit(from[layers->mirrored ? width - 1 - x : x]);
    for (uint32_t x = 0; x < layers->margin; x++) {
        row[x] = inner[0];
        inner[width + x] = inner[width - 1];
    }
}

static uint32_t turns(uint32_t rows)
{
    return spx_divide_up_u32(rows, ROWS_PER_TURN);
}

static uint32_t turn_end(const spx_layers *layers, size_t turn)
{
    const uint32_t end = ((uint32_t)turn + 1) * ROWS_PER_TURN;
    return end < layers->height ? end : layers->height;
}

static void set_own(void *context, size_t turn)
{
    const layering *const self = context;
    const uint32_t first = (uint32_t)turn * ROWS_PER_TURN;
    const uint32_t end = turn_end(self->layers, turn);
    for (uint32_t y = first; y < end; y++)
        set_own_row(self, y);
}

/* ---- soft edges ---- */

static void measure_edges(void *context, size_t turn)
{
    layering *const self = context;
    const uint32_t first = (uint32_t)turn * ROWS_PER_TURN;
    const uint32_t end = turn_end(self->layers, turn);
    spx_matte_measure(self->layers, &self->matte, first, end);
    if (self->matte.exact)
        spx_matte_poll(self->layers, &self->matte, first, end, &self->votes);
}

static void set_front(void *context, size_t turn)
{
    const layering *const self = context;
    spx_layers *const layers = self->layers;
    const uint32_t first = (uint32_t)turn * ROWS_PER_TURN;
    const uint32_t end = turn_end(layers, turn);
    const size_t from = spx_layers_at(layers, first);
    const size_t count = spx_layers_at(layers, end) - from;
    memcpy(layers->front + from, self->own + from, count * sizeof(*layers->front));
    memset(layers->alpha + from, UINT8_MAX, count);
    for (uint32_t y = first; y < end; y++) {
        uint8_t *const kind = layers->kind + spx_layers_at(layers, y);
        memset(kind, SPX_LAYER_PLAIN, layers->width);
        uint16_t *const back = layers->back + spx_layers_at(layers, y);
        const uint16_t *const front = layers->front + spx_layers_at(layers, y);
        const size_t right = layers->width - layers->margin;
        memset(kind, SPX_LAYER_OUTSIDE, layers->margin);
        memset(kind + right, SPX_LAYER_OUTSIDE, layers->margin);
        memcpy(back, front, layers->margin * sizeof(*back));
        memcpy(back + right, front + right, layers->margin * sizeof(*back));
    }
    spx_matte_settle_own(layers, &self->matte, first, end);
}

/* A step of the matte that goes by rows. */
typedef void matte_rows(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                        uint32_t end);

typedef struct matte_step {
    const layering *self;
    matte_rows *rows;
} matte_step;

static void run_turn(void *context, size_t turn)
{
    const matte_step *const step = context;
    const layering *const self = step->self;
    step->rows(self->layers, &self->matte, (uint32_t)turn * ROWS_PER_TURN,
               turn_end(self->layers, turn));
}

static spx_status run_rows(const layering *self, matte_rows *rows, const spx_task *task,
                           spx_diag *diag)
{
    matte_step step = { .self = self, .rows = rows };
    return spx_task_run(task, turns(self->layers->height), run_turn, &step, diag);
}

static void hold_columns(void *context, size_t turn)
{
    const layering *const self = context;
    const uint32_t last = self->layers->width - self->layers->margin;
    const uint32_t first = self->layers->margin + (uint32_t)turn * COLUMNS_PER_TURN;
    spx_matte_hold_columns(self->layers, &self->matte, first,
                           first + COLUMNS_PER_TURN < last ? first + COLUMNS_PER_TURN : last);
}

/* ---- stray pixels ---- */

/* The depth of an opaque pixel, or that of its neighbours where it stands alone among them: it
 * would leave them with the next shift. */
static uint16_t straighten(const spx_layers *layers, uint32_t x, uint32_t y)
{
    enum { NEIGHBOURS = 8, MOST_COMPANY = 1, LEAST_AGREED = 6 };
    const uint32_t step = spx_layers_step(layers);
    const uint16_t own = layers->front[spx_layers_at(layers, y) + x];
    uint16_t around[NEIGHBOURS];
    int company = 0;
    int agreed = 0;
    int count = 0;
    for (int v = -1; v <= 1; v++) {
        for (int u = -1; u <= 1; u++) {
            if (u == 0 && v == 0)
                continue;
            const size_t at = spx_layers_at(layers, y) + x + (size_t)u +
                              (size_t)((ptrdiff_t)v * (ptrdiff_t)layers->width);
            around[count++] = layers->front[at];
            company += spx_layers_is_one_surface(own, layers->front[at], step);
        }
    }
    if (company > MOST_COMPANY)
        return own;
    qsort(around, NEIGHBOURS, sizeof(around[0]), spx_order_u16);
    for (int k = 0; k < NEIGHBOURS; k++)
        agreed += spx_layers_is_one_surface(around[NEIGHBOURS / 2], around[k], step);
    return agreed >= LEAST_AGREED ? around[NEIGHBOURS / 2] : own;
}

/* Into `own`, which has been used up by then. */
static void find_stray(void *context, size_t turn)
{
    const layering *const self = context;
    const spx_layers *const layers = self->layers;
    const uint32_t end = turn_end(layers, turn);
    for (uint32_t y = (uint32_t)turn * ROWS_PER_TURN; y < end; y++) {
        const size_t at = spx_layers_at(layers, y);
        const uint8_t *const touched = self->matte.smooth + at;
        const uint32_t last = layers->width - layers->margin;
        for (uint32_t x = spx_first_other(touched, layers->margin, last, 0); x < last;
             x = spx_first_other(touched, x + 1, last, 0)) {
            const int inner = y > 0 && y + 1 < layers->height && x > layers->margin && x + 1 < last;
            const int opaque = layers->alpha[at + x] == UINT8_MAX;
            self->own[at + x] = inner && opaque ? straighten(layers, x, y) : layers->front[at + x];
        }
    }
}

static void take_stray(void *context, size_t turn)
{
    const layering *const self = context;
    const spx_layers *const layers = self->layers;
    const uint32_t end = turn_end(layers, turn);
    for (uint32_t y = (uint32_t)turn * ROWS_PER_TURN; y < end; y++) {
        const size_t at = spx_layers_at(layers, y);
        const uint8_t *const touched = self->matte.smooth + at;
        for (uint32_t x = spx_first_other(touched, 0, layers->width, 0); x < layers->width;
             x = spx_first_other(touched, x + 1, layers->width, 0))
            layers->front[at + x] = self->own[at + x];
    }
}

/* ---- hidden bands ---- */

/* A far surface that goes on behind nearer ones. */
typedef struct open_step {
    uint16_t depth;
    int32_t last; /* column, in walking order, that an eye can still see */
} open_step;

typedef struct walk {
    open_step open[MAX_OPEN_STEPS];
    int count;
} walk;

static void open_far_surface(walk *self, uint16_t depth, int32_t last)
{
    if (self->count == MAX_OPEN_STEPS) {
        memmove(self->open, self->open + 1, sizeof(self->open) - sizeof(self->open[0]));
        self->count--;
    }
    self->open[self->count++] = (open_step){ .depth = depth, .last = last };
}

static void lengthen(walk *self)
{
    for (int k = 0; k < self->count; k++)
        self->open[k].last++;
}

/* The nearest surface still open at column i behind depth `front`; NULL when there is none. */
static const open_step *find_open(walk *self, int32_t i, uint32_t front, uint32_t step)
{
    const open_step *best = NULL;
    int kept = 0;
    for (int k = 0; k < self->count; k++) {
        const open_step one = self->open[k];
        if (one.last < i || (uint32_t)one.depth + step >= front)
            continue; /* out of sight, or it has come out again */
        self->open[kept] = one;
        if (best == NULL || one.depth >= best->depth)
            best = &self->open[kept];
        kept++;
    }
    self->count = kept;
    return best;
}

/* A row of the layers as one walks it: from the left, or from the right. A column too, from the top
 * or from the bottom. */
typedef struct row_walk {
    const spx_layers *layers;
    uint32_t length;
    const uint16_t *front;
    const uint16_t *back;
    const uint8_t *alpha;
    uint32_t step;
    int from_right;
} row_walk;

enum { CALM_PX = 32 }; /* so many columns are looked at at once */

/* Whether columns x..x + CALM_PX are opaque and without a step: from one of their ends to the other
 * no surface is left behind. */
static int is_calm(const row_walk *row, int32_t x)
{
    const uint16_t *const front = row->front + x;
    const uint8_t *const alpha = row->alpha + x;
    uint16_t most = 0;
    uint8_t opaque = alpha[CALM_PX];
    for (int k = 0; k < CALM_PX; k++) {
        const uint16_t apart = spx_apart_u16(front[k], front[k + 1]);
        most = apart > most ? apart : most;
        opaque &= alpha[k];
    }
    return opaque == UINT8_MAX && most <= row->step;
}

/* Of the walk's i-th step. */
static int32_t column_at(const row_walk *row, int32_t i)
{
    return row->from_right ? (int32_t)row->length - 1 - i : i;
}

/* Whether the next CALM_PX columns from the i-th step on hide nothing, as most do not, when no
 * surface is open: noted in `hidden` then. */
static int pass_calm(const row_walk *row, int32_t i, uint32_t *hidden)
{
    if (i == 0 || i + CALM_PX > (int32_t)row->length)
        return 0;
    const int32_t first = row->from_right ? column_at(row, i + CALM_PX - 1) : i;
    if (!is_calm(row, row->from_right ? first : first - 1))
        return 0;
    memset(hidden + first, UINT8_MAX, CALM_PX * sizeof(*hidden)); /* UINT32_MAX each */
    return 1;
}

/* Depth of the far surface at each hidden column, UINT32_MAX elsewhere. */
static void walk_row(const row_walk *row, uint32_t *hidden)
{
    const int32_t length = (int32_t)row->length;
    walk open = { .count = 0 };
    uint32_t before = DEPTH_MAX;
    int32_t look_from = 0; /* where calm columns are looked for next */
    for (int32_t i = 0; i < length; i++) {
        if (open.count == 0 && i >= look_from) {
            look_from = i + CALM_PX;
            if (pass_calm(row, i, hidden)) {
                i += CALM_PX - 1;
                before = row->front[column_at(row, i)];
                continue;
            }
        }
        const int32_t x = column_at(row, i);
        const uint32_t front = row->front[x];
        if (front > before + row->step) {
            const float opening = (float)(front - before) * row->layers->px_per_unit;
            open_far_surface(&open, (uint16_t)before, i + (int32_t)opening + EXTRA_REACH_PX);
        }
        if (row->alpha[x] != UINT8_MAX)
            lengthen(&open); /* it is looked through, wherever it moves to */
        const open_step *const far = open.count == 0 ? NULL : find_open(&open, i, front, row->step);
        hidden[x] = far == NULL ? UINT32_MAX : far->depth;
        before = row->alpha[x] >= SPX_LAYERS_MOSTLY_OPAQUE ? front : row->back[x];
    }
}

/* Joins what both walks found: where they meet behind a thin thing, from one to the other; two
 * surfaces each as far as the middle, as nothing is known to join them. */
static void join_run(const uint32_t *left, const uint32_t *right, uint16_t *back, uint32_t count,
                     uint32_t step)
{
    for (uint32_t i = 0; i < count; i++) {
        if (left[i] == UINT32_MAX || right[i] == UINT32_MAX) {
            back[i] = (uint16_t)(left[i] == UINT32_MAX ? right[i] : left[i]);
            continue;
        }
        const uint32_t apart = left[i] > right[i] ? left[i] - right[i] : right[i] - left[i];
        if (apart > step * count) {
            back[i] = (uint16_t)(2 * i < count ? left[i] : right[i]);
            continue;
        }
        const uint64_t from_right = count - i;
        const uint64_t sum = left[i] * from_right + (uint64_t)right[i] * (i + 1);
        back[i] = (uint16_t)((sum + (count + 1) / 2) / (count + 1));
    }
}

/* The first column from x to end - 1 that either walk found hidden; end where there is none. */
static uint32_t next_hidden(const uint32_t *left, const uint32_t *right, uint32_t x, uint32_t end)
{
    enum { AT_ONCE = 8 };
    for (; x + AT_ONCE <= end; x += AT_ONCE) {
        uint32_t all = UINT32_MAX;
        for (uint32_t k = x; k < x + AT_ONCE; k++)
            all &= left[k] & right[k];
        if (all != UINT32_MAX)
            break;
    }
    while (x < end && (left[x] & right[x]) == UINT32_MAX)
        x++;
    return x;
}

/* Depth of what comes out from behind a pixel next in its column; NOT_SHOWN where nothing does
 * within LOOK_PX, or something else above than below. */
static uint32_t find_upright(const spx_layers *layers, uint32_t x, uint32_t y, uint32_t step)
{
    enum { LOOK_PX = 4 }; /* farther away are other things: 16 leave dune_grass more flecks */
    const uint32_t own = layers->front[spx_layers_at(layers, y) + x];
    for (uint32_t by = 1; by <= LOOK_PX; by++) {
        uint32_t found = NOT_SHOWN;
        for (int below = 0; below <= 1; below++) {
            if (below ? y + by >= layers->height : y < by)
                continue;
            const size_t at = spx_layers_at(layers, below ? y + by : y - by) + x;
            const uint32_t depth = layers->front[at];
            if (layers->alpha[at] != UINT8_MAX || depth + step >= own)
                continue;
            if (found != NOT_SHOWN &&
                !spx_layers_is_one_surface((int32_t)found, (int32_t)depth, step))
                return NOT_SHOWN;
            found = depth;
        }
        if (found != NOT_SHOWN)
            return found;
    }
    return NOT_SHOWN;
}

/*
 * Of two surfaces that meet behind a thing the rows above and below tell which one a column shows.
 * Without them one would slope into the other, or each would go as far as the middle, and beside a
 * bump that stands before the border of both the wrong one came out.
 */
static void part_by_columns(const spx_layers *layers, const uint32_t *left, const uint32_t *right,
                            uint32_t x, uint32_t y, uint32_t run)
{
    enum {
        APART = 4, /* steps; what is no farther apart may be one surface */
        ALIKE = 8, /* times as far away is the other one */
    };
    const uint32_t step = spx_layers_step(layers);
    uint16_t *const back = layers->back + spx_layers_at(layers, y);
    for (uint32_t i = x; i < x + run; i++) {
        if (left[i] == UINT32_MAX || right[i] == UINT32_MAX ||
            spx_layers_is_one_surface((int32_t)left[i], (int32_t)right[i], APART * step))
            continue;
        const uint32_t shown = find_upright(layers, i, y, step);
        if (shown == NOT_SHOWN)
            continue;
        const uint32_t to_left = (uint32_t)abs((int32_t)shown - (int32_t)left[i]);
        const uint32_t to_right = (uint32_t)abs((int32_t)shown - (int32_t)right[i]);
        if (ALIKE * to_left < to_right) {
            back[i] = (uint16_t)left[i];
        } else if (ALIKE * to_right < to_left) {
            back[i] = (uint16_t)right[i];
        }
    }
}

static void set_hidden_row(const layering *self, uint32_t y, uint32_t *left, uint32_t *right)
{
    spx_layers *const layers = self->layers;
    const size_t at = spx_layers_at(layers, y);
    row_walk row = { .layers = layers,
                     .length = layers->width,
                     .front = layers->front + at,
                     .back = layers->back + at,
                     .alpha = layers->alpha + at,
                     .step = spx_layers_step(layers) };
    walk_row(&row, left);
    row.from_right = 1;
    walk_row(&row, right);
    uint8_t *const kind = layers->kind + at;
    const uint32_t end = layers->width - layers->margin;
    for (uint32_t x = next_hidden(left, right, layers->margin, end); x < end;
         x = next_hidden(left, right, x, end)) {
        uint32_t run = 1;
        while (x + run < end && (left[x + run] != UINT32_MAX || right[x + run] != UINT32_MAX))
            run++;
        join_run(left + x, right + x, layers->back + at + x, run, row.step);
        part_by_columns(layers, left, right, x, y, run);
        memset(kind + x, SPX_LAYER_HIDDEN, run);
        x += run;
    }
}

typedef struct hiding {
    const layering *layering;
    uint32_t *rows;    /* two of the canvas's width for each turn of rows */
    uint32_t *columns; /* COLUMN_WORDS of the height for each turn of columns; NULL = only rows */
} hiding;

static void set_hidden(void *context, size_t turn)
{
    const hiding *const self = context;
    const spx_layers *const layers = self->layering->layers;
    uint32_t *const left = self->rows + turn * 2 * layers->width;
    const uint32_t end = turn_end(layers, turn);
    for (uint32_t y = (uint32_t)turn * ROWS_PER_TURN; y < end; y++)
        set_hidden_row(self->layering, y, left, left + layers->width);
}

/* The same along a column, where the rows have hidden nothing. */
typedef struct column_room {
    uint16_t *front; /* [height] each, of one block of memory */
    uint16_t *back;
    uint16_t *far;
    uint32_t *down;
    uint32_t *up;
    uint8_t *alpha;
} column_room;

static void load_column(const column_room *to, const spx_layers *layers, uint32_t x)
{
    for (uint32_t y = 0; y < layers->height; y++) {
        const size_t at = spx_layers_at(layers, y) + x;
        to->front[y] = layers->front[at];
        to->back[y] = layers->back[at];
        to->alpha[y] = layers->alpha[at];
    }
}

static void store_column(const spx_layers *layers, const column_room *from, uint32_t x)
{
    for (uint32_t y = 0; y < layers->height; y++) {
        const size_t at = spx_layers_at(layers, y) + x;
        const int is_hidden = from->down[y] != UINT32_MAX || from->up[y] != UINT32_MAX;
        if (!is_hidden || layers->kind[at] != SPX_LAYER_PLAIN)
            continue;
        layers->kind[at] = SPX_LAYER_HIDDEN;
        layers->back[at] = from->far[y];
    }
}

static void set_hidden_column(const spx_layers *layers, const column_room *own, uint32_t x)
{
    row_walk line = { .layers = layers,
                      .length = layers->height,
                      .front = own->front,
                      .back = own->back,
                      .alpha = own->alpha,
                      .step = spx_layers_step(layers) };
    load_column(own, layers, x);
    walk_row(&line, own->down);
    line.from_right = 1;
    walk_row(&line, own->up);
    for (uint32_t y = 0; y < layers->height;) {
        uint32_t run = 0;
        while (y + run < layers->height &&
               (own->down[y + run] != UINT32_MAX || own->up[y + run] != UINT32_MAX))
            run++;
        join_run(own->down + y, own->up + y, own->far + y, run, line.step);
        y += run == 0 ? 1 : run;
    }
    store_column(layers, own, x);
}

/* A turn of columns; `rows` has room for a turn's arrays, see spx_layers_init(). */
static void set_hidden_columns(void *context, size_t turn)
{
    const hiding *const self = context;
    const spx_layers *const layers = self->layering->layers;
    const size_t height = layers->height;
    uint32_t *const room = self->columns + turn * COLUMN_WORDS * height;
    const column_room own = { .down = room,
                              .up = room + height,
                              .front = (uint16_t *)(room + 2 * height),
                              .back = (uint16_t *)(room + 2 * height) + height,
                              .far = (uint16_t *)(room + 3 * height),
                              .alpha = (uint8_t *)((uint16_t *)(room + 3 * height) + height) };
    const uint32_t last = layers->width - layers->margin;
    const uint32_t first = layers->margin + (uint32_t)turn * ROWS_PER_TURN;
    const uint32_t end = first + ROWS_PER_TURN < last ? first + ROWS_PER_TURN : last;
    for (uint32_t x = first; x < end; x++)
        set_hidden_column(layers, &own, x);
}

/* ---- the same from row to row ---- */

/* Whether two hidden pixels of a column may be of one far surface: one of them may show what the
 * other one hides. */
static int hide_alike(const spx_layers *layers, size_t one, size_t other)
{
    const uint32_t step = spx_layers_step(layers);
    return layers->front[one] > layers->back[other] + step &&
           layers->front[other] > layers->back[one] + step;
}

/* Walked row by row, hidden depth has streaks; the median of a column around each pixel has none.
 */
static void smooth_row(const layering *self, uint32_t y)
{
    enum { AROUND = 4 };
    const spx_layers *const layers = self->layers;
    const uint32_t first = y > AROUND ? y - AROUND : 0;
    const uint32_t last = y + AROUND < layers->height ? y + AROUND : layers->height - 1;
    const uint8_t *const kind = layers->kind + spx_layers_at(layers, y);
    uint16_t *const to = self->own + spx_layers_at(layers, y);
    const uint32_t end = layers->width - layers->margin;
    for (uint32_t x = spx_first_other(kind, layers->margin, end, SPX_LAYER_PLAIN); x < end;
         x = spx_first_other(kind, x + 1, end, SPX_LAYER_PLAIN)) {
        const size_t own = spx_layers_at(layers, y) + x;
        uint16_t column[2 * AROUND + 1];
        size_t count = 0;
        for (uint32_t v = first; v <= last; v++) {
            const size_t at = spx_layers_at(layers, v) + x;
            if (layers->kind[at] == SPX_LAYER_HIDDEN && (v == y || hide_alike(layers, own, at)))
                column[count++] = layers->back[at];
        }
        qsort(column, count, sizeof(column[0]), spx_order_u16);
        to[x] = column[count / 2];
    }
}

static void smooth(void *context, size_t turn)
{
    const layering *const self = context;
    const uint32_t end = turn_end(self->layers, turn);
    for (uint32_t y = (uint32_t)turn * ROWS_PER_TURN; y < end; y++)
        smooth_row(self, y);
}

static void take_smooth(void *context, size_t turn)
{
    const layering *const self = context;
    const spx_layers *const layers = self->layers;
    const uint32_t end = turn_end(layers, turn);
    const uint32_t last = layers->width - layers->margin;
    for (uint32_t y = (uint32_t)turn * ROWS_PER_TURN; y < end; y++) {
        const size_t at = spx_layers_at(layers, y);
        const uint8_t *const kind = layers->kind + at;
        for (uint32_t x = spx_first_other(kind, layers->margin, last, SPX_LAYER_PLAIN); x < last;
             x = spx_first_other(kind, x + 1, last, SPX_LAYER_PLAIN)) {
            /* It still has to lie behind what hides it. */
            if (self->own[at + x] < layers->front[at + x])
                layers->back[at + x] = self->own[at + x];
        }
    }
}

/* ---- whole ---- */

static spx_status allocate(spx_layers *layers, const spx_image *photo, spx_diag *diag)
{
    size_t pixels = 0;
    size_t bytes = 0;
    SPX_TRY(spx_mul_size(&pixels, layers->width, layers->height, "layers", diag));
    SPX_TRY(spx_mul_size(&bytes, pixels, sizeof(uint16_t), "layers", diag));
    layers->front = malloc(bytes);
    layers->back = calloc(pixels, sizeof(uint16_t));
    layers->kind = malloc(pixels);
    layers->alpha = malloc(pixels);
    if (layers->front == NULL || layers->back == NULL || layers->kind == NULL ||
        layers->alpha == NULL) {
        return spx_fail(diag, SPX_ERR_NO_MEMORY, "layers of %ux%u: no memory", photo->width,
                        photo->height);
    }
    return SPX_OK;
}

static spx_status hide_all(const layering *self, hiding *hide, const spx_task *task, spx_diag *diag)
{
    const uint32_t inner = self->layers->width - 2 * self->layers->margin;
    SPX_TRY(spx_task_run(task, turns(self->layers->height), set_hidden, hide, diag));
    return hide->columns == NULL ? SPX_OK
                                 : spx_task_run(task, turns(inner), set_hidden_columns, hide, diag);
}

/* A map of few levels gets slopes where it has terraces, and no edges where one level changes. */
static spx_status slope_own(layering *self, const spx_task *task, spx_diag *diag)
{
    spx_layers *const layers = self->layers;
    float quantum = 0.0F;
    SPX_TRY(spx_terraces_find(layers, self->own, &quantum, diag));
    if (quantum == 0.0F)
        return SPX_OK;
    SPX_TRY(spx_terraces_slope(layers, self->own, quantum, layers->front, task, diag));
    uint16_t *const slopes = layers->front;
    layers->front = self->own;
    self->own = slopes;
    self->matte.depth = slopes;
    layers->least_step = (uint32_t)(quantum * tuned.terrace_step);
    return SPX_OK;
}

/* How much of each pixel beside a step is near. */
static spx_status find_all(layering *self, const spx_task *task, spx_diag *diag)
{
    const uint32_t count = turns(self->layers->height);
    SPX_TRY(spx_task_run(task, count, set_own, self, diag));
    SPX_TRY(slope_own(self, task, diag));
    if (!self->matte.exact)
        SPX_TRY(spx_tips_lengthen(self->layers, &self->matte, self->own, task, diag));
    SPX_TRY(run_rows(self, spx_matte_survey, task, diag));
    SPX_TRY(spx_task_run(task, count, measure_edges, self, diag));
    spx_matte_spread(self->layers, &self->matte);
    self->matte.believed = self->matte.exact && spx_matte_is_believed(&self->votes);
    SPX_TRY(run_rows(self, spx_matte_find, task, diag));
    return run_rows(self, spx_matte_smooth, task, diag);
}

/* Whose depth each pixel beside a step takes; what that tears where the map goes on is held. */
static spx_status settle_all(layering *self, const spx_task *task, spx_diag *diag)
{
    const uint32_t count = turns(self->layers->height);
    const uint32_t inner = self->layers->width - 2 * self->layers->margin;
    SPX_TRY(spx_task_run(task, count, set_front, self, diag));
    SPX_TRY(run_rows(self, spx_matte_settle_other, task, diag));
    SPX_TRY(run_rows(self, spx_matte_settle, task, diag));
    SPX_TRY(
        spx_task_run(task, spx_divide_up_u32(inner, COLUMNS_PER_TURN), hold_columns, self, diag));
    SPX_TRY(run_rows(self, spx_matte_hold_rows, task, diag));
    return run_rows(self, spx_matte_join_held, task, diag);
}

static spx_status take_all_rims(const layering *self, const spx_task *task, spx_diag *diag)
{
    SPX_TRY(run_rows(self, spx_matte_find_rims, task, diag));
    SPX_TRY(run_rows(self, spx_matte_agree_rims, task, diag));
    return run_rows(self, spx_matte_take_rims, task, diag);
}

static spx_status cut(layering *self, hiding *hide, const spx_task *task, spx_diag *diag)
{
    const uint32_t count = turns(self->layers->height);
    SPX_TRY(find_all(self, task, diag));
    SPX_TRY(settle_all(self, task, diag));
    SPX_TRY(spx_task_run(task, count, find_stray, self, diag));
    SPX_TRY(spx_task_run(task, count, take_stray, self, diag));
    if (!self->matte.exact)
        SPX_TRY(take_all_rims(self, task, diag));
    SPX_TRY(hide_all(self, hide, task, diag));
    SPX_TRY(spx_task_run(task, count, smooth, self, diag));
    return spx_task_run(task, count, take_smooth, self, diag);
}

spx_status spx_layers_init(spx_layers *layers, const spx_image *photo, const spx_plane *depth,
                           const spx_layers_options *options, const spx_task *task, spx_diag *diag)
{
    spx_status status = SPX_OK;
    *layers = (spx_layers){ .width = photo->width + 2 * options->margin,
                            .height = photo->height,
                            .margin = options->margin,
                            .mirrored = options->mirrored,
                            .px_per_unit = options->shift_px / (float)DEPTH_MAX };
    layering self = { .layers = layers,
                      .depth = depth,
                      .matte = { .photo = photo, .exact = options->exact } };
    hiding hide = { .layering = &self };
    SPX_TRY_OUT(allocate(layers, photo, diag));
    const size_t pixels = (size_t)layers->width * layers->height;
    self.own = malloc(pixels * sizeof(*self.own));
    self.matte.depth = self.own;
    self.matte.found = calloc(pixels, 3);
    self.matte.trust = self.matte.found == NULL ? NULL : self.matte.found + pixels;
    self.matte.smooth = self.matte.found == NULL ? NULL : self.matte.trust + pixels;
    const size_t blocks = (size_t)spx_matte_columns(layers) * spx_matte_rows(layers);
    self.matte.bands = calloc(2, blocks);
    self.matte.spans = malloc(blocks * sizeof(*self.matte.spans));
    hide.rows = malloc((size_t)turns(layers->height) * 2 * layers->width * sizeof(*hide.rows));
    if (options->upright) {
        hide.columns = malloc((size_t)turns(photo->width) * COLUMN_WORDS * layers->height *
                              sizeof(*hide.columns));
    }
    status = self.own == NULL || self.matte.found == NULL || self.matte.bands == NULL ||
                     self.matte.spans == NULL || hide.rows == NULL ||
                     (options->upright && hide.columns == NULL)
                 ? spx_fail_memory(diag, "layers")
                 : cut(&self, &hide, task, diag);
out:
    free(self.own);
    free(self.matte.found);
    free(self.matte.bands);
    free(self.matte.spans);
    free(hide.rows);
    free(hide.columns);
    if (status != SPX_OK)
        spx_layers_clear(layers);
    return status;
}

void spx_layers_clear(spx_layers *layers)
{
    free(layers->front);
    free(layers->back);
    free(layers->kind);
    free(layers->alpha);
    *layers = (spx_layers){ 0 };
}
