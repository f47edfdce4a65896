#include "match/match_kernels.h"

#include "match/match_kernels_body.h"

#include <immintrin.h>

static __m256i load(const void *from)
{
    return _mm256_loadu_si256((const __m256i *)from);
}

static void add_to(uint16_t *sums, __m128i values)
{
    const __m256i sum = _mm256_add_epi16(load(sums), _mm256_cvtepu8_epi16(values));
    _mm256_storeu_si256((__m256i *)(void *)sums, sum);
}

static uint8_t least_of(__m256i values)
{
    __m128i least =
        _mm_min_epu8(_mm256_castsi256_si128(values), _mm256_extracti128_si256(values, 1));
    /* The least of pairs of bytes, then of eight 16-bit numbers. */
    least = _mm_min_epu8(least, _mm_srli_epi16(least, 8));
    least = _mm_minpos_epu16(_mm_and_si128(least, _mm_set1_epi16(0xFF)));
    return (uint8_t)_mm_extract_epi8(least, 0);
}

static uint8_t step_avx2(const spx_match_step *step, size_t count, uint8_t *now, uint16_t *sums)
{
    const __m256i base = _mm256_set1_epi8((char)step->least);
    const __m256i small = _mm256_set1_epi8((char)step->small);
    const __m256i large = _mm256_set1_epi8((char)step->large);
    __m256i least = _mm256_set1_epi8((char)UINT8_MAX);
    for (size_t k = 0; k < count; k += SPX_MATCH_LANES) {
        const uint8_t *const before = step->before + k;
        const __m256i same = _mm256_sub_epi8(load(before), base);
        const __m256i beside = _mm256_min_epu8(load(before - 1), load(before + 1));
        const __m256i changed = _mm256_add_epi8(_mm256_sub_epi8(beside, base), small);
        const __m256i cheapest = _mm256_min_epu8(_mm256_min_epu8(same, changed), large);
        const __m256i costs = _mm256_add_epi8(load(step->cost + k), cheapest);
        _mm256_storeu_si256((__m256i *)(void *)(now + k), costs);
        least = _mm256_min_epu8(least, costs);
        add_to(sums + k, _mm256_castsi256_si128(costs));
        add_to(sums + k + SPX_MATCH_LANES / 2, _mm256_extracti128_si256(costs, 1));
    }
    return least_of(least);
}

const spx_match_kernels spx_match_kernels_avx2 = { .differ = match_differ,
                                                   .step = step_avx2,
                                                   .best = match_best,
                                                   .rival = match_rival,
                                                   .keep_least = match_keep_least };
