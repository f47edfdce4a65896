#include "image/sphere.h"

#include "image/cubic.h"
#include "image/image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double radians = 0.017453292519943295;

double spx_sphere_focal_px(uint32_t width, double hfov_deg)
{
    return width / 2.0 / tan(hfov_deg / 2.0 * radians);
}

spx_sphere_part spx_sphere_part_of_flat(uint32_t width, uint32_t height, double hfov_deg)
{
    const double focal = spx_sphere_focal_px(width, hfov_deg);
    const double half_height = atan(height / 2.0 / focal) / radians;
    return (spx_sphere_part){ -hfov_deg / 2.0, hfov_deg, half_height, 2.0 * half_height };
}

/* ---- sampling ---- */

/* How much of a pixel around `at` lies within the picture, 0..1. */
static double inside(double at, uint32_t count)
{
    const double near = fmin(at + 0.5, (double)count - 0.5 - at) + 0.5;
    return near < 0.0 ? 0.0 : (near > 1.0 ? 1.0 : near);
}

/* The source at (x, y), 0 = the middle of its first pixel, into a pixel of another picture. */
static void sample(const spx_image *from, double x, double y, spx_image *to, uint32_t to_x,
                   uint32_t to_y)
{
    const double most = from->bits == 8 ? 255.0 : 65535.0;
    const double shown = inside(x, from->width) * inside(y, from->height);
    float got[SPX_IMAGE_CHANNELS];
    if (!(shown > 0.0))
        return; /* the picture is black from the beginning */
    spx_cubic_sample(from, x, y, got);
    for (int c = 0; c < SPX_IMAGE_CHANNELS; c++) {
        const double value = fmin(most, fmax(0.0, got[c])) * shown;
        spx_image_set_sample(to, to_x, to_y, c, (uint32_t)lround(value));
    }
}

/* ---- both ways ---- */

typedef struct sphere_job {
    const spx_image *from;
    uint32_t width; /* wanted */
    uint32_t height;
    spx_image *to;
    const spx_sphere_part *part;
    double focal_px;      /* of the flat picture */
    const double *column; /* of each column of `to`: longitude, radians */
} sphere_job;

static void sphere_row(void *context, size_t index)
{
    const sphere_job *const self = context;
    const spx_image *const flat = self->from;
    const double down = ((double)index + 0.5) / self->to->height;
    const double latitude = (self->part->top_deg - down * self->part->height_deg) * radians;
    for (uint32_t x = 0; x < self->to->width; x++) {
        const double ahead = cos(self->column[x]);
        if (ahead <= 0.0)
            continue;
        const double from_x = tan(self->column[x]) * self->focal_px + flat->width / 2.0 - 0.5;
        const double from_y = flat->height / 2.0 - 0.5 - tan(latitude) / ahead * self->focal_px;
        sample(flat, from_x, from_y, self->to, x, (uint32_t)index);
    }
}

static void flat_row(void *context, size_t index)
{
    const sphere_job *const self = context;
    const spx_sphere_part *const part = self->part;
    const double y = ((double)index + 0.5 - self->to->height / 2.0) / self->focal_px;
    for (uint32_t x = 0; x < self->to->width; x++) {
        const double longitude = self->column[x];
        const double latitude = -atan(y * cos(longitude)) / radians;
        const double across = (longitude / radians - part->left_deg) / part->width_deg;
        const double down = (part->top_deg - latitude) / part->height_deg;
        sample(self->from, across * self->from->width - 0.5, down * self->from->height - 0.5,
               self->to, x, (uint32_t)index);
    }
}

static spx_status run(spx_image **out, sphere_job *job, void (*row)(void *, size_t),
                      const spx_task *task, spx_diag *diag)
{
    const uint32_t width = job->width;
    const uint32_t height = job->height;
    double *const column = malloc(width * sizeof(*column));
    spx_status status = SPX_OK;
    *out = NULL;
    if (column == NULL)
        return spx_fail_memory(diag, "sphere");
    for (uint32_t x = 0; x < width; x++) {
        column[x] =
            row == flat_row
                ? atan((x + 0.5 - width / 2.0) / job->focal_px)
                : (job->part->left_deg + (x + 0.5) / width * job->part->width_deg) * radians;
    }
    job->column = column;
    SPX_TRY_OUT(spx_image_create(&job->to, width, height, job->from->bits, diag));
    for (uint32_t y = 0; y < height; y++)
        memset(spx_image_row8(job->to, y), 0, width * spx_image_pixel_bytes(job->to));
    SPX_TRY_OUT(spx_task_run(task, height, row, job, diag));
    *out = job->to;
    job->to = NULL; /* moved to the caller */
out:
    spx_image_unref(job->to);
    free(column);
    return status;
}

// NOLINTNEXTLINE(readability-function-size): two pictures and how they lie to each other
spx_status spx_sphere_from_flat(spx_image **out, const spx_image *flat, double hfov_deg,
                                const spx_sphere_part *part, uint32_t width, uint32_t height,
                                const spx_task *task, spx_diag *diag)
{
    sphere_job job = { .from = flat,
                       .width = width,
                       .height = height,
                       .part = part,
                       .focal_px = spx_sphere_focal_px(flat->width, hfov_deg) };
    return run(out, &job, sphere_row, task, diag);
}

spx_status spx_sphere_to_flat(spx_image **out, const spx_image *sphere, const spx_sphere_part *part,
                              const spx_sphere_view *view, const spx_task *task, spx_diag *diag)
{
    sphere_job job = { .from = sphere,
                       .width = view->width,
                       .height = view->height,
                       .part = part,
                       .focal_px = spx_sphere_focal_px(view->width, view->hfov_deg) };
    return run(out, &job, flat_row, task, diag);
}
