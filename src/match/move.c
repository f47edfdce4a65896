#include "match/move.h"

#include "image/cubic.h"
#include "image/image.h"

#include <math.h>

enum { ROUNDS = 4 };

typedef struct move_job {
    const spx_image *from; /* the right eye */
    spx_image *to;
    const spx_move *move;
    uint32_t left; /* of the cut, in the left eye's pixels */
    uint32_t top;
} move_job;

/* Where the left eye's pixel lies in the right eye. */
static void place_of(const move_job *self, double x, double y, double *to_x, double *to_y)
{
    const double middle_x = (self->from->width - 1) / 2.0;
    const double middle_y = (self->from->height - 1) / 2.0;
    const double dx = x - middle_x;
    const double dy = y - middle_y;
    *to_x = middle_x + self->move->scale * (dx - self->move->turn * dy);
    *to_y = middle_y + self->move->scale * (dy + self->move->turn * dx) + self->move->offset_px;
}

/* Margins left, top, right, bottom that leave what lies inside: the corners decide, in turns,
 * as each margin moves the corners of the next. */
static void find_margins(const move_job *self, uint32_t margins[4])
{
    const double width = self->from->width;
    const double height = self->from->height;
    for (int round = 0; round < ROUNDS; round++) {
        for (int side = 0; side < 4; side++) {
            const double x[2] = { margins[0], width - 1 - margins[2] };
            const double y[2] = { margins[1], height - 1 - margins[3] };
            double over = 0.0;
            for (int end = 0; end < 2; end++) {
                double to_x = 0.0;
                double to_y = 0.0;
                place_of(self, side == 0 ? x[0] : (side == 2 ? x[1] : x[end]),
                         side == 1 ? y[0] : (side == 3 ? y[1] : y[end]), &to_x, &to_y);
                const double beyond[4] = { -to_x, -to_y, to_x - (width - 1), to_y - (height - 1) };
                over = fmax(over, beyond[side]);
            }
            margins[side] += (uint32_t)ceil(over - 1e-6);
        }
    }
}

static void move_row(void *context, size_t index)
{
    const move_job *const self = context;
    const double most = self->from->bits == 8 ? 255.0 : 65535.0;
    for (uint32_t x = 0; x < self->to->width; x++) {
        double from_x = 0.0;
        double from_y = 0.0;
        float pixel[SPX_IMAGE_CHANNELS];
        place_of(self, (double)x + self->left, (double)index + self->top, &from_x, &from_y);
        spx_cubic_sample(self->from, from_x, from_y, pixel);
        for (int c = 0; c < SPX_IMAGE_CHANNELS; c++) {
            const double value = fmin(most, fmax(0.0, (double)pixel[c] / self->move->gain[c]));
            spx_image_set_sample(self->to, x, (uint32_t)index, c, (uint32_t)lround(value));
        }
    }
}

spx_status spx_move_eyes(spx_image *made[2], spx_image *const eyes[2], const spx_move *move,
                         const spx_task *task, spx_diag *diag)
{
    const uint32_t width = eyes[0]->width;
    const uint32_t height = eyes[0]->height;
    uint32_t margins[4] = { 0 };
    move_job job = { .from = eyes[1], .move = move };
    spx_status status = SPX_OK;
    made[0] = NULL;
    made[1] = NULL;
    find_margins(&job, margins);
    if (margins[0] + margins[2] >= width || margins[1] + margins[3] >= height)
        return spx_fail(diag, SPX_ERR_UNSUPPORTED, "the eyes show no common picture");
    const int whole = margins[0] + margins[1] + margins[2] + margins[3] == 0;
    const uint32_t new_width = width - margins[0] - margins[2];
    const uint32_t new_height = height - margins[1] - margins[3];
    job.left = margins[0];
    job.top = margins[1];
    SPX_TRY_OUT(spx_image_create(&job.to, new_width, new_height, eyes[1]->bits, diag));
    SPX_TRY_OUT(spx_task_run(task, new_height, move_row, &job, diag));
    if (whole) {
        made[0] = spx_image_ref(eyes[0]);
    } else {
        const spx_image common = spx_image_part(eyes[0], job.left, job.top, new_width, new_height);
        SPX_TRY_OUT(spx_image_copy(&made[0], &common, diag));
    }
    made[1] = job.to;
    job.to = NULL; /* moved to the caller */
out:
    spx_image_unref(job.to);
    return status;
}
