#include "outpaint/sky.h"

#include <stdlib.h>
#include <string.h>

enum {
    STEP_MOST = 7, /* levels from one pixel to the next, in each channel */
    BRIGHT_LUMA = 150,
    BLUE_OVER_RED = 12,
    BLUE_LUMA = 60,
    BORDER_PX = 3,
    WINDOW_SHARE = 14, /* of the photo's height: how far along the border is looked */
    CHANNELS = 3,
};

static const double edge_least = 0.5;   /* of the photo's upper edge */
static const double least_share = 0.04; /* of the photo */

/** Pixels still to be looked around, and the marks; photo coordinates. */
typedef struct flood {
    const spx_patch_level *level;
    int32_t width;
    int32_t height;
    uint8_t *marks;   /* [height][width] */
    int32_t *waiting; /* y * width + x */
    size_t waiting_count;
    size_t marked;
} flood;

static int sky_coloured(const uint8_t *pixel)
{
    const int luma = (3 * pixel[0] + 6 * pixel[1] + pixel[2]) / 10;
    return luma >= BRIGHT_LUMA ||
           (luma >= BLUE_LUMA && pixel[2] >= pixel[0] + BLUE_OVER_RED && pixel[2] >= pixel[1]);
}

static int smooth_step(const uint8_t *a, const uint8_t *b)
{
    for (int c = 0; c < CHANNELS; c++) {
        if (abs(a[c] - b[c]) > STEP_MOST)
            return 0;
    }
    return 1;
}

static void mark(flood *self, int32_t x, int32_t y)
{
    const int32_t index = y * self->width + x;
    self->marks[index] = 1;
    self->waiting[self->waiting_count++] = index;
    self->marked++;
}

static void spread(flood *self, int32_t x, int32_t y)
{
    static const int32_t beside[][2] = { { -1, 0 }, { 1, 0 }, { 0, -1 }, { 0, 1 } };
    const uint8_t *const from = spx_patch_level_source(self->level, x, y);
    for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
        const int32_t u = x + beside[i][0];
        const int32_t v = y + beside[i][1];
        if (u < 0 || v < 0 || u >= self->width || v >= self->height ||
            self->marks[v * self->width + u])
            continue;
        const uint8_t *const to = spx_patch_level_source(self->level, u, v);
        if (sky_coloured(to) && smooth_step(from, to))
            mark(self, u, v);
    }
}

static void flood_from_top(flood *self)
{
    for (int32_t x = 0; x < self->width; x++) {
        if (sky_coloured(spx_patch_level_source(self->level, x, 0)))
            mark(self, x, 0);
    }
    while (self->waiting_count > 0) {
        const int32_t index = self->waiting[--self->waiting_count];
        spread(self, index % self->width, index / self->width);
    }
}

static uint8_t *mark_at(const spx_patch_level *level, int32_t x, int32_t y)
{
    return level->sky + (size_t)(y + level->photo.y0) * (size_t)level->width +
           (size_t)(x + level->photo.x0);
}

/** Whether the border around one of its pixels shows nothing but sky; photo coordinates. */
static int only_sky(const spx_patch_level *level, int32_t x, int32_t y, int32_t reach)
{
    const int32_t width = spx_patch_rect_width(&level->photo);
    const int32_t height = spx_patch_rect_height(&level->photo);
    for (int32_t v = spx_patch_clamp(y - reach, 0, height - 1);
         v <= spx_patch_clamp(y + reach, 0, height - 1); v++) {
        for (int32_t u = spx_patch_clamp(x - reach, 0, width - 1);
             u <= spx_patch_clamp(x + reach, 0, width - 1); u++) {
            const int32_t inside_x = u < width - 1 - u ? u : width - 1 - u;
            const int32_t inside_y = v < height - 1 - v ? v : height - 1 - v;
            if ((inside_x < BORDER_PX || inside_y < BORDER_PX) && !*mark_at(level, u, v))
                return 0;
        }
    }
    return 1;
}

/** The marks outside, from those of the photo. */
static void mark_outside(spx_patch_level *level)
{
    const spx_patch_rect all = { .x1 = level->width, .y1 = level->height };
    const int32_t reach = 1 + spx_patch_rect_height(&level->photo) / WINDOW_SHARE;
    for (int32_t y = 0; y < level->height; y++) {
        const spx_patch_spans spans = spx_patch_spans_between(&all, &level->photo, y);
        for (int part = 0; part < 2; part++) {
            for (int32_t x = spans.x0[part]; x < spans.x1[part]; x++) {
                const spx_patch_source near = spx_patch_level_nearest(level, x, y);
                level->sky[(size_t)y * (size_t)level->width + (size_t)x] =
                    (uint8_t)only_sky(level, near.x, near.y, reach);
            }
        }
    }
}

static spx_status allocate_sky(spx_patch_level *level, spx_diag *diag)
{
    free(level->sky);
    level->sky = calloc((size_t)level->width * (size_t)level->height, sizeof(*level->sky));
    return level->sky != NULL ? SPX_OK : spx_fail_memory(diag, "outpainting sky");
}

/** Whether what the flood has found is a sky. */
static int is_sky(const flood *self)
{
    int32_t on_edge = 0;
    for (int32_t x = 0; x < self->width; x++)
        on_edge += self->marks[x];
    return on_edge >= edge_least * self->width &&
           (double)self->marked >= least_share * self->width * self->height;
}

spx_status spx_patch_mark_sky(spx_patch_level *level, spx_diag *diag)
{
    flood self = { .level = level,
                   .width = spx_patch_rect_width(&level->photo),
                   .height = spx_patch_rect_height(&level->photo) };
    const size_t pixels = (size_t)self.width * (size_t)self.height;
    spx_status status = SPX_OK;
    self.marks = calloc(pixels, sizeof(*self.marks));
    self.waiting = malloc(pixels * sizeof(*self.waiting));
    if (self.marks == NULL || self.waiting == NULL) {
        status = spx_fail_memory(diag, "outpainting sky");
        goto out;
    }
    flood_from_top(&self);
    if (!is_sky(&self))
        goto out;
    SPX_TRY_OUT(allocate_sky(level, diag));
    for (int32_t y = 0; y < self.height; y++) {
        memcpy(mark_at(level, 0, y), self.marks + (size_t)y * (size_t)self.width,
               (size_t)self.width);
    }
    mark_outside(level);
out:
    free(self.marks);
    free(self.waiting);
    return status;
}

spx_status spx_patch_halve_sky(spx_patch_level *level, const spx_patch_level *finer, spx_diag *diag)
{
    const int32_t width = spx_patch_rect_width(&level->photo);
    const int32_t height = spx_patch_rect_height(&level->photo);
    if (finer->sky == NULL)
        return SPX_OK;
    SPX_TRY(allocate_sky(level, diag));
    for (int32_t y = 0; y < height; y++) {
        for (int32_t x = 0; x < width; x++) {
            const uint8_t *const upper = mark_at(finer, 2 * x, 2 * y);
            const uint8_t *const lower = upper + finer->width;
            *mark_at(level, x, y) = upper[0] & upper[1] & lower[0] & lower[1];
        }
    }
    mark_outside(level);
    return SPX_OK;
}
