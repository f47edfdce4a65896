#include "depth/refine.h"

#include <math.h>

enum { ROWS_A_TURN = 16 };

typedef struct job {
    const spx_plane *depth;
    spx_plane *out;
} job;

/* Pixel pair and weight for position i of `size` in a row of `count`. */
static uint32_t locate(uint32_t i, uint32_t size, uint32_t count, uint32_t *next, float *weight)
{
    const double at = (i + 0.5) * count / size - 0.5;
    const double clamped = at < 0.0 ? 0.0 : at;
    uint32_t first = (uint32_t)clamped;
    if (first > count - 1)
        first = count - 1;
    *next = first + 1 < count ? first + 1 : first;
    *weight = (float)(clamped - first);
    return first;
}

static void enlarge_rows(void *context, size_t turn)
{
    const job *const self = context;
    const uint32_t first = (uint32_t)turn * ROWS_A_TURN;
    for (uint32_t y = first; y < first + ROWS_A_TURN && y < self->out->height; y++) {
        uint32_t below = 0;
        float down = 0;
        const uint32_t above = locate(y, self->out->height, self->depth->height, &below, &down);
        const float *const row0 = spx_plane_row(self->depth, above);
        const float *const row1 = spx_plane_row(self->depth, below);
        float *const out = spx_plane_row(self->out, y);
        for (uint32_t x = 0; x < self->out->width; x++) {
            uint32_t right = 0;
            float across = 0;
            const uint32_t left = locate(x, self->out->width, self->depth->width, &right, &across);
            const float top = row0[left] + across * (row0[right] - row0[left]);
            const float bottom = row1[left] + across * (row1[right] - row1[left]);
            out[x] = top + down * (bottom - top);
        }
    }
}

spx_status spx_depth_refine(const spx_plane *depth, const spx_image *photo, const spx_task *task,
                            spx_plane **out, spx_diag *diag)
{
    *out = NULL;
    job self = { .depth = depth };
    SPX_TRY(spx_plane_create(&self.out, photo->width, photo->height, diag));
    const size_t turns = (photo->height + ROWS_A_TURN - 1) / ROWS_A_TURN;
    const spx_status status = spx_task_run(task, turns, enlarge_rows, &self, diag);
    if (status == SPX_OK) {
        *out = self.out;
    } else {
        spx_plane_destroy(self.out);
    }
    return status;
}
