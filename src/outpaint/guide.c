#include "outpaint/guide.h"
#include "outpaint/tuned.h"

#include <math.h>
#include <stdlib.h>

/** Running sums over the photo: R, G, B, luma, luma squared. */
enum { SUM_CHANNELS = 5, WINDOW_SHARE = 14, WINDOW_MIN_PX = 2, BORDER_PX = 2 };

static double luma_of(const uint8_t *pixel)
{
    return 0.3 * pixel[0] + 0.6 * pixel[1] + 0.1 * pixel[2];
}

/** sums: [photo height + 1][photo width + 1][SUM_CHANNELS], of the pixels above and left. */
static void sum_photo(const spx_patch_level *level, double *sums)
{
    const int32_t width = spx_patch_rect_width(&level->photo);
    const int32_t height = spx_patch_rect_height(&level->photo);
    const size_t line = (size_t)SUM_CHANNELS * ((size_t)width + 1);
    for (int32_t y = 0; y < height; y++) {
        double row[SUM_CHANNELS] = { 0 };
        const uint8_t *const pixels =
            spx_patch_level_at(level, level->photo.x0, level->photo.y0 + y);
        for (int32_t x = 0; x < width; x++) {
            const uint8_t *const pixel = pixels + (size_t)3 * (size_t)x;
            const double luma = luma_of(pixel);
            row[0] += pixel[0];
            row[1] += pixel[1];
            row[2] += pixel[2];
            row[3] += luma;
            row[4] += luma * luma;
            double *const at =
                sums + (size_t)(y + 1) * line + (size_t)SUM_CHANNELS * ((size_t)x + 1);
            for (size_t c = 0; c < SUM_CHANNELS; c++)
                at[c] = at[c - line] + row[c];
        }
    }
}

/** box: in photo coordinates, inside the photo. */
static void describe(const spx_patch_rect *box, const double *sums, int32_t photo_width, float *out)
{
    const size_t line = (size_t)SUM_CHANNELS * ((size_t)photo_width + 1);
    const double *const low = sums + (size_t)box->y0 * line;
    const double *const high = sums + (size_t)box->y1 * line;
    const size_t left = (size_t)SUM_CHANNELS * (size_t)box->x0;
    const size_t right = (size_t)SUM_CHANNELS * (size_t)box->x1;
    const double area = (double)spx_patch_rect_width(box) * spx_patch_rect_height(box);
    double mean[SUM_CHANNELS];
    for (size_t c = 0; c < SUM_CHANNELS; c++)
        mean[c] = (high[right + c] - high[left + c] - low[right + c] + low[left + c]) / area;
    for (size_t c = 0; c < 3; c++)
        out[c] = (float)mean[c];
    const double variance = mean[4] - mean[3] * mean[3];
    out[3] = (float)(0.5 * log2(fmax(variance, 0.0) + tuned.guide_variance_floor));
}

spx_status spx_patch_guide(spx_patch_level *level, spx_diag *diag)
{
    const int32_t width = spx_patch_rect_width(&level->photo);
    const int32_t height = spx_patch_rect_height(&level->photo);
    double *const sums =
        calloc(((size_t)width + 1) * ((size_t)height + 1) * SUM_CHANNELS, sizeof(*sums));
    free(level->guide);
    level->guide = calloc((size_t)level->width * (size_t)level->height * SPX_PATCH_GUIDE_CHANNELS,
                          sizeof(*level->guide));
    if (sums == NULL || level->guide == NULL) {
        free(sums);
        return spx_fail_memory(diag, "outpainting guide");
    }
    sum_photo(level, sums);
    const int32_t least =
        height / WINDOW_SHARE > WINDOW_MIN_PX ? height / WINDOW_SHARE : WINDOW_MIN_PX;
    for (int32_t y = 0; y < level->height; y++) {
        for (int32_t x = 0; x < level->width; x++) {
            const spx_patch_source near = spx_patch_level_nearest(level, x, y);
            const int32_t reach_x = least + abs(y - level->photo.y0 - near.y) / 4;
            const int32_t reach_y = least + abs(x - level->photo.x0 - near.x) / 4;
            const spx_patch_rect box = {
                .x0 = spx_patch_clamp(near.x - reach_x, 0, width - 1),
                .y0 = spx_patch_clamp(near.y - reach_y, 0, height - 1),
                .x1 = spx_patch_clamp(near.x + reach_x + 1, 1, width),
                .y1 = spx_patch_clamp(near.y + reach_y + 1, 1, height),
            };
            describe(&box, sums, width,
                     level->guide +
                         SPX_PATCH_GUIDE_CHANNELS * ((size_t)y * (size_t)level->width + (size_t)x));
        }
    }
    free(sums);
    return SPX_OK;
}

/** The plane at a place of the photo, 0..1 each way. */
static float depth_at(const spx_plane *depth, double x, double y)
{
    const double at_x = fmin(fmax(x * depth->width - 0.5, 0.0), depth->width - 1.0);
    const double at_y = fmin(fmax(y * depth->height - 0.5, 0.0), depth->height - 1.0);
    const uint32_t left = (uint32_t)at_x;
    const uint32_t top = (uint32_t)at_y;
    const uint32_t right = left + 1 < depth->width ? left + 1 : left;
    const float part_x = (float)(at_x - left);
    const float part_y = (float)(at_y - top);
    const float *const upper = spx_plane_row(depth, top);
    const float *const lower = spx_plane_row(depth, top + 1 < depth->height ? top + 1 : top);
    const float above = upper[left] + part_x * (upper[right] - upper[left]);
    const float below = lower[left] + part_x * (lower[right] - lower[left]);
    return above + part_y * (below - above);
}

/** The nearest thing along the border around one of its pixels. */
static float nearest_around(const spx_patch_level *level, int32_t x, int32_t y, int32_t reach)
{
    const spx_patch_rect *const photo = &level->photo;
    float nearest = 0.0F;
    for (int32_t v = spx_patch_clamp(y - reach, photo->y0, photo->y1 - 1);
         v <= spx_patch_clamp(y + reach, photo->y0, photo->y1 - 1); v++) {
        for (int32_t u = spx_patch_clamp(x - reach, photo->x0, photo->x1 - 1);
             u <= spx_patch_clamp(x + reach, photo->x0, photo->x1 - 1); u++) {
            const int32_t inside_x =
                u - photo->x0 < photo->x1 - 1 - u ? u - photo->x0 : photo->x1 - 1 - u;
            const int32_t inside_y =
                v - photo->y0 < photo->y1 - 1 - v ? v - photo->y0 : photo->y1 - 1 - v;
            if (inside_x > BORDER_PX && inside_y > BORDER_PX)
                continue;
            nearest = fmaxf(nearest, level->nearness[(size_t)v * (size_t)level->width + (size_t)u]);
        }
    }
    return nearest;
}

spx_status spx_patch_guide_nearness(spx_patch_level *level, const spx_plane *depth, spx_diag *diag)
{
    const spx_patch_rect *const photo = &level->photo;
    const double width = spx_patch_rect_width(photo);
    const double height = spx_patch_rect_height(photo);
    const int32_t reach = 1 + spx_patch_rect_height(photo) / WINDOW_SHARE;
    const spx_patch_rect all = { .x1 = level->width, .y1 = level->height };
    free(level->nearness);
    level->nearness =
        calloc((size_t)level->width * (size_t)level->height, sizeof(*level->nearness));
    if (level->nearness == NULL)
        return spx_fail_memory(diag, "outpainting guide");
    for (int32_t y = photo->y0; y < photo->y1; y++) {
        for (int32_t x = photo->x0; x < photo->x1; x++) {
            level->nearness[(size_t)y * (size_t)level->width + (size_t)x] =
                depth_at(depth, (x - photo->x0 + 0.5) / width, (y - photo->y0 + 0.5) / height);
        }
    }
    for (int32_t y = 0; y < level->height; y++) {
        const spx_patch_spans spans = spx_patch_spans_between(&all, photo, y);
        for (int part = 0; part < 2; part++) {
            for (int32_t x = spans.x0[part]; x < spans.x1[part]; x++) {
                const spx_patch_source near = spx_patch_level_nearest(level, x, y);
                level->nearness[(size_t)y * (size_t)level->width + (size_t)x] =
                    nearest_around(level, photo->x0 + near.x, photo->y0 + near.y, reach);
            }
        }
    }
    return SPX_OK;
}

void spx_patch_fill_from_guide(spx_patch_level *level)
{
    for (int32_t y = 0; y < level->height; y++) {
        const spx_patch_rect all = { 0, 0, level->width, level->height };
        const spx_patch_spans spans = spx_patch_spans_between(&all, &level->photo, y);
        for (int part = 0; part < 2; part++) {
            for (int32_t x = spans.x0[part]; x < spans.x1[part]; x++) {
                const spx_patch_source near = spx_patch_level_nearest(level, x, y);
                const float *const mean =
                    level->guide +
                    SPX_PATCH_GUIDE_CHANNELS * ((size_t)y * (size_t)level->width + (size_t)x);
                const uint8_t *const edge = spx_patch_level_source(level, near.x, near.y);
                uint8_t *const out = spx_patch_level_at(level, x, y);
                const float share = 1.0F / (float)(1 + spx_patch_distance(&level->photo, x, y));
                for (int c = 0; c < 3; c++)
                    out[c] = (uint8_t)(share * (float)edge[c] + (1.0F - share) * mean[c] + 0.5F);
            }
        }
    }
}
