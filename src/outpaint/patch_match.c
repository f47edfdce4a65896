/*
 * Randomised search for the source of every patch of the border (Barnes et al., SIGGRAPH 2009):
 * take over a neighbour's source, then try places at random in ever smaller circles. The cost is
 * the difference of the patches' pixels plus what makes a source unwelcome: used too often, far
 * from its height over the horizon, a colour that the border must not have, smooth where it is
 * rough. Rows are worked in strips, in an order that does not depend on the number of threads.
 */
#include "outpaint/patch_match.h"

#include "outpaint/islands.h"
#include "outpaint/palette.h"
#include "outpaint/tuned.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    STRIP_ROWS = 16,
};

/* The unit of all costs: the squared difference of a patch, 147 samples. */
static const float patch_samples = 3.0F * SPX_PATCH_AREA;
/* Being this share of the photo's height off the free zone costs as much as a mean difference of
 * 15 in every sample. */
static const float prior_scale = 225.0F / (0.2F * 0.2F);
/* What is no sky where only sky should be costs as much as a mean difference of 40. */
/* A source 0.1 too near costs as much as a mean difference of 40 in every sample. */

typedef struct pass {
    spx_patch_level *level;
    const spx_patch_search *search;
    spx_patch_rect still;
    spx_patch_source *seams; /* [strips][width]: the row before each strip, as it was */
    int direction;
} pass;

/** What stays the same for all sources of one pixel. */
typedef struct target {
    int32_t x;
    int32_t y;
    const uint8_t *patch; /* its left upper pixel */
    float centre_x;       /* photo coordinates that the sources should be near */
    float centre_y;       /* in column 0 of the photo */
    float slope;          /* rows down per column: the line through centre_y */
    float slack_x;        /* how far they may be without cost, share of the photo's size */
    float slack_y;
    int whole; /* nothing is cut off and nothing is known: the next three are not set */
    spx_patch_box inside;
    spx_patch_box known;
    float weight;      /* makes the sum over the rest as large as one over a whole patch */
    const float *echo; /* what each block of the photo costs there for being seen; NULL = nothing */
} target;

static int box_area(const spx_patch_box *box)
{
    return (box->x1 - box->x0) * (box->y1 - box->y0);
}

/** The part of the patch around (x, y) that lies in `rect`. */
static spx_patch_box patch_part(const spx_patch_rect *rect, int32_t x, int32_t y)
{
    const int32_t left = x - SPX_PATCH_RADIUS;
    const int32_t top = y - SPX_PATCH_RADIUS;
    spx_patch_box part = {
        .x0 = spx_patch_clamp(rect->x0 - left, 0, SPX_PATCH_SIDE),
        .y0 = spx_patch_clamp(rect->y0 - top, 0, SPX_PATCH_SIDE),
        .x1 = spx_patch_clamp(rect->x1 - left, 0, SPX_PATCH_SIDE),
        .y1 = spx_patch_clamp(rect->y1 - top, 0, SPX_PATCH_SIDE),
    };
    if (part.x0 >= part.x1 || part.y0 >= part.y1)
        part = (spx_patch_box){ 0 };
    return part;
}

/** Whether a patch lies in the bounds and holds nothing of the context. */
static inline int is_free(const spx_patch_level *level, int32_t x, int32_t y)
{
    const spx_patch_rect *const bounds = &level->bounds;
    const spx_patch_rect *const context = &level->context;
    const int32_t left = x - SPX_PATCH_RADIUS;
    const int32_t top = y - SPX_PATCH_RADIUS;
    const int32_t right = x + SPX_PATCH_RADIUS + 1;
    const int32_t bottom = y + SPX_PATCH_RADIUS + 1;
    return left >= bounds->x0 && top >= bounds->y0 && right <= bounds->x1 && bottom <= bounds->y1 &&
           (right <= context->x0 || left >= context->x1 || bottom <= context->y0 ||
            top >= context->y1);
}

/** The pixels alone: what sources should be near is left out. */
static inline target pixels_at(const spx_patch_level *level, int32_t x, int32_t y)
{
    target self = {
        .x = x,
        .y = y,
        .patch = spx_patch_level_at(level, x - SPX_PATCH_RADIUS, y - SPX_PATCH_RADIUS),
        .whole = is_free(level, x, y),
    };
    if (self.whole)
        return self;
    self.inside = patch_part(&level->bounds, x, y);
    self.known = patch_part(&level->context, x, y);
    self.weight = (float)SPX_PATCH_AREA /
                  (float)(box_area(&self.inside) + tuned.known_extra * box_area(&self.known));
    return self;
}

static target target_at(const spx_patch_level *level, int32_t x, int32_t y)
{
    const int32_t photo_width = spx_patch_rect_width(&level->photo);
    const int32_t photo_height = spx_patch_rect_height(&level->photo);
    const int32_t at_x = x - level->photo.x0;
    const int32_t at_y = y - level->photo.y0;
    const int32_t near_x = spx_patch_clamp(at_x, 0, photo_width - 1);
    const int32_t near_y = spx_patch_clamp(at_y, 0, photo_height - 1);
    target self = pixels_at(level, x, y);
    const spx_patch_source begin = spx_patch_level_nearest(level, x, y);
    const spx_patch_way way = spx_patch_level_way(level, x, y);
    self.slope = way.upright ? level->slope : way.lean;
    self.centre_x = (float)begin.x;
    self.centre_y = (float)begin.y - self.slope * (float)begin.x;
    self.slack_x = tuned.columns_free +
                   tuned.columns_free_overshoot * (float)abs(at_x - near_x) / (float)photo_width;
    self.slack_y =
        level->rows_slack * (tuned.rows_free + tuned.rows_free_overshoot *
                                                   (float)abs(at_y - near_y) / (float)photo_height);
    if (level->echo != NULL && level->prior.echo > 0.0F) {
        self.echo =
            level->echo->costs + spx_patch_echo_cell(level->echo, x, y) * level->echo->blocks;
    }
    return self;
}

static float beyond(float distance, float slack)
{
    return distance > slack ? (distance - slack) * (distance - slack) : 0.0F;
}

/** Of a smear where the border has structure, and of structure where it has none. */
static float detail_cost(const spx_patch_level *level, const spx_patch_detail_range *wanted,
                         spx_patch_source source)
{
    const float found = spx_plane_row(level->detail, source.y)[source.x];
    const float off = fmaxf(wanted->least - found, found - wanted->most - tuned.detail_free);
    const float counted = off > tuned.detail_off_most ? tuned.detail_off_most : off;
    return counted > 0.0F ? patch_samples * tuned.detail_scale * counted * counted : 0.0F;
}

/** What pixels do not tell; a part of it when that is `most` already. */
static float prior_cost(const spx_patch_level *level, const target *at, spx_patch_source source,
                        float most)
{
    const spx_patch_prior *const prior = &level->prior;
    const float across = (float)spx_patch_rect_width(&level->photo);
    const float down = (float)spx_patch_rect_height(&level->photo);
    const float on_line = at->centre_y + at->slope * (float)source.x;
    float cost =
        patch_samples * prior_scale *
        (prior->rows * beyond(fabsf((float)source.y - on_line) / down, at->slack_y) +
         prior->columns * beyond(fabsf((float)source.x - at->centre_x) / across, at->slack_x));
    if (cost >= most)
        return cost;
    if (prior->usage > 0.0F) {
        const size_t blocks =
            (size_t)spx_patch_rect_width(&level->photo) / SPX_PATCH_USAGE_BLOCK + 1;
        cost += prior->usage * level->usage[source.y / SPX_PATCH_USAGE_BLOCK * blocks +
                                            source.x / SPX_PATCH_USAGE_BLOCK];
    }
    cost += prior->islands * patch_samples * spx_islands_cost(level, source);
    if (at->echo != NULL)
        cost += prior->echo * at->echo[spx_patch_echo_block(level->echo, source)];
    if (cost >= most)
        return cost;
    if (level->nearness != NULL && prior->nearness > 0.0F) {
        const size_t width = (size_t)level->width;
        const float allowed = level->nearness[(size_t)at->y * width + (size_t)at->x];
        const float found = level->nearness[(size_t)(source.y + level->photo.y0) * width +
                                            (size_t)(source.x + level->photo.x0)];
        cost += prior->nearness * patch_samples * tuned.nearness_scale *
                beyond(found, allowed + tuned.nearness_free);
    }
    if (level->sky != NULL && prior->rows > 0.0F) {
        const size_t width = (size_t)level->width;
        if (level->sky[(size_t)at->y * width + (size_t)at->x] &&
            !level->sky[(size_t)(source.y + level->photo.y0) * width +
                        (size_t)(source.x + level->photo.x0)])
            cost += patch_samples * tuned.sky_scale;
    }
    if (level->guide != NULL && prior->guide > 0.0F) {
        const size_t width = (size_t)level->width;
        const float *const wanted =
            level->guide + SPX_PATCH_GUIDE_CHANNELS * ((size_t)at->y * width + (size_t)at->x);
        const float *const found =
            level->guide +
            SPX_PATCH_GUIDE_CHANNELS * ((size_t)(source.y + level->photo.y0) * width +
                                        (size_t)(source.x + level->photo.x0));
        const float red = wanted[0] - found[0];
        const float green = wanted[1] - found[1];
        const float blue = wanted[2] - found[2];
        const float contrast = wanted[3] - found[3];
        cost += prior->guide * ((float)SPX_PATCH_AREA * tuned.guide_colour *
                                    (red * red + green * green + blue * blue) +
                                patch_samples * tuned.guide_contrast * contrast * contrast);
    }
    if (cost >= most)
        return cost;
    if (level->palette != NULL && prior->guide > 0.0F) {
        const size_t colour = spx_patch_palette_at(level, at->x, at->y, source);
        cost += prior->guide * tuned.palette_scale * patch_samples *
                level->palette->strangeness[colour];
        cost += prior->detail * detail_cost(level, &level->palette->detail[colour], source);
    }
    return cost;
}

/** Cost of pixel differences; some number above `most` when it is over that. */
static float pixel_cost(const spx_patch_level *level, const target *at, spx_patch_source source,
                        float most)
{
    const uint8_t *const from =
        spx_patch_level_source(level, source.x - SPX_PATCH_RADIUS, source.y - SPX_PATCH_RADIUS);
    const spx_patch_kernels *const kernels = level->kernels;
    if (at->whole) {
        const uint32_t limit = most < (float)INT32_MAX ? (uint32_t)most : (uint32_t)INT32_MAX;
        return (float)kernels->ssd(at->patch, level->stride, from, level->photo_stride, limit);
    }
    uint32_t sum =
        kernels->ssd_box(at->patch, level->stride, from, level->photo_stride, &at->inside);
    if (at->known.x1 > 0) {
        sum += (uint32_t)tuned.known_extra *
               kernels->ssd_box(at->patch, level->stride, from, level->photo_stride, &at->known);
    }
    return (float)sum * at->weight;
}

static float cost_of(const pass *self, const target *at, spx_patch_source source, float most)
{
    const float prior = prior_cost(self->level, at, source, most);
    if (prior >= most)
        return INFINITY;
    return prior + pixel_cost(self->level, at, source, most - prior);
}

static int source_allowed(const spx_patch_level *level, int32_t x, int32_t y)
{
    return x >= SPX_PATCH_RADIUS && y >= SPX_PATCH_RADIUS &&
           x < spx_patch_rect_width(&level->photo) - SPX_PATCH_RADIUS &&
           y < spx_patch_rect_height(&level->photo) - SPX_PATCH_RADIUS;
}

static void try_source(const pass *self, const target *at, int32_t x, int32_t y)
{
    const spx_patch_level *const level = self->level;
    const size_t index = (size_t)at->y * (size_t)level->width + (size_t)at->x;
    spx_patch_source *const best = &level->sources[index];
    if ((x == best->x && y == best->y) || !source_allowed(level, x, y))
        return;
    const spx_patch_source source = { .x = (uint16_t)x, .y = (uint16_t)y };
    const float cost = cost_of(self, at, source, level->costs[index]);
    if (cost < level->costs[index]) {
        level->costs[index] = cost;
        *best = source;
    }
}

/** before: sources of the row before this one in the direction of the pass; not read where that is
 * out of bounds. */
static void improve_pixel(const pass *self, int32_t x, int32_t y, const spx_patch_source *before)
{
    spx_patch_level *const level = self->level;
    const spx_patch_search *const search = self->search;
    const size_t index = (size_t)y * (size_t)level->width + (size_t)x;
    const int direction = self->direction;
    const target at = target_at(level, x, y);
    const spx_patch_source *const best = &level->sources[index];
    if (search->costs_stale)
        level->costs[index] = cost_of(self, &at, *best, INFINITY);

    const int32_t beside = x - direction;
    if (beside >= level->bounds.x0 && beside < level->bounds.x1 &&
        spx_patch_distance(&self->still, beside, y) > 0) {
        const spx_patch_source found = level->sources[index - (size_t)(ptrdiff_t)direction];
        try_source(self, &at, found.x + direction, found.y);
    }
    const int32_t line_before = y - direction;
    if (line_before >= level->bounds.y0 && line_before < level->bounds.y1 &&
        spx_patch_distance(&self->still, x, line_before) > 0)
        try_source(self, &at, before[x].x, before[x].y + direction);
    uint32_t state = spx_patch_hash((uint32_t)x, (uint32_t)y, search->step, search->seed) | 1U;
    for (int32_t radius = search->radius; radius >= 1; radius /= 2) {
        const uint32_t span = 2 * (uint32_t)radius + 1;
        const int32_t dx = (int32_t)(spx_patch_random(&state) % span) - radius;
        const int32_t dy = (int32_t)(spx_patch_random(&state) % span) - radius;
        try_source(self, &at, best->x + dx, best->y + dy);
    }
}

static void improve_row(const pass *self, int32_t y, const spx_patch_source *before)
{
    const spx_patch_spans spans = spx_patch_spans_between(&self->level->bounds, &self->still, y);
    if (self->direction > 0) {
        for (int part = 0; part < 2; part++) {
            for (int32_t x = spans.x0[part]; x < spans.x1[part]; x++)
                improve_pixel(self, x, y, before);
        }
        return;
    }
    for (int part = 1; part >= 0; part--) {
        for (int32_t x = spans.x1[part] - 1; x >= spans.x0[part]; x--)
            improve_pixel(self, x, y, before);
    }
}

static void improve_strip(void *context, size_t index)
{
    const pass *const self = context;
    const spx_patch_level *const level = self->level;
    const int32_t top = level->bounds.y0 + (int32_t)index * STRIP_ROWS;
    const int32_t bottom =
        top + STRIP_ROWS < level->bounds.y1 ? top + STRIP_ROWS : level->bounds.y1;
    const int32_t first = self->direction > 0 ? top : bottom - 1;
    const spx_patch_source *before = self->seams + index * (size_t)level->width;
    for (int32_t y = first; y >= top && y < bottom; y += self->direction) {
        improve_row(self, y, before);
        before = level->sources + (size_t)y * (size_t)level->width;
    }
}

spx_status spx_patch_match(spx_patch_level *level, const spx_patch_search *search,
                           const spx_task *task, spx_diag *diag)
{
    const size_t width = (size_t)level->width;
    const int32_t rows = spx_patch_rect_height(&level->bounds);
    const size_t strips = (size_t)(rows + STRIP_ROWS - 1) / STRIP_ROWS;
    pass self = {
        .level = level,
        .search = search,
        .still = spx_patch_level_still(level),
        .direction = search->step % 2 == 0 ? 1 : -1,
    };
    self.seams = calloc(strips * width, sizeof(*self.seams));
    if (self.seams == NULL)
        return spx_fail_memory(diag, "outpainting search");
    for (size_t i = 0; i < strips; i++) {
        const int32_t top = level->bounds.y0 + (int32_t)i * STRIP_ROWS;
        const int32_t row = self.direction > 0 ? top - 1 : top + STRIP_ROWS;
        if (row >= level->bounds.y0 && row < level->bounds.y1) {
            memcpy(self.seams + i * width, level->sources + (size_t)row * width,
                   width * sizeof(*self.seams));
        }
    }
    const spx_status status = spx_task_run(task, strips, improve_strip, &self, diag);
    free(self.seams);
    return status;
}

spx_patch_source spx_patch_random_source(const spx_patch_level *level, uint32_t *state)
{
    const int32_t across = spx_patch_rect_width(&level->photo) - 2 * SPX_PATCH_RADIUS;
    const int32_t down = spx_patch_rect_height(&level->photo) - 2 * SPX_PATCH_RADIUS;
    const uint32_t x = spx_patch_random(state) % (uint32_t)across;
    const uint32_t y = spx_patch_random(state) % (uint32_t)down;
    return (spx_patch_source){ .x = (uint16_t)(SPX_PATCH_RADIUS + x),
                               .y = (uint16_t)(SPX_PATCH_RADIUS + y) };
}

spx_patch_source spx_patch_nearest_source(const spx_patch_level *level, int32_t x, int32_t y)
{
    const int32_t right = spx_patch_rect_width(&level->photo) - SPX_PATCH_RADIUS - 1;
    const int32_t bottom = spx_patch_rect_height(&level->photo) - SPX_PATCH_RADIUS - 1;
    return (spx_patch_source){ .x = (uint16_t)spx_patch_clamp(x, SPX_PATCH_RADIUS, right),
                               .y = (uint16_t)spx_patch_clamp(y, SPX_PATCH_RADIUS, bottom) };
}

void spx_patch_update_usage(spx_patch_level *level)
{
    const int32_t photo_width = spx_patch_rect_width(&level->photo);
    const int32_t photo_height = spx_patch_rect_height(&level->photo);
    const size_t across = (size_t)photo_width / SPX_PATCH_USAGE_BLOCK + 1;
    const size_t down = (size_t)photo_height / SPX_PATCH_USAGE_BLOCK + 1;
    const spx_patch_rect still = spx_patch_level_still(level);
    double active = 0.0;
    memset(level->usage, 0, across * down * sizeof(*level->usage));
    for (int32_t y = level->bounds.y0; y < level->bounds.y1; y++) {
        const spx_patch_spans spans = spx_patch_spans_between(&level->bounds, &still, y);
        const spx_patch_source *const row = level->sources + (size_t)y * (size_t)level->width;
        for (int part = 0; part < 2; part++) {
            for (int32_t x = spans.x0[part]; x < spans.x1[part]; x++) {
                level->usage[row[x].y / SPX_PATCH_USAGE_BLOCK * across +
                             row[x].x / SPX_PATCH_USAGE_BLOCK] += 1.0F;
                active += 1.0;
            }
        }
    }
    const float fair = (float)(active * SPX_PATCH_USAGE_BLOCK * SPX_PATCH_USAGE_BLOCK /
                               ((double)photo_width * photo_height));
    for (size_t i = 0; i < across * down; i++) {
        const float excess = fair > 0.0F ? level->usage[i] / fair - tuned.usage_fair : 0.0F;
        const float counted = excess > tuned.usage_most ? tuned.usage_most : excess;
        level->usage[i] =
            counted > 0.0F ? counted * tuned.usage_scale * patch_samples / 4.0F : 0.0F;
    }
}

float spx_patch_best_source(const spx_patch_level *level, int32_t x, int32_t y,
                            const spx_patch_source *candidates, size_t count,
                            spx_patch_source *best)
{
    const target at = pixels_at(level, x, y);
    float least = INFINITY;
    *best = candidates[0];
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && candidates[i].x == best->x && candidates[i].y == best->y)
            continue;
        const float cost = pixel_cost(level, &at, candidates[i], least);
        if (cost < least) {
            least = cost;
            *best = candidates[i];
        }
    }
    return least;
}

float spx_patch_difference(const spx_patch_level *level, int32_t x, int32_t y)
{
    const target at = pixels_at(level, x, y);
    const spx_patch_source source = level->sources[(size_t)y * (size_t)level->width + (size_t)x];
    return pixel_cost(level, &at, source, INFINITY) / patch_samples;
}
