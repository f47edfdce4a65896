/*
 * From coarse to fine: the map is enlarged in steps of two, and at every size its edges are pulled
 * to the photo's colour edges by a weighted median (edge_median.h) whose window covers what the
 * size before left open. Flat and sloping parts are only enlarged, so nothing of the photo's
 * texture gets into them.
 *
 *     map (w x h) -> steeper -> pass -> 2w x 2h -> pass -> 4w x 4h -> pass -> … -> photo -> pass
 *
 * Maps that are large enough to have edges of their own are neither made steeper nor moved by more
 * than the window of their own size. Before the first pass thin things get one depth along their
 * length and one across (along.h).
 *
 * A pass runs over bands of rows. Each band enlarges the rows it needs into its thread's working
 * memory, with a border, beside the guide's rows; at the photo's size the guide is the photo
 * itself, so that no float copy of it exists.
 */
#include "depth/refine.h"

#include "base/cpu.h"
#include "base/intops.h"
#include "depth/along.h"
#include "depth/edge_gate.h"
#include "depth/edge_median.h"
#include "depth/guide.h"
#include "depth/tuned.h"
#include "image/plane_resample.h"
#include "nn/scratch.h"

#include <math.h>
#include <string.h>

enum {
    BAND_ROWS = 48,
    BORDER = SPX_EDGE_RADIUS + 1, /* the median's radius, and one more for slopes */
    RIGHT_BORDER = BORDER + SPX_EDGE_LANES,
    MOST_LEVELS = 12,
    /* Maps with a shorter long side have no edges of their own: one resolution of the embedded
     * network has 192 pixels, two have 384. Pulling edges over SPX_EDGE_RADIUS pixels of larger
     * ones is 3 to 5 px of 640. */
    SMALL_SIDE = 300,
};

/* A step to the next size is taken while the photo is at least this much larger than it. */
static const double least_last_step = 1.5;

typedef struct pass {
    const spx_plane *map;   /* before */
    const spx_plane *gate;  /* of the map's size, 0..1 */
    const spx_guide *guide; /* of out's size; NULL = the photo is */
    const spx_image *photo;
    spx_plane *out;
    spx_edge_median_fn median;
    spx_edge_source source; /* planes are set by each band */
    spx_scratch *scratch;   /* an area for each thread */
} pass;

/* A band's working memory, of an area: rows of out's width and borders. */
typedef struct scratch {
    size_t stride;
    float *planes[SPX_EDGE_PLANES]; /* each [BAND_ROWS + 2 * BORDER][stride] */
    float *gate;                    /* [stride] */
    uint32_t *left;                 /* [stride]: for each column of out the map's, … */
    float *across;                  /* … and the weight of the next */
} scratch;

static size_t stride_of(uint32_t width)
{
    return (size_t)width + BORDER + RIGHT_BORDER;
}

static size_t plane_floats(uint32_t width)
{
    return (BAND_ROWS + 2 * (size_t)BORDER) * stride_of(width);
}

static size_t scratch_bytes(uint32_t width)
{
    return (SPX_EDGE_PLANES * plane_floats(width) + 3 * stride_of(width)) * sizeof(float);
}

/* area: of scratch_bytes(). */
static scratch lay_out(float *area, uint32_t width)
{
    scratch self = { .stride = stride_of(width) };
    for (size_t p = 0; p < SPX_EDGE_PLANES; p++)
        self.planes[p] = area + p * plane_floats(width);
    self.gate = area + SPX_EDGE_PLANES * plane_floats(width);
    self.across = self.gate + self.stride;
    self.left = (uint32_t *)(void *)(self.across + self.stride);
    return self;
}

/* The map's pixel before position i of `size`, and the weight of the next one. */
static uint32_t locate(uint32_t i, uint32_t size, uint32_t count, float *weight)
{
    const double at = ((double)i + 0.5) * count / size - 0.5;
    const double most = (double)count - 1.0;
    const double clamped = at < 0.0 ? 0.0 : at > most ? most : at;
    const uint32_t first = (uint32_t)clamped;
    *weight = (float)(clamped - first);
    return first;
}

/* Repeats a row's ends into its borders. row: at the first pixel. */
static void extend_row(float *row, uint32_t width)
{
    for (int i = 1; i <= BORDER; i++)
        row[-i] = row[0];
    for (size_t i = 0; i < RIGHT_BORDER; i++)
        row[width + i] = row[width - 1];
}

/* Row y of the enlarged map. */
static void enlarge_row(const pass *self, const scratch *own, uint32_t y, float *restrict out)
{
    const spx_plane *const map = self->map;
    float down = 0;
    const uint32_t top = locate(y, self->out->height, map->height, &down);
    const float *const restrict row0 = spx_plane_row(map, top);
    const float *const restrict row1 = spx_plane_row(map, top + 1 < map->height ? top + 1 : top);
    for (uint32_t x = 0; x < self->out->width; x++) {
        const uint32_t left = own->left[x];
        const uint32_t right = left + 1 < map->width ? left + 1 : left;
        const float above = row0[left] + own->across[x] * (row0[right] - row0[left]);
        const float below = row1[left] + own->across[x] * (row1[right] - row1[left]);
        out[x] = above + down * (below - above);
    }
}

/* How far a row's values can be trusted: little where they change from pixel to pixel. */
static void rate_row(const float *above, const float *row, const float *below, size_t count,
                     float *restrict trust)
{
    const float scale = 1.0f / tuned.half_trusted_step;
    for (size_t x = 0; x < count; x++) {
        const float across = (row[x + 1] - row[(ptrdiff_t)x - 1]) * scale * 0.5f;
        const float down = (below[x] - above[x]) * scale * 0.5f;
        trust[x] = tuned.least_trust + 1.0f / (1.0f + across * across + down * down);
    }
}

static void read_guide(const pass *self, uint32_t y, float *const rows[SPX_GUIDE_CHANNELS])
{
    if (self->guide == NULL) {
        spx_guide_read_row(self->photo, y, rows);
        return;
    }
    for (size_t c = 0; c < SPX_GUIDE_CHANNELS; c++)
        memcpy(rows[c], spx_plane_row(self->guide->planes[c], y), self->out->width * sizeof(float));
}

/* Fills the scratch planes for rows first - BORDER … last + BORDER of out. */
static void fill_band(const pass *self, const scratch *own, uint32_t first, uint32_t rows)
{
    const uint32_t width = self->out->width;
    const size_t total = rows + 2 * (size_t)BORDER;
    for (size_t k = 0; k < total; k++) {
        const uint32_t y = spx_clamp_index((int64_t)first + (int64_t)k - BORDER, self->out->height);
        const size_t at = k * own->stride + BORDER;
        float *const colours[SPX_GUIDE_CHANNELS] = { own->planes[2] + at, own->planes[3] + at,
                                                     own->planes[4] + at };
        enlarge_row(self, own, y, own->planes[0] + at);
        extend_row(own->planes[0] + at, width);
        read_guide(self, y, colours);
        for (size_t c = 0; c < SPX_GUIDE_CHANNELS; c++)
            extend_row(colours[c], width);
    }
    for (size_t k = 1; k + 1 < total; k++) {
        const size_t at = k * own->stride + BORDER;
        const float *const row = own->planes[0] + at;
        rate_row(row - own->stride, row, row + own->stride, width, own->planes[1] + at);
        extend_row(own->planes[1] + at, width);
    }
}

/* 1 when the row has any edge in it. */
static int read_gate(const pass *self, const scratch *own, uint32_t y)
{
    float down = 0;
    const uint32_t top = locate(y, self->out->height, self->gate->height, &down);
    const float *const row = spx_plane_row(self->gate, top);
    float most = 0;
    for (uint32_t x = 0; x < self->out->width; x++) {
        own->gate[x] = row[own->left[x]];
        most = own->gate[x] > most ? own->gate[x] : most;
    }
    return most > 0;
}

/* One row of the band: the median where the gate is open. */
static void run_row(const pass *self, const scratch *own, uint32_t y, uint32_t k)
{
    const size_t corner = (k + BORDER - SPX_EDGE_RADIUS) * own->stride + BORDER - SPX_EDGE_RADIUS;
    spx_edge_source source = self->source;
    source.stride = own->stride;
    for (size_t p = 0; p < SPX_EDGE_PLANES; p++)
        source.planes[p] = own->planes[p] + corner;
    (void)read_gate(self, own, y);
    self->median(&source, own->gate, self->out->width, spx_plane_row(self->out, y));
}

static void run_band(void *context, size_t band)
{
    const pass *const self = context;
    float *const area = spx_scratch_take(self->scratch);
    const scratch own = lay_out(area, self->out->width);
    const uint32_t first = (uint32_t)band * BAND_ROWS;
    const uint32_t left = self->out->height - first;
    const uint32_t rows = left < BAND_ROWS ? left : BAND_ROWS;
    for (uint32_t x = 0; x < self->out->width; x++)
        own.left[x] = locate(x, self->out->width, self->map->width, &own.across[x]);
    int edges = 0;
    for (uint32_t k = 0; k < rows && !edges; k++)
        edges = read_gate(self, &own, first + k);
    if (edges)
        fill_band(self, &own, first, rows);
    for (uint32_t k = 0; k < rows; k++) {
        if (edges) {
            run_row(self, &own, first + k, k);
        } else {
            enlarge_row(self, &own, first + k, spx_plane_row(self->out, first + k));
        }
    }
    spx_scratch_give(self->scratch, area);
}

/* Replaces *map_io, which is destroyed, by the result of a pass over it, of the guide's size; guide
 * NULL = the photo itself. On failure it stays as it was. */
static spx_status run_pass(spx_plane **map_io, const spx_guide *guide, const spx_image *photo,
                           const spx_task *task, spx_diag *diag)
{
    spx_status status = SPX_OK;
    const spx_plane *const map = *map_io;
    spx_plane *gate = NULL;
    pass self = { .map = map,
                  .guide = guide,
                  .photo = photo,
                  .median = spx_edge_median_choose(spx_cpu_flags()) };
    self.source.inverse_variance = 0.5f / (tuned.colour_sigma * tuned.colour_sigma);
    self.source.quantile = tuned.near_quantile;
    spx_edge_source_init(&self.source);
    const uint32_t width = guide == NULL ? photo->width : guide->planes[0]->width;
    const uint32_t height = guide == NULL ? photo->height : guide->planes[0]->height;
    SPX_TRY_OUT(spx_plane_create(&self.out, width, height, diag));
    SPX_TRY_OUT(spx_plane_create(&gate, map->width, map->height, diag));
    SPX_TRY_OUT(spx_depth_find_edges(map, gate, task, diag));
    self.gate = gate;
    SPX_TRY_OUT(spx_scratch_create(&self.scratch,
                                   spx_pool_threads(task == NULL ? NULL : task->pool),
                                   scratch_bytes(width), NULL, diag));
    SPX_TRY_OUT(spx_task_run(task, spx_divide_up(height, BAND_ROWS), run_band, &self, diag));
    spx_plane_destroy(*map_io);
    *map_io = self.out;
    self.out = NULL; /* moved to the caller */

out:
    spx_scratch_destroy(self.scratch);
    spx_plane_destroy(self.out);
    spx_plane_destroy(gate);
    return status;
}

/* How many sizes there are below the photo's: the map's, twice, four times, …; 0 when the photo is
 * not larger than the map. */
static unsigned count_levels(const spx_plane *depth, const spx_image *photo)
{
    unsigned levels = 0;
    double scale = 1.0;
    while (levels < MOST_LEVELS && photo->width >= depth->width * scale * least_last_step &&
           photo->height >= depth->height * scale * least_last_step) {
        levels++;
        scale *= 2.0;
    }
    return levels;
}

static spx_status fill_guides(spx_guide *guides, unsigned levels, const spx_plane *depth,
                              const spx_image *photo, const spx_task *task, spx_diag *diag)
{
    if (levels == 0)
        return SPX_OK;
    const unsigned last = levels - 1;
    SPX_TRY(spx_guide_init(&guides[last], photo, depth->width << last, depth->height << last, task,
                           diag));
    for (unsigned i = last; i-- > 0;)
        SPX_TRY(spx_guide_halve(&guides[i], &guides[i + 1], diag));
    return SPX_OK;
}

/* From size to size, up to the photo's. Clears the guides that it has used. */
static spx_status run_levels(spx_plane **map, spx_guide *guides, unsigned levels,
                             const spx_image *photo, const spx_task *task, spx_diag *diag)
{
    for (unsigned i = 0; i < levels; i++) {
        SPX_TRY(run_pass(map, &guides[i], photo, task, diag));
        spx_guide_clear(&guides[i]);
        spx_task_progress(task, (i + 1.0) / (levels + 1.0));
    }
    return run_pass(map, NULL, photo, task, diag);
}

/* guide: the photo at the map's size, or NULL. */
static spx_status even_lines(spx_plane **map, const spx_guide *guide, const spx_image *photo,
                             const spx_task *task, spx_diag *diag)
{
    if (guide != NULL)
        return spx_depth_even_along(map, guide, task, diag);
    spx_guide own;
    SPX_TRY(spx_guide_init(&own, photo, (*map)->width, (*map)->height, task, diag));
    const spx_status status = spx_depth_even_along(map, &own, task, diag);
    spx_guide_clear(&own);
    return status;
}

spx_status spx_depth_refine_by(const spx_plane *depth, const spx_image *photo,
                               const spx_refine_rules *rules, const spx_task *task, spx_plane **out,
                               spx_diag *diag)
{
    *out = NULL;
    if (!rules->snap)
        return spx_plane_resample(out, depth, photo->width, photo->height, diag);
    spx_status status = SPX_OK;
    spx_guide guides[MOST_LEVELS] = { 0 };
    spx_plane *map = NULL;
    const unsigned levels = count_levels(depth, photo);
    const uint32_t longest = depth->width > depth->height ? depth->width : depth->height;
    const int steepen = rules->steepen && longest < SMALL_SIDE;
    const float near_from =
        rules->origin == SPX_DEPTH_OF_NETWORK ? tuned.near_from : tuned.others_near_from;
    SPX_TRY(steepen ? spx_depth_steepen(depth, near_from, &map, task, diag)
                    : spx_plane_copy(&map, depth, diag));
    SPX_TRY_OUT(fill_guides(guides, levels, depth, photo, task, diag));
    if (rules->along)
        SPX_TRY_OUT(even_lines(&map, levels > 0 ? &guides[0] : NULL, photo, task, diag));
    SPX_TRY_OUT(run_levels(&map, guides, levels, photo, task, diag));
    spx_task_progress(task, 1.0);
    *out = map;
    map = NULL; /* moved to the caller */

out:
    for (unsigned i = 0; i < levels; i++)
        spx_guide_clear(&guides[i]);
    spx_plane_destroy(map);
    return status;
}

spx_status spx_depth_refine(const spx_plane *depth, const spx_image *photo, spx_depth_origin origin,
                            const spx_task *task, spx_plane **out, spx_diag *diag)
{
    const spx_refine_rules all = { .origin = origin, .steepen = 1, .along = 1, .snap = 1 };
    return spx_depth_refine_by(depth, photo, &all, task, out, diag);
}
