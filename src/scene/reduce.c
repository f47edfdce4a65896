#include "scene/reduce.h"

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

// NOLINTNEXTLINE(readability-function-size): what, which part of it, how large
spx_status spx_reduce(spx_reduced *out, const spx_image *photo, const spx_plane *depth,
                      const spx_crop *crop, uint32_t width, uint32_t height, const spx_task *task,
                      spx_diag *diag)
{
    *out = (spx_reduced){ 0 };
    spx_image part = *photo; /* borrows the pixels */
    part.width = crop->width;
    part.height = crop->height;
    part.pixels += crop->y * photo->stride_bytes + (size_t)crop->x * spx_image_pixel_bytes(photo);
    spx_status status = spx_image_resize(&out->photo, &part, width, height, task, diag);
    if (status == SPX_OK)
        status = spx_plane_create(&out->depth, width, height, diag);
    if (status == SPX_OK) {
        take_depth(out->depth, depth, crop);
    } else {
        spx_reduced_clear(out);
    }
    return status;
}

void spx_reduced_clear(spx_reduced *reduced)
{
    spx_image_unref(reduced->photo);
    spx_plane_destroy(reduced->depth);
    *reduced = (spx_reduced){ 0 };
}
