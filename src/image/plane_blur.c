#include "image/plane_blur.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { BOXES = 3 };

/* The box whose third repetition has this deviation: (2 r + 1)^2 - 1 = 12 sigma^2 / 3. */
static uint32_t box_radius(double sigma_px)
{
    return (uint32_t)lround((sqrt(4.0 * sigma_px * sigma_px + 1.0) - 1.0) / 2.0);
}

void spx_row_blur(float *row, uint32_t width, uint32_t radius, float *copy)
{
    memcpy(copy, row, width * sizeof(*copy));
    double sum = 0;
    uint32_t count = 0;
    for (uint32_t x = 0; x < radius && x < width; x++, count++)
        sum += copy[x];
    for (uint32_t x = 0; x < width; x++) {
        if (x + radius < width) {
            sum += copy[x + radius];
            count++;
        }
        if (x > radius) {
            sum -= copy[x - radius - 1];
            count--;
        }
        row[x] = (float)(sum / count);
    }
}

static void add_row(double *restrict sums, const float *restrict row, uint32_t width, double sign)
{
    for (uint32_t x = 0; x < width; x++)
        sums[x] += sign * row[x];
}

/* The same from row to row. ring: the last 2 * radius + 1 rows as they were. */
static void blur_columns(spx_plane *plane, uint32_t radius, double *sums, float *ring)
{
    const size_t width = plane->width;
    const uint32_t rows = 2 * radius + 1;
    uint32_t count = 0;
    memset(sums, 0, width * sizeof(*sums));
    for (uint32_t y = 0; y < radius && y < plane->height; y++, count++) {
        memcpy(ring + y * width, spx_plane_row(plane, y), width * sizeof(*ring));
        add_row(sums, ring + y * width, plane->width, 1.0);
    }
    for (uint32_t y = 0; y < plane->height; y++) {
        if (y > radius) {
            add_row(sums, ring + (y - radius - 1) % rows * width, plane->width, -1.0);
            count--;
        }
        if (y + radius < plane->height) {
            float *const kept = ring + (y + radius) % rows * width;
            memcpy(kept, spx_plane_row(plane, y + radius), width * sizeof(*ring));
            add_row(sums, kept, plane->width, 1.0);
            count++;
        }
        float *const out = spx_plane_row(plane, y);
        for (size_t x = 0; x < width; x++)
            out[x] = (float)(sums[x] / count);
    }
}

spx_status spx_plane_blur(spx_plane *plane, double sigma_px, spx_diag *diag)
{
    const uint32_t longest = plane->width > plane->height ? plane->width : plane->height;
    const uint32_t wanted = box_radius(sigma_px);
    const uint32_t radius = wanted < longest ? wanted : longest;
    double *const sums = malloc(plane->width * sizeof(*sums));
    float *const ring = malloc((2 * (size_t)radius + 1) * plane->width * sizeof(*ring));
    const int enough = sums != NULL && ring != NULL;
    for (int box = 0; box < BOXES && enough; box++) {
        for (uint32_t y = 0; y < plane->height; y++)
            spx_row_blur(spx_plane_row(plane, y), plane->width, radius, ring);
        blur_columns(plane, radius, sums, ring);
    }
    free(sums);
    free(ring);
    return enough ? SPX_OK : spx_fail_memory(diag, "blur");
}

typedef struct blurring {
    spx_plane *const *planes;
    double sigma_px;
    atomic_int failed;
} blurring;

static void blur_turn(void *context, size_t index)
{
    blurring *const self = context;
    if (spx_plane_blur(self->planes[index], self->sigma_px, NULL) != SPX_OK)
        atomic_store(&self->failed, 1);
}

spx_status spx_planes_blur(spx_plane *const *planes, size_t count, double sigma_px,
                           const spx_task *task, spx_diag *diag)
{
    blurring self = { .planes = planes, .sigma_px = sigma_px };
    SPX_TRY(spx_task_run(task, count, blur_turn, &self, diag));
    return atomic_load(&self.failed) ? spx_fail_memory(diag, "blur") : SPX_OK;
}
