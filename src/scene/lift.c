/*
 * A view from a little higher. Each pixel of the result looks up and down its column for the
 * nearest thing that moves onto it:
 *
 *     row of the result  y  =  v + move(v)      v: a row of the view, move(v) by its depth
 *
 * Where nothing does, something came into view: the farthest thing about goes on there.
 */
#include "scene/lift.h"

#include "image/image.h"

#include <math.h>
#include <stdlib.h>

/* More than half a pixel, so that a slope leaves no gap between two of its rows. */
static const float catch_px = 0.55F;
/* Neighbours that move further apart are two surfaces: nothing is mixed between them. */
static const float apart_px = 0.5F;

typedef struct lifting {
    const spx_image *out;
    const spx_image *view;
    const spx_image *deep;
    float moves[UINT8_MAX + 1]; /* of each depth, in pixels, down */
    uint32_t reach;             /* rows that anything may come from */
} lifting;

static float move_of(const lifting *self, uint32_t x, uint32_t row)
{
    return self->moves[spx_image_row8(self->deep, row)[(size_t)SPX_IMAGE_CHANNELS * x]];
}

static uint32_t depth_of(const lifting *self, uint32_t x, uint32_t row)
{
    return spx_image_row8(self->deep, row)[(size_t)SPX_IMAGE_CHANNELS * x];
}

/* Where a pixel's colour comes from: a row of the view, and how far below it. */
typedef struct spring {
    uint32_t row;
    float below;
} spring;

static spring find_spring(const lifting *self, uint32_t x, uint32_t y)
{
    const uint32_t last = self->view->height - 1;
    const uint32_t first = y < self->reach ? 0 : y - self->reach;
    const uint32_t end = y + self->reach > last ? last : y + self->reach;
    spring found = { .row = y };
    spring beside = { .row = y };
    int nearest = -1;
    int farthest = UINT8_MAX + 1;
    for (uint32_t row = first; row <= end; row++) {
        const int depth = (int)depth_of(self, x, row);
        const float away = (float)y - (float)row - self->moves[depth];
        const float distance = fabsf(away);
        if (distance <= catch_px &&
            (depth > nearest || (depth == nearest && distance < fabsf(found.below)))) {
            nearest = depth;
            found = (spring){ .row = row, .below = away };
        }
        if (depth < farthest || (depth == farthest && distance < fabsf(beside.below))) {
            farthest = depth;
            beside = (spring){ .row = row, .below = away };
        }
    }
    if (nearest >= 0)
        return found;
    beside.below = 0.0F;
    return beside;
}

static void put_pixel(const lifting *self, uint32_t x, uint32_t y, spring from)
{
    const size_t at = (size_t)SPX_IMAGE_CHANNELS * x;
    const uint32_t last = self->view->height - 1;
    const uint32_t other = from.below > 0.0F ? (from.row < last ? from.row + 1 : last)
                                             : (from.row > 0 ? from.row - 1 : 0);
    const float share = fabsf(move_of(self, x, other) - move_of(self, x, from.row)) > apart_px
                            ? 0.0F
                            : fabsf(from.below);
    const uint8_t *const one = spx_image_row8(self->view, from.row) + at;
    const uint8_t *const two = spx_image_row8(self->view, other) + at;
    uint8_t *const to = spx_image_row8(self->out, y) + at;
    for (size_t c = 0; c < SPX_IMAGE_CHANNELS; c++)
        to[c] = (uint8_t)((float)one[c] * (1.0F - share) + (float)two[c] * share + 0.5F);
}

static void lift_row(void *context, size_t index)
{
    const lifting *const self = context;
    const uint32_t y = (uint32_t)index;
    for (uint32_t x = 0; x < self->view->width; x++)
        put_pixel(self, x, y, find_spring(self, x, y));
}

spx_status spx_lift_view(spx_image *out, const spx_image *view, const spx_image *deep,
                         const spx_lift *lift, const spx_task *task, spx_diag *diag)
{
    lifting self = { .out = out, .view = view, .deep = deep };
    for (uint32_t depth = 0; depth <= UINT8_MAX; depth++)
        self.moves[depth] = lift->shift_px * ((float)depth / UINT8_MAX - lift->window);
    self.reach =
        (uint32_t)ceilf(fmaxf(fabsf(self.moves[0]), fabsf(self.moves[UINT8_MAX])) + catch_px);
    return spx_task_run(task, view->height, lift_row, &self, diag);
}
