/*
 * Maps of few levels: 8 bits, or disparities in whole pixels. Where a surface slopes, such a map
 * stands in terraces, and with a large shift each of their steps would be taken for the edge of a
 * thing: a leaf seen at a slant would be shown in stripes. What a map rounded by half a level at
 * most may be put back within half a level:
 *
 *                         ____                  the depth of a pixel between a step up, `up` pixels
 *         map        ____|                      away, and one down, `down` pixels away, is
 *               ____|           level + quantum / 2 * (down - up) / (down + up)
 *
 * which is the same on both sides of a step, and a plane where the map rounds one. Steps of more
 * than a level are edges; the distances go around them, within one terrace.
 */
#include "warp/terraces.h"

#include "base/intops.h"
#include "warp/tuned.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    VALUES = UINT16_MAX + 1,
    SOME_ROWS = 64, /* most maps are known by so many to have no levels */
    ROWS_PER_TURN = 128,
    STRAIGHT = 10, /* distances between neighbours */
    DIAGONAL = 14,
    REACH_PX = 24, /* a step farther away makes no slope here */
    REACH = REACH_PX * STRAIGHT,
};

/* ---- whether a map has levels ---- */

/* Marks what every n-th row holds. */
static void note_values(const spx_layers *layers, const uint16_t *depth, uint32_t every,
                        uint8_t *seen)
{
    for (uint32_t y = 0; y < layers->height; y += every) {
        const uint16_t *const row = depth + spx_layers_at(layers, y);
        for (uint32_t x = layers->margin; x < layers->width - layers->margin; x++)
            seen[row[x]] = 1;
    }
}

/* The next value from `at` on that is seen; VALUES = none. */
static uint32_t next_value(const uint8_t *seen, uint32_t at)
{
    while (at < VALUES && seen[at] == 0)
        at++;
    return at;
}

/* What lies between the seen values: whole numbers of it, but for rounding. The two ends of the
 * range may hold what was cut off there. Returns 0 where they do not lie so. */
static float find_quantum(const uint8_t *seen, float least)
{
    enum { FIRST = 1, LAST = UINT16_MAX - 1 };
    static const float rounding = 1.5F;
    uint32_t closest = VALUES;
    uint32_t count = 0;
    const uint32_t first = next_value(seen, FIRST);
    for (uint32_t value = first, before = 0; value <= LAST; value = next_value(seen, value + 1)) {
        if (count++ > 0)
            closest = spx_min_u32(closest, value - before);
        before = value;
    }
    if (count < tuned.terrace_levels || (float)closest < least)
        return 0.0F;
    float quantum = (float)closest;
    for (uint32_t value = next_value(seen, first + 1); value <= LAST;
         value = next_value(seen, value + 1)) {
        const float steps = roundf((float)(value - first) / quantum);
        if (fabsf((float)(value - first) - steps * quantum) > rounding * fminf(steps, 4.0F))
            return 0.0F;
        quantum = (float)(value - first) / steps;
    }
    return quantum;
}

spx_status spx_terraces_find(const spx_layers *layers, const uint16_t *depth, float *quantum,
                             spx_diag *diag)
{
    const float least = tuned.terrace_px / layers->px_per_unit;
    uint8_t *const seen = calloc(VALUES, 1);
    *quantum = 0.0F;
    if (seen == NULL)
        return spx_fail_memory(diag, "levels of depth");
    note_values(layers, depth, layers->height / SOME_ROWS + 1, seen);
    if (find_quantum(seen, least) > 0.0F) {
        note_values(layers, depth, 1, seen);
        *quantum = find_quantum(seen, least);
    }
    free(seen);
    return SPX_OK;
}

/* ---- slopes ---- */

typedef struct slope_job {
    const spx_layers *layers;
    const uint16_t *depth;
    uint16_t *out;
    int32_t half; /* of a quantum, rounded down: two depths farther apart are of two levels */
    int32_t more; /* one and a half quanta: ... farther apart are an edge */
    float quantum;
    atomic_int no_memory;
} slope_job;

/* How much nearer than REACH the next level up and the next one down are. */
typedef struct nearness {
    uint16_t up;
    uint16_t down;
} nearness;

/* Rows of one turn, with those around them that count. */
typedef struct slope_rows {
    const slope_job *job;
    uint32_t first;
    uint32_t end;
    uint32_t width;
    nearness *near; /* [end - first][width] */
} slope_rows;

static const uint16_t *depth_row(const slope_rows *self, uint32_t y)
{
    return self->job->depth + spx_layers_at(self->job->layers, y) + self->job->layers->margin;
}

static nearness *near_row(const slope_rows *self, uint32_t y)
{
    return self->near + (size_t)(y - self->first) * self->width;
}

/* Looks at a neighbour `away`: on the same level it is as near as the pixel, less the way, and half
 * of the way is the step to another level. */
static inline void look(const slope_job *job, int32_t rise, nearness *to, const nearness *from,
                        int32_t away)
{
    if (abs(rise) <= job->half) {
        to->up = (uint16_t)spx_max_i32(to->up, from->up - away);
        to->down = (uint16_t)spx_max_i32(to->down, from->down - away);
    } else if (abs(rise) <= job->more) {
        uint16_t *const side = rise > 0 ? &to->up : &to->down;
        *side = (uint16_t)spx_max_i32(*side, REACH - away / 2);
    }
}

/* One row from the row before it, above or below, and along itself in that direction. */
static void look_row(const slope_rows *self, uint32_t y, int forth)
{
    const slope_job *const job = self->job;
    const int32_t width = (int32_t)self->width;
    const int has_beside = forth ? y > self->first : y + 1 < self->end;
    const uint32_t beside = has_beside ? (forth ? y - 1 : y + 1) : y;
    const uint16_t *const own = depth_row(self, y);
    const uint16_t *const other = depth_row(self, beside);
    nearness *const near = near_row(self, y);
    const nearness *const there = near_row(self, beside);
    for (int32_t i = 0; i < width; i++) {
        const int32_t x = forth ? i : width - 1 - i;
        const int32_t before = forth ? x - 1 : x + 1;
        const int32_t last = has_beside ? spx_min_i32(x + 1, width - 1) : -1;
        if (i > 0)
            look(job, own[before] - own[x], &near[x], &near[before], STRAIGHT);
        for (int32_t u = spx_max_i32(x - 1, 0); u <= last; u++)
            look(job, other[u] - own[x], &near[x], &there[u], u == x ? STRAIGHT : DIAGONAL);
    }
}

static void write_row(const slope_rows *self, uint32_t y)
{
    const spx_layers *const layers = self->job->layers;
    const uint16_t *const from = depth_row(self, y);
    const nearness *const near = near_row(self, y);
    uint16_t *const row = self->job->out + spx_layers_at(layers, y);
    uint16_t *const to = row + layers->margin;
    for (uint32_t x = 0; x < self->width; x++) {
        const float up = (float)(REACH - near[x].up);
        const float down = (float)(REACH - near[x].down);
        const float moved = self->job->quantum / 2.0F * (down - up) / (down + up);
        to[x] = (uint16_t)fminf(fmaxf((float)from[x] + moved + 0.5F, 0.0F), (float)UINT16_MAX);
    }
    for (uint32_t x = 0; x < layers->margin; x++) {
        row[x] = to[0];
        to[self->width + x] = to[self->width - 1];
    }
}

static void slope_turn(void *context, size_t turn)
{
    slope_job *const job = context;
    const uint32_t height = job->layers->height;
    const uint32_t first = (uint32_t)turn * ROWS_PER_TURN;
    const uint32_t end = spx_min_u32(first + ROWS_PER_TURN, height);
    slope_rows self = { .job = job,
                        .first = first > REACH_PX ? first - REACH_PX : 0,
                        .end = spx_min_u32(end + REACH_PX, height),
                        .width = job->layers->width - 2 * job->layers->margin };
    self.near = calloc((size_t)(self.end - self.first) * self.width, sizeof(*self.near));
    if (self.near == NULL) {
        atomic_store(&job->no_memory, 1);
        return;
    }
    for (uint32_t y = self.first; y < self.end; y++)
        look_row(&self, y, 1);
    for (uint32_t y = self.end; y > self.first; y--)
        look_row(&self, y - 1, 0);
    for (uint32_t y = first; y < end; y++)
        write_row(&self, y);
    free(self.near);
}

spx_status spx_terraces_slope(const spx_layers *layers, const uint16_t *depth, float quantum,
                              uint16_t *out, const spx_task *task, spx_diag *diag)
{
    const size_t turns = spx_divide_up(layers->height, ROWS_PER_TURN);
    slope_job job = { .layers = layers, .depth = depth, .quantum = quantum };
    job.out = out;
    job.half = (int32_t)(quantum / 2.0F);
    job.more = (int32_t)(quantum * 1.5F);
    atomic_init(&job.no_memory, 0);
    SPX_TRY(spx_task_run(task, turns, slope_turn, &job, diag));
    return atomic_load(&job.no_memory) ? spx_fail_memory(diag, "slopes of depth") : SPX_OK;
}
