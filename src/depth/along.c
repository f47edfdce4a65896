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
 *     map -> thin things -> gate
 *     guide -> gradients -> tensor, blurred -> direction, coherence -> walk -> fit -> map
 */
#include "depth/along.h"

#include "base/intops.h"
#include "depth/extremes.h"
#include "depth/tuned.h"
#include "image/plane_blur.h"

#include <math.h>

enum {
    TENSOR_PLANES = 3,
    GATE_REACH = 6,      /* so far from a thin thing there may be a part that the map has lost */
    BAND_PIXELS = 12288, /* 16 rows of the embedded network's finest map */
    /* Walks are no longer, so that the time grows with the pixels alone. The finest map of a
     * network has 1554 pixels, which asks for 78 steps; larger maps come from elsewhere. */
    MOST_STEPS = 100,
};

/* A walk may leave the frame by so much: a line that lies in the outermost pixels does by rounding.
 */
static const float half_pixel = 0.5f;

/* To 0 … most. */
static float clamp(float value, float most)
{
    return value < 0.0f ? 0.0f : value > most ? most : value;
}

typedef struct lines {
    const spx_plane *map; /* before */
    const spx_guide *guide;
    spx_plane *out;
    spx_plane *gate; /* 1 at thin things of the map, 0 far from them */
    /* xx, xy, yy of the tensor; then the direction's x and y, and coherence */
    spx_plane *tensor[TENSOR_PLANES];
    uint32_t steps;     /* of a walk, to each side */
    uint32_t band_rows; /* of the rows that a turn does */
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
    const lines *const self = context;
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
        }
    }
}

/* One pixel further. 0 at the frame, and where no line goes on in about this direction. */
static int step(const lines *self, walker *at)
{
    const float most_x = (float)self->map->width - 1.0f;
    const float most_y = (float)self->map->height - 1.0f;
    at->x += at->along_x;
    at->y += at->along_y;
    if (at->x < -half_pixel || at->y < -half_pixel || at->x > most_x + half_pixel ||
        at->y > most_y + half_pixel)
        return 0;
    at->x = clamp(at->x, most_x);
    at->y = clamp(at->y, most_y);
    const uint32_t x = (uint32_t)(at->x + 0.5f);
    const uint32_t y = (uint32_t)(at->y + 0.5f);
    if (spx_plane_row(self->tensor[2], y)[x] < tuned.line_coherence)
        return 1; /* a crossing: straight on */
    const float along_x = spx_plane_row(self->tensor[0], y)[x];
    const float along_y = spx_plane_row(self->tensor[1], y)[x];
    const float turn = along_x * at->along_x + along_y * at->along_y;
    if (fabsf(turn) < tuned.line_turn)
        return 1; /* what crosses is the clearer line here */
    at->along_x = turn < 0 ? -along_x : along_x;
    at->along_y = turn < 0 ? -along_y : along_y;
    return 1;
}

/* How much a walker's pixel is of the colour of (x, y), 0..1. */
static float alike(const lines *self, const walker *at, uint32_t x, uint32_t y)
{
    float difference = 0;
    const uint32_t there_x = (uint32_t)(at->x + 0.5f);
    const uint32_t there_y = (uint32_t)(at->y + 0.5f);
    for (size_t c = 0; c < SPX_GUIDE_CHANNELS; c++) {
        const float d = spx_plane_row(self->guide->planes[c], there_y)[there_x] -
                        spx_plane_row(self->guide->planes[c], y)[x];
        difference += d * d;
    }
    return 1.0f / (1.0f + difference / (tuned.line_colour * tuned.line_colour));
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
    return clamp(mean - slope * middle, 1.0f);
}

/* How much of a line there is, 0..1: all from half-way on. */
static float line_share(float coherence)
{
    const float over = (coherence - tuned.line_coherence) / (1.0f - tuned.line_coherence);
    return clamp(2.0f * over, 1.0f);
}

static void even_band(void *context, size_t band)
{
    const lines *const self = context;
    const uint32_t from = (uint32_t)band * self->band_rows;
    const uint32_t end = spx_min_u32(from + self->band_rows, self->map->height);
    for (uint32_t y = from; y < end; y++) {
        const float *const row = spx_plane_row(self->map, y);
        const float *const gate = spx_plane_row(self->gate, y);
        float *const out = spx_plane_row(self->out, y);
        for (uint32_t x = 0; x < self->map->width; x++) {
            const float share = gate[x] * line_share(spx_plane_row(self->tensor[2], y)[x]);
            out[x] = row[x];
            if (share > 0)
                out[x] += share * (fit_along(self, x, y) - row[x]);
        }
    }
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
            to[x] = clamp((row[x] - low[x]) / tuned.thin_height - 1.0f, 1.0f);
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
    SPX_TRY_OUT(spx_depth_find_least(&worn, self->map, reach, task, diag));
    SPX_TRY_OUT(spx_depth_find_most(&ground, worn, reach, task, diag));
    if (rate_thin(self->map, ground, worn))
        SPX_TRY_OUT(spx_depth_find_most(&self->gate, worn, GATE_REACH, task, diag));

out:
    spx_plane_destroy(worn);
    spx_plane_destroy(ground);
    return status;
}

/* ---- all of it ---- */

typedef struct blurring {
    const lines *lines;
    spx_status status[TENSOR_PLANES];
} blurring;

static void blur_turn(void *context, size_t k)
{
    blurring *const self = context;
    self->status[k] = spx_plane_blur(self->lines->tensor[k], tuned.line_sigma, NULL);
}

static spx_status find_tensor(lines *self, size_t bands, const spx_task *task, spx_diag *diag)
{
    blurring blur = { .lines = self };
    SPX_TRY(spx_task_run(task, bands, find_products, self, diag));
    SPX_TRY(spx_task_run(task, TENSOR_PLANES, blur_turn, &blur, diag));
    for (size_t k = 0; k < TENSOR_PLANES; k++) {
        if (blur.status[k] != SPX_OK)
            return spx_fail_memory(diag, "lines of the depth map");
    }
    return spx_task_run(task, bands, find_directions, self, diag);
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
    spx_plane_destroy(self.gate);
    for (size_t k = 0; k < TENSOR_PLANES; k++)
        spx_plane_destroy(self.tensor[k]);
    return status;
}
