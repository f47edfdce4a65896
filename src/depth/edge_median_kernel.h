#ifndef SPX_DEPTH_EDGE_MEDIAN_KERNEL_H
#define SPX_DEPTH_EDGE_MEDIAN_KERNEL_H

/*
 * What is the same in every version of the kernel. Before this is included, each defines
 *
 *     edge_window          a window's values and weights, SPX_EDGE_WINDOW rows of SPX_EDGE_LANES
 *     edge_gather          reads one
 *     edge_range           its least and most value, without the last lane
 *     edge_weight_below    weight of the values up to a limit
 *     edge_mean_between    mean of the values above low and up to high; high where there are none
 *
 * Sums run in eight lanes whatever the processor has, and lanes are added in one order, so that all
 * versions give the same bits.
 */
#include "depth/edge_median.h"

enum { EDGE_BISECTIONS = 7, EDGE_TOGETHER = 4 };

/* Where one window's quantile lies: above low, up to high. */
typedef struct edge_search {
    float low;
    float high;
    float wanted; /* weight below the quantile */
} edge_search;

static inline edge_search edge_search_start(const edge_window *window, float quantile)
{
    edge_search at;
    edge_range(window, &at.low, &at.high);
    at.low -= (at.high - at.low) * 0.01f;
    at.wanted = quantile * edge_weight_below(window, at.high);
    return at;
}

static inline void edge_search_halve(const edge_window *window, edge_search *at)
{
    const float half = 0.5f * (at->low + at->high);
    const int above = edge_weight_below(window, half) < at->wanted;
    at->low = above ? half : at->low;
    at->high = above ? at->high : half;
}

/* Every halving waits for the sum before it; so some pixels are halved by turns. */
static inline void edge_median_row(const spx_edge_source *source, const float *gate, size_t count,
                                   float *out)
{
    const float *const own = source->planes[0] + SPX_EDGE_RADIUS * source->stride + SPX_EDGE_RADIUS;
    edge_window windows[EDGE_TOGETHER];
    edge_search searches[EDGE_TOGETHER];
    size_t pixels[EDGE_TOGETHER];
    size_t x = 0;
    for (size_t i = 0; i < count; i++)
        out[i] = own[i];
    for (size_t n = spx_edge_next(gate, count, EDGE_TOGETHER, &x, pixels); n > 0;
         n = spx_edge_next(gate, count, EDGE_TOGETHER, &x, pixels)) {
        for (size_t p = 0; p < n; p++) {
            edge_gather(source, pixels[p], &windows[p]);
            searches[p] = edge_search_start(&windows[p], source->quantile);
        }
        for (int i = 0; i < EDGE_BISECTIONS; i++) {
            for (size_t p = 0; p < n; p++)
                edge_search_halve(&windows[p], &searches[p]);
        }
        for (size_t p = 0; p < n; p++) {
            const float median = edge_mean_between(&windows[p], searches[p].low, searches[p].high);
            out[pixels[p]] += gate[pixels[p]] * (median - own[pixels[p]]);
        }
    }
}

#endif
