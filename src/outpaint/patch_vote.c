#include "outpaint/patch_vote.h"
#include "outpaint/tuned.h"

#include "base/intops.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { STRIP_ROWS = 16 };

static const float least_weight = 1e-12F; /* keeps a vote where all patches fit badly */

float spx_patch_vote_weight(float cost, float spread, int32_t distance_px)
{
    const float wide = spread < tuned.least_spread ? tuned.least_spread : spread;
    const int32_t capped = spx_min_i32(distance_px, SPX_PATCH_VOTE_FAR_PX);
    return expf(-cost / (2.0F * wide) - tuned.trust_per_px * (float)capped) + least_weight;
}

typedef struct ballot {
    spx_patch_level *level;
    spx_patch_rect still;
    float spread;
    atomic_int out_of_memory;
} ballot;

/* Patches are read from the photo and colours written outside the context, so strips do not meet.
 */

/** Sums of one strip with a patch radius around it. */
typedef struct sums {
    int32_t top; /* rows top <= y < bottom count */
    int32_t bottom;
    size_t across;  /* pixels per row */
    float *colours; /* [rows][across][3] from column -SPX_PATCH_RADIUS on */
    float *weights; /* [rows][across] */
} sums;

static void add_patch(const ballot *self, const sums *into, int32_t x, int32_t y)
{
    const spx_patch_level *const level = self->level;
    const size_t index = (size_t)y * (size_t)level->width + (size_t)x;
    const spx_patch_source source = level->sources[index];
    const float weight = spx_patch_vote_weight(level->costs[index], self->spread,
                                               spx_patch_distance(&level->context, x, y));
    for (int dy = -SPX_PATCH_RADIUS; dy <= SPX_PATCH_RADIUS; dy++) {
        const int32_t row = y + dy;
        if (row < into->top || row >= into->bottom)
            continue;
        const size_t line = (size_t)(row - into->top);
        const uint8_t *const from =
            spx_patch_level_source(level, source.x - SPX_PATCH_RADIUS, source.y + dy);
        const size_t at = line * into->across + (size_t)x;
        level->kernels->add_row8(into->colours + 3 * at, into->weights + at, from, weight);
    }
}

static void count_row(const ballot *self, const sums *from, int32_t y)
{
    const spx_patch_level *const level = self->level;
    const size_t line = (size_t)(y - from->top);
    const float *const weights = from->weights + line * from->across + SPX_PATCH_RADIUS;
    const float *const colours = from->colours + 3 * (line * from->across + SPX_PATCH_RADIUS);
    uint8_t *const out = spx_patch_level_at(level, 0, y);
    const spx_patch_spans spans = spx_patch_spans_between(&level->bounds, &level->context, y);
    for (int part = 0; part < 2; part++) {
        for (int32_t x = spans.x0[part]; x < spans.x1[part]; x++) {
            const float scale = 1.0F / weights[x];
            for (int c = 0; c < 3; c++)
                out[3 * x + c] = (uint8_t)(colours[3 * x + c] * scale + 0.5F);
        }
    }
}

static void vote_strip(void *context, size_t index)
{
    ballot *const self = context;
    const spx_patch_level *const level = self->level;
    const int32_t top = level->bounds.y0 + (int32_t)index * STRIP_ROWS;
    sums strip = {
        .top = top,
        .bottom = top + STRIP_ROWS < level->bounds.y1 ? top + STRIP_ROWS : level->bounds.y1,
        .across = (size_t)level->width + SPX_PATCH_RADIUS + SPX_PATCH_ROW_REACH_PX,
    };
    strip.colours = calloc(3 * STRIP_ROWS * strip.across, sizeof(*strip.colours));
    strip.weights = calloc(STRIP_ROWS * strip.across, sizeof(*strip.weights));
    if (strip.colours == NULL || strip.weights == NULL) {
        atomic_store(&self->out_of_memory, 1);
        goto out;
    }
    const int32_t first =
        spx_patch_clamp(strip.top - SPX_PATCH_RADIUS, level->bounds.y0, level->bounds.y1);
    const int32_t last =
        spx_patch_clamp(strip.bottom + SPX_PATCH_RADIUS, level->bounds.y0, level->bounds.y1);
    for (int32_t y = first; y < last; y++) {
        const spx_patch_spans spans = spx_patch_spans_between(&level->bounds, &self->still, y);
        for (int part = 0; part < 2; part++) {
            for (int32_t x = spans.x0[part]; x < spans.x1[part]; x++)
                add_patch(self, &strip, x, y);
        }
    }
    for (int32_t y = strip.top; y < strip.bottom; y++)
        count_row(self, &strip, y);
out:
    free(strip.colours);
    free(strip.weights);
}

spx_status spx_patch_vote(spx_patch_level *level, float spread, const spx_task *task,
                          spx_diag *diag)
{
    const int32_t rows = spx_patch_rect_height(&level->bounds);
    ballot self = {
        .level = level,
        .still = spx_patch_level_still(level),
        .spread = spread,
    };
    spx_status status =
        spx_task_run(task, spx_divide_up((size_t)rows, STRIP_ROWS), vote_strip, &self, diag);
    if (status == SPX_OK && atomic_load(&self.out_of_memory))
        status = spx_fail_memory(diag, "outpainting vote");
    return status;
}
