#include "outpaint/palette.h"
#include "outpaint/tuned.h"

#include "base/intops.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHANNEL_SHIFT = 4, /* 256 levels to 16 steps */
    CHANNEL_STEPS = 16,
    CHANNELS = 3,
    APART_MOST = CHANNELS * (CHANNEL_STEPS - 1) * (CHANNEL_STEPS - 1),
};

/** What is gathered for one piece of border. */
typedef struct gathering {
    const spx_patch_level *level;
    spx_patch_palette *palette;
    int32_t width; /* of the photo */
    int32_t height;
    int32_t step;
    int32_t across; /* pieces along the upper edge, and along the lower one */
    int32_t down;
    uint8_t used[SPX_PATCH_COLOURS]; /* by the photo */
    float alike[APART_MOST + 1];     /* what a colour so many steps_apart() counts */
} gathering;

/** The colours of the border around one of its pieces. */
typedef struct piece_colours {
    size_t count;
    uint16_t colours[SPX_PATCH_COLOURS];
    float pixels[SPX_PATCH_COLOURS]; /* of each colour, by the colour itself */
    float detail[SPX_PATCH_COLOURS]; /* sum over them, and of its inverse */
    float smooth[SPX_PATCH_COLOURS];
} piece_colours;

static int32_t share_of(int32_t length, int32_t share, int32_t least)
{
    return length / share > least ? length / share : least;
}

static uint16_t colour_around(const gathering *self, int32_t x, int32_t y)
{
    uint32_t sums[CHANNELS] = { 0 };
    uint32_t count = 0;
    for (int32_t v = y - 1; v <= y + 1; v++) {
        for (int32_t u = x - 1; u <= x + 1; u++) {
            if (u < 0 || v < 0 || u >= self->width || v >= self->height)
                continue;
            const uint8_t *const pixel = spx_patch_level_source(self->level, u, v);
            for (int c = 0; c < CHANNELS; c++)
                sums[c] += pixel[c];
            count++;
        }
    }
    uint32_t colour = 0;
    for (int c = 0; c < CHANNELS; c++)
        colour = colour * CHANNEL_STEPS + (sums[c] / count >> CHANNEL_SHIFT);
    return (uint16_t)colour;
}

static void find_colours(gathering *self)
{
    for (int32_t y = 0; y < self->height; y++) {
        for (int32_t x = 0; x < self->width; x++) {
            const uint16_t colour = colour_around(self, x, y);
            self->palette->colours[(size_t)y * (size_t)self->width + (size_t)x] = colour;
            self->used[colour] = 1;
        }
    }
}

static int32_t piece_at(const gathering *self, int32_t x, int32_t y)
{
    const spx_patch_level *const level = self->level;
    const spx_patch_source near = spx_patch_level_beside(level, x, y);
    if (y < level->photo.y0)
        return near.x / self->step;
    if (y >= level->photo.y1)
        return self->across + near.x / self->step;
    const int32_t piece = 2 * self->across + near.y / self->step;
    return x < level->photo.x0 ? piece : piece + self->down;
}

/** The middle of a piece, in photo coordinates. */
static void middle_of(const gathering *self, int32_t piece, int32_t *x, int32_t *y)
{
    if (piece < 2 * self->across) {
        *x =
            spx_patch_clamp(piece % self->across * self->step + self->step / 2, 0, self->width - 1);
        *y = piece < self->across ? 0 : self->height - 1;
        return;
    }
    const int32_t beside = piece - 2 * self->across;
    *x = beside < self->down ? 0 : self->width - 1;
    *y = spx_patch_clamp(beside % self->down * self->step + self->step / 2, 0, self->height - 1);
}

int spx_patch_grows_wide(const spx_patch_level *level)
{
    const spx_patch_rect *const photo = &level->photo;
    const float across = (float)spx_max_i32(photo->x0, level->width - photo->x1);
    const float down = (float)spx_max_i32(photo->y0, level->height - photo->y1);
    return across > tuned.palette_wide * (float)spx_patch_rect_width(photo) ||
           down > tuned.palette_wide * (float)spx_patch_rect_height(photo);
}

static void gather(const gathering *self, int32_t piece, piece_colours *out)
{
    const int share = spx_patch_grows_wide(self->level) ? tuned.palette_window_wide_share
                                                        : tuned.palette_window_share;
    const int32_t window = share_of(self->height, share, 3);
    const int32_t depth = share_of(self->height, tuned.palette_step_share, 2);
    int32_t x = 0;
    int32_t y = 0;
    *out = (piece_colours){ .count = 0 };
    middle_of(self, piece, &x, &y);
    for (int32_t v = spx_patch_clamp(y - window, 0, self->height);
         v < spx_patch_clamp(y + window + 1, 0, self->height); v++) {
        for (int32_t u = spx_patch_clamp(x - window, 0, self->width);
             u < spx_patch_clamp(x + window + 1, 0, self->width); u++) {
            if (u >= depth && v >= depth && u < self->width - depth && v < self->height - depth)
                continue;
            const uint16_t colour =
                self->palette->colours[(size_t)v * (size_t)self->width + (size_t)u];
            if (out->pixels[colour] == 0.0F)
                out->colours[out->count++] = colour;
            out->pixels[colour] += 1.0F;
            const float detail = exp2f(spx_plane_row(self->level->detail, (uint32_t)v)[u]);
            out->detail[colour] += detail;
            out->smooth[colour] += 1.0F / detail;
        }
    }
}

/** Squared steps between two colours, of all channels. */
static int32_t steps_apart(uint16_t a, uint16_t b)
{
    int32_t sum = 0;
    for (int c = 0; c < CHANNELS; c++, a /= CHANNEL_STEPS, b /= CHANNEL_STEPS) {
        const int32_t step = a % CHANNEL_STEPS - b % CHANNEL_STEPS;
        sum += step * step;
    }
    return sum;
}

/** ... and what they differ by, in squared levels per sample. */
static float squared_difference(int32_t apart)
{
    return (float)(apart << 2 * CHANNEL_SHIFT) / CHANNELS;
}

static void weigh_colours(gathering *self)
{
    const float near = tuned.palette_allowed * tuned.palette_allowed;
    for (int32_t apart = 0; apart <= APART_MOST; apart++) {
        const float share = near / (near + squared_difference(apart));
        self->alike[apart] = share * share;
    }
}

static void judge(const gathering *self, int32_t piece)
{
    piece_colours border;
    gather(self, piece, &border);
    float *const strangeness = self->palette->strangeness + (size_t)piece * SPX_PATCH_COLOURS;
    spx_patch_detail_range *const detail =
        self->palette->detail + (size_t)piece * SPX_PATCH_COLOURS;
    for (uint32_t colour = 0; colour < SPX_PATCH_COLOURS; colour++) {
        if (!self->used[colour])
            continue;
        int32_t least = APART_MOST;
        float sharp = 0.0F;
        float smooth = 0.0F;
        float weights = 0.0F;
        for (size_t i = 0; i < border.count; i++) {
            const uint16_t other = border.colours[i];
            const int32_t apart = steps_apart((uint16_t)colour, other);
            const float alike = self->alike[apart];
            least = spx_min_i32(least, apart);
            sharp += alike * border.detail[other];
            smooth += alike * border.smooth[other];
            weights += alike * border.pixels[other];
        }
        const float over = fmaxf(sqrtf(squared_difference(least)) - tuned.palette_allowed, 0.0F);
        strangeness[colour] = over * over;
        /* Means that what is smooth decides, and what is sharp: outlines do not make a wall rough.
         */
        detail[colour] = (spx_patch_detail_range){ .least = log2f(weights / smooth),
                                                   .most = log2f(sharp / weights) };
    }
}

spx_status spx_patch_find_palette(spx_patch_level *level, spx_diag *diag)
{
    gathering self = { .level = level,
                       .width = spx_patch_rect_width(&level->photo),
                       .height = spx_patch_rect_height(&level->photo) };
    self.step = share_of(self.height, tuned.palette_step_share, 2);
    self.across = self.width / self.step + 1;
    self.down = self.height / self.step + 1;
    const int32_t pieces = 2 * (self.across + self.down);
    spx_patch_palette_destroy(level->palette);
    level->palette = calloc(1, sizeof(*level->palette));
    if (level->palette == NULL)
        return spx_fail_memory(diag, "outpainting palette");
    self.palette = level->palette;
    self.palette->pieces =
        calloc((size_t)level->width * (size_t)level->height, sizeof(*self.palette->pieces));
    self.palette->colours =
        calloc((size_t)self.width * (size_t)self.height, sizeof(*self.palette->colours));
    self.palette->strangeness =
        calloc((size_t)pieces * SPX_PATCH_COLOURS, sizeof(*self.palette->strangeness));
    self.palette->detail =
        calloc((size_t)pieces * SPX_PATCH_COLOURS, sizeof(*self.palette->detail));
    if (self.palette->pieces == NULL || self.palette->colours == NULL ||
        self.palette->strangeness == NULL || self.palette->detail == NULL)
        return spx_fail_memory(diag, "outpainting palette");
    find_colours(&self);
    weigh_colours(&self);
    for (int32_t piece = 0; piece < pieces; piece++)
        judge(&self, piece);
    for (int32_t y = 0; y < level->height; y++) {
        uint16_t *const row = self.palette->pieces + (size_t)y * (size_t)level->width;
        for (int32_t x = 0; x < level->width; x++)
            row[x] = (uint16_t)piece_at(&self, x, y);
    }
    return SPX_OK;
}
