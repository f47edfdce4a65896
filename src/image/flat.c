/*
 * Two pictures in one, made row by row as the writers ask for it. A run of pixels is cut at the
 * border of the two pictures; each part is copied or halved from its own picture.
 */
#include "image/flat.h"

#include "base/size.h"
#include "image/image.h"

#include <math.h>
#include <string.h>

static uint32_t half(uint32_t side)
{
    return side / 2 + side % 2;
}

static void copy_run(const spx_image *image, uint32_t x, uint32_t y, uint32_t count, uint8_t *out)
{
    const size_t pixel = spx_image_pixel_bytes(image);
    memcpy(out, spx_image_row8(image, y) + x * pixel, count * pixel);
}

static void put_sample(void *out, unsigned bits, size_t at, uint32_t value)
{
    if (bits == 8) {
        ((uint8_t *)out)[at] = (uint8_t)value;
    } else {
        ((uint16_t *)out)[at] = (uint16_t)value;
    }
}

/* Even widths: each new pixel is the mean of two. */
static void halve_even(const spx_image *image, uint32_t x, uint32_t y, uint32_t count, void *out)
{
    if (image->bits == 8) {
        const uint8_t *in = spx_image_row8(image, y) + (size_t)2 * x * SPX_IMAGE_CHANNELS;
        uint8_t *to = out;
        for (uint32_t i = 0; i < count; i++, in += 2 * SPX_IMAGE_CHANNELS) {
            for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
                *to++ = (uint8_t)((in[c] + in[c + SPX_IMAGE_CHANNELS] + 1) / 2);
        }
        return;
    }
    const uint16_t *in = spx_image_row16(image, y) + (size_t)2 * x * SPX_IMAGE_CHANNELS;
    uint16_t *to = out;
    for (uint32_t i = 0; i < count; i++, in += 2 * SPX_IMAGE_CHANNELS) {
        for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
            *to++ = (uint16_t)((in[c] + in[c + SPX_IMAGE_CHANNELS] + 1) / 2);
    }
}

/*
 * Odd sides: along an axis of `from` pixels that become `to`, an old pixel is `to` units long and a
 * new one `from`. A new pixel then lies on two or three old ones, the first of them at `first`.
 */
typedef struct span {
    uint32_t first;
    uint32_t count;
    uint64_t weights[3]; /* units; their sum is `from` */
} span;

static span span_of(uint32_t index, uint32_t from, uint32_t to)
{
    const uint64_t begin = (uint64_t)index * from;
    const uint64_t end = begin + from;
    span out = { .first = (uint32_t)(begin / to) };
    for (uint64_t old = out.first; old * to < end; old++) {
        const uint64_t low = old * to > begin ? old * to : begin;
        const uint64_t high = (old + 1) * to < end ? (old + 1) * to : end;
        out.weights[out.count++] = high - low;
    }
    return out;
}

static void halve_odd(const spx_image *image, uint32_t x, uint32_t y, uint32_t count, void *out)
{
    const uint32_t from = image->width;
    for (uint32_t i = 0; i < count; i++) {
        const span under = span_of(x + i, from, half(from));
        for (int c = 0; c < SPX_IMAGE_CHANNELS; c++) {
            uint64_t sum = from / 2;
            for (uint32_t k = 0; k < under.count; k++)
                sum += under.weights[k] * spx_image_sample(image, under.first + k, y, c);
            put_sample(out, image->bits, (size_t)SPX_IMAGE_CHANNELS * i + (size_t)c,
                       (uint32_t)(sum / from));
        }
    }
}

/* Row y of the picture at half its height. */
static void halve_height(const spx_image *image, uint32_t x, uint32_t y, uint32_t count, void *out)
{
    const uint32_t from = image->height;
    const span under = span_of(y, from, half(from));
    for (uint32_t i = 0; i < count; i++) {
        for (int c = 0; c < SPX_IMAGE_CHANNELS; c++) {
            uint64_t sum = from / 2;
            for (uint32_t k = 0; k < under.count; k++)
                sum += under.weights[k] * spx_image_sample(image, x + i, under.first + k, c);
            put_sample(out, image->bits, (size_t)SPX_IMAGE_CHANNELS * i + (size_t)c,
                       (uint32_t)(sum / from));
        }
    }
}

/* The part of a run that lies within from..from + width; returns its pixels, *x becomes relative
 * to `from`. */
static uint32_t part_of(uint32_t *x, uint32_t count, uint32_t from, uint32_t width)
{
    const uint32_t end = *x + count < from + width ? *x + count : from + width;
    const uint32_t begin = *x > from ? *x : from;
    *x = begin - from;
    return end > begin ? end - begin : 0;
}

static void run_beside(const void *source, uint32_t x, uint32_t y, uint32_t count, void *out)
{
    const spx_flat *const flat = source;
    const uint32_t width = flat->first->width;
    const size_t pixel = spx_image_pixel_bytes(flat->first);
    uint8_t *to = out;
    uint32_t at = x;
    uint32_t part = part_of(&at, count, 0, width);
    if (part != 0)
        copy_run(flat->first, at, y, part, to);
    to += part * pixel;
    at = x;
    part = part_of(&at, count, width, flat->gap_px);
    for (; part != 0; part--, to += pixel)
        copy_run(flat->first, width - 1, y, 1, to);
    at = x;
    part = part_of(&at, count, width + flat->gap_px, width);
    if (part != 0)
        copy_run(flat->second, at, y, part, to);
}

static void run_half_beside(const void *source, uint32_t x, uint32_t y, uint32_t count, void *out)
{
    const spx_flat *const flat = source;
    const spx_image *const eyes[2] = { flat->first, flat->second };
    const uint32_t width = half(flat->first->width);
    uint8_t *to = out;
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t at = x;
        const uint32_t part = part_of(&at, count, i * width, width);
        if (part == 0)
            continue;
        if (eyes[i]->width % 2 == 0) {
            halve_even(eyes[i], at, y, part, to);
        } else {
            halve_odd(eyes[i], at, y, part, to);
        }
        to += part * spx_image_pixel_bytes(eyes[i]);
    }
}

static void run_above(const void *source, uint32_t x, uint32_t y, uint32_t count, void *out)
{
    const spx_flat *const flat = source;
    const uint32_t height = flat->first->height;
    if (y < height) {
        copy_run(flat->first, x, y, count, out);
    } else {
        copy_run(flat->second, x, y - height, count, out);
    }
}

static void run_half_above(const void *source, uint32_t x, uint32_t y, uint32_t count, void *out)
{
    const spx_flat *const flat = source;
    const uint32_t height = half(flat->first->height);
    if (y < height) {
        halve_height(flat->first, x, y, count, out);
    } else {
        halve_height(flat->second, x, y - height, count, out);
    }
}

static void run_rows(const void *source, uint32_t x, uint32_t y, uint32_t count, void *out)
{
    const spx_flat *const flat = source;
    copy_run(y % 2 == 0 ? flat->first : flat->second, x, y, count, out);
}

/* Two sides and a gap in one, which must still be a size of a picture. */
static spx_status twice(uint32_t *out, uint32_t side, uint32_t gap, spx_diag *diag)
{
    const uint64_t whole = 2 * (uint64_t)side + gap;
    if (whole > INT32_MAX)
        return spx_fail(diag, SPX_ERR_LIMIT, "two pictures in one: %u and %u pixels", side, side);
    *out = (uint32_t)whole;
    return SPX_OK;
}

spx_status spx_flat_rows(spx_rows *out, const spx_flat *flat, spx_diag *diag)
{
    const spx_image *const first = flat->first;
    const spx_image *const second = flat->second;
    *out = (spx_rows){
        .width = first->width, .height = first->height, .bits = first->bits, .source = flat
    };
    if (first->width != second->width || first->height != second->height ||
        first->bits != second->bits) {
        return spx_fail(diag, SPX_ERR_ARGUMENT,
                        "two pictures in one: %ux%u, %u bits and %ux%u, %u bits", first->width,
                        first->height, first->bits, second->width, second->height, second->bits);
    }
    switch (flat->layout) {
    case SPX_FLAT_BESIDE:
        out->run = run_beside;
        return twice(&out->width, first->width, flat->gap_px, diag);
    case SPX_FLAT_HALF_BESIDE:
        out->run = run_half_beside;
        return twice(&out->width, half(first->width), 0, diag);
    case SPX_FLAT_ABOVE:
        out->run = run_above;
        return twice(&out->height, first->height, 0, diag);
    case SPX_FLAT_HALF_ABOVE:
        out->run = run_half_above;
        return twice(&out->height, half(first->height), 0, diag);
    case SPX_FLAT_ROWS:
        out->run = run_rows;
        return SPX_OK;
    }
    return spx_fail(diag, SPX_ERR_ARGUMENT, "no such layout: %d", (int)flat->layout);
}

/* NaN counts as 0. */
static uint8_t grey_of(float value)
{
    if (!(value > 0.0f))
        return 0;
    return value < 1.0f ? (uint8_t)lrintf(value * 255.0f) : UINT8_MAX;
}

static void run_color(const spx_image *image, uint32_t x, uint32_t y, uint32_t count, uint8_t *out)
{
    if (image->bits == 8) {
        copy_run(image, x, y, count, out);
        return;
    }
    const uint16_t *const in = spx_image_row16(image, y) + (size_t)x * SPX_IMAGE_CHANNELS;
    for (size_t i = 0; i < (size_t)count * SPX_IMAGE_CHANNELS; i++)
        out[i] = spx_sample_8_of_16(in[i]);
}

static void run_color_depth(const void *source, uint32_t x, uint32_t y, uint32_t count, void *out)
{
    const spx_color_depth *const pair = source;
    const uint32_t width = pair->color->width;
    uint8_t *to = out;
    uint32_t at = x;
    uint32_t part = part_of(&at, count, 0, width);
    if (part != 0)
        run_color(pair->color, at, y, part, to);
    to += (size_t)part * SPX_IMAGE_CHANNELS;
    at = x;
    part = part_of(&at, count, width, width);
    const float *const depth = spx_plane_row(pair->depth, y) + at;
    for (uint32_t i = 0; i < part; i++, to += SPX_IMAGE_CHANNELS)
        memset(to, grey_of(depth[i]), SPX_IMAGE_CHANNELS);
}

spx_status spx_color_depth_rows(spx_rows *out, const spx_color_depth *pair, spx_diag *diag)
{
    const spx_image *const color = pair->color;
    *out = (spx_rows){ .height = color->height, .bits = 8, .run = run_color_depth, .source = pair };
    if (pair->depth->width != color->width || pair->depth->height != color->height) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "the depth map is %ux%u, the picture %ux%u",
                        pair->depth->width, pair->depth->height, color->width, color->height);
    }
    return twice(&out->width, color->width, 0, diag);
}
