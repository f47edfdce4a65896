/*
 * Two windows at once, one in each half of a vector, so that every sum has the eight lanes and the
 * order of the other versions. Sums, least and most come out in all lanes of their half. The pairs
 * are halved by turns: every halving waits for the sum before it.
 */
#include "depth/edge_median.h"

#include <immintrin.h>

enum { BISECTIONS = 7, PAIRS = 4, LAST = 0x8080, SWAP_1 = 0xB1, SWAP_2 = 0x4E };

typedef struct window_pair {
    __m512 values[SPX_EDGE_WINDOW];
    __m512 weights[SPX_EDGE_WINDOW];
    __m512 low; /* the quantile lies above it, … */
    __m512 high;
    __m512 wanted; /* … and has so much weight below it */
} window_pair;

static inline __m512 swap_4(__m512 v)
{
    return _mm512_shuffle_f32x4(v, v, _MM_SHUFFLE(2, 3, 0, 1));
}

/* ((0 + 4) + (1 + 5)) + ((2 + 6) + (3 + 7)) of each half. */
static inline __m512 sum_halves(__m512 lanes)
{
    const __m512 four = _mm512_add_ps(lanes, swap_4(lanes));
    const __m512 two = _mm512_add_ps(four, _mm512_permute_ps(four, SWAP_1));
    return _mm512_add_ps(two, _mm512_permute_ps(two, SWAP_2));
}

static inline __m512 load_pair(const float *one, const float *other)
{
    return _mm512_insertf32x8(_mm512_castps256_ps512(_mm256_loadu_ps(one)), _mm256_loadu_ps(other),
                              1);
}

static inline __m512 fill_pair(float one, float other)
{
    return _mm512_insertf32x8(_mm512_set1_ps(one), _mm256_set1_ps(other), 1);
}

/* exp(-t) for t >= 0 as (1 - t/8)^8, 0 from t = 8 on. */
static inline __m512 fall_off(__m512 t)
{
    const __m512 left =
        _mm512_sub_ps(_mm512_set1_ps(1.0f), _mm512_mul_ps(t, _mm512_set1_ps(0.125f)));
    __m512 base = _mm512_max_ps(left, _mm512_setzero_ps());
    base = _mm512_mul_ps(base, base);
    base = _mm512_mul_ps(base, base);
    return _mm512_mul_ps(base, base);
}

static inline __m512 square_off(const float *plane, const size_t at[2], __m512 centre)
{
    const __m512 off = _mm512_sub_ps(load_pair(plane + at[0], plane + at[1]), centre);
    return _mm512_mul_ps(off, off);
}

/* x: the two pixels. */
static inline void gather(const spx_edge_source *source, const size_t x[2], window_pair *pair)
{
    enum { DEPTH, TRUST, RED, GREEN, BLUE };
    const size_t centre = SPX_EDGE_RADIUS * source->stride + SPX_EDGE_RADIUS;
    const __m512 scale = _mm512_set1_ps(source->inverse_variance);
    __m512 own[SPX_EDGE_PLANES];
    for (int p = RED; p <= BLUE; p++)
        own[p] = fill_pair(source->planes[p][centre + x[0]], source->planes[p][centre + x[1]]);
    for (size_t k = 0; k < SPX_EDGE_WINDOW; k++) {
        const size_t at[2] = { k * source->stride + x[0], k * source->stride + x[1] };
        const __m512 off =
            _mm512_add_ps(_mm512_add_ps(square_off(source->planes[RED], at, own[RED]),
                                        square_off(source->planes[GREEN], at, own[GREEN])),
                          square_off(source->planes[BLUE], at, own[BLUE]));
        const __m512 like = fall_off(_mm512_mul_ps(off, scale));
        const __m512 trust =
            load_pair(source->planes[TRUST] + at[0], source->planes[TRUST] + at[1]);
        const __m512 place =
            _mm512_mul_ps(load_pair(source->spatial[k], source->spatial[k]), trust);
        pair->values[k] = load_pair(source->planes[DEPTH] + at[0], source->planes[DEPTH] + at[1]);
        pair->weights[k] = _mm512_mul_ps(place, _mm512_add_ps(like, _mm512_set1_ps(1e-4f)));
    }
}

/* Least and most of each window's values, without the last lane: lane 4 takes its place. */
static inline void find_range(window_pair *pair)
{
    __m512 least = pair->values[0];
    __m512 most = least;
    for (size_t k = 1; k < SPX_EDGE_WINDOW; k++) {
        least = _mm512_min_ps(least, pair->values[k]);
        most = _mm512_max_ps(most, pair->values[k]);
    }
    least = _mm512_mask_permute_ps(least, LAST, least, 0);
    most = _mm512_mask_permute_ps(most, LAST, most, 0);
    least = _mm512_min_ps(least, swap_4(least));
    most = _mm512_max_ps(most, swap_4(most));
    least = _mm512_min_ps(least, _mm512_permute_ps(least, SWAP_1));
    most = _mm512_max_ps(most, _mm512_permute_ps(most, SWAP_1));
    pair->low = _mm512_min_ps(least, _mm512_permute_ps(least, SWAP_2));
    pair->high = _mm512_max_ps(most, _mm512_permute_ps(most, SWAP_2));
}

/* Weight of the values up to `limit`. */
static inline __m512 weigh_below(const window_pair *pair, __m512 limit)
{
    __m512 lanes = _mm512_setzero_ps();
    for (size_t k = 0; k < SPX_EDGE_WINDOW; k++) {
        const __mmask16 counts = _mm512_cmp_ps_mask(pair->values[k], limit, _CMP_LE_OQ);
        lanes = _mm512_mask_add_ps(lanes, counts, lanes, pair->weights[k]);
    }
    return sum_halves(lanes);
}

static inline void start(window_pair *pair, float quantile)
{
    find_range(pair);
    const __m512 range = _mm512_sub_ps(pair->high, pair->low);
    pair->low = _mm512_sub_ps(pair->low, _mm512_mul_ps(range, _mm512_set1_ps(0.01f)));
    pair->wanted = _mm512_mul_ps(_mm512_set1_ps(quantile), weigh_below(pair, pair->high));
}

static inline void halve(window_pair *pair)
{
    const __m512 half = _mm512_mul_ps(_mm512_set1_ps(0.5f), _mm512_add_ps(pair->low, pair->high));
    const __mmask16 above = _mm512_cmp_ps_mask(weigh_below(pair, half), pair->wanted, _CMP_LT_OQ);
    pair->low = _mm512_mask_mov_ps(pair->low, above, half);
    pair->high = _mm512_mask_mov_ps(half, above, pair->high);
}

/* Mean of the values above low and up to high; high where there are none. */
static inline __m512 mean_between(const window_pair *pair)
{
    __m512 sums = _mm512_setzero_ps();
    __m512 totals = _mm512_setzero_ps();
    for (size_t k = 0; k < SPX_EDGE_WINDOW; k++) {
        const __m512 value = pair->values[k];
        const __mmask16 above = _mm512_cmp_ps_mask(value, pair->low, _CMP_GT_OQ);
        const __mmask16 counts = _mm512_mask_cmp_ps_mask(above, value, pair->high, _CMP_LE_OQ);
        const __m512 product = _mm512_mul_ps(pair->weights[k], value);
        sums = _mm512_mask_add_ps(sums, counts, sums, product);
        totals = _mm512_mask_add_ps(totals, counts, totals, pair->weights[k]);
    }
    const __m512 total = sum_halves(totals);
    const __mmask16 some = _mm512_cmp_ps_mask(total, _mm512_setzero_ps(), _CMP_GT_OQ);
    return _mm512_mask_div_ps(pair->high, some, sum_halves(sums), total);
}

void spx_edge_median_avx512(const spx_edge_source *source, const float *gate, size_t count,
                            float *out)
{
    const float *const own = source->planes[0] + SPX_EDGE_RADIUS * source->stride + SPX_EDGE_RADIUS;
    window_pair pairs[PAIRS];
    size_t pixels[2 * PAIRS];
    float medians[2 * PAIRS * SPX_EDGE_LANES];
    size_t x = 0;
    for (size_t i = 0; i < count; i++)
        out[i] = own[i];
    for (size_t n = spx_edge_next(gate, count, 2 * PAIRS, &x, pixels); n > 0;
         n = spx_edge_next(gate, count, 2 * PAIRS, &x, pixels)) {
        const size_t used = (n + 1) / 2;
        if (n % 2 != 0)
            pixels[n] = pixels[n - 1]; /* the last one twice */
        for (size_t p = 0; p < used; p++) {
            gather(source, pixels + 2 * p, &pairs[p]);
            start(&pairs[p], source->quantile);
        }
        for (int i = 0; i < BISECTIONS; i++) {
            for (size_t p = 0; p < used; p++)
                halve(&pairs[p]);
        }
        for (size_t p = 0; p < used; p++)
            _mm512_storeu_ps(medians + p * 2 * SPX_EDGE_LANES, mean_between(&pairs[p]));
        for (size_t i = 0; i < n; i++) {
            const size_t at = pixels[i];
            out[at] += gate[at] * (medians[i * SPX_EDGE_LANES] - own[at]);
        }
    }
}
