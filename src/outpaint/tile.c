/*
 * Around a wanted area lie, each SPX_PATCH_RADIUS wider than the one before and cut off at the
 * canvas:
 *
 *     voters   pixels whose patches cover the area: they need a cost
 *     region   pixels those patches cover: they need colours to compare with
 *     first    pixels whose patches cover the region: they vote for these first colours
 */
#include "outpaint/tile.h"

#include "base/intops.h"
#include "image/image.h"
#include "outpaint/patch_match.h"
#include "outpaint/patch_vote.h"
#include "outpaint/tuned.h"

#include <stdlib.h>
#include <string.h>

enum {
    COLUMNS_BEFORE = 2 * SPX_PATCH_RADIUS, /* of an area, that patches over it may reach */
    NEIGHBOURS = 4,
    RANDOM_SOURCES = 2,
    RANDOM_RADIUS = 2,
    CANDIDATES = 1 + NEIGHBOURS + RANDOM_SOURCES,
    DETAIL_REACH = 2, /* finer than what so many pixels around show */
    DETAIL_SIDE = 2 * DETAIL_REACH + 1,
    SEARCH_STEP = 0x7469, /* keeps the random numbers apart from the layout's */
};

static const float from_16_bits = 1.0F / SPX_IMAGE_16_PER_8;

void spx_tile_maker_init(spx_tile_maker *maker, const spx_pyramid *pyramid, const spx_image *photo,
                         const spx_frame *frame, uint64_t seed)
{
    spx_patch_level whole;
    spx_patch_level_init(&whole, pyramid->canvas.x1, pyramid->canvas.y1, &pyramid->photo);
    *maker = (spx_tile_maker){
        .pyramid = pyramid,
        .photo = photo,
        .skip_x = spx_frame_left(frame) > 0 ? pyramid->discard_px : 0,
        .skip_y = spx_frame_top(frame) > 0 ? pyramid->discard_px : 0,
        .still = spx_patch_level_still(&whole),
        .spread = spx_patch_level_cost_at(&pyramid->levels[1], tuned.final_share),
        .seed = seed,
    };
    for (int32_t px = 0; px <= SPX_PATCH_VOTE_FAR_PX; px++)
        maker->trust[px] = spx_patch_vote_weight(0.0F, 0.0F, px);
}

/** Weighted colours of the pixels of `area`. */
typedef struct sums {
    spx_patch_rect area;
    size_t across;  /* pixels per row; the area's begin at COLUMNS_BEFORE */
    float *colours; /* [rows][across][3] */
    float *weights; /* [rows][across] */
} sums;

typedef struct tile {
    const spx_tile_maker *maker;
    spx_patch_rect voters;
    spx_patch_rect region;
    spx_patch_rect first;
    spx_patch_level level;     /* the region's pixels, on the level's own coordinates */
    spx_patch_source *sources; /* [first height][first width] */
} tile;

static spx_patch_rect grown(const spx_patch_rect *rect, int32_t px, const spx_patch_rect *canvas)
{
    return (spx_patch_rect){
        .x0 = spx_patch_clamp(rect->x0 - px, 0, canvas->x1),
        .y0 = spx_patch_clamp(rect->y0 - px, 0, canvas->y1),
        .x1 = spx_patch_clamp(rect->x1 + px, 0, canvas->x1),
        .y1 = spx_patch_clamp(rect->y1 + px, 0, canvas->y1),
    };
}

static spx_patch_rect moved(const spx_patch_rect *rect, int32_t dx, int32_t dy)
{
    return (spx_patch_rect){ rect->x0 + dx, rect->y0 + dy, rect->x1 + dx, rect->y1 + dy };
}

static spx_status sums_init(sums *out, const spx_patch_rect *area, spx_diag *diag)
{
    *out = (sums){
        .area = *area,
        .across = (size_t)spx_patch_rect_width(area) + COLUMNS_BEFORE + SPX_PATCH_RADIUS +
                  SPX_PATCH_ROW_REACH_PX,
    };
    const size_t pixels = out->across * (size_t)spx_patch_rect_height(area);
    out->colours = calloc(3 * pixels, sizeof(*out->colours));
    out->weights = calloc(pixels, sizeof(*out->weights));
    return out->colours != NULL && out->weights != NULL ? SPX_OK
                                                        : spx_fail_memory(diag, "outpainting tile");
}

static void sums_clear(sums *self)
{
    free(self->colours);
    free(self->weights);
}

/** Index of a pixel of a row of the area, or up to COLUMNS_BEFORE left of it. */
static size_t sums_at(const sums *self, int32_t x, int32_t y)
{
    return (size_t)(y - self->area.y0) * self->across +
           (size_t)(x - self->area.x0 + COLUMNS_BEFORE);
}

static spx_patch_source *source_at(const tile *self, int32_t x, int32_t y)
{
    return self->sources +
           (size_t)(y - self->first.y0) * (size_t)spx_patch_rect_width(&self->first) +
           (size_t)(x - self->first.x0);
}

/** Moved to where a whole patch, and one more column for wide loads, lies in the photo. */
static spx_patch_source allowed(const spx_tile_maker *maker, int32_t x, int32_t y)
{
    const spx_patch_level *const photo = &maker->pyramid->levels[0];
    return (spx_patch_source){
        .x = (uint16_t)spx_patch_clamp(x, SPX_PATCH_RADIUS, photo->width - SPX_PATCH_RADIUS - 2),
        .y = (uint16_t)spx_patch_clamp(y, SPX_PATCH_RADIUS, photo->height - SPX_PATCH_RADIUS - 1),
    };
}

static void double_sources(tile *self)
{
    const spx_patch_level *const coarse = &self->maker->pyramid->levels[1];
    for (int32_t y = self->first.y0; y < self->first.y1; y++) {
        const spx_patch_source *const from =
            coarse->sources + (size_t)(y / 2) * (size_t)coarse->width;
        for (int32_t x = self->first.x0; x < self->first.x1; x++) {
            *source_at(self, x, y) =
                allowed(self->maker, 2 * from[x / 2].x + x % 2, 2 * from[x / 2].y + y % 2);
        }
    }
}

/** Samples of the photo's pixel (x, y) on, where it has 16 bits. */
static const uint16_t *deep_row(const tile *self, int32_t x, int32_t y)
{
    const spx_tile_maker *const maker = self->maker;
    return spx_image_row16(maker->photo, (uint32_t)(y + maker->skip_y)) +
           3 * (size_t)(x + maker->skip_x);
}

/** A pixel of the photo, 0..255. */
static void photo_at(const tile *self, int32_t x, int32_t y, float out[3])
{
    const spx_tile_maker *const maker = self->maker;
    for (int c = 0; c < 3; c++) {
        out[c] = spx_image_level(maker->photo, (uint32_t)(x + maker->skip_x),
                                 (uint32_t)(y + maker->skip_y), c);
    }
}

/** deep: add the photo's 16-bit samples; 8-bit ones otherwise. */
static void add_patch(const tile *self, const sums *into, int32_t x, int32_t y, float weight,
                      int deep)
{
    const spx_patch_kernels *const kernels = self->level.kernels;
    const spx_patch_source source = *source_at(self, x, y);
    const int32_t top = spx_patch_clamp(y - SPX_PATCH_RADIUS, into->area.y0, into->area.y1);
    const int32_t bottom = spx_patch_clamp(y + SPX_PATCH_RADIUS + 1, into->area.y0, into->area.y1);
    for (int32_t row = top; row < bottom; row++) {
        const size_t at = sums_at(into, x - SPX_PATCH_RADIUS, row);
        const int32_t from_x = source.x - SPX_PATCH_RADIUS;
        const int32_t from_y = source.y + row - y;
        if (deep) {
            kernels->add_row16(into->colours + 3 * at, into->weights + at,
                               deep_row(self, from_x, from_y), weight);
        } else {
            kernels->add_row8(into->colours + 3 * at, into->weights + at,
                              spx_patch_level_source(&self->level, from_x, from_y), weight);
        }
    }
}

static spx_status first_colours(tile *self, spx_diag *diag)
{
    spx_patch_level *const level = &self->level;
    const spx_patch_rect *const photo = &self->maker->pyramid->photo;
    sums votes;
    spx_status status = sums_init(&votes, &self->region, diag);
    if (status != SPX_OK)
        goto out;
    for (int32_t y = self->first.y0; y < self->first.y1; y++) {
        const spx_patch_spans spans = spx_patch_spans_between(&self->first, &self->maker->still, y);
        for (int part = 0; part < 2; part++) {
            for (int32_t x = spans.x0[part]; x < spans.x1[part]; x++) {
                add_patch(self, &votes, x, y,
                          self->maker->trust[spx_min_i32(spx_patch_distance(photo, x, y),
                                                         SPX_PATCH_VOTE_FAR_PX)],
                          0);
            }
        }
    }
    for (int32_t y = self->region.y0; y < self->region.y1; y++) {
        const spx_patch_spans spans = spx_patch_spans_between(&self->region, photo, y);
        if (y >= photo->y0 && y < photo->y1 && spans.x1[0] < spans.x0[1]) {
            memcpy(spx_patch_level_at(level, spans.x1[0] - self->region.x0, y - self->region.y0),
                   spx_patch_level_source(level, spans.x1[0] - photo->x0, y - photo->y0),
                   3 * (size_t)(spans.x0[1] - spans.x1[0]));
        }
        for (int part = 0; part < 2; part++) {
            for (int32_t x = spans.x0[part]; x < spans.x1[part]; x++) {
                const size_t at = sums_at(&votes, x, y);
                uint8_t *const out =
                    spx_patch_level_at(level, x - self->region.x0, y - self->region.y0);
                for (size_t c = 0; c < 3; c++)
                    out[c] = (uint8_t)(votes.colours[3 * at + c] / votes.weights[at] + 0.5F);
            }
        }
    }
out:
    sums_clear(&votes);
    return status;
}

/** The sources worth trying at a pixel; its own comes first. Returns how many. */
static size_t gather(const tile *self, int32_t x, int32_t y, spx_patch_source out[CANDIDATES])
{
    static const int32_t beside[NEIGHBOURS][2] = { { -1, 0 }, { 1, 0 }, { 0, -1 }, { 0, 1 } };
    const spx_patch_source own = *source_at(self, x, y);
    size_t count = 0;
    out[count++] = own;
    for (int i = 0; i < NEIGHBOURS; i++) {
        const int32_t dx = beside[i][0];
        const int32_t dy = beside[i][1];
        if (spx_patch_distance(&self->first, x + dx, y + dy) > 0 ||
            spx_patch_distance(&self->maker->still, x + dx, y + dy) == 0)
            continue;
        const spx_patch_source other = *source_at(self, x + dx, y + dy);
        out[count++] = allowed(self->maker, other.x - dx, other.y - dy);
    }
    uint32_t state = spx_patch_hash((uint32_t)x, (uint32_t)y, SEARCH_STEP, self->maker->seed) | 1U;
    for (int i = 0; i < RANDOM_SOURCES; i++) {
        const uint32_t span = 2 * RANDOM_RADIUS + 1;
        const int32_t dx = (int32_t)(spx_patch_random(&state) % span) - RANDOM_RADIUS;
        const int32_t dy = (int32_t)(spx_patch_random(&state) % span) - RANDOM_RADIUS;
        out[count++] = allowed(self->maker, own.x + dx, own.y + dy);
    }
    return count;
}

/** chosen, costs: [voters height][voters width]. */
static void choose_sources(const tile *self, spx_patch_source *chosen, float *costs)
{
    const spx_patch_rect *const voters = &self->voters;
    for (int32_t y = voters->y0; y < voters->y1; y++) {
        const spx_patch_spans spans = spx_patch_spans_between(voters, &self->maker->still, y);
        const size_t line = (size_t)(y - voters->y0) * (size_t)spx_patch_rect_width(voters);
        for (int part = 0; part < 2; part++) {
            for (int32_t x = spans.x0[part]; x < spans.x1[part]; x++) {
                const size_t at = line + (size_t)(x - voters->x0);
                spx_patch_source candidates[CANDIDATES];
                const size_t count = gather(self, x, y, candidates);
                costs[at] =
                    spx_patch_best_source(&self->level, x - self->region.x0, y - self->region.y0,
                                          candidates, count, &chosen[at]);
            }
        }
    }
}

static void count_votes(tile *self, const spx_patch_source *chosen, const float *costs,
                        const sums *votes)
{
    const spx_tile_maker *const maker = self->maker;
    const spx_patch_rect *const voters = &self->voters;
    const int deep = maker->photo->bits == 16;
    for (int32_t y = voters->y0; y < voters->y1; y++) {
        const spx_patch_spans spans = spx_patch_spans_between(voters, &maker->still, y);
        const size_t line = (size_t)(y - voters->y0) * (size_t)spx_patch_rect_width(voters);
        for (int part = 0; part < 2; part++) {
            for (int32_t x = spans.x0[part]; x < spans.x1[part]; x++) {
                const size_t at = line + (size_t)(x - voters->x0);
                const int32_t distance = spx_patch_distance(&maker->pyramid->photo, x, y);
                *source_at(self, x, y) = chosen[at];
                add_patch(self, votes, x, y,
                          spx_patch_vote_weight(costs[at], maker->spread, distance), deep);
            }
        }
    }
}

static spx_status final_colours(tile *self, const sums *votes, spx_diag *diag)
{
    const size_t voters =
        (size_t)spx_patch_rect_width(&self->voters) * (size_t)spx_patch_rect_height(&self->voters);
    spx_patch_source *const chosen = malloc(voters * sizeof(*chosen));
    float *const costs = malloc(voters * sizeof(*costs));
    spx_status status = SPX_OK;
    if (chosen == NULL || costs == NULL) {
        status = spx_fail_memory(diag, "outpainting tile");
    } else {
        choose_sources(self, chosen, costs);
        count_votes(self, chosen, costs, votes);
    }
    free(chosen);
    free(costs);
    return status;
}

/** The mean of the votes. colours: [height][width][3] of the votes' area, 0..255; pixels of the
 * photo that stay are the photo's. */
static void count_colours(const tile *self, const sums *votes, float *colours)
{
    const spx_patch_rect *const area = &votes->area;
    const spx_patch_rect *const photo = &self->maker->pyramid->photo;
    const size_t width = (size_t)spx_patch_rect_width(area);
    const float unit = self->maker->photo->bits == 16 ? from_16_bits : 1.0F;
    for (int32_t y = area->y0; y < area->y1; y++) {
        const spx_patch_spans spans = spx_patch_spans_between(area, &self->maker->still, y);
        float *const row = colours + 3 * (size_t)(y - area->y0) * width;
        for (int part = 0; part < 2; part++) {
            for (int32_t x = spans.x0[part]; x < spans.x1[part]; x++) {
                const size_t at = sums_at(votes, x, y);
                const float scale = unit / votes->weights[at];
                for (size_t c = 0; c < 3; c++)
                    row[3 * (size_t)(x - area->x0) + c] = votes->colours[3 * at + c] * scale;
            }
        }
        for (int32_t x = spans.x1[0]; x < spans.x0[1]; x++)
            photo_at(self, x - photo->x0, y - photo->y0, row + 3 * (size_t)(x - area->x0));
    }
}

/* ---- detail ---- */

/** sums[i]: of DETAIL_SIDE rows' samples; ROOM of them, so that the loop is one of whole registers.
 */
enum { DETAIL_COLUMNS = 3 * DETAIL_SIDE, DETAIL_ROOM = 16 };

/** Mean around a pixel of the photo, 0..255. */
static void mean_around(const tile *self, spx_patch_source source, float out[3])
{
    const int32_t left = source.x - DETAIL_REACH;
    const int32_t top = source.y - DETAIL_REACH;
    const int deep = self->maker->photo->bits == 16;
    const float share = (deep ? from_16_bits : 1.0F) / (DETAIL_SIDE * DETAIL_SIDE);
    uint32_t columns[DETAIL_ROOM] = { 0 };
    if (deep) {
        for (int32_t line = 0; line < DETAIL_SIDE; line++) {
            const uint16_t *const row = deep_row(self, left, top + line);
            for (size_t i = 0; i < DETAIL_COLUMNS; i++)
                columns[i] += row[i];
        }
    } else {
        uint16_t small[DETAIL_ROOM] = { 0 };
        for (int32_t line = 0; line < DETAIL_SIDE; line++) {
            const uint8_t *const row = spx_patch_level_source(&self->level, left, top + line);
            for (size_t i = 0; i < DETAIL_ROOM; i++)
                small[i] = (uint16_t)(small[i] + row[i]);
        }
        for (size_t i = 0; i < DETAIL_COLUMNS; i++)
            columns[i] = small[i];
    }
    for (size_t c = 0; c < 3; c++) {
        const uint32_t sum =
            columns[c] + columns[c + 3] + columns[c + 6] + columns[c + 9] + columns[c + 12];
        out[c] = (float)sum * share;
    }
}

/** Means over columns of DETAIL_SIDE pixels, [width][3] of one row of the area. */
static void column_means(const spx_patch_rect *area, const float *colours, int32_t y, float *out)
{
    const size_t samples = 3 * (size_t)spx_patch_rect_width(area);
    const int32_t reach = spx_min_i32(DETAIL_REACH, spx_min_i32(y - area->y0, area->y1 - 1 - y));
    const float share = 1.0F / (float)(2 * reach + 1);
    memset(out, 0, samples * sizeof(*out));
    for (int32_t v = y - reach; v <= y + reach; v++) {
        const float *const row = colours + (size_t)(v - area->y0) * samples;
        for (size_t i = 0; i < samples; i++)
            out[i] += share * row[i];
    }
}

/**
 * Patches that agree about a place's colour do not agree about its grain: their mean is a smear.
 * So the mean gives what is coarser than DETAIL_SIDE pixels, and the source of the pixel's own
 * patch what is finer. here: the mean's pixel, smooth: the mean around it.
 */
static void restore_detail(const tile *self, spx_patch_source source, const float here[3],
                           const float smooth[3], float out[3])
{
    const float most = tuned.detail_most;
    float pixel[3];
    float around[3];
    photo_at(self, source.x, source.y, pixel);
    mean_around(self, source, around);
    for (size_t c = 0; c < 3; c++) {
        const float missing = (pixel[c] - around[c]) - (here[c] - smooth[c]);
        out[c] = here[c] + (missing > most ? most : missing < -most ? -most : missing);
    }
}

/** The mean of the means of columns around one; [across][3] of them. */
static void mean_of_columns(const float *means, int32_t column, int32_t across, float out[3])
{
    const int32_t reach = spx_min_i32(DETAIL_REACH, spx_min_i32(column, across - 1 - column));
    const float share = 1.0F / (float)(2 * reach + 1);
    out[0] = out[1] = out[2] = 0.0F;
    for (int32_t at = column - reach; at <= column + reach; at++) {
        for (size_t c = 0; c < 3; c++)
            out[c] += share * means[3 * (size_t)at + c];
    }
}

/** Writes the colours of `area`, a part of `wide`; means: room for a row of it. */
static void write_colours(const tile *self, const spx_patch_rect *wide, const float *from,
                          float *means, const spx_patch_rect *area, float *into)
{
    const int32_t width = spx_patch_rect_width(wide);
    const size_t across = (size_t)spx_patch_rect_width(area);
    for (int32_t y = area->y0; y < area->y1; y++) {
        const spx_patch_spans spans = spx_patch_spans_between(area, &self->maker->still, y);
        const float *const row = from + 3 * (size_t)(y - wide->y0) * (size_t)width;
        float *const out = into + 3 * (size_t)(y - area->y0) * across;
        column_means(wide, from, y, means);
        for (int part = 0; part < 2; part++) {
            for (int32_t x = spans.x0[part]; x < spans.x1[part]; x++) {
                float smooth[3];
                mean_of_columns(means, x - wide->x0, width, smooth);
                restore_detail(self, *source_at(self, x, y), row + 3 * (size_t)(x - wide->x0),
                               smooth, out + 3 * (size_t)(x - area->x0));
            }
        }
    }
}

spx_status spx_tile_vote(const spx_tile_maker *maker, const spx_patch_rect *area, float *colours,
                         spx_diag *diag)
{
    const spx_pyramid *const pyramid = maker->pyramid;
    const spx_patch_rect wide = grown(area, DETAIL_REACH, &pyramid->canvas);
    tile self = { .maker = maker, .voters = grown(&wide, SPX_PATCH_RADIUS, &pyramid->canvas) };
    sums votes = { 0 };
    float *means = NULL;
    self.region = grown(&self.voters, SPX_PATCH_RADIUS, &pyramid->canvas);
    self.first = grown(&self.region, SPX_PATCH_RADIUS, &pyramid->canvas);
    const spx_patch_rect photo = moved(&pyramid->photo, -self.region.x0, -self.region.y0);
    spx_patch_level_init(&self.level, spx_patch_rect_width(&self.region),
                         spx_patch_rect_height(&self.region), &photo);
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_patch_level_allocate_pixels(&self.level, diag));
    self.level.bounds = moved(&pyramid->canvas, -self.region.x0, -self.region.y0);
    self.level.photo_pixels = pyramid->levels[0].photo_pixels;
    self.level.photo_stride = pyramid->levels[0].photo_stride;
    const size_t samples = 3 * (size_t)spx_patch_rect_width(&wide);
    self.sources = calloc((size_t)spx_patch_rect_width(&self.first) *
                              (size_t)spx_patch_rect_height(&self.first),
                          sizeof(*self.sources));
    means = malloc(((size_t)spx_patch_rect_height(&wide) + 1) * samples * sizeof(*means));
    if (self.sources == NULL || means == NULL) {
        status = spx_fail_memory(diag, "outpainting tile");
        goto out;
    }
    double_sources(&self);
    SPX_TRY_OUT(first_colours(&self, diag));
    SPX_TRY_OUT(sums_init(&votes, &wide, diag));
    SPX_TRY_OUT(final_colours(&self, &votes, diag));
    count_colours(&self, &votes, means + samples);
    write_colours(&self, &wide, means + samples, means, area, colours);
out:
    sums_clear(&votes);
    free(means);
    free(self.sources);
    spx_patch_level_clear(&self.level);
    return status;
}
