#include "outpaint/patch_level.h"

#include "base/order.h"
#include "base/size.h"

#include <math.h>
#include <stdlib.h>

enum { PAD_PX = SPX_PATCH_SIDE + SPX_PATCH_ROW_REACH / 3 + 1 };

void spx_patch_level_init(spx_patch_level *level, int32_t width, int32_t height,
                          const spx_patch_rect *photo)
{
    *level = (spx_patch_level){
        .width = width,
        .height = height,
        .photo = *photo,
        .bounds = { .x0 = 0, .y0 = 0, .x1 = width, .y1 = height },
        .context = *photo,
        .rows_slack = 1.0F,
        .kernels = spx_patch_kernels_best(),
    };
}

spx_status spx_patch_level_allocate_pixels(spx_patch_level *level, spx_diag *diag)
{
    const size_t stride = 3 * ((size_t)level->width + 2 * (size_t)PAD_PX);
    const size_t rows = (size_t)level->height + 2 * (size_t)PAD_PX;
    size_t bytes = 0;
    SPX_TRY(spx_mul_size(&bytes, stride, rows, "outpainting level", diag));
    level->stride = (ptrdiff_t)stride;
    level->memory = calloc(bytes, 1);
    if (level->memory == NULL)
        return spx_fail_memory(diag, "outpainting level");
    level->pixels = level->memory + PAD_PX * stride + (size_t)3 * PAD_PX;
    level->photo_pixels = spx_patch_level_at(level, level->photo.x0, level->photo.y0);
    level->photo_stride = level->stride;
    return SPX_OK;
}

spx_status spx_patch_level_allocate(spx_patch_level *level, spx_diag *diag)
{
    const size_t pixels = (size_t)level->width * (size_t)level->height;
    const size_t across = (size_t)spx_patch_rect_width(&level->photo) / SPX_PATCH_USAGE_BLOCK + 1;
    const size_t down = (size_t)spx_patch_rect_height(&level->photo) / SPX_PATCH_USAGE_BLOCK + 1;
    SPX_TRY(spx_patch_level_allocate_pixels(level, diag));
    level->sources = calloc(pixels, sizeof(*level->sources));
    level->costs = calloc(pixels, sizeof(*level->costs));
    level->usage = calloc(across * down, sizeof(*level->usage));
    if (level->sources != NULL && level->costs != NULL && level->usage != NULL)
        return SPX_OK;
    spx_patch_level_clear(level);
    return spx_fail_memory(diag, "outpainting level");
}

void spx_patch_palette_destroy(spx_patch_palette *palette)
{
    if (palette == NULL)
        return;
    free(palette->pieces);
    free(palette->colours);
    free(palette->strangeness);
    free(palette->detail);
    free(palette);
}

void spx_patch_echo_destroy(spx_patch_echo *echo)
{
    if (echo == NULL)
        return;
    free(echo->counts);
    free(echo->costs);
    free(echo);
}

void spx_patch_ways_clear(spx_patch_ways *ways)
{
    free(ways->cells);
    *ways = (spx_patch_ways){ 0 };
}

void spx_patch_level_clear(spx_patch_level *level)
{
    free(level->memory);
    free(level->sources);
    free(level->costs);
    free(level->usage);
    free(level->guide);
    free(level->nearness);
    free(level->sky);
    spx_plane_destroy(level->detail);
    spx_patch_echo_destroy(level->echo);
    spx_patch_palette_destroy(level->palette);
    *level = (spx_patch_level){ 0 };
}

static spx_patch_source nearest_along(const spx_patch_level *level, spx_patch_way way, int32_t x,
                                      int32_t y)
{
    const int32_t right = spx_patch_rect_width(&level->photo) - 1;
    const int32_t bottom = spx_patch_rect_height(&level->photo) - 1;
    const int32_t at_x = x - level->photo.x0;
    const int32_t at_y = y - level->photo.y0;
    int32_t near_x = spx_patch_clamp(at_x, 0, right);
    int32_t near_y = spx_patch_clamp(at_y, 0, bottom);
    if (way.upright) {
        const int32_t aside = (int32_t)lroundf(way.lean * (float)(near_y - at_y));
        near_x = spx_patch_clamp(at_x + aside, 0, right);
    } else {
        const int32_t fall = (int32_t)lroundf(way.lean * (float)(near_x - at_x));
        near_y = spx_patch_clamp(at_y + fall, 0, bottom);
    }
    return (spx_patch_source){ .x = (uint16_t)near_x, .y = (uint16_t)near_y };
}

spx_patch_source spx_patch_level_beside(const spx_patch_level *level, int32_t x, int32_t y)
{
    return nearest_along(level, (spx_patch_way){ .lean = level->slope }, x, y);
}

spx_patch_source spx_patch_level_nearest(const spx_patch_level *level, int32_t x, int32_t y)
{
    return nearest_along(level, spx_patch_level_way(level, x, y), x, y);
}

spx_patch_rect spx_patch_level_still(const spx_patch_level *level)
{
    const spx_patch_rect *const bounds = &level->bounds;
    spx_patch_rect still = level->context;
    still.x0 += still.x0 > bounds->x0 ? SPX_PATCH_RADIUS : 0;
    still.y0 += still.y0 > bounds->y0 ? SPX_PATCH_RADIUS : 0;
    still.x1 -= still.x1 < bounds->x1 ? SPX_PATCH_RADIUS : 0;
    still.y1 -= still.y1 < bounds->y1 ? SPX_PATCH_RADIUS : 0;
    if (still.x0 >= still.x1 || still.y0 >= still.y1)
        still = (spx_patch_rect){ 0 };
    return still;
}

spx_patch_spans spx_patch_spans_between(const spx_patch_rect *outer, const spx_patch_rect *inner,
                                        int32_t y)
{
    if (y < inner->y0 || y >= inner->y1 || inner->x0 >= inner->x1)
        return (spx_patch_spans){ .x0 = { outer->x0, outer->x1 }, .x1 = { outer->x1, outer->x1 } };
    return (
        spx_patch_spans){ .x0 = { outer->x0, spx_patch_clamp(inner->x1, outer->x0, outer->x1) },
                          .x1 = { spx_patch_clamp(inner->x0, outer->x0, outer->x1), outer->x1 } };
}

float spx_patch_level_cost_at(const spx_patch_level *level, float share)
{
    enum { SAMPLES = 8192 };
    float samples[SAMPLES];
    const spx_patch_rect still = spx_patch_level_still(level);
    const int64_t all =
        (int64_t)spx_patch_rect_width(&level->bounds) * spx_patch_rect_height(&level->bounds);
    const int64_t step = all / SAMPLES + 1;
    int64_t at = 0;
    size_t count = 0;
    for (int32_t y = level->bounds.y0; y < level->bounds.y1; y++) {
        const spx_patch_spans spans = spx_patch_spans_between(&level->bounds, &still, y);
        for (int part = 0; part < 2; part++) {
            for (int32_t x = spans.x0[part]; x < spans.x1[part]; x++) {
                if (at++ % step == 0 && count < SAMPLES)
                    samples[count++] = level->costs[(size_t)y * (size_t)level->width + (size_t)x];
            }
        }
    }
    if (count == 0)
        return 0.0F;
    qsort(samples, count, sizeof(samples[0]), spx_order_float);
    return samples[(size_t)(share * (float)(count - 1))];
}
