#include "match/enlarge.h"

#include "base/intops.h"
#include "image/image.h"

#include <math.h>

enum { AROUND = 9 };

static const float colour_sigma = 10.0F; /* levels of 255: what counts as the same colour */
static const float place_sigma = 0.7F;   /* small pixels */
static const float joined_px = 1.0F;     /* small pixels of disparity within one surface */

typedef struct enlarge_job {
    const spx_plane *disparity;
    const spx_plane *confidence;
    const spx_image *small;
    const spx_image *large;
    spx_plane *to;
    spx_plane *to_confidence;
} enlarge_job;

typedef struct neighbour {
    float weight;
    float disparity;
    float confidence;
} neighbour;

static float colour_distance(const enlarge_job *self, const uint32_t at[2], const uint32_t from[2])
{
    float sum = 0.0F;
    for (int c = 0; c < SPX_IMAGE_CHANNELS; c++) {
        const float here = spx_image_level(self->large, at[0], at[1], c);
        const float there = spx_image_level(self->small, from[0], from[1], c);
        sum += (here - there) * (here - there);
    }
    return sum;
}

/* The nine small pixels around a large one; returns the one that weighs most. */
static int find_neighbours(const enlarge_job *self, const uint32_t at[2], neighbour *out)
{
    const float x = ((float)at[0] + 0.5F) * (float)self->small->width / (float)self->large->width;
    const float y = ((float)at[1] + 0.5F) * (float)self->small->height / (float)self->large->height;
    int best = 0;
    for (int i = 0; i < AROUND; i++) {
        const int64_t column = (int64_t)x + i % 3 - 1;
        const int64_t row = (int64_t)y + i / 3 - 1;
        const float dx = (float)column + 0.5F - x;
        const float dy = (float)row + 0.5F - y;
        const uint32_t from[2] = { spx_clamp_index(column, self->small->width),
                                   spx_clamp_index(row, self->small->height) };
        const float apart = colour_distance(self, at, from) / (2.0F * colour_sigma * colour_sigma) +
                            (dx * dx + dy * dy) / (2.0F * place_sigma * place_sigma);
        out[i] = (neighbour){ .weight = expf(-apart),
                              .disparity = spx_plane_row(self->disparity, from[1])[from[0]],
                              .confidence = spx_plane_row(self->confidence, from[1])[from[0]] };
        best = out[i].weight > out[best].weight ? i : best;
    }
    return best;
}

static void enlarge_row(void *context, size_t index)
{
    const enlarge_job *const self = context;
    const uint32_t y = (uint32_t)index;
    const float scale = (float)self->large->width / (float)self->small->width;
    float *const to = spx_plane_row(self->to, y);
    float *const to_confidence = spx_plane_row(self->to_confidence, y);
    for (uint32_t x = 0; x < self->large->width; x++) {
        neighbour around[AROUND];
        const int best = find_neighbours(self, (const uint32_t[]){ x, y }, around);
        float sum = 0.0F;
        float sure = 0.0F;
        float weight = 0.0F;
        for (int i = 0; i < AROUND; i++) {
            if (!(fabsf(around[i].disparity - around[best].disparity) <= joined_px))
                continue;
            sum += around[i].weight * around[i].disparity;
            sure += around[i].weight * around[i].confidence;
            weight += around[i].weight;
        }
        to[x] = weight > 0.0F ? scale * sum / weight : scale * around[best].disparity;
        to_confidence[x] = weight > 0.0F ? sure / weight : around[best].confidence;
    }
}

spx_status spx_match_enlarge(spx_plane **disparity, spx_plane **confidence, const spx_image *small,
                             const spx_image *large, const spx_task *task, spx_diag *diag)
{
    enlarge_job job = {
        .disparity = *disparity, .confidence = *confidence, .small = small, .large = large
    };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_plane_create(&job.to, large->width, large->height, diag));
    SPX_TRY_OUT(spx_plane_create(&job.to_confidence, large->width, large->height, diag));
    SPX_TRY_OUT(spx_task_run(task, large->height, enlarge_row, &job, diag));
    spx_plane_destroy(*disparity);
    spx_plane_destroy(*confidence);
    *disparity = job.to;
    *confidence = job.to_confidence;
    job.to = NULL;
    job.to_confidence = NULL;
out:
    spx_plane_destroy(job.to);
    spx_plane_destroy(job.to_confidence);
    return status;
}
