#include "depth/edge_median.h"

#include <immintrin.h>

typedef struct edge_window {
    __m256 values[SPX_EDGE_WINDOW];
    __m256 weights[SPX_EDGE_WINDOW];
} edge_window;

/* ((0 + 4) + (1 + 5)) + ((2 + 6) + (3 + 7)) of eight lanes. */
static inline float edge_sum(__m256 lanes)
{
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(lanes), _mm256_extractf128_ps(lanes, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehdup_ps(four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehl_ps(two, two)));
}

/* exp(-t) for t >= 0 as (1 - t/8)^8, 0 from t = 8 on. */
static inline __m256 edge_falloff(__m256 t)
{
    const __m256 left =
        _mm256_sub_ps(_mm256_set1_ps(1.0f), _mm256_mul_ps(t, _mm256_set1_ps(0.125f)));
    __m256 base = _mm256_max_ps(left, _mm256_setzero_ps());
    base = _mm256_mul_ps(base, base);
    base = _mm256_mul_ps(base, base);
    return _mm256_mul_ps(base, base);
}

static inline __m256 edge_square_off(const float *row, float centre)
{
    const __m256 off = _mm256_sub_ps(_mm256_loadu_ps(row), _mm256_set1_ps(centre));
    return _mm256_mul_ps(off, off);
}

static inline void edge_gather(const spx_edge_source *source, size_t x, edge_window *window)
{
    enum { DEPTH, TRUST, RED, GREEN, BLUE };
    const size_t centre = SPX_EDGE_RADIUS * source->stride + SPX_EDGE_RADIUS + x;
    const float red = source->planes[RED][centre];
    const float green = source->planes[GREEN][centre];
    const float blue = source->planes[BLUE][centre];
    const __m256 scale = _mm256_set1_ps(source->inverse_variance);
    for (size_t k = 0; k < SPX_EDGE_WINDOW; k++) {
        const size_t at = k * source->stride + x;
        const __m256 off =
            _mm256_add_ps(_mm256_add_ps(edge_square_off(source->planes[RED] + at, red),
                                        edge_square_off(source->planes[GREEN] + at, green)),
                          edge_square_off(source->planes[BLUE] + at, blue));
        const __m256 like = edge_falloff(_mm256_mul_ps(off, scale));
        const __m256 place = _mm256_mul_ps(_mm256_loadu_ps(source->spatial[k]),
                                           _mm256_loadu_ps(source->planes[TRUST] + at));
        window->values[k] = _mm256_loadu_ps(source->planes[DEPTH] + at);
        window->weights[k] = _mm256_mul_ps(place, _mm256_add_ps(like, _mm256_set1_ps(1e-4f)));
    }
}

/* Least and most of the window's values. */
static inline void edge_range(const edge_window *window, float *low, float *high)
{
    enum { LAST = 0x80 };
    __m256 least = window->values[0];
    __m256 most = least;
    for (size_t k = 1; k < SPX_EDGE_WINDOW; k++) {
        least = _mm256_min_ps(least, window->values[k]);
        most = _mm256_max_ps(most, window->values[k]);
    }
    /* Lane 4 takes the place of the one that does not count. */
    least = _mm256_blend_ps(least, _mm256_permute_ps(least, 0), LAST);
    most = _mm256_blend_ps(most, _mm256_permute_ps(most, 0), LAST);
    __m128 l = _mm_min_ps(_mm256_castps256_ps128(least), _mm256_extractf128_ps(least, 1));
    __m128 m = _mm_max_ps(_mm256_castps256_ps128(most), _mm256_extractf128_ps(most, 1));
    l = _mm_min_ps(l, _mm_movehdup_ps(l));
    m = _mm_max_ps(m, _mm_movehdup_ps(m));
    *low = _mm_cvtss_f32(_mm_min_ss(l, _mm_movehl_ps(l, l)));
    *high = _mm_cvtss_f32(_mm_max_ss(m, _mm_movehl_ps(m, m)));
}

/* Weight of the values up to `limit`. */
static inline float edge_weight_below(const edge_window *window, float limit)
{
    const __m256 most = _mm256_set1_ps(limit);
    __m256 lanes = _mm256_setzero_ps();
    for (size_t k = 0; k < SPX_EDGE_WINDOW; k++) {
        const __m256 counts = _mm256_cmp_ps(window->values[k], most, _CMP_LE_OQ);
        lanes = _mm256_add_ps(lanes, _mm256_and_ps(counts, window->weights[k]));
    }
    return edge_sum(lanes);
}

/* Mean of the values above low and up to high. */
static inline float edge_mean_between(const edge_window *window, float low, float high)
{
    const __m256 least = _mm256_set1_ps(low);
    const __m256 most = _mm256_set1_ps(high);
    __m256 sums = _mm256_setzero_ps();
    __m256 totals = _mm256_setzero_ps();
    for (size_t k = 0; k < SPX_EDGE_WINDOW; k++) {
        const __m256 value = window->values[k];
        const __m256 counts = _mm256_and_ps(_mm256_cmp_ps(value, least, _CMP_GT_OQ),
                                            _mm256_cmp_ps(value, most, _CMP_LE_OQ));
        const __m256 weight = _mm256_and_ps(counts, window->weights[k]);
        sums = _mm256_add_ps(sums, _mm256_mul_ps(weight, value));
        totals = _mm256_add_ps(totals, weight);
    }
    const float total = edge_sum(totals);
    return total > 0.0f ? edge_sum(sums) / total : high;
}

#include "depth/edge_median_kernel.h"

void spx_edge_median_avx2(const spx_edge_source *source, const float *gate, size_t count,
                          float *out)
{
    edge_median_row(source, gate, count, out);
}
