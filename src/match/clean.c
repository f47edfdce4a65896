#include "match/clean.h"

#include "base/size.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MEDIAN_RADIUS = 1, MEDIAN_MOST = 9 };

static const float joined_px = 1.0F; /* neighbours of one surface differ by no more */

typedef struct place {
    uint32_t x;
    uint32_t y;
} place;

typedef struct islands {
    spx_plane *disparity;
    spx_plane *confidence;
    spx_mask *seen;
    place *open; /* pixels of the island at hand, in the order they were found */
    size_t count;
} islands;

static void visit(islands *self, uint32_t x, uint32_t y, float from)
{
    uint8_t *const seen = spx_mask_row(self->seen, y) + x;
    if (*seen || !(fabsf(spx_plane_row(self->disparity, y)[x] - from) <= joined_px))
        return;
    *seen = 1;
    self->open[self->count++] = (place){ .x = x, .y = y };
}

/* Finds all of the island that a pixel belongs to. */
static void flood(islands *self, uint32_t x, uint32_t y)
{
    self->count = 0;
    visit(self, x, y, spx_plane_row(self->disparity, y)[x]);
    for (size_t i = 0; i < self->count; i++) {
        const place at = self->open[i];
        const float here = spx_plane_row(self->disparity, at.y)[at.x];
        if (at.x > 0)
            visit(self, at.x - 1, at.y, here);
        if (at.x + 1 < self->disparity->width)
            visit(self, at.x + 1, at.y, here);
        if (at.y > 0)
            visit(self, at.x, at.y - 1, here);
        if (at.y + 1 < self->disparity->height)
            visit(self, at.x, at.y + 1, here);
    }
}

static void forget(const islands *self)
{
    for (size_t i = 0; i < self->count; i++) {
        const place at = self->open[i];
        spx_plane_row(self->disparity, at.y)[at.x] = NAN;
        spx_plane_row(self->confidence, at.y)[at.x] = 0.0F;
    }
}

static void find_islands(islands *self, uint32_t least)
{
    for (uint32_t y = 0; y < self->disparity->height; y++) {
        for (uint32_t x = 0; x < self->disparity->width; x++) {
            if (spx_mask_row(self->seen, y)[x] || isnan(spx_plane_row(self->disparity, y)[x]))
                continue;
            flood(self, x, y);
            if (self->count < least)
                forget(self);
        }
    }
}

spx_status spx_match_remove_islands(spx_plane *disparity, spx_plane *confidence, uint32_t least,
                                    spx_diag *diag)
{
    const size_t pixels = (size_t)disparity->width * disparity->height;
    spx_status status = SPX_OK;
    size_t bytes = 0;
    islands self = { .disparity = disparity, .confidence = confidence };
    SPX_TRY(spx_mul_size(&bytes, pixels, sizeof(*self.open), "islands", diag));
    SPX_TRY(spx_mask_create(&self.seen, disparity->width, disparity->height, diag));
    self.open = malloc(bytes);
    if (self.open == NULL) {
        status = spx_fail_memory(diag, "islands");
        goto out;
    }
    find_islands(&self, least);
out:
    free(self.open);
    spx_mask_destroy(self.seen);
    return status;
}

typedef struct median_job {
    spx_plane *to;
    const spx_plane *from;
} median_job;

/* Of a few values, which are put in order. */
static float median_of(float *values, int count)
{
    for (int i = 1; i < count; i++) {
        const float value = values[i];
        int at = i;
        for (; at > 0 && values[at - 1] > value; at--)
            values[at] = values[at - 1];
        values[at] = value;
    }
    return count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2.0F;
}

static float median_at(const spx_plane *from, uint32_t x, uint32_t y)
{
    float values[MEDIAN_MOST] = { 0 };
    int count = 0;
    for (int64_t j = (int64_t)y - MEDIAN_RADIUS; j <= (int64_t)y + MEDIAN_RADIUS; j++) {
        for (int64_t i = (int64_t)x - MEDIAN_RADIUS; i <= (int64_t)x + MEDIAN_RADIUS; i++) {
            if (j < 0 || j >= from->height || i < 0 || i >= from->width)
                continue;
            const float value = spx_plane_row(from, (uint32_t)j)[i];
            if (!isnan(value))
                values[count++] = value;
        }
    }
    return median_of(values, count);
}

static void median_row(void *context, size_t index)
{
    const median_job *const self = context;
    const uint32_t y = (uint32_t)index;
    const float *const from = spx_plane_row(self->from, y);
    float *const to = spx_plane_row(self->to, y);
    for (uint32_t x = 0; x < self->from->width; x++)
        to[x] = isnan(from[x]) ? NAN : median_at(self->from, x, y);
}

spx_status spx_match_median(spx_plane *disparity, const spx_task *task, spx_diag *diag)
{
    spx_plane *from = NULL;
    SPX_TRY(spx_plane_copy(&from, disparity, diag));
    median_job job = { .to = disparity, .from = from };
    const spx_status status = spx_task_run(task, from->height, median_row, &job, diag);
    spx_plane_destroy(from);
    return status;
}
