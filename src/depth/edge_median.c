#include "depth/edge_median.h"

#include "base/cpu.h"

#include <math.h>
#include <string.h>

typedef struct edge_window {
    float values[SPX_EDGE_WINDOW][SPX_EDGE_LANES];
    float weights[SPX_EDGE_WINDOW][SPX_EDGE_LANES];
} edge_window;

static inline float edge_sum(const float lanes[SPX_EDGE_LANES])
{
    return ((lanes[0] + lanes[4]) + (lanes[1] + lanes[5])) +
           ((lanes[2] + lanes[6]) + (lanes[3] + lanes[7]));
}

/* exp(-t) for t >= 0 as (1 - t/8)^8, 0 from t = 8 on. */
static inline float edge_falloff(float t)
{
    float base = 1.0f - t * 0.125f;
    base = base > 0.0f ? base : 0.0f;
    base *= base;
    base *= base;
    return base * base;
}

static inline void edge_gather(const spx_edge_source *source, size_t x, edge_window *window)
{
    enum { DEPTH, TRUST, RED, GREEN, BLUE };
    const size_t centre = SPX_EDGE_RADIUS * source->stride + SPX_EDGE_RADIUS + x;
    const float red = source->planes[RED][centre];
    const float green = source->planes[GREEN][centre];
    const float blue = source->planes[BLUE][centre];
    for (size_t k = 0; k < SPX_EDGE_WINDOW; k++) {
        const size_t at = k * source->stride + x;
        for (size_t i = 0; i < SPX_EDGE_LANES; i++) {
            const float r = source->planes[RED][at + i] - red;
            const float g = source->planes[GREEN][at + i] - green;
            const float b = source->planes[BLUE][at + i] - blue;
            const float like = edge_falloff((r * r + g * g + b * b) * source->inverse_variance);
            window->values[k][i] = source->planes[DEPTH][at + i];
            window->weights[k][i] =
                source->spatial[k][i] * source->planes[TRUST][at + i] * (like + 1e-4f);
        }
    }
}

/* Least and most of the window's values. */
static inline void edge_range(const edge_window *window, float *low, float *high)
{
    *low = *high = window->values[0][0];
    for (size_t k = 0; k < SPX_EDGE_WINDOW; k++) {
        for (size_t i = 0; i + 1 < SPX_EDGE_LANES; i++) {
            const float value = window->values[k][i];
            *low = value < *low ? value : *low;
            *high = value > *high ? value : *high;
        }
    }
}

/* Weight of the values up to `limit`. */
static inline float edge_weight_below(const edge_window *window, float limit)
{
    float lanes[SPX_EDGE_LANES] = { 0 };
    for (size_t k = 0; k < SPX_EDGE_WINDOW; k++) {
        for (size_t i = 0; i < SPX_EDGE_LANES; i++)
            lanes[i] += window->values[k][i] <= limit ? window->weights[k][i] : 0.0f;
    }
    return edge_sum(lanes);
}

/* Mean of the values above low and up to high. */
static inline float edge_mean_between(const edge_window *window, float low, float high)
{
    float sums[SPX_EDGE_LANES] = { 0 };
    float totals[SPX_EDGE_LANES] = { 0 };
    for (size_t k = 0; k < SPX_EDGE_WINDOW; k++) {
        for (size_t i = 0; i < SPX_EDGE_LANES; i++) {
            const float value = window->values[k][i];
            const float weight = value > low && value <= high ? window->weights[k][i] : 0.0f;
            sums[i] += weight * value;
            totals[i] += weight;
        }
    }
    const float total = edge_sum(totals);
    return total > 0.0f ? edge_sum(sums) / total : high;
}

#include "depth/edge_median_kernel.h"
#include "depth/tuned.h"

void spx_edge_source_init(spx_edge_source *source)
{
    memset(source->spatial, 0, sizeof(source->spatial));
    for (int y = -SPX_EDGE_RADIUS; y <= SPX_EDGE_RADIUS; y++) {
        for (int x = -SPX_EDGE_RADIUS; x <= SPX_EDGE_RADIUS; x++) {
            const float square = (float)(x * x + y * y);
            source->spatial[y + SPX_EDGE_RADIUS][x + SPX_EDGE_RADIUS] =
                expf(-square / (2.0f * tuned.spatial_sigma * tuned.spatial_sigma));
        }
    }
}

void spx_edge_median_c(const spx_edge_source *source, const float *gate, size_t count, float *out)
{
    edge_median_row(source, gate, count, out);
}

spx_edge_median_fn spx_edge_median_choose(unsigned cpu_flags)
{
#if defined(__x86_64__)
    if (cpu_flags & SPX_CPU_AVX512)
        return spx_edge_median_avx512;
    if (cpu_flags & SPX_CPU_AVX2)
        return spx_edge_median_avx2;
#else
    (void)cpu_flags;
#endif
    return spx_edge_median_c;
}
