#include "scene/reduce.h"

#include "image/cubic.h"
#include "image/image.h"
#include "image/resize.h"

#include <math.h>

spx_subject spx_subject_find(const spx_plane *depth)
{
    /* A bell over the middle third weighs places, the square weighs nearness. */
    static const double spread = 0.25;
    enum { SAMPLES = 64 };
    double weights = 1e-9;
    spx_subject sum = { .x = 0.5 * weights, .y = 0.5 * weights, .depth = 0.5 * weights };
    for (uint32_t j = 0; j < SAMPLES; j++) {
        const double v = (j + 0.5) / SAMPLES;
        const float *const row = spx_plane_row(depth, (uint32_t)(v * depth->height));
        for (uint32_t i = 0; i < SAMPLES; i++) {
            const double u = (i + 0.5) / SAMPLES;
            const double own = (double)row[(uint32_t)(u * depth->width)];
            const double near = own > 0.0 ? fmin(own, 1.0) : 0.0; /* NaN: far */
            const double away = ((u - 0.5) * (u - 0.5) + (v - 0.5) * (v - 0.5)) / (spread * spread);
            const double weight = near * near * exp(-away / 2.0);
            sum.x += weight * u;
            sum.y += weight * v;
            sum.depth += weight * near;
            weights += weight;
        }
    }
    return (
        spx_subject){ .x = sum.x / weights, .y = sum.y / weights, .depth = sum.depth / weights };
}

/* Where a part of `size` begins that has `middle` in its middle, within `whole`. */
static uint32_t begin_of(double middle, uint32_t size, uint32_t whole)
{
    const double begin = middle * whole - size / 2.0;
    return (uint32_t)lround(fmin(fmax(begin, 0.0), (double)(whole - size)));
}

static uint32_t at_least_one(double value, uint32_t most)
{
    return value < 1.0 ? 1 : (value > most ? most : (uint32_t)lround(value));
}

spx_crop spx_crop_to_aspect(uint32_t width, uint32_t height, double aspect,
                            const spx_subject *subject)
{
    spx_crop crop = { .width = width, .height = height };
    if ((double)width > aspect * height) {
        crop.width = at_least_one(aspect * height, width);
    } else {
        crop.height = at_least_one(width / aspect, height);
    }
    crop.x = begin_of(subject->x, crop.width, width);
    crop.y = begin_of(subject->y, crop.height, height);
    return crop;
}

void spx_fit_long_side(uint32_t *width, uint32_t *height, uint32_t long_side, int even)
{
    const uint32_t longest = *width > *height ? *width : *height;
    if (longest > long_side) {
        const double scale = (double)long_side / longest;
        *width = at_least_one(*width * scale, long_side);
        *height = at_least_one(*height * scale, long_side);
    }
    if (even) {
        *width = *width < 2 ? 2 : *width & ~1U;
        *height = *height < 2 ? 2 : *height & ~1U;
    }
}

static void take_depth(spx_plane *to, const spx_plane *from, const spx_crop *crop)
{
    for (uint32_t y = 0; y < to->height; y++) {
        const uint64_t at_y = (2 * (uint64_t)y + 1) * crop->height / (2 * (uint64_t)to->height);
        const float *const in = spx_plane_row(from, crop->y + (uint32_t)at_y) + crop->x;
        float *const out = spx_plane_row(to, y);
        for (uint32_t x = 0; x < to->width; x++)
            out[x] = in[(2 * (uint64_t)x + 1) * crop->width / (2 * (uint64_t)to->width)];
    }
}

/* ---- larger ---- */

/* One row of a larger picture or map. */
typedef struct growth {
    const spx_reduced *from;
    const spx_reduced *to;
} growth;

/* Where a pixel of `count` lies among `from`. */
static double place_of(uint32_t pixel, uint32_t count, uint32_t from)
{
    return (pixel + 0.5) * from / count - 0.5;
}

/*
 * Depth between four pixels: even where they are of one surface. At a step it is that of the near
 * ones or of the far ones, whichever have more of the place: so the edge is a smooth line, and no
 * slope runs from one thing to another.
 */
static float depth_between(const spx_plane *map, double x, double y)
{
    static const float one_surface = 0.01F;
    const double left = fmin(fmax(floor(x), 0.0), map->width - 1.0);
    const double top = fmin(fmax(floor(y), 0.0), map->height - 1.0);
    const float u = (float)fmin(fmax(x - left, 0.0), 1.0);
    const float v = (float)fmin(fmax(y - top, 0.0), 1.0);
    const uint32_t column = (uint32_t)left;
    const uint32_t next = column + 1 < map->width ? column + 1 : column;
    const float *const upper = spx_plane_row(map, (uint32_t)top);
    const float *const lower =
        spx_plane_row(map, (uint32_t)top + 1 < map->height ? (uint32_t)top + 1 : (uint32_t)top);
    const float depths[4] = { upper[column], upper[next], lower[column], lower[next] };
    const float shares[4] = { (1.0F - u) * (1.0F - v), u * (1.0F - v), (1.0F - u) * v, u * v };
    const float low = fminf(fminf(depths[0], depths[1]), fminf(depths[2], depths[3]));
    const float high = fmaxf(fmaxf(depths[0], depths[1]), fmaxf(depths[2], depths[3]));
    const float middle = high - low > one_surface ? (low + high) / 2.0F : low - 1.0F;
    float sum[2] = { 0.0F, 0.0F };
    float weight[2] = { 0.0F, 0.0F };
    for (int k = 0; k < 4; k++) {
        const int near = depths[k] > middle;
        sum[near] += shares[k] * depths[k];
        weight[near] += shares[k];
    }
    const int near = weight[1] >= weight[0];
    return sum[near] / weight[near];
}

static void grow_row(void *context, size_t index)
{
    const growth *const self = context;
    const spx_image *const from = self->from->photo;
    const spx_image *const to = self->to->photo;
    const uint32_t y = (uint32_t)index;
    const double v = place_of(y, to->height, from->height);
    const float most = to->bits == 8 ? (float)UINT8_MAX : (float)UINT16_MAX;
    for (uint32_t x = 0; x < to->width; x++) {
        const double u = place_of(x, to->width, from->width);
        float pixel[SPX_IMAGE_CHANNELS];
        spx_cubic_sample(from, u, v, pixel);
        for (int c = 0; c < SPX_IMAGE_CHANNELS; c++) {
            const float value = fminf(fmaxf(pixel[c], 0.0F), most);
            spx_image_set_sample(to, x, y, c, (uint32_t)(value + 0.5F));
        }
        spx_plane_row(self->to->depth, y)[x] = depth_between(self->from->depth, u, v);
    }
}

/* Makes *reduced, which is its owner, larger. */
static spx_status grow_to(spx_reduced *reduced, uint32_t width, uint32_t height,
                          const spx_task *task, spx_diag *diag)
{
    spx_reduced large = { 0 };
    growth self = { .from = reduced, .to = &large };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_image_create(&large.photo, width, height, reduced->photo->bits, diag));
    SPX_TRY_OUT(spx_plane_create(&large.depth, width, height, diag));
    SPX_TRY_OUT(spx_task_run(task, height, grow_row, &self, diag));
    spx_reduced_clear(reduced);
    *reduced = large;
    large = (spx_reduced){ 0 }; /* moved */
out:
    spx_reduced_clear(&large);
    return status;
}

// NOLINTNEXTLINE(readability-function-size): what, which part of it, how large
spx_status spx_reduce(spx_reduced *out, const spx_image *photo, const spx_plane *depth,
                      const spx_crop *crop, uint32_t width, uint32_t height, const spx_task *task,
                      spx_diag *diag)
{
    *out = (spx_reduced){ 0 };
    const spx_image part = spx_image_part(photo, crop->x, crop->y, crop->width, crop->height);
    const uint32_t columns = width < crop->width ? width : crop->width;
    const uint32_t rows = height < crop->height ? height : crop->height;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_image_resize(&out->photo, &part, columns, rows, task, diag));
    SPX_TRY_OUT(spx_plane_create(&out->depth, columns, rows, diag));
    take_depth(out->depth, depth, crop);
    if (columns < width || rows < height)
        status = grow_to(out, width, height, task, diag);
out:
    if (status != SPX_OK)
        spx_reduced_clear(out);
    return status;
}

void spx_reduced_clear(spx_reduced *reduced)
{
    spx_image_unref(reduced->photo);
    spx_plane_destroy(reduced->depth);
    *reduced = (spx_reduced){ 0 };
}
