#include "fill/patch.h"

#include <immintrin.h>

static uint32_t row_difference(const spx_patch *patch, int row, const uint8_t *from)
{
    const __m256i there = _mm256_loadu_si256((const __m256i *)(const void *)from);
    const __m256i mask = _mm256_load_si256((const __m256i *)(const void *)patch->mask[row]);
    const __m256i here = _mm256_load_si256((const __m256i *)(const void *)patch->pixels[row]);
    const __m256i sums = _mm256_sad_epu8(_mm256_and_si256(there, mask), here);
    const __m128i half =
        _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    return (uint32_t)(_mm_cvtsi128_si32(half) + _mm_extract_epi32(half, 2));
}

uint32_t spx_patch_compare_avx2(const spx_patch *patch, const uint8_t *from, size_t stride_bytes,
                                uint32_t most)
{
    uint32_t sum = 0;
    for (int row = 0; row < SPX_PATCH_SIDE && sum <= most; row++, from += stride_bytes)
        sum += row_difference(patch, row, from);
    return sum;
}
