/*
 * One alpha from many opinions. Each pixel's own alpha is a guess; around it, alpha is fitted as a
 * linear function of colour (He, Sun, Tang 2010, "Guided image filtering"), weighted by how far
 * each guess can be trusted, and the pixel takes what the function says of its colour. So pixels of
 * one colour agree, and an edge is as soft as the photo's. Where hardly any guess is one of
 * colours, the depth map decides.
 *
 * Works in blocks: products of weight, colour and alpha are summed over windows by columns, then by
 * rows.
 */
#include "warp/matte.h"

#include "base/scan.h"
#include "image/image.h"
#include "warp/tuned.h"

#include <math.h>
#include <string.h>

enum {
    BLOCK_PX = 16,
    RADIUS_PX = 4,
    AREA_PX = BLOCK_PX + 2 * RADIUS_PX,
    CHANNELS = SPX_IMAGE_CHANNELS,
};

/* Sums over a window. In each: weight, times colour, times alpha; times two colours; both. */
enum {
    SUM_WEIGHT = 0,
    SUM_COLOUR = 1,
    SUM_ALPHA = 4,
    SUM_COLOURS = 5, /* RR RG RB GG GB BB */
    SUM_BOTH = 11,
    SUM_ASKED = 14, /* pixels of the band, … */
    SUM_TOLD = 15,  /* … and the weights of those whose colour told something */
    SUMS = 16,
};

/* Alphas so near to 0 are the far surface's where the own colour of a pixel in an edge out of focus
 * shows the near one. */
static const float seen_zone = 0.02F;

/* How much a pixel's own alpha counts. */
static float weight_of(spx_matte_trust trust)
{
    switch (trust) {
    case SPX_MATTE_UNTOUCHED:
        return 0.0F;
    case SPX_MATTE_BY_DEPTH:
        return tuned.weight_by_depth;
    case SPX_MATTE_BY_LIKENESS:
    case SPX_MATTE_HALO:
        return tuned.weight_by_likeness;
    case SPX_MATTE_BY_LINE:
    case SPX_MATTE_SURE:
        return 1.0F;
    }
    return 0.0F;
}

typedef struct block {
    uint32_t x, end_x, y, end_y; /* canvas */
    int soft;                    /* in an edge out of focus */
    float sums[AREA_PX][AREA_PX][SUMS];
    float columns[BLOCK_PX][AREA_PX][SUMS]; /* summed down */
} block;

static int is_wanted(const spx_matte_source *source, size_t at)
{
    const spx_matte_trust trust = spx_matte_trust_of(source->trust[at]);
    return trust != SPX_MATTE_UNTOUCHED && trust != SPX_MATTE_SURE;
}

static int has_wanted(const spx_layers *layers, const spx_matte_source *source, const block *self)
{
    for (uint32_t y = self->y; y < self->end_y; y++) {
        const size_t at = spx_layers_at(layers, y);
        const uint8_t *const trust = source->trust + at;
        for (uint32_t x = spx_first_other(trust, self->x, self->end_x, SPX_MATTE_UNTOUCHED);
             x < self->end_x; x = spx_first_other(trust, x + 1, self->end_x, SPX_MATTE_UNTOUCHED)) {
            if (is_wanted(source, at + x))
                return 1;
        }
    }
    return 0;
}

static void set_products(float sums[SUMS], float weight, const float colour[CHANNELS], float alpha)
{
    size_t pair = SUM_COLOURS;
    sums[SUM_WEIGHT] = weight;
    sums[SUM_ALPHA] = weight * alpha;
    for (size_t c = 0; c < CHANNELS; c++) {
        sums[SUM_COLOUR + c] = weight * colour[c];
        sums[SUM_BOTH + c] = weight * colour[c] * alpha;
        for (size_t d = c; d < CHANNELS; d++)
            sums[pair++] = weight * colour[c] * colour[d];
    }
}

static void fill_products(const spx_layers *layers, const spx_matte_source *source, block *self)
{
    memset(self->sums, 0, sizeof(self->sums));
    for (uint32_t v = 0; v < AREA_PX; v++) {
        const int64_t y = (int64_t)self->y + v - RADIUS_PX;
        if (y < 0 || y >= layers->height)
            continue;
        for (uint32_t u = 0; u < AREA_PX; u++) {
            const int64_t x = (int64_t)self->x + u - RADIUS_PX;
            if (x < layers->margin || x >= layers->width - layers->margin)
                continue;
            const size_t at = spx_layers_at(layers, (uint32_t)y) + (size_t)x;
            const spx_matte_trust trust = spx_matte_trust_of(source->trust[at]);
            if (trust == SPX_MATTE_UNTOUCHED)
                continue;
            float colour[CHANNELS];
            spx_matte_read_colour(layers, source, (uint32_t)x, (uint32_t)y, colour);
            const float alpha = trust == SPX_MATTE_HALO ? 0.0F : spx_matte_alpha(source->found[at]);
            set_products(self->sums[v][u], weight_of(trust), colour, alpha);
            self->sums[v][u][SUM_ASKED] = trust == SPX_MATTE_SURE ? 0.0F : 1.0F;
            self->sums[v][u][SUM_TOLD] =
                trust == SPX_MATTE_SURE || trust == SPX_MATTE_BY_DEPTH ? 0.0F : weight_of(trust);
        }
    }
}

static void sum_columns(block *self)
{
    for (uint32_t u = 0; u < AREA_PX; u++) {
        float running[SUMS] = { 0 };
        for (uint32_t v = 0; v < AREA_PX; v++) {
            for (size_t k = 0; k < SUMS; k++)
                running[k] += self->sums[v][u][k];
            if (v < 2 * RADIUS_PX)
                continue;
            const uint32_t out = v - 2 * RADIUS_PX;
            for (size_t k = 0; k < SUMS; k++) {
                self->columns[out][u][k] = running[k];
                running[k] -= self->sums[out][u][k];
            }
        }
    }
}

/* What the window's linear function says of a colour. */
static float alpha_of(const float sums[SUMS], const float colour[CHANNELS])
{
    const float scale = 1.0F / sums[SUM_WEIGHT];
    const float alpha = sums[SUM_ALPHA] * scale;
    float mean[CHANNELS];
    float both[CHANNELS]; /* covariance of colour and alpha */
    float pairs[6];
    size_t pair = 0;
    for (size_t c = 0; c < CHANNELS; c++)
        mean[c] = sums[SUM_COLOUR + c] * scale;
    for (size_t c = 0; c < CHANNELS; c++) {
        both[c] = sums[SUM_BOTH + c] * scale - mean[c] * alpha;
        for (size_t d = c; d < CHANNELS; d++, pair++) {
            pairs[pair] = sums[SUM_COLOURS + pair] * scale - mean[c] * mean[d];
            if (c == d)
                pairs[pair] = (pairs[pair] > 0.0F ? pairs[pair] : 0.0F) + tuned.noise_variance;
        }
    }
    const float rr = pairs[3] * pairs[5] - pairs[4] * pairs[4];
    const float rg = pairs[2] * pairs[4] - pairs[1] * pairs[5];
    const float rb = pairs[1] * pairs[4] - pairs[2] * pairs[3];
    const float gg = pairs[0] * pairs[5] - pairs[2] * pairs[2];
    const float gb = pairs[1] * pairs[2] - pairs[0] * pairs[4];
    const float bb = pairs[0] * pairs[3] - pairs[1] * pairs[1];
    const float determinant = pairs[0] * rr + pairs[1] * rg + pairs[2] * rb;
    if (!(determinant > 0.0F))
        return alpha;
    const float slope[CHANNELS] = { rr * both[0] + rg * both[1] + rb * both[2],
                                    rg * both[0] + gg * both[1] + gb * both[2],
                                    rb * both[0] + gb * both[1] + bb * both[2] };
    float sum = 0.0F;
    for (size_t c = 0; c < CHANNELS; c++)
        sum += slope[c] * (colour[c] - mean[c]);
    return alpha + sum / determinant;
}

/* Where hardly any pixel around has told anything, as where many surfaces meet, the depth map keeps
 * the last word: half an alpha for each is worse than a wrong one for some. */
static float blend_by_depth(const float sums[SUMS], float own, float fitted)
{
    static const float nothing = 0.3F;
    static const float enough = 0.7F;
    const float told = sums[SUM_TOLD] / (sums[SUM_ASKED] + 1e-6F);
    const float share = fminf(fmaxf((told - nothing) / (enough - nothing), 0.0F), 1.0F);
    const float sure = fabsf(fitted - own) > 0.75F ? 1.0F - own : own;
    return sure + share * (fitted - sure);
}

static void smooth_row(const spx_layers *layers, const spx_matte_source *source, const block *self,
                       uint32_t y)
{
    float running[SUMS] = { 0 };
    const float(*const columns)[SUMS] = self->columns[y - self->y];
    for (uint32_t u = 0; u < 2 * RADIUS_PX; u++) {
        for (size_t k = 0; k < SUMS; k++)
            running[k] += columns[u][k];
    }
    for (uint32_t x = self->x; x < self->end_x; x++) {
        const uint32_t u = x - self->x;
        const size_t at = spx_layers_at(layers, y) + x;
        for (size_t k = 0; k < SUMS; k++)
            running[k] += columns[u + 2 * RADIUS_PX][k];
        if (is_wanted(source, at)) {
            float colour[CHANNELS];
            spx_matte_read_colour(layers, source, x, y, colour);
            const int seen = self->soft &&
                             spx_matte_trust_of(source->trust[at]) == SPX_MATTE_BY_LINE &&
                             source->found[at] != SPX_MATTE_FAR;
            const float far_zone = seen ? seen_zone : tuned.smooth_dead_zone;
            float alpha =
                (alpha_of(running, colour) - far_zone) / (1.0F - far_zone - tuned.smooth_dead_zone);
            if (spx_matte_trust_of(source->trust[at]) == SPX_MATTE_BY_DEPTH)
                alpha = blend_by_depth(running, spx_matte_alpha(source->found[at]), alpha);
            source->smooth[at] = spx_matte_code(alpha);
        }
        for (size_t k = 0; k < SUMS; k++)
            running[k] -= columns[u][k];
    }
}

void spx_matte_smooth(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                      uint32_t end)
{
    block self;
    const uint32_t most_x = layers->width - layers->margin;
    for (self.y = first; self.y < end; self.y = self.end_y) {
        self.end_y = self.y + BLOCK_PX < end ? self.y + BLOCK_PX : end;
        for (self.x = layers->margin; self.x < most_x; self.x = self.end_x) {
            self.end_x = self.x + BLOCK_PX < most_x ? self.x + BLOCK_PX : most_x;
            if (!has_wanted(layers, source, &self))
                continue;
            self.soft = spx_matte_band(layers, source, self.x, self.y) >
                        spx_matte_sharp_band(source->photo);
            fill_products(layers, source, &self);
            sum_columns(&self);
            for (uint32_t y = self.y; y < self.end_y; y++)
                smooth_row(layers, source, &self, y);
        }
    }
}
