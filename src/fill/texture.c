/*
 * Texture from elsewhere in the picture, coarse to fine.
 *
 *   sizes      the backdrop at 1, 1/2, 1/4, ... until the widest hole is a few pixels wide
 *   search     each wanted pixel looks for a known place whose surroundings look like its own:
 *              it tries its neighbours' offsets and some random ones (after Barnes et al. 2009,
 *              "PatchMatch"), all wanted pixels at once from the last round's offsets, so that the
 *              result does not depend on the number of threads
 *   guidance   a source outside the colours that the surface has beside the hole costs more
 *              (fill/colour_range.h): the smallest sizes have no others within reach now and then
 *   vote       at small sizes a wanted pixel becomes the mean of what the places around it say
 *              (Wexler et al. 2007, "Space-time completion"); at full size it is copied, once, so
 *              that grain stays grain
 *   blend      of the copies only the differences between neighbours count (fill/blend.h)
 */
#include "fill/texture.h"

#include "base/cpu.h"
#include "base/intops.h"
#include "fill/blend.h"
#include "fill/colour_range.h"
#include "fill/level.h"
#include "fill/level_cut.h"
#include "fill/tuned.h"
#include "image/image.h"

#include <stdlib.h>
#include <string.h>

enum {
    CHANNELS = SPX_IMAGE_CHANNELS,
    MAX_LEVELS = 8,  /* enough for a strip of 768 pixels */
    COARSE_RUN = 6,  /* wanted pixels side by side at the smallest size */
    LEAST_SIDE = 24, /* of the smallest size */
    KNOWN_PER_WANTED = 2,
    TURN = 1024,     /* wanted pixels a thread takes at once */
    MOST_STEPS = 16, /* of depth that count */
};

typedef struct painter {
    spx_level levels[MAX_LEVELS];
    int count;
    const spx_patch_kernels *patches;
    spx_level_cut_fn cut;
    uint32_t widest[MAX_LEVELS]; /* run of wanted pixels */
    spx_colour_range *ranges[MAX_LEVELS];
} painter;

/* A round of search or vote at one size. */
typedef struct round_job {
    const painter *painter;
    const spx_level *level;
    spx_offset *next; /* offsets, or for a vote unused */
    uint8_t *colours; /* [wanted_count][3] */
    uint32_t reach;   /* of random offsets */
    uint32_t seed;
    const spx_colour_range *ranges; /* [wanted_count] */
    int full_size;
} round_job;

static uint32_t mix(uint32_t a, uint32_t b)
{
    uint32_t h = a * 374761393U + b * 668265263U;
    h = (h ^ (h >> 15)) * 2246822519U;
    h = (h ^ (h >> 13)) * 3266489917U;
    return h ^ (h >> 16);
}

/* ---- search ---- */

typedef struct finder {
    spx_patch patch; /* first: it is aligned to 32 bytes */
    const round_job *job;
    uint32_t x, y, depth;
    const spx_colour_range *range;
    spx_offset best;
    uint32_t best_cost;
} finder;

static uint32_t distance_of(const spx_offset *offset)
{
    return (uint32_t)(abs(offset->x) + abs(offset->y));
}

/* What a source costs for having a colour that its surface does not have beside the hole: at small
 * sizes there may be no other in reach, and a wrong one found there would stay. */
static uint32_t guidance(const finder *self, const uint8_t *source)
{
    const uint32_t excess = spx_colour_range_excess(self->range, source);
    return excess <= tuned.guide_free ? 0 : self->patch.count * (excess - tuned.guide_free);
}

static void try_offset(finder *self, int32_t dx, int32_t dy)
{
    const spx_level *const level = self->job->level;
    const int64_t x = (int64_t)self->x + dx;
    const int64_t y = (int64_t)self->y + dy;
    const int32_t most = (int32_t)self->job->reach;
    if (abs(dx) > most || abs(dy) > most)
        return; /* texture from far away belongs to something else */
    const spx_offset offset = { .x = (int16_t)dx, .y = (int16_t)dy };
    const uint32_t far_cost = self->patch.count * distance_of(&offset) >> tuned.far_cost_shift;
    if (far_cost >= self->best_cost || !spx_level_has_patch(level, x, y))
        return;
    const uint32_t source = level->depth[(size_t)y * level->width + (size_t)x];
    const uint32_t apart = source > self->depth ? source - self->depth : self->depth - source;
    uint32_t steps_eighth = level->step == 0 ? 0 : apart * 8 / level->step;
    steps_eighth = steps_eighth > MOST_STEPS * 8 ? MOST_STEPS * 8 : steps_eighth;
    uint32_t cost =
        self->patch.count * (tuned.depth_cost * steps_eighth / 8) + far_cost +
        guidance(self, spx_image_row8(level->image, (uint32_t)y) + CHANNELS * (size_t)x);
    if (cost >= self->best_cost || !spx_level_is_source_patch(level, x, y, self->depth))
        return;
    cost += self->job->painter->patches->sad(
        &self->patch,
        spx_image_row8(level->image, (uint32_t)y - SPX_PATCH_RADIUS) +
            CHANNELS * (size_t)(x - SPX_PATCH_RADIUS),
        level->image->stride_bytes, self->best_cost - cost);
    if (cost < self->best_cost) {
        self->best_cost = cost;
        self->best = offset;
    }
}

static void try_neighbour(finder *self, uint32_t index)
{
    const spx_level *const level = self->job->level;
    if (index == UINT32_MAX || level->offsets[index].x == SPX_OFFSET_NONE)
        return;
    const spx_offset offset = level->offsets[index];
    if (offset.x != self->best.x || offset.y != self->best.y)
        try_offset(self, offset.x, offset.y);
}

/* What the wanted pixels around have found; most agree, and asking twice is dear. */
static void try_neighbours(finder *self, uint32_t index)
{
    static const int32_t around[] = { -1, 1, -3, 3 };
    const spx_level *const level = self->job->level;
    for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
        try_neighbour(self, spx_level_find_beside(level, index, self->x, around[i]));
        try_neighbour(self, spx_level_find(level, self->x, (int64_t)self->y + around[i]));
    }
}

static void search_one(const round_job *job, uint32_t index)
{
    const spx_level *const level = job->level;
    const uint32_t pixel = level->wanted[index];
    finder self = { .job = job,
                    .x = pixel % level->width,
                    .y = pixel / level->width,
                    .depth = level->wanted_depth[pixel],
                    .range = &job->ranges[index],
                    .best = { .x = SPX_OFFSET_NONE },
                    .best_cost = UINT32_MAX };
    job->painter->cut(level, self.x, self.y, &self.patch);
    const spx_offset own = level->offsets[index];
    if (own.x != SPX_OFFSET_NONE)
        try_offset(&self, own.x, own.y);
    try_neighbours(&self, index);
    if (job->full_size) {
        const spx_offset middle = self.best;
        for (int k = 0; k < 9 && middle.x != SPX_OFFSET_NONE; k++) {
            if (k != 4)
                try_offset(&self, middle.x + k % 3 - 1, middle.y + k / 3 - 1);
        }
    }
    uint32_t reach = job->reach;
    for (uint32_t k = 0; k < tuned.random_tries && !job->full_size; k++, reach = (reach + 1) / 2) {
        const uint32_t random = mix(pixel * tuned.random_tries + k, job->seed);
        const int32_t dx = (int32_t)(random % (2 * reach + 1)) - (int32_t)reach;
        const int32_t dy = (int32_t)((random >> 16) % (2 * reach + 1)) - (int32_t)reach;
        const int fresh = self.best.x == SPX_OFFSET_NONE || k == 0;
        try_offset(&self, fresh ? dx : self.best.x + dx, fresh ? dy : self.best.y + dy);
    }
    job->next[index] = self.best;
}

static void search_turn(void *context, size_t turn)
{
    const round_job *const job = context;
    const size_t end = (turn + 1) * TURN;
    for (size_t i = turn * TURN; i < end && i < job->level->wanted_count; i++)
        search_one(job, (uint32_t)i);
}

static spx_status search(spx_level *level, round_job *job, const spx_task *task, spx_diag *diag)
{
    job->next = malloc(((size_t)level->wanted_count + 1) * sizeof(*job->next));
    if (job->next == NULL)
        return spx_fail_memory(diag, "fill");
    const size_t turns = spx_divide_up(level->wanted_count, TURN);
    const spx_status status = spx_task_run(task, turns, search_turn, job, diag);
    if (status == SPX_OK)
        memcpy(level->offsets, job->next, level->wanted_count * sizeof(*job->next));
    free(job->next);
    return status;
}

/* ---- vote ---- */

static void vote_one(const round_job *job, uint32_t index)
{
    enum { AROUND = 2 };
    const spx_level *const level = job->level;
    const uint32_t pixel = level->wanted[index];
    const uint32_t x = pixel % level->width;
    const uint32_t y = pixel / level->width;
    const uint32_t depth = level->wanted_depth[pixel];
    uint32_t sum[CHANNELS] = { 0 };
    uint32_t count = 0;
    for (int v = -AROUND; v <= AROUND; v++) {
        const uint32_t middle = v == 0 ? index : spx_level_find(level, x, (int64_t)y + v);
        for (int u = -AROUND; u <= AROUND && middle != UINT32_MAX; u++) {
            const uint32_t other = spx_level_find_beside(level, middle, x, u);
            if (other == UINT32_MAX || level->offsets[other].x == SPX_OFFSET_NONE)
                continue;
            const int64_t sx = (int64_t)x + level->offsets[other].x;
            const int64_t sy = (int64_t)y + level->offsets[other].y;
            if (!spx_level_is_source(level, sx, sy, depth))
                continue;
            const uint32_t weight = u == 0 && v == 0 ? 4 : 1;
            const uint8_t *const from =
                spx_image_row8(level->image, (uint32_t)sy) + CHANNELS * (size_t)sx;
            for (int c = 0; c < CHANNELS; c++)
                sum[c] += weight * from[c];
            count += weight;
        }
    }
    uint8_t *const to = job->colours + (size_t)CHANNELS * index;
    const uint8_t *const now = spx_image_row8(level->image, y) + (size_t)CHANNELS * x;
    for (int c = 0; c < CHANNELS; c++)
        to[c] = (uint8_t)(count == 0 ? now[c] : (sum[c] + count / 2) / count);
}

static void vote_turn(void *context, size_t turn)
{
    const round_job *const job = context;
    const size_t end = (turn + 1) * TURN;
    for (size_t i = turn * TURN; i < end && i < job->level->wanted_count; i++)
        vote_one(job, (uint32_t)i);
}

static spx_status vote(spx_level *level, round_job *job, const spx_task *task, spx_diag *diag)
{
    job->colours = malloc((size_t)CHANNELS * level->wanted_count + 1);
    if (job->colours == NULL)
        return spx_fail_memory(diag, "fill");
    const size_t turns = spx_divide_up(level->wanted_count, TURN);
    const spx_status status = spx_task_run(task, turns, vote_turn, job, diag);
    for (uint32_t i = 0; i < level->wanted_count && status == SPX_OK; i++) {
        const uint32_t pixel = level->wanted[i];
        memcpy(spx_image_row8(level->image, pixel / level->width) +
                   (size_t)CHANNELS * (pixel % level->width),
               job->colours + (size_t)CHANNELS * i, CHANNELS);
    }
    free(job->colours);
    return status;
}

/* ---- sizes ---- */

/* Offsets and, where the smaller size found any, colours. */
static void enlarge(spx_level *level, const spx_level *small)
{
    for (uint32_t i = 0; i < level->wanted_count; i++) {
        const uint32_t pixel = level->wanted[i];
        const uint32_t x = pixel % level->width;
        const uint32_t y = pixel / level->width;
        const uint32_t parent = spx_level_find(small, x / 2, y / 2);
        if (parent == UINT32_MAX || small->offsets[parent].x == SPX_OFFSET_NONE)
            continue;
        const spx_offset offset = small->offsets[parent];
        level->offsets[i] =
            (spx_offset){ .x = (int16_t)(2 * offset.x), .y = (int16_t)(2 * offset.y) };
        memcpy(spx_image_row8(level->image, y) + (size_t)CHANNELS * x,
               spx_image_row8(small->image, y / 2) + (size_t)CHANNELS * (x / 2), CHANNELS);
    }
}

static uint32_t reach_of(uint32_t widest)
{
    enum { LEAST = 12, MOST = 600 };
    const uint32_t reach = LEAST + 2 * widest;
    return reach < MOST ? reach : MOST;
}

static spx_status paint_level(painter *self, int index, const spx_task *task, spx_diag *diag)
{
    spx_level *const level = &self->levels[index];
    const int full_size = index == 0;
    const int rounds =
        full_size ? 1 : (index + 1 == self->count ? tuned.coarse_rounds : tuned.rounds);
    round_job job = { .painter = self,
                      .level = level,
                      .ranges = self->ranges[index],
                      .full_size = full_size,
                      .reach = reach_of(self->widest[index]) };
    for (int k = 0; k < rounds; k++) {
        job.seed = (uint32_t)(index * tuned.coarse_rounds + k);
        SPX_TRY(search(level, &job, task, diag));
        if (!full_size)
            SPX_TRY(vote(level, &job, task, diag));
    }
    return SPX_OK;
}

/* ---- whole ---- */

/* Patches are compared in 8 bits. */
static spx_status create_image8(spx_image **out, const spx_image *image, spx_diag *diag)
{
    SPX_TRY(spx_image_create(out, image->width, image->height, 8, diag));
    for (uint32_t y = 0; y < image->height; y++) {
        const uint16_t *const from = spx_image_row16(image, y);
        uint8_t *const to = spx_image_row8(*out, y);
        for (size_t i = 0; i < (size_t)CHANNELS * image->width; i++)
            to[i] = (uint8_t)(from[i] >> 8);
    }
    return SPX_OK;
}

static spx_status create_levels(painter *self, const spx_backdrop *backdrop, spx_image *image8,
                                const spx_task *task, spx_diag *diag)
{
    self->count = 1; /* cleared whatever happens */
    SPX_TRY(spx_level_init_full(&self->levels[0], backdrop, image8, task, diag));
    self->widest[0] = spx_level_widest_run(&self->levels[0]);
    while (self->count < MAX_LEVELS && self->widest[self->count - 1] > COARSE_RUN) {
        const spx_level *const large = &self->levels[self->count - 1];
        if (large->width < 2 * LEAST_SIDE || large->height < 2 * LEAST_SIDE)
            break;
        spx_level half = { 0 };
        const spx_status status = spx_level_init_half(&half, large, task, diag);
        /* Where little is left to copy, what is left fits nowhere. */
        if (status != SPX_OK || half.known_count < half.wanted_count * KNOWN_PER_WANTED) {
            spx_level_clear(&half);
            return status;
        }
        self->levels[self->count++] = half;
        self->widest[self->count - 1] = spx_level_widest_run(&self->levels[self->count - 1]);
    }
    return SPX_OK;
}

static spx_status create_ranges(painter *self, const spx_task *task, spx_diag *diag)
{
    SPX_TRY(spx_colour_ranges_create(&self->ranges[0], &self->levels[0], task, diag));
    for (int k = 1; k < self->count; k++) {
        SPX_TRY(spx_colour_ranges_halve(&self->ranges[k], &self->levels[k], &self->levels[k - 1],
                                        self->ranges[k - 1], task, diag));
    }
    return SPX_OK;
}

static void clear(painter *self)
{
    for (int k = 0; k < self->count; k++) {
        spx_level_clear(&self->levels[k]);
        free(self->ranges[k]);
    }
}

spx_status spx_texture_paint(const spx_backdrop *backdrop, const spx_task *task, spx_diag *diag)
{
    spx_status status = SPX_OK;
    painter self = { .patches = spx_patch_kernels_best(),
                     .cut = spx_level_cut_choose(spx_cpu_flags()) };
    spx_image *image8 = NULL;
    if (backdrop->image->bits == 8) {
        image8 = spx_image_ref(backdrop->image);
    } else {
        SPX_TRY_OUT(create_image8(&image8, backdrop->image, diag));
    }
    SPX_TRY_OUT(create_levels(&self, backdrop, image8, task, diag));
    SPX_TRY_OUT(create_ranges(&self, task, diag));
    for (int k = self.count - 1; k >= 0; k--) {
        if (k + 1 < self.count)
            enlarge(&self.levels[k], &self.levels[k + 1]);
        SPX_TRY_OUT(paint_level(&self, k, task, diag));
    }
    status = spx_fill_blend(backdrop, &self.levels[0], self.ranges[0], task, diag);
out:
    clear(&self);
    spx_image_unref(image8);
    return status;
}
