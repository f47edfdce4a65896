/*
 * Patches decide by expectation and maximisation (Wexler 2007): search sources that look like what
 * is there, let them vote, repeat, from coarse to fine. The iterations never repair a bad layout;
 * so several are tried on the coarse levels and each side of the photo keeps the best one:
 *
 *   smooth  starts from the border's colours and looks everywhere near the same height. Good for
 *           skies, ground, leaves.
 *   shift   starts from the neighbouring band of the photo, moved outwards, and trusts it more.
 *           Good for what people build.
 *   repeat  starts from the photo moved outwards by multiples of its own rhythm, where it has one
 *           (repeat.c), on the level where the layouts are compared: coarser ones do not show it.
 *           Good for walls, fences, windows.
 */
#include "outpaint/layout.h"

#include "base/intops.h"
#include "outpaint/detail.h"
#include "outpaint/echo.h"
#include "outpaint/guide.h"
#include "outpaint/horizon.h"
#include "outpaint/islands.h"
#include "outpaint/layout_choice.h"
#include "outpaint/lines.h"
#include "outpaint/palette.h"
#include "outpaint/patch_match.h"
#include "outpaint/patch_vote.h"
#include "outpaint/sky.h"
#include "outpaint/tuned.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    STRIP_ROWS = 32,
};

static const double coarse_share = 0.6; /* of the time: the levels that both layouts are tried on */

/* How firmly sources are held, by the kind of layout. */
static spx_patch_prior prior_smooth(void)
{
    return (spx_patch_prior){ .rows = tuned.smooth_rows,
                              .columns = tuned.smooth_columns,
                              .usage = tuned.smooth_usage,
                              .echo = 1.0F,
                              .guide = 1.0F,
                              .detail = 1.0F,
                              .nearness = 1.0F,
                              .islands = 1.0F };
}

static spx_patch_prior prior_repeat(void)
{
    return (spx_patch_prior){ .rows = tuned.repeat_rows, .nearness = 1.0F };
}

static spx_patch_prior prior_shift(void)
{
    return (spx_patch_prior){ .rows = tuned.shift_rows, .nearness = 1.0F };
}

typedef struct solver {
    spx_pyramid *pyramid;
    uint64_t seed;
    uint32_t step;          /* counts all searches, so that none repeats another's random numbers */
    spx_layout_leave leave; /* in pixels of the level where layouts are compared */
    spx_patch_ways ways;
    spx_plane *islands;
    const spx_task *task;
    spx_diag *diag;
} solver;

static int32_t photo_long_side(const spx_patch_level *level)
{
    return spx_max_i32(spx_patch_rect_width(&level->photo), spx_patch_rect_height(&level->photo));
}

static int is_local(const spx_patch_level *level)
{
    return photo_long_side(level) > tuned.local_long_side_px;
}

static spx_status search(solver *self, spx_patch_level *level, int32_t radius, int costs_stale)
{
    const spx_patch_search wanted = {
        .seed = self->seed,
        .step = self->step++,
        .radius = radius,
        .costs_stale = costs_stale,
    };
    return spx_patch_match(level, &wanted, self->task, self->diag);
}

static spx_status vote(const solver *self, spx_patch_level *level, float share)
{
    return spx_patch_vote(level, spx_patch_level_cost_at(level, share), self->task, self->diag);
}

static spx_status iterate(solver *self, spx_patch_level *level, int32_t count, int32_t radius)
{
    for (int32_t i = 0; i < count; i++) {
        if (level->prior.usage > 0.0F)
            spx_patch_update_usage(level);
        if (level->prior.echo > 0.0F)
            SPX_TRY(spx_patch_update_echo(level, self->diag));
        SPX_TRY(search(self, level, radius, 1));
        if (!is_local(level))
            SPX_TRY(search(self, level, radius, 0));
        SPX_TRY(vote(self, level, tuned.spread_middle));
    }
    return SPX_OK;
}

static int32_t level_radius(const spx_pyramid *pyramid, int32_t k)
{
    const spx_patch_level *const level = &pyramid->levels[k];
    const int32_t whole = spx_max_i32(level->width, level->height);
    if (is_local(level))
        return tuned.local_radius;
    if (k == pyramid->top)
        return whole;
    if (k == pyramid->top - 1)
        return whole / 2;
    return k == pyramid->top - 2 ? whole / 8 : tuned.fine_radius;
}

static int32_t level_iterations(const spx_pyramid *pyramid, int32_t k)
{
    if (is_local(&pyramid->levels[k]))
        return 1;
    const double share = (double)k / pyramid->top;
    return (int32_t)lround(tuned.iterations_fine +
                           (tuned.iterations_top - tuned.iterations_fine) * share * share);
}

static uint32_t random_state(const solver *self, const spx_patch_level *level, int32_t x, int32_t y)
{
    return spx_patch_hash((uint32_t)x, (uint32_t)y, (uint32_t)level->width, ~self->seed) | 1U;
}

/** Where a band beside the photo's border begins again when it is repeated outwards; overshoot:
 * pixels outside on one side, > -SPX_PATCH_RADIUS. Returns the distance from that border, inside.
 */
static int32_t shifted(int32_t overshoot, int32_t margin, int32_t photo_side)
{
    const int32_t room = photo_side - 2 * SPX_PATCH_RADIUS;
    const int32_t band = margin < room ? margin : room;
    return band - 1 - (overshoot - 1) % band + SPX_PATCH_RADIUS;
}

/** The patches over the border, up to a radius inside, move with those outside. */
static int32_t shift_axis(int32_t at, int32_t low, int32_t high, int32_t canvas)
{
    if (low > 0 && at < low + SPX_PATCH_RADIUS)
        return shifted(low - at, low, high - low);
    if (high < canvas && at >= high - SPX_PATCH_RADIUS)
        return high - low - 1 - shifted(at - high + 1, canvas - high, high - low);
    return at - low;
}

/** Where an active pixel starts. */
static spx_patch_source shifted_source(const spx_patch_level *level, int32_t x, int32_t y)
{
    const int32_t from_x = shift_axis(x, level->photo.x0, level->photo.x1, level->width);
    const int32_t from_y = shift_axis(y, level->photo.y0, level->photo.y1, level->height);
    const double fall = (double)level->slope * (from_x - (x - level->photo.x0));
    return spx_patch_nearest_source(level, from_x, from_y + (int32_t)lround(fall));
}

static void start_sources(const solver *self, spx_patch_level *level, spx_layout_kind kind)
{
    for (int32_t y = 0; y < level->height; y++) {
        spx_patch_source *const row = level->sources + (size_t)y * (size_t)level->width;
        for (int32_t x = 0; x < level->width; x++) {
            uint32_t state = random_state(self, level, x, y);
            row[x] = kind == SPX_LAYOUT_SMOOTH ? spx_patch_random_source(level, &state)
                                               : shifted_source(level, x, y);
        }
    }
}

/** How many times the canvas has to grow to its full size. */
static int32_t ring_count(const spx_patch_level *level)
{
    const spx_patch_rect *const photo = &level->photo;
    const double width = spx_patch_rect_width(photo);
    const double height = spx_patch_rect_height(photo);
    const double sideways = spx_max_i32(photo->x0, level->width - photo->x1) / width;
    const double upwards = spx_max_i32(photo->y0, level->height - photo->y1) / height;
    const double growth = 1.0 + 2.0 * fmax(sideways, upwards);
    const double rings = ceil(log(growth) / log(tuned.ring_growth) - tuned.ring_tolerance);
    return rings < 1.0 ? 1 : (int32_t)rings;
}

/** The canvas after ring 1 .. count; 0 is the photo. */
static spx_patch_rect ring_bounds(const spx_patch_level *level, int32_t ring, int32_t count)
{
    const spx_patch_rect *const photo = &level->photo;
    if (ring == count)
        return (spx_patch_rect){ .x1 = level->width, .y1 = level->height };
    const double share =
        (pow(tuned.ring_growth, ring) - 1.0) / (pow(tuned.ring_growth, count) - 1.0);
    return (spx_patch_rect){
        .x0 = photo->x0 - (int32_t)lround(share * photo->x0),
        .y0 = photo->y0 - (int32_t)lround(share * photo->y0),
        .x1 = photo->x1 + (int32_t)lround(share * (level->width - photo->x1)),
        .y1 = photo->y1 + (int32_t)lround(share * (level->height - photo->y1)),
    };
}

/** The coarsest level, from nothing. */
static spx_status solve_top(solver *self, spx_patch_level *level, spx_layout_kind kind)
{
    const int32_t rings = ring_count(level);
    const int32_t radius = level_radius(self->pyramid, self->pyramid->top);
    const int32_t each = spx_max_i32(tuned.iterations_top / rings, tuned.ring_iterations);
    start_sources(self, level, kind);
    spx_patch_fill_from_guide(level);
    for (int32_t ring = 1; ring <= rings; ring++) {
        level->context = ring_bounds(level, ring - 1, rings);
        level->bounds = ring_bounds(level, ring, rings);
        if (kind == SPX_LAYOUT_SMOOTH) {
            spx_patch_update_usage(level);
            for (int32_t i = 0; i < tuned.smooth_passes; i++)
                SPX_TRY(search(self, level, radius, i == 0));
        } else {
            SPX_TRY(vote(self, level, 1.0F));
        }
        SPX_TRY(vote(self, level, tuned.spread_first));
        SPX_TRY(iterate(self, level, each, radius));
    }
    level->context = level->photo;
    level->bounds = (spx_patch_rect){ .x1 = level->width, .y1 = level->height };
    return rings > 1 ? iterate(self, level, tuned.ring_iterations, radius) : SPX_OK;
}

typedef struct refinement {
    const spx_patch_level *coarse;
    spx_patch_level *fine;
} refinement;

static void refine_strip(void *context, size_t index)
{
    const refinement *const self = context;
    spx_patch_level *const fine = self->fine;
    const spx_patch_level *const coarse = self->coarse;
    const int32_t first = (int32_t)index * STRIP_ROWS;
    for (int32_t y = first; y < fine->height && y < first + STRIP_ROWS; y++) {
        const spx_patch_source *const from =
            coarse->sources + (size_t)(y / 2) * (size_t)coarse->width;
        spx_patch_source *const into = fine->sources + (size_t)y * (size_t)fine->width;
        for (int32_t x = 0; x < fine->width; x++) {
            into[x] = spx_patch_nearest_source(fine, 2 * from[x / 2].x + x % 2,
                                               2 * from[x / 2].y + y % 2);
        }
    }
    memset(fine->costs + (size_t)first * (size_t)fine->width, 0,
           (size_t)(spx_patch_clamp(first + STRIP_ROWS, 0, fine->height) - first) *
               (size_t)fine->width * sizeof(*fine->costs));
}

/** Takes the sources of the next coarser level over and lets them vote. */
static spx_status refine(const solver *self, int32_t k)
{
    spx_patch_level *const fine = &self->pyramid->levels[k];
    refinement step = { .coarse = &self->pyramid->levels[k + 1], .fine = fine };
    const size_t strips = ((size_t)fine->height + STRIP_ROWS - 1) / STRIP_ROWS;
    SPX_TRY(spx_task_run(self->task, strips, refine_strip, &step, self->diag));
    return vote(self, fine, tuned.spread_first);
}

static void set_prior(spx_patch_level *level, const spx_patch_prior *prior, int32_t below_top)
{
    level->prior = *prior;
    level->prior.guide =
        below_top < tuned.guided_levels ? prior->guide / (float)(1 << below_top) : 0.0F;
    level->prior.islands = below_top < tuned.guided_levels ? prior->islands : 0.0F;
    level->prior.echo = below_top < tuned.guided_levels ? prior->echo : 0.0F;
    if (is_local(level))
        level->prior = (spx_patch_prior){ 0 };
}

/** Levels top .. `last`. */
static spx_status solve_coarse(solver *self, spx_layout_kind kind, int32_t last)
{
    const spx_pyramid *const pyramid = self->pyramid;
    const double begin = kind == SPX_LAYOUT_SMOOTH ? 0.0 : coarse_share / 2.0;
    const spx_patch_prior prior = kind == SPX_LAYOUT_SMOOTH ? prior_smooth() : prior_shift();
    for (int32_t k = pyramid->top; k >= last; k--) {
        spx_patch_level *const level = &self->pyramid->levels[k];
        spx_task_progress(self->task, begin + coarse_share / 2.0 * (pyramid->top - k) /
                                                  (pyramid->top - last + 1));
        set_prior(level, &prior, pyramid->top - k);
        if (k == pyramid->top) {
            SPX_TRY(solve_top(self, level, kind));
            continue;
        }
        SPX_TRY(refine(self, k));
        SPX_TRY(iterate(self, level, level_iterations(pyramid, k), level_radius(pyramid, k)));
    }
    return SPX_OK;
}

/** The finest level that the photo is looked at as a whole on. */
static int32_t overview_level(const spx_pyramid *pyramid)
{
    int32_t k = 1;
    while (k < pyramid->top && photo_long_side(&pyramid->levels[k]) > tuned.overview_long_side_px)
        k++;
    return k;
}

/** Tells the levels how the horizon runs, when there is one. */
static spx_status find_horizon(solver *self)
{
    spx_pyramid *const pyramid = self->pyramid;
    spx_horizon horizon;
    SPX_TRY(spx_horizon_find(&horizon, &pyramid->levels[overview_level(pyramid)], self->diag));
    if (!horizon.found)
        return SPX_OK;
    for (int32_t k = 1; k <= pyramid->top; k++) {
        pyramid->levels[k].slope = horizon.slope;
        pyramid->levels[k].rows_slack = tuned.horizon_slack;
    }
    return SPX_OK;
}

/** The photo's rhythm over each side. */
static spx_status find_rhythm(solver *self, int32_t chosen, int *found)
{
    const int32_t k = overview_level(self->pyramid);
    const spx_patch_level *const level = &self->pyramid->levels[k];
    spx_patch_offsets offsets;
    spx_patch_repeat repeat;
    SPX_TRY(spx_patch_offsets_find(&offsets, level, self->seed, self->task, self->diag));
    *found = spx_patch_repeat_find(&repeat, level, &offsets) > 0;
    self->leave.repeat = spx_patch_repeat_halved(&repeat, chosen - k);
    return SPX_OK;
}

/** The source of an active pixel by the photo's rhythm; where it has none, the shifted band. */
static spx_patch_source repeated_source(const solver *self, const spx_patch_level *level, int32_t x,
                                        int32_t y)
{
    const spx_patch_rect *const photo = &level->photo;
    const int32_t outside[SPX_SIDES] = { photo->x0 - x, photo->y0 - y, x - photo->x1 + 1,
                                         y - photo->y1 + 1 };
    const int32_t margins[SPX_SIDES] = { photo->x0, photo->y0, level->width - photo->x1,
                                         level->height - photo->y1 };
    const spx_patch_source shift = shifted_source(level, x, y);
    int32_t at_x = x - photo->x0;
    int32_t at_y = y - photo->y0;
    for (int side = 0; side < SPX_SIDES; side++) {
        if (margins[side] == 0 || outside[side] <= -SPX_PATCH_RADIUS)
            continue;
        const int sideways = side == SPX_SIDE_LEFT || side == SPX_SIDE_RIGHT;
        const int32_t period =
            abs(sideways ? self->leave.repeat.x[side] : self->leave.repeat.y[side]);
        if (period == 0) {
            at_x = sideways ? shift.x : at_x;
            at_y = sideways ? at_y : shift.y;
            continue;
        }
        /* So many that the whole patch comes to lie inside. */
        const int32_t copies = (outside[side] + SPX_PATCH_RADIUS + period - 1) / period;
        at_x += copies * self->leave.repeat.x[side];
        at_y += copies * self->leave.repeat.y[side];
    }
    return spx_patch_nearest_source(level, at_x, at_y);
}

static spx_status solve_repeat(solver *self, int32_t k)
{
    spx_patch_level *const level = &self->pyramid->levels[k];
    const spx_patch_prior prior = prior_repeat();
    set_prior(level, &prior, self->pyramid->top - k);
    for (int32_t y = 0; y < level->height; y++) {
        spx_patch_source *const row = level->sources + (size_t)y * (size_t)level->width;
        for (int32_t x = 0; x < level->width; x++)
            row[x] = repeated_source(self, level, x, y);
    }
    memset(level->costs, 0, (size_t)level->width * (size_t)level->height * sizeof(*level->costs));
    SPX_TRY(vote(self, level, tuned.spread_first));
    return iterate(self, level, tuned.repeat_iterations, tuned.fine_radius);
}

/** The layouts at the level where they are compared. */
typedef struct comparison {
    size_t count;              /* of layouts */
    spx_patch_source *sources; /* [count][height][width] */
    spx_layout_fit fits[SPX_LAYOUT_KINDS][SPX_SIDES];
} comparison;

/** Puts the best layout of each side together, and settles the joints. */
static spx_status join(solver *self, int32_t k, comparison *from)
{
    spx_patch_level *const level = &self->pyramid->levels[k];
    const size_t pixels = (size_t)level->width * (size_t)level->height;
    spx_layout_kind best[SPX_SIDES];
    spx_patch_prior prior = prior_smooth();
    spx_layout_choose(from->fits, from->count, &self->leave, best);
    for (int side = 0; side < SPX_SIDES; side++) {
        prior = best[side] == SPX_LAYOUT_SMOOTH ? prior : prior_shift();
        self->pyramid->in_step[side] = best[side] == SPX_LAYOUT_REPEAT;
    }
    for (int32_t y = 0; y < level->height; y++) {
        for (int32_t x = 0; x < level->width; x++) {
            const size_t index = (size_t)y * (size_t)level->width + (size_t)x;
            const size_t kind = spx_layout_kind_at(level, best, x, y);
            level->sources[index] = from->sources[kind * pixels + index];
        }
    }
    for (int32_t i = k; i >= 1; i--)
        set_prior(&self->pyramid->levels[i], &prior, self->pyramid->top - i);
    memset(level->costs, 0, pixels * sizeof(*level->costs));
    SPX_TRY(vote(self, level, tuned.spread_first));
    return iterate(self, level, tuned.join_iterations, tuned.fine_radius);
}

static spx_status solve_kind(solver *self, spx_layout_kind kind, int32_t k)
{
    return kind == SPX_LAYOUT_REPEAT ? solve_repeat(self, k) : solve_coarse(self, kind, k);
}

/** Tries the layouts down to level k and keeps the best one on each side. */
static spx_status choose(solver *self, int32_t k)
{
    spx_patch_level *const level = &self->pyramid->levels[k];
    const size_t pixels = (size_t)level->width * (size_t)level->height;
    comparison found = { 0 };
    int rhythm = 0;
    SPX_TRY(find_rhythm(self, k, &rhythm));
    found.count = rhythm ? SPX_LAYOUT_KINDS : SPX_LAYOUT_REPEAT;
    found.sources = malloc(found.count * pixels * sizeof(*found.sources));
    if (found.sources == NULL)
        return spx_fail_memory(self->diag, "outpainting layout");
    spx_status status = SPX_OK;
    for (size_t kind = 0; kind < found.count; kind++) {
        SPX_TRY_OUT(solve_kind(self, (spx_layout_kind)kind, k));
        spx_layout_measure(level, found.fits[kind]);
        memcpy(found.sources + kind * pixels, level->sources, pixels * sizeof(*found.sources));
    }
    SPX_TRY_OUT(join(self, k, &found));
out:
    free(found.sources);
    return status;
}

/* last: the finest level that is held to something. */
static spx_status find_ways(solver *self, int32_t last)
{
    const int32_t top = self->pyramid->top;
    SPX_TRY(find_horizon(self));
    SPX_TRY(spx_lines_find(&self->ways, self->pyramid, last, self->task, self->diag));
    for (int32_t k = 1; k <= top; k++) {
        self->pyramid->levels[k].ways = &self->ways;
        self->pyramid->levels[k].ways_halvings = top - k;
    }
    return SPX_OK;
}

/** What the photo shows once and inside: not to be shown again. */
static spx_status find_islands(solver *self)
{
    const int32_t top = self->pyramid->top;
    const int32_t k = spx_max_i32(top - 1, overview_level(self->pyramid));
    SPX_TRY(spx_islands_find(&self->islands, &self->pyramid->levels[k], self->seed, self->task,
                             self->diag));
    for (int32_t i = 1; i <= top; i++) {
        self->pyramid->levels[i].islands = self->islands;
        self->pyramid->levels[i].islands_doublings = i - k;
    }
    return SPX_OK;
}

/** What the coarse levels are held to. */
static spx_status prepare(solver *self, const spx_plane *depth)
{
    spx_patch_level *const levels = self->pyramid->levels;
    const int32_t top = self->pyramid->top;
    const int32_t last = spx_max_i32(top - tuned.guided_levels + 1, 1);
    SPX_TRY(find_ways(self, last));
    SPX_TRY(find_islands(self));
    SPX_TRY(spx_patch_mark_sky(&levels[last], self->diag));
    SPX_TRY(spx_patch_find_detail(self->pyramid, last, self->diag));
    for (int32_t k = last; k <= top; k++) {
        SPX_TRY(spx_patch_guide(&levels[k], self->diag));
        SPX_TRY(spx_patch_find_palette(&levels[k], self->diag));
        if (k > last)
            SPX_TRY(spx_patch_halve_sky(&levels[k], &levels[k - 1], self->diag));
        if (depth != NULL)
            SPX_TRY(spx_patch_guide_nearness(&levels[k], depth, self->diag));
    }
    return SPX_OK;
}

static spx_status solve(solver *self, const spx_plane *depth)
{
    spx_pyramid *const pyramid = self->pyramid;
    SPX_TRY(prepare(self, depth));
    int32_t k = 1;
    while (k < pyramid->top && photo_long_side(&pyramid->levels[k]) > tuned.compare_long_side_px)
        k++;
    const int32_t chosen = k;
    spx_layout_forbid_shifts(&self->leave, &pyramid->levels[chosen]);
    SPX_TRY(choose(self, chosen));
    for (k--; k >= 1; k--) {
        spx_task_progress(self->task, 1.0 - (1.0 - coarse_share) * k / chosen);
        SPX_TRY(refine(self, k));
        SPX_TRY(iterate(self, &pyramid->levels[k], level_iterations(pyramid, k),
                        level_radius(pyramid, k)));
    }
    return SPX_OK;
}

spx_status spx_layout_solve(spx_pyramid *pyramid, const spx_plane *depth, uint64_t seed,
                            const spx_task *task, spx_diag *diag)
{
    solver self = { .pyramid = pyramid, .seed = seed, .task = task, .diag = diag };
    const spx_status status = solve(&self, depth);
    for (int32_t k = 1; k <= pyramid->top; k++) {
        pyramid->levels[k].ways = NULL;
        pyramid->levels[k].islands = NULL;
    }
    spx_plane_destroy(self.islands);
    spx_patch_ways_clear(&self.ways);
    return status;
}
