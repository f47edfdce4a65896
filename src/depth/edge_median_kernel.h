#ifndef SPX_DEPTH_EDGE_MEDIAN_KERNEL_H
#define SPX_DEPTH_EDGE_MEDIAN_KERNEL_H

/*
 * The kernel's text, compiled once for each instruction set. Sums run in eight lanes whatever the
 * processor has, so that all versions give the same bits and any compiler can vectorise them.
 */
#include "depth/edge_median.h"

enum { EDGE_BISECTIONS = 7 };

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

/* Values are 0..1. */
static inline float edge_median(const edge_window *window, float quantile)
{
    float low = 1.0f;
    float high = 0.0f;
    for (size_t k = 0; k < SPX_EDGE_WINDOW; k++) {
        for (size_t i = 0; i + 1 < SPX_EDGE_LANES; i++) {
            const float value = window->values[k][i];
            low = value < low ? value : low;
            high = value > high ? value : high;
        }
    }
    const float wanted = quantile * edge_weight_below(window, high);
    low -= (high - low) * 0.01f;
    for (int i = 0; i < EDGE_BISECTIONS; i++) {
        const float half = 0.5f * (low + high);
        const int above = edge_weight_below(window, half) < wanted;
        low = above ? half : low;
        high = above ? high : half;
    }
    return edge_mean_between(window, low, high);
}

static inline void edge_median_row(const spx_edge_source *source, const float *gate, size_t count,
                                   float *out)
{
    const float *const own = source->planes[0] + SPX_EDGE_RADIUS * source->stride + SPX_EDGE_RADIUS;
    for (size_t x = 0; x < count; x++) {
        out[x] = own[x];
        if (!(gate[x] > 0.0f))
            continue;
        edge_window window;
        edge_gather(source, x, &window);
        out[x] += gate[x] * (edge_median(&window, source->quantile) - own[x]);
    }
}

#endif
