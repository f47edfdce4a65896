#include "warp/resample.h"

#include "base/cpu.h"
#include "base/intops.h"
#include "warp/tuned.h"

#include <math.h>

enum { CHANNELS = 3, ROUND = SPX_RESAMPLE_ONE / 2, SHIFT = 14 };

/* From a line towards Catmull-Rom: both pass through the pixels and leave slopes as they are. The
 * cubic keeps fine grain, but also overshoots at edges. */
static void cubic_weights(double u, double weights[SPX_RESAMPLE_TAPS])
{
    const double share = tuned.cubic_share;
    weights[0] = share * u * (-0.5 + u * (1.0 - 0.5 * u));
    weights[1] = (1.0 - u) + share * u * (1.0 + u * (-2.5 + 1.5 * u));
    weights[2] = u + share * u * (-0.5 + u * (2.0 - 1.5 * u));
    weights[3] = share * u * u * (-0.5 + 0.5 * u);
}

/* The area below a line's weights, a tent of two pixels' width, up to x pixels from its middle. */
static double tent_below(double x)
{
    if (x <= -1.0 || x >= 1.0)
        return x < 0.0 ? 0.0 : 1.0;
    return x < 0.0 ? 0.5 * (1.0 + x) * (1.0 + x) : 1.0 - 0.5 * (1.0 - x) * (1.0 - x);
}

static void mean_weights(double u, double width, double weights[SPX_RESAMPLE_TAPS])
{
    for (int k = 0; k < SPX_RESAMPLE_TAPS; k++) {
        const double away = k - 1 - u;
        weights[k] = (tent_below(away + width / 2.0) - tent_below(away - width / 2.0)) / width;
    }
}

static void set_row(int16_t to[SPX_RESAMPLE_TAPS], const double weights[SPX_RESAMPLE_TAPS])
{
    int rest = SPX_RESAMPLE_ONE;
    for (int k = 0; k < SPX_RESAMPLE_TAPS; k++) {
        to[k] = (int16_t)lround(weights[k] * SPX_RESAMPLE_ONE);
        rest -= to[k];
    }
    int16_t *const larger = &to[weights[1] >= weights[2] ? 1 : 2];
    *larger = (int16_t)(*larger + rest);
}

void spx_resample_table_init(spx_resample_table *table)
{
    for (int phase = 0; phase < SPX_RESAMPLE_PHASES; phase++) {
        const double u = (double)phase / SPX_RESAMPLE_PHASES;
        double weights[SPX_RESAMPLE_TAPS];
        cubic_weights(u, weights);
        set_row(table->weights[SPX_RESAMPLE_CURVE + phase], weights);
        const double line[SPX_RESAMPLE_TAPS] = { 0.0, 1.0 - u, u, 0.0 };
        set_row(table->weights[SPX_RESAMPLE_LINE + phase], line);
        for (int i = 0; i < SPX_RESAMPLE_WIDTHS; i++) {
            mean_weights(u, (i + 1.0) / SPX_RESAMPLE_WIDTHS_PER_PX, weights);
            set_row(table->weights[SPX_RESAMPLE_MEANS + i * SPX_RESAMPLE_PHASES + phase], weights);
        }
    }
}

uint32_t spx_resample_squeezed(float squeeze)
{
    const float excess = squeeze * squeeze - tuned.least_squeeze * tuned.least_squeeze;
    const float width = tuned.mean_width * sqrtf(fmaxf(0.0F, excess));
    const float thirds = fminf(width * SPX_RESAMPLE_WIDTHS_PER_PX, SPX_RESAMPLE_WIDTHS);
    const uint32_t nearest = (uint32_t)(thirds + 0.5F);
    return nearest == 0 ? SPX_RESAMPLE_CURVE
                        : SPX_RESAMPLE_MEANS + (nearest - 1) * SPX_RESAMPLE_PHASES;
}

void spx_resample8_c(uint8_t *to, const uint8_t *from, const uint32_t *codes, size_t count,
                     const spx_resample_table *table)
{
    for (size_t i = 0; i < count; i++) {
        const int16_t *const w = table->weights[codes[i] % SPX_RESAMPLE_ROWS];
        const uint8_t *const p = from + (size_t)CHANNELS * (codes[i] / SPX_RESAMPLE_ROWS);
        for (int c = 0; c < CHANNELS; c++) {
            const int sum = w[0] * p[c - CHANNELS] + w[1] * p[c] + w[2] * p[c + CHANNELS] +
                            w[3] * p[c + 2 * CHANNELS];
            to[(size_t)CHANNELS * i + (size_t)c] =
                (uint8_t)spx_clamp_i32((sum + ROUND) >> SHIFT, 0, UINT8_MAX);
        }
    }
}

void spx_resample16(uint16_t *to, const uint16_t *from, const uint32_t *codes, size_t count,
                    const spx_resample_table *table)
{
    for (size_t i = 0; i < count; i++) {
        const int16_t *const w = table->weights[codes[i] % SPX_RESAMPLE_ROWS];
        const uint16_t *const p = from + (size_t)CHANNELS * (codes[i] / SPX_RESAMPLE_ROWS);
        for (int c = 0; c < CHANNELS; c++) {
            const int sum = w[0] * p[c - CHANNELS] + w[1] * p[c] + w[2] * p[c + CHANNELS] +
                            w[3] * p[c + 2 * CHANNELS];
            to[(size_t)CHANNELS * i + (size_t)c] =
                (uint16_t)spx_clamp_i32((sum + ROUND) >> SHIFT, 0, UINT16_MAX);
        }
    }
}

spx_resample8_fn spx_resample8(unsigned cpu_flags)
{
#if defined(__x86_64__)
    if (cpu_flags & SPX_CPU_AVX2)
        return spx_resample8_avx2;
#endif
    (void)cpu_flags;
    return spx_resample8_c;
}
