/*
 * Of two places that look alike on a coarse level one may be gravel and the other the same grey out
 * of focus. A search for the least difference even prefers the second one: what is smooth differs
 * little from a mean of patches. So the photo is asked before how much fine structure it has where,
 * and the palette (palette.c) knows what each colour has of it beside each piece of border.
 */
#include "outpaint/detail.h"

#include "image/plane.h"
#include "image/plane_blur.h"
#include "outpaint/tuned.h"

#include <math.h>

static const double fine_sigma_px = 1.2;  /* detail is what this takes away */
static const double near_sigma_px = 2.0;  /* and is told of so much around */
static const double patch_sigma_px = 2.0; /* about a patch */
static const float least_energy = 1.0F;   /* squared levels: less is a photo's grain */

static int32_t long_side(const spx_patch_level *level)
{
    const int32_t width = spx_patch_rect_width(&level->photo);
    const int32_t height = spx_patch_rect_height(&level->photo);
    return width > height ? width : height;
}

static float luma_at(const spx_patch_level *level, uint32_t x, uint32_t y)
{
    const uint8_t *const pixel = spx_patch_level_source(level, (int32_t)x, (int32_t)y);
    return 0.299F * (float)pixel[0] + 0.587F * (float)pixel[1] + 0.114F * (float)pixel[2];
}

/** log2 of the mean square of what is fine, around each pixel of the level's photo. */
static spx_status measure(spx_plane **out, const spx_patch_level *level, spx_diag *diag)
{
    const uint32_t width = (uint32_t)spx_patch_rect_width(&level->photo);
    const uint32_t height = (uint32_t)spx_patch_rect_height(&level->photo);
    SPX_TRY(spx_plane_create(out, width, height, diag));
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++)
            spx_plane_row(*out, y)[x] = luma_at(level, x, y);
    }
    SPX_TRY(spx_plane_blur(*out, fine_sigma_px, diag));
    for (uint32_t y = 0; y < height; y++) {
        float *const row = spx_plane_row(*out, y);
        for (uint32_t x = 0; x < width; x++) {
            const float fine = luma_at(level, x, y) - row[x];
            row[x] = fine * fine;
        }
    }
    SPX_TRY(spx_plane_blur(*out, near_sigma_px, diag));
    for (uint32_t y = 0; y < height; y++) {
        float *const row = spx_plane_row(*out, y);
        for (uint32_t x = 0; x < width; x++)
            row[x] = log2f(fmaxf(row[x], 0.0F) + least_energy);
    }
    return SPX_OK;
}

static spx_status halve(spx_plane **plane, spx_diag *diag)
{
    const spx_plane *const from = *plane;
    spx_plane *into = NULL;
    SPX_TRY(spx_plane_create(&into, from->width / 2, from->height / 2, diag));
    for (uint32_t y = 0; y < into->height; y++) {
        const float *const upper = spx_plane_row(from, 2 * y);
        const float *const lower = spx_plane_row(from, 2 * y + 1);
        float *const row = spx_plane_row(into, y);
        for (uint32_t x = 0; x < into->width; x++)
            row[x] = (upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1]) / 4.0F;
    }
    spx_plane_destroy(*plane);
    *plane = into;
    return SPX_OK;
}

/** The mean over about a patch around each pixel. */
static spx_status keep(spx_patch_level *level, const spx_plane *plane, spx_diag *diag)
{
    spx_plane_destroy(level->detail);
    level->detail = NULL;
    SPX_TRY(spx_plane_copy(&level->detail, plane, diag));
    return spx_plane_blur(level->detail, patch_sigma_px, diag);
}

spx_status spx_patch_find_detail(spx_pyramid *pyramid, int32_t last, spx_diag *diag)
{
    spx_plane *plane = NULL;
    spx_status status = SPX_OK;
    int32_t k = 0;
    while (k < last && long_side(&pyramid->levels[k]) > tuned.local_long_side_px)
        k++;
    SPX_TRY_OUT(measure(&plane, &pyramid->levels[k], diag));
    for (; k <= pyramid->top; k++) {
        if (k >= last)
            SPX_TRY_OUT(keep(&pyramid->levels[k], plane, diag));
        if (k < pyramid->top)
            SPX_TRY_OUT(halve(&plane, diag));
    }
out:
    spx_plane_destroy(plane);
    return status;
}
