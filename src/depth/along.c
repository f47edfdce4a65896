/*
 * Thin things keep their shape: depth is evened out along them.
 *
 * To a network a blade of grass is near in one place, nearer in the next and lost in a third.
 * Shifted by such depth a straight blade is bent or torn. So at near things that are thin (what a
 * morphological opening of the map takes away), and where the photo is oriented (its structure
 * tensor's larger eigenvalue is far above the smaller, Förstner & Gülch 1987), each pixel walks
 * along that direction to both sides and takes its depth from the straight line through the depths
 * there (least squares): what runs into the depth keeps its slope, and a straight thing whose depth
 * is straight stays straight in both eyes. Samples of another colour belong to another thing, which
 * crosses the line, and count for little.
 *
 * Before that they get one depth across: a network sees a pole as a heap, high on one side and
 * low on the other, and each of the pole's columns would go its own way. Where the pole ends on
 * both sides, and has another colour than what is behind there, all of it takes the mean of the
 * heap's heights, the high ones counting more.
 *
 *     map -> thin things -> gate
 *     guide -> gradients -> tensor, blurred -> direction, coherence
 *     map -> one depth across -> walk along -> fit -> map
 */
#include "depth/along.h"

#include "base/floatops.h"
#include "base/intops.h"
#include "depth/extremes.h"
#include "depth/tuned.h"
#include "image/plane_blur.h"

#include <math.h>
#include <stdatomic.h>

enum {
    TENSOR_PLANES = 3,
    ACROSS_WALKS = 4,    /* to both sides, to see what is there, and once more */
    BEHIND_PX = 4,       /* seen beside a thing of what is behind; the first of them is outline */
    GATE_REACH = 6,      /* so far from a thin thing there may be a part that the map has lost */
    BAND_PIXELS = 12288, /* 16 rows of the embedded network's finest map */
    /* Walks are no longer, so that the time grows with the pixels alone. The finest map of a
     * network has 1554 pixels, which asks for 78 steps; larger maps come from elsewhere. */
    MOST_STEPS = 100,
    /* All walks along lines together take no more steps, and all walks across too: where a map is
     * lines all over, they are shorter. Of the bundled photos dune_grass takes most, 8 million; it
     * would take 85 at 12 megapixels and detail `fine`. 12 megapixels of stripes took 2.4 billion,
     * 59 s of one core, and take 4. */
    MOST_WALKED = 100 * 1000 * 1000,
};

/* A walk may leave the frame by so much: a line that lies in the outermost pixels does by rounding.
 */
static const float half_pixel = 0.5f;

typedef struct lines {
    const spx_plane *map; /* before */
    const spx_guide *guide;
    spx_plane *out;
    spx_plane *across; /* what was out once thin things had one depth across */
    spx_plane *thin;   /* 1 at thin things of the map, 0 beside them */
    spx_plane *gate;   /* 1 at and near thin things, 0 far from them */
    /* xx, xy, yy of the tensor; then the direction's x and y, and coherence */
    spx_plane *tensor[TENSOR_PLANES];
    uint32_t steps;      /* of a walk, to each side */
    uint32_t widest;     /* thin thing */
    uint32_t band_rows;  /* of the rows that a turn does */
    atomic_uint on_line; /* pixels that lie on a line */
} lines;

/* Where a walk is, and where it is going. */
typedef struct walker {
    float x;
    float y;
    float along_x;
    float along_y;
} walker;

/* The photo's gradient at (x, y): its products, summed over the channels. */
static void multiply_gradients(const lines *self, uint32_t x, uint32_t y, float out[TENSOR_PLANES])
{
    const uint32_t left = x > 0 ? x - 1 : 0;
    const uint32_t right = x + 1 < self->map->width ? x + 1 : x;
    const uint32_t below = y + 1 < self->map->height ? y + 1 : y;
    out[0] = out[1] = out[2] = 0;
    for (size_t c = 0; c < SPX_GUIDE_CHANNELS; c++) {
        const spx_plane *const plane = self->guide->planes[c];
        const float *const row = spx_plane_row(plane, y);
        const float across = row[right] - row[left];
        const float down =
            spx_plane_row(plane, below)[x] - spx_plane_row(plane, y > 0 ? y - 1 : 0)[x];
        out[0] += across * across;
        out[1] += across * down;
        out[2] += down * down;
    }
}

static void find_products(void *context, size_t band)
{
    const lines *const self = context;
    const uint32_t from = (uint32_t)band * self->band_rows;
    const uint32_t end = spx_min_u32(from + self->band_rows, self->map->height);
    for (uint32_t y = from; y < end; y++) {
        for (uint32_t x = 0; x < self->map->width; x++) {
            float products[TENSOR_PLANES];
            multiply_gradients(self, x, y, products);
            for (size_t k = 0; k < TENSOR_PLANES; k++)
                spx_plane_row(self->tensor[k], y)[x] = products[k];
        }
    }
}

/* The eigenvector of the tensor's smaller eigenvalue, and how far the eigenvalues are apart: 0 the
 * same, 1 the smaller one is nothing. In place. */
static void find_direction(float *xx, float *xy, float *yy)
{
    const float half = 0.5f * (*xx - *yy);
    const float apart = sqrtf(half * half + *xy * *xy);
    const float sum = *xx + *yy;
    const float angle = 0.5f * atan2f(*xy, half) + (float)M_PI_2; /* the larger one's, turned */
    const float noise = tuned.line_noise * tuned.line_noise;
    *xx = cosf(angle);
    *xy = sinf(angle);
    *yy = 2.0f * apart / (sum + noise);
}

static void find_directions(void *context, size_t band)
{
    lines *const self = context;
    unsigned on_line = 0;
    const uint32_t from = (uint32_t)band * self->band_rows;
    const uint32_t end = spx_min_u32(from + self->band_rows, self->map->height);
    for (uint32_t y = from; y < end; y++) {
        const float *const gate = spx_plane_row(self->gate, y);
        float *const xx = spx_plane_row(self->tensor[0], y);
        float *const xy = spx_plane_row(self->tensor[1], y);
        float *const yy = spx_plane_row(self->tensor[2], y);
        for (uint32_t x = 0; x < self->map->width; x++) {
            if (gate[x] > 0) {
                find_direction(&xx[x], &xy[x], &yy[x]);
            } else {
                yy[x] = 0; /* no line: nothing is asked of it but that */
            }
            on_line += yy[x] > tuned.line_coherence;
        }
    }
    (void)atomic_fetch_add(&self->on_line, on_line);
}

/* A plane's pixel where a walker is. */
static float value_at(const spx_plane *plane, const walker *at)
{
    return spx_plane_row(plane, (uint32_t)(at->y + 0.5f))[(uint32_t)(at->x + 0.5f)];
}

/* One pixel straight on. 0 at the frame. */
static int move(const lines *self, walker *at)
{
    const float most_x = (float)self->map->width - 1.0f;
    const float most_y = (float)self->map->height - 1.0f;
    at->x += at->along_x;
    at->y += at->along_y;
    if (at->x < -half_pixel || at->y < -half_pixel || at->x > most_x + half_pixel ||
        at->y > most_y + half_pixel)
        return 0;
    at->x = spx_clamp_f32(at->x, 0, most_x);
    at->y = spx_clamp_f32(at->y, 0, most_y);
    return 1;
}

/* One pixel further along the line. 0 at the frame. */
static int step(const lines *self, walker *at)
{
    if (!move(self, at))
        return 0;
    if (value_at(self->tensor[2], at) < tuned.line_coherence)
        return 1; /* a crossing: straight on */
    const float along_x = value_at(self->tensor[0], at);
    const float along_y = value_at(self->tensor[1], at);
    const float turn = along_x * at->along_x + along_y * at->along_y;
    if (fabsf(turn) < tuned.line_turn)
        return 1; /* what crosses is the clearer line here */
    at->along_x = turn < 0 ? -along_x : along_x;
    at->along_y = turn < 0 ? -along_y : along_y;
    return 1;
}

/* How much a colour is that of (x, y), 0..1. */
static float alike_colour(const lines *self, const float colour[SPX_GUIDE_CHANNELS], uint32_t x,
                          uint32_t y)
{
    float difference = 0;
    for (size_t c = 0; c < SPX_GUIDE_CHANNELS; c++) {
        const float d = colour[c] - spx_plane_row(self->guide->planes[c], y)[x];
        difference += d * d;
    }
    return 1.0f / (1.0f + difference / (tuned.line_colour * tuned.line_colour));
}

/* How much a walker's pixel is of the colour of (x, y), 0..1. */
static float alike(const lines *self, const walker *at, uint32_t x, uint32_t y)
{
    float colour[SPX_GUIDE_CHANNELS];
    for (size_t c = 0; c < SPX_GUIDE_CHANNELS; c++)
        colour[c] = value_at(self->guide->planes[c], at);
    return alike_colour(self, colour, x, y);
}

/* The map between pixels. */
static float sample(const spx_plane *map, float x, float y)
{
    const uint32_t left = (uint32_t)x;
    const uint32_t top = (uint32_t)y;
    const uint32_t right = left + 1 < map->width ? left + 1 : left;
    const float *const row0 = spx_plane_row(map, top);
    const float *const row1 = spx_plane_row(map, top + 1 < map->height ? top + 1 : top);
    const float across = x - (float)left;
    const float above = row0[left] + across * (row0[right] - row0[left]);
    const float below = row1[left] + across * (row1[right] - row1[left]);
    return above + (y - (float)top) * (below - above);
}

/* Sums of a straight line's least squares: weights, distance, depth, and their products. */
typedef struct sums {
    float one;
    float at;
    float at_at;
    float depth;
    float at_depth;
} sums;

static void add(sums *self, float weight, float at, float depth)
{
    self->one += weight;
    self->at += weight * at;
    self->at_at += weight * at * at;
    self->depth += weight * depth;
    self->at_depth += weight * at * depth;
}

/* Adds what lies to one side. */
static void walk(const lines *self, uint32_t x, uint32_t y, float side, sums *out)
{
    walker at = { (float)x, (float)y, side * spx_plane_row(self->tensor[0], y)[x],
                  side * spx_plane_row(self->tensor[1], y)[x] };
    for (uint32_t i = 1; i <= self->steps && step(self, &at); i++)
        add(out, alike(self, &at, x, y), side * (float)i, sample(self->map, at.x, at.y));
}

/* The depth at (x, y) of the straight line through the depths along the photo's line there. Where
 * all of them lie to one side it may come to more than the map has: to no more than a map can. */
static float fit_along(const lines *self, uint32_t x, uint32_t y)
{
    sums all = { 0 };
    add(&all, 1, 0, spx_plane_row(self->map, y)[x]);
    walk(self, x, y, 1, &all);
    walk(self, x, y, -1, &all);
    const float mean = all.depth / all.one;
    const float middle = all.at / all.one;
    const float spread = all.at_at / all.one - middle * middle;
    const float slope = (all.at_depth / all.one - middle * mean) / (spread + 1.0f);
    return spx_clamp01(mean - slope * middle);
}

/* How much of a line there is, 0..1: all from half-way on. */
static float line_share(float coherence)
{
    const float over = (coherence - tuned.line_coherence) / (1.0f - tuned.line_coherence);
    return spx_clamp01(2.0f * over);
}

/* What lies beside a thin thing. */
typedef struct side {
    uint32_t steps; /* to the thing's end */
    float depth;    /* of what is behind */
    float colour[SPX_GUIDE_CHANNELS];
} side;

static walker start_across(const lines *self, uint32_t x, uint32_t y, float to)
{
    return (walker){ (float)x, (float)y, -to * spx_plane_row(self->tensor[1], y)[x],
                     to * spx_plane_row(self->tensor[0], y)[x] };
}

/* 0 when the thing does not end there, or the next one is too near. */
static int look_across(const lines *self, walker at, side *out)
{
    static const float share = 1.0f / (BEHIND_PX - 1);
    uint32_t behind = 0;
    *out = (side){ 0 };
    while (out->steps <= self->widest && behind < BEHIND_PX && move(self, &at)) {
        if (value_at(self->thin, &at) > 0) {
            if (behind > 0)
                return 0;
            out->steps++;
        } else if (behind++ > 0) {
            out->depth += share * value_at(self->map, &at);
            for (size_t c = 0; c < SPX_GUIDE_CHANNELS; c++)
                out->colour[c] += share * value_at(self->guide->planes[c], &at);
        }
    }
    return behind == BEHIND_PX;
}

/* The thing's depth across (x, y): its heights above what is behind, each weighing as much as it is
 * high. */
static float weigh_across(const lines *self, uint32_t x, uint32_t y, const side sides[2],
                          float behind)
{
    const float own = fmaxf(spx_plane_row(self->map, y)[x] - behind, 0);
    float sum = own;
    float squares = own * own;
    for (size_t k = 0; k < 2; k++) {
        walker at = start_across(self, x, y, k == 0 ? -1 : 1);
        for (uint32_t i = 0; i < sides[k].steps && move(self, &at); i++) {
            const float height = fmaxf(value_at(self->map, &at) - behind, 0);
            sum += height;
            squares += height * height;
        }
    }
    return sum > 0 ? behind + squares / sum : behind;
}

/* The depth at (x, y), which is on a thin thing, when the thing has one depth across. */
static float fit_across(const lines *self, uint32_t x, uint32_t y)
{
    const float own = spx_plane_row(self->map, y)[x];
    side sides[2];
    if (!look_across(self, start_across(self, x, y, -1), &sides[0]) ||
        !look_across(self, start_across(self, x, y, 1), &sides[1]))
        return own;
    const float behind = fminf(sides[0].depth, sides[1].depth);
    const float alike =
        fmaxf(alike_colour(self, sides[0].colour, x, y), alike_colour(self, sides[1].colour, x, y));
    return own + (1.0f - alike) * (weigh_across(self, x, y, sides, behind) - own);
}

/* What a pixel's depth becomes. */
typedef float (*fit_fn)(const lines *self, uint32_t x, uint32_t y);

/* A band of rows from map to out, where `where` is above 0 and as far as there is a line. */
static void even_rows(const lines *self, size_t band, const spx_plane *where, fit_fn fit)
{
    const uint32_t from = (uint32_t)band * self->band_rows;
    const uint32_t end = spx_min_u32(from + self->band_rows, self->map->height);
    for (uint32_t y = from; y < end; y++) {
        const float *const row = spx_plane_row(self->map, y);
        const float *const gate = spx_plane_row(where, y);
        float *const out = spx_plane_row(self->out, y);
        for (uint32_t x = 0; x < self->map->width; x++) {
            const float share = gate[x] * line_share(spx_plane_row(self->tensor[2], y)[x]);
            out[x] = row[x];
            if (share > 0)
                out[x] += share * (fit(self, x, y) - row[x]);
        }
    }
}

static void even_across_band(void *context, size_t band)
{
    const lines *const self = context;
    even_rows(self, band, self->thin, fit_across);
}

static void even_band(void *context, size_t band)
{
    const lines *const self = context;
    even_rows(self, band, self->gate, fit_along);
}

/* Sets out, of the map's size, to 1 on near things that are thinner than twice the reach, 0 where
 * there are none: what a morphological opening takes away (white top-hat). Returns whether there
 * are any. */
static int rate_thin(const spx_plane *map, const spx_plane *ground, spx_plane *out)
{
    float most = 0;
    for (uint32_t y = 0; y < map->height; y++) {
        const float *const row = spx_plane_row(map, y);
        const float *const low = spx_plane_row(ground, y);
        float *const to = spx_plane_row(out, y);
        for (uint32_t x = 0; x < map->width; x++) {
            to[x] = spx_clamp01((row[x] - low[x]) / tuned.thin_height - 1.0f);
            most = to[x] > most ? to[x] : most;
        }
    }
    return most > 0;
}

/* The gate: thin things, and what lies around them. It stays NULL where there are none. */
static spx_status find_gate(lines *self, const spx_task *task, spx_diag *diag)
{
    const uint32_t longest = spx_max_u32(self->map->width, self->map->height);
    const uint32_t reach = (uint32_t)ceil(tuned.thin_reach * longest);
    spx_plane *worn = NULL;
    spx_plane *ground = NULL;
    spx_status status = SPX_OK;
    self->widest = 2 * reach;
    SPX_TRY_OUT(spx_depth_find_least(&worn, self->map, reach, task, diag));
    SPX_TRY_OUT(spx_depth_find_most(&ground, worn, reach, task, diag));
    if (!rate_thin(self->map, ground, worn))
        goto out;
    self->thin = worn;
    worn = NULL; /* moved to the caller */
    SPX_TRY_OUT(spx_depth_find_most(&self->gate, self->thin, GATE_REACH, task, diag));

out:
    spx_plane_destroy(worn);
    spx_plane_destroy(ground);
    return status;
}

/* ---- all of it ---- */

static spx_status find_tensor(lines *self, size_t bands, const spx_task *task, spx_diag *diag)
{
    SPX_TRY(spx_task_run(task, bands, find_products, self, diag));
    SPX_TRY(spx_planes_blur(self->tensor, TENSOR_PLANES, tuned.line_sigma, task, diag));
    return spx_task_run(task, bands, find_directions, self, diag);
}

/* How many steps a walk may take, up to `steps`, where each pixel on a line takes `walks` walks. */
static uint32_t limit_steps(const lines *self, uint32_t walks, uint32_t steps)
{
    const size_t all = (size_t)atomic_load(&self->on_line) * walks;
    return all == 0 ? steps : (uint32_t)spx_min_size(steps, MOST_WALKED / all);
}

static spx_status run(lines *self, const spx_task *task, spx_diag *diag)
{
    const size_t bands = spx_divide_up(self->map->height, self->band_rows);
    const uint32_t width = self->map->width;
    const uint32_t height = self->map->height;
    SPX_TRY(find_gate(self, task, diag));
    if (self->gate == NULL)
        return SPX_OK;
    for (size_t k = 0; k < TENSOR_PLANES; k++)
        SPX_TRY(spx_plane_create(&self->tensor[k], width, height, diag));
    SPX_TRY(find_tensor(self, bands, task, diag));
    self->steps = limit_steps(self, 2, self->steps);
    self->widest = limit_steps(self, ACROSS_WALKS, self->widest);
    SPX_TRY(spx_plane_create(&self->out, width, height, diag));
    SPX_TRY(spx_task_run(task, bands, even_across_band, self, diag));
    self->map = self->across = self->out;
    self->out = NULL;
    SPX_TRY(spx_plane_create(&self->out, width, height, diag));
    return spx_task_run(task, bands, even_band, self, diag);
}

spx_status spx_depth_even_along(spx_plane **map_io, const spx_guide *guide, const spx_task *task,
                                spx_diag *diag)
{
    const uint32_t longest = spx_max_u32((*map_io)->width, (*map_io)->height);
    lines self = { .map = *map_io,
                   .guide = guide,
                   .steps = spx_min_u32((uint32_t)lrint(tuned.line_reach * longest), MOST_STEPS),
                   .band_rows = spx_max_u32(BAND_PIXELS / (*map_io)->width, 1) };
    const spx_status status = run(&self, task, diag);
    if (status == SPX_OK && self.out != NULL) {
        spx_plane_destroy(*map_io);
        *map_io = self.out;
        self.out = NULL; /* moved to the caller */
    }
    spx_plane_destroy(self.out);
    spx_plane_destroy(self.across);
    spx_plane_destroy(self.thin);
    spx_plane_destroy(self.gate);
    for (size_t k = 0; k < TENSOR_PLANES; k++)
        spx_plane_destroy(self.tensor[k]);
    return status;
}
