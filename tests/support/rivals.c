#include "rivals.h"

#include "image/image.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHANNELS = SPX_IMAGE_CHANNELS, SAMPLES = 4, GROW_PX = 2, INPAINT_RADIUS = 5 };

static const double stretched_px = 1.5; /* neighbours farther apart are no surface */

static void *need(void *memory)
{
    if (memory == NULL) {
        (void)fprintf(stderr, "rivals: no memory\n");
        exit(1);
    }
    return memory;
}

static spx_image *new_like(const spx_image *image)
{
    spx_image *made = NULL;
    if (spx_image_create(&made, image->width, image->height, 8, NULL) != SPX_OK)
        need(NULL);
    memset(made->pixels, 0, made->stride_bytes * made->height);
    return made;
}

static const uint8_t *pixel_at(const spx_image *image, uint32_t x, uint32_t y)
{
    return spx_image_row8(image, y) + (size_t)CHANNELS * x;
}

spx_image *rival_stretch(const spx_image *left, const spx_plane *disparity)
{
    spx_image *const made = new_like(left);
    for (uint32_t y = 0; y < made->height; y++) {
        for (uint32_t x = 0; x < made->width; x++) {
            const double at =
                fmax(0.0, fmin(made->width - 1.0, x + (double)spx_plane_row(disparity, y)[x]));
            const uint32_t first = (uint32_t)at;
            const uint32_t second = first + 1 < made->width ? first + 1 : first;
            for (size_t c = 0; c < CHANNELS; c++) {
                const double a = pixel_at(left, first, y)[c];
                const double b = pixel_at(left, second, y)[c];
                spx_image_row8(made, y)[(size_t)CHANNELS * x + c] =
                    (uint8_t)(a + (b - a) * (at - first) + 0.5);
            }
        }
    }
    return made;
}

/* Moves pixels to the nearest column; *holes is where none came, near where what came lies. */
static spx_image *splat(const spx_image *left, const spx_plane *disparity, spx_mask **holes,
                        spx_plane **near)
{
    spx_image *const made = new_like(left);
    if (spx_mask_create(holes, made->width, made->height, NULL) != SPX_OK ||
        spx_plane_create(near, made->width, made->height, NULL) != SPX_OK)
        need(NULL);
    memset((*holes)->values, 1, (size_t)made->width * made->height);
    for (uint32_t y = 0; y < made->height; y++) {
        float *const nearest = spx_plane_row(*near, y);
        for (uint32_t x = 0; x < made->width; x++)
            nearest[x] = -INFINITY;
        for (uint32_t x = 0; x < made->width; x++) {
            const float here = spx_plane_row(disparity, y)[x];
            const long to = lround((double)x - (double)here);
            if (to < 0 || to >= (long)made->width || here <= nearest[to])
                continue;
            nearest[to] = here;
            memcpy(spx_image_row8(made, y) + (size_t)CHANNELS * (size_t)to, pixel_at(left, x, y),
                   CHANNELS);
            spx_mask_row(*holes, y)[to] = 0;
        }
    }
    return made;
}

/* ---- Telea ---- */

/* Rings from what is known: 0 known, 1 beside it, ... */
static uint16_t *find_rings(const spx_mask *holes, uint32_t *most)
{
    const size_t width = holes->width;
    const size_t count = width * holes->height;
    uint16_t *const rings = need(calloc(count, sizeof(*rings)));
    uint32_t *const open = need(malloc(count * sizeof(*open)));
    size_t end = 0;
    for (size_t i = 0; i < count; i++) {
        rings[i] = holes->values[i] ? UINT16_MAX : 0;
        if (rings[i] == 0)
            open[end++] = (uint32_t)i;
    }
    *most = 0;
    for (size_t at = 0; at < end; at++) {
        const size_t i = open[at];
        const size_t beside[4] = { i % width > 0 ? i - 1 : i, i % width + 1 < width ? i + 1 : i,
                                   i >= width ? i - width : i, i + width < count ? i + width : i };
        for (int k = 0; k < 4; k++) {
            if (rings[beside[k]] != UINT16_MAX)
                continue;
            rings[beside[k]] = (uint16_t)(rings[i] + 1);
            *most = rings[beside[k]];
            open[end++] = (uint32_t)beside[k];
        }
    }
    free(open);
    return rings;
}

static double ring_at(const uint16_t *rings, const spx_image *image, int64_t x, int64_t y)
{
    if (x < 0 || y < 0 || x >= image->width || y >= image->height)
        return 0.0;
    return rings[(size_t)y * image->width + (size_t)x];
}

static void inpaint_pixel(const spx_image *image, const uint16_t *rings, int64_t x, int64_t y)
{
    const double here = ring_at(rings, image, x, y);
    const double nx = ring_at(rings, image, x + 1, y) - ring_at(rings, image, x - 1, y);
    const double ny = ring_at(rings, image, x, y + 1) - ring_at(rings, image, x, y - 1);
    double sums[CHANNELS] = { 0.0 };
    double total = 0.0;
    for (int64_t v = y - INPAINT_RADIUS; v <= y + INPAINT_RADIUS; v++) {
        for (int64_t u = x - INPAINT_RADIUS; u <= x + INPAINT_RADIUS; u++) {
            if (u < 0 || v < 0 || u >= image->width || v >= image->height ||
                ring_at(rings, image, u, v) >= here)
                continue;
            const double dx = (double)(x - u);
            const double dy = (double)(y - v);
            const double square = dx * dx + dy * dy;
            const double along = fabs(dx * nx + dy * ny) / sqrt(square) + 1e-3;
            const double level = 1.0 / (1.0 + here - ring_at(rings, image, u, v));
            const double weight = along * level / square;
            for (int c = 0; c < CHANNELS; c++)
                sums[c] += weight * pixel_at(image, (uint32_t)u, (uint32_t)v)[c];
            total += weight;
        }
    }
    for (int c = 0; c < CHANNELS && total > 0.0; c++)
        spx_image_set_sample(image, (uint32_t)x, (uint32_t)y, c, (uint32_t)lround(sums[c] / total));
}

spx_image *rival_inpaint(const spx_image *left, const spx_plane *disparity)
{
    spx_mask *holes = NULL;
    spx_plane *near = NULL;
    uint32_t most = 0;
    spx_image *const made = splat(left, disparity, &holes, &near);
    uint16_t *const rings = find_rings(holes, &most);
    for (uint32_t ring = 1; ring <= most; ring++) {
        for (uint32_t y = 0; y < made->height; y++) {
            for (uint32_t x = 0; x < made->width; x++) {
                if (rings[(size_t)y * made->width + x] == ring)
                    inpaint_pixel(made, rings, x, y);
            }
        }
    }
    free(rings);
    spx_mask_destroy(holes);
    spx_plane_destroy(near);
    return made;
}

/* ---- forward fill ---- */

static spx_plane *grow(const spx_plane *disparity)
{
    spx_plane *grown = NULL;
    if (spx_plane_create(&grown, disparity->width, disparity->height, NULL) != SPX_OK)
        need(NULL);
    for (int64_t y = 0; y < disparity->height; y++) {
        for (int64_t x = 0; x < disparity->width; x++) {
            float most = -INFINITY;
            for (int64_t v = y - GROW_PX; v <= y + GROW_PX; v++) {
                for (int64_t u = x - GROW_PX; u <= x + GROW_PX; u++) {
                    if (u >= 0 && v >= 0 && u < disparity->width && v < disparity->height)
                        most = fmaxf(most, spx_plane_row(disparity, (uint32_t)v)[u]);
                }
            }
            spx_plane_row(grown, (uint32_t)y)[x] = most;
        }
    }
    return grown;
}

static void fill_from_far_side(const spx_image *made, const spx_mask *holes, const float *near,
                               uint32_t y)
{
    const uint8_t *const hole = spx_mask_row(holes, y);
    for (uint32_t x = 0; x < made->width; x++) {
        if (!hole[x])
            continue;
        uint32_t end = x;
        while (end < made->width && hole[end])
            end++;
        const float before = x > 0 ? near[x - 1] : INFINITY;
        const float behind = end < made->width ? near[end] : INFINITY;
        if (x == 0 && end == made->width)
            return;
        const uint32_t from = before < behind ? x - 1 : end;
        for (; x < end; x++)
            memcpy(spx_image_row8(made, y) + (size_t)CHANNELS * x, pixel_at(made, from, y),
                   CHANNELS);
    }
}

spx_image *rival_forward(const spx_image *left, const spx_plane *disparity)
{
    spx_mask *holes = NULL;
    spx_plane *near = NULL;
    spx_plane *const grown = grow(disparity);
    spx_image *const made = splat(left, grown, &holes, &near);
    for (uint32_t y = 0; y < made->height; y++)
        fill_from_far_side(made, holes, spx_plane_row(near, y), y);
    spx_plane_destroy(grown);
    spx_plane_destroy(near);
    spx_mask_destroy(holes);
    return made;
}

/* ---- polylines ---- */

/* What a sample shows so far: the nearest line through it. */
typedef struct sample {
    double depth;
    double colour[CHANNELS];
} sample;

static void draw_line(sample *row, uint32_t width, const double x[2], const double depth[2],
                      const uint8_t *const colour[2])
{
    const int stretched = fabs(x[1] - x[0]) > stretched_px;
    const int far = depth[0] <= depth[1] ? 0 : 1;
    const int first = x[0] <= x[1] ? 0 : 1;
    const double low = x[first];
    const double high = x[1 - first];
    const double begin = ceil(low * SAMPLES - 0.5);
    for (double at = begin < 0.0 ? 0.0 : begin;
         at < (double)width * SAMPLES && (at + 0.5) / SAMPLES <= high; at += 1.0) {
        const double t = high > low ? ((at + 0.5) / SAMPLES - low) / (high - low) : 0.0;
        const double share = first == 0 ? t : 1.0 - t;
        const double here = stretched ? depth[far] : depth[0] + share * (depth[1] - depth[0]);
        sample *const to = &row[(size_t)at];
        if (here <= to->depth)
            continue;
        to->depth = here;
        for (int c = 0; c < CHANNELS; c++)
            to->colour[c] =
                stretched ? colour[far][c] : colour[0][c] + share * (colour[1][c] - colour[0][c]);
    }
}

static void draw_row(const spx_image *left, const spx_plane *disparity, uint32_t y, sample *row)
{
    const uint32_t width = left->width;
    const float *const shift = spx_plane_row(disparity, y);
    for (size_t i = 0; i < (size_t)width * SAMPLES; i++)
        row[i].depth = -INFINITY;
    for (uint32_t i = 0; i <= width; i++) {
        /* The line goes on beyond the frame as it ends. */
        const uint32_t a = i == 0 ? 0 : i - 1;
        const uint32_t b = i == width ? width - 1 : i;
        const double beyond = width;
        const double x[2] = { i == 0 ? -beyond : a + 0.5 - (double)shift[a],
                              i == width ? 2 * beyond : b + 0.5 - (double)shift[b] };
        const double depth[2] = { shift[a], shift[b] };
        const uint8_t *const colour[2] = { pixel_at(left, a, y), pixel_at(left, b, y) };
        draw_line(row, width, x, depth, colour);
    }
}

spx_image *rival_polylines(const spx_image *left, const spx_plane *disparity)
{
    spx_image *const made = new_like(left);
    sample *const row = need(malloc((size_t)left->width * SAMPLES * sizeof(*row)));
    for (uint32_t y = 0; y < left->height; y++) {
        draw_row(left, disparity, y, row);
        for (uint32_t x = 0; x < left->width; x++) {
            for (int c = 0; c < CHANNELS; c++) {
                double sum = 0.0;
                for (int i = 0; i < SAMPLES; i++)
                    sum += row[(size_t)x * SAMPLES + (size_t)i].colour[c];
                spx_image_set_sample(made, x, y, c, (uint32_t)lround(sum / SAMPLES));
            }
        }
    }
    free(row);
    return made;
}
