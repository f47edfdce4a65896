/*
 * How wide the band beside a step has to be: an edge out of focus runs over many pixels, and what
 * of it stays on the far surface is left standing as a pale outline when the near one moves away.
 * The steepest change of colour from far to near tells: over `n` pixels it goes once from one to
 * the other. Measured in blocks, as nothing that is seen changes from one pixel to the next.
 */
#include "base/intops.h"
#include "warp/matte.h"
#include "warp/tuned.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHANNELS = SPX_IMAGE_CHANNELS,
    AROUND_PX = 24, /* of a block, for the colours of both surfaces */
    STRIDE_PX = 3,  /* between the pixels that they are taken from */
    BASE_PX = 4,    /* over so many a slope is measured */
    LEAST_SAMPLES = 8,
    UNKNOWN = 0,
};

/* Squared, of 8-bit levels over three channels: less leaves no outline that could be seen. */
static const float least_contrast = 900.0F;

typedef struct square {
    int64_t x, end_x, y, end_y; /* canvas, inside the photo */
} square;

static square grow(const spx_layers *layers, uint32_t x, uint32_t y, int64_t by)
{
    const int64_t least = layers->margin;
    const int64_t most = (int64_t)layers->width - layers->margin;
    const square one = { (int64_t)x - by, (int64_t)x + SPX_MATTE_BLOCK_PX + by, (int64_t)y - by,
                         (int64_t)y + SPX_MATTE_BLOCK_PX + by };
    return (square){ one.x < least ? least : one.x, one.end_x > most ? most : one.end_x,
                     one.y < 0 ? 0 : one.y,
                     one.end_y > layers->height ? layers->height : one.end_y };
}

typedef struct step_colours {
    float far[CHANNELS];
    float axis[CHANNELS]; /* from far to near, over the squared contrast */
} step_colours;

/* 0 when there is no step worth looking at. */
static int find_colours(const spx_layers *layers, const spx_matte_source *source, square at,
                        spx_matte_span span, step_colours *out)
{
    float sum[2][CHANNELS] = { { 0 } };
    int count[2] = { 0, 0 };
    const uint32_t third = (uint32_t)(span.high - span.low) / 3;
    for (int64_t y = at.y; y < at.end_y; y += STRIDE_PX) {
        const uint16_t *const depth = source->depth + spx_layers_at(layers, (uint32_t)y);
        for (int64_t x = at.x; x < at.end_x; x += STRIDE_PX) {
            if (spx_matte_is_between(span, depth[x]))
                continue;
            const int near = depth[x] >= span.high - third;
            float colour[CHANNELS];
            spx_matte_read_colour(layers, source, (uint32_t)x, (uint32_t)y, colour);
            for (int c = 0; c < CHANNELS; c++)
                sum[near][c] += colour[c];
            count[near]++;
        }
    }
    if (count[0] < LEAST_SAMPLES || count[1] < LEAST_SAMPLES)
        return 0;
    float contrast = 0.0F;
    for (int c = 0; c < CHANNELS; c++) {
        out->far[c] = sum[0][c] / (float)count[0];
        out->axis[c] = sum[1][c] / (float)count[1] - out->far[c];
        contrast += out->axis[c] * out->axis[c];
    }
    for (int c = 0; c < CHANNELS && contrast > 0.0F; c++)
        out->axis[c] /= contrast;
    return contrast >= least_contrast;
}

static float position(const spx_layers *layers, const spx_matte_source *source,
                      const step_colours *colours, int64_t x, int64_t y)
{
    float colour[CHANNELS];
    float sum = 0.0F;
    spx_matte_read_colour(layers, source, (uint32_t)x, (uint32_t)y, colour);
    for (int c = 0; c < CHANNELS; c++)
        sum += (colour[c] - colours->far[c]) * colours->axis[c];
    return sum;
}

/* The change between two positions, if the far surface's side of an edge lies between them: what is
 * steep elsewhere is the texture of one of the surfaces. */
static float crossing(float one, float other)
{
    static const float level = 0.25F;
    return (one < level) == (other < level) ? 0.0F : fabsf(one - other);
}

/* Steepest change, in shares of the way from far to near for each pixel. */
static float steepest(const spx_layers *layers, const spx_matte_source *source,
                      const step_colours *colours, square at)
{
    float most = 0.0F;
    for (int64_t y = at.y; y + BASE_PX < at.end_y; y += 2) {
        for (int64_t x = at.x; x + BASE_PX < at.end_x; x += 2) {
            const float here = position(layers, source, colours, x, y);
            most = fmaxf(most, crossing(here, position(layers, source, colours, x + BASE_PX, y)));
            most = fmaxf(most, crossing(here, position(layers, source, colours, x, y + BASE_PX)));
        }
    }
    return most / BASE_PX;
}

static spx_matte_span survey_block(const spx_layers *layers, const spx_matte_source *source,
                                   square at)
{
    spx_matte_span span = { .low = UINT16_MAX, .high = 0 };
    for (int64_t y = at.y; y < at.end_y; y++) {
        const uint16_t *const depth = source->depth + spx_layers_at(layers, (uint32_t)y);
        for (int64_t x = at.x; x < at.end_x; x++) {
            span.low = depth[x] < span.low ? depth[x] : span.low;
            span.high = depth[x] > span.high ? depth[x] : span.high;
        }
    }
    return span;
}

void spx_matte_survey(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                      uint32_t end)
{
    const uint32_t columns = spx_matte_columns(layers);
    for (uint32_t y = first; y < end; y += SPX_MATTE_BLOCK_PX) {
        spx_matte_span *const row = source->spans + (size_t)(y / SPX_MATTE_BLOCK_PX) * columns;
        for (uint32_t k = 0; k < columns; k++) {
            const square block = grow(layers, layers->margin + k * SPX_MATTE_BLOCK_PX, y, 0);
            row[k] = survey_block(layers, source, block);
        }
    }
}

spx_matte_span spx_matte_span_around(const spx_layers *layers, const spx_matte_source *source,
                                     uint32_t x, uint32_t y, uint32_t by_px)
{
    const uint32_t columns = spx_matte_columns(layers);
    const uint32_t rows = spx_matte_rows(layers);
    const uint32_t by = spx_divide_up_u32(by_px, SPX_MATTE_BLOCK_PX);
    const uint32_t column = (x - layers->margin) / SPX_MATTE_BLOCK_PX;
    const uint32_t row = y / SPX_MATTE_BLOCK_PX;
    const uint32_t end_v = row + by < rows ? row + by + 1 : rows;
    const uint32_t end_u = column + by < columns ? column + by + 1 : columns;
    spx_matte_span span = { .low = UINT16_MAX, .high = 0 };
    for (uint32_t v = row > by ? row - by : 0; v < end_v; v++) {
        for (uint32_t u = column > by ? column - by : 0; u < end_u; u++) {
            const spx_matte_span one = source->spans[(size_t)v * columns + u];
            span.low = one.low < span.low ? one.low : span.low;
            span.high = one.high > span.high ? one.high : span.high;
        }
    }
    return span;
}

static uint8_t measure_block(const spx_layers *layers, const spx_matte_source *source, uint32_t x,
                             uint32_t y, uint32_t band)
{
    const uint32_t rise = SPX_MATTE_SOFT_STEPS * spx_layers_step(layers);
    const square core = grow(layers, x, y, band);
    spx_matte_span span = spx_matte_span_around(layers, source, x, y, band);
    if (span.high <= span.low + rise)
        return UNKNOWN;
    span = survey_block(layers, source, core);
    step_colours colours;
    if (span.high <= span.low + rise ||
        !find_colours(layers, source, grow(layers, x, y, AROUND_PX), span, &colours))
        return UNKNOWN;
    const float steep = steepest(layers, source, &colours, core);
    if (steep <= 0.0F)
        return UNKNOWN;
    const float wished = tuned.bands_per_width / steep;
    const float most = (float)SPX_MATTE_MOST_BAND_PX;
    return (uint8_t)fminf(fmaxf(wished, (float)band), most);
}

void spx_matte_measure(const spx_layers *layers, const spx_matte_source *source, uint32_t first,
                       uint32_t end)
{
    const uint32_t columns = spx_matte_columns(layers);
    const uint32_t band = spx_matte_sharp_band(source->photo);
    for (uint32_t y = first; y < end; y += SPX_MATTE_BLOCK_PX) {
        uint8_t *const row = source->bands + (size_t)(y / SPX_MATTE_BLOCK_PX) * columns;
        for (uint32_t k = 0; k < columns; k++) {
            row[k] =
                measure_block(layers, source, layers->margin + k * SPX_MATTE_BLOCK_PX, y, band);
        }
    }
}

/* Known blocks become the mean of the known ones around them, the others the widest. */
static uint8_t spread_block(const uint8_t *measured, uint32_t columns, uint32_t rows, uint32_t x,
                            uint32_t y)
{
    const uint8_t own = measured[(size_t)y * columns + x];
    const int64_t reach = own == UNKNOWN ? 2 : 1;
    uint32_t sum = 0;
    uint32_t count = 0;
    uint8_t widest = UNKNOWN;
    for (int64_t v = (int64_t)y - reach; v <= (int64_t)y + reach; v++) {
        for (int64_t u = (int64_t)x - reach; u <= (int64_t)x + reach; u++) {
            if (u < 0 || v < 0 || u >= columns || v >= rows)
                continue;
            const uint8_t one = measured[(size_t)v * columns + (size_t)u];
            sum += one;
            count += one != UNKNOWN;
            widest = one > widest ? one : widest;
        }
    }
    if (own == UNKNOWN)
        return widest;
    return (uint8_t)((sum + count / 2) / count);
}

void spx_matte_spread(const spx_layers *layers, const spx_matte_source *source)
{
    const uint32_t columns = spx_matte_columns(layers);
    const uint32_t rows = spx_matte_rows(layers);
    const uint32_t band = spx_matte_sharp_band(source->photo);
    uint8_t *const measured = source->bands + (size_t)columns * rows;
    memcpy(measured, source->bands, (size_t)columns * rows);
    for (uint32_t y = 0; y < rows; y++) {
        for (uint32_t x = 0; x < columns; x++) {
            const uint8_t wide = spread_block(measured, columns, rows, x, y);
            source->bands[(size_t)y * columns + x] = wide > band ? wide : (uint8_t)band;
        }
    }
}
