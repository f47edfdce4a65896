#include "warp/resample.h"

#include <immintrin.h>
#include <string.h>

enum { CHANNELS = 3, ROUND = SPX_RESAMPLE_ONE / 2, SHIFT = 14, LANE_PIXELS = 2 };

static __m128i load_pixels(const uint8_t *from, uint32_t code)
{
    return _mm_loadu_si128(
        (const __m128i *)(const void *)(from + (size_t)CHANNELS * (code / SPX_RESAMPLE_ROWS) -
                                        CHANNELS));
}

static int64_t load_weights(const spx_resample_table *table, uint32_t code)
{
    int64_t four = 0;
    memcpy(&four, table->weights[code % SPX_RESAMPLE_ROWS], sizeof(four));
    return four;
}

/* Two output pixels at a time, one in each half: 12 bytes of four pixels become pairs of 16-bit
 * samples of one channel, which meet their pair of weights in one multiply-add. */
void spx_resample8_avx2(uint8_t *to, const uint8_t *from, const uint32_t *codes, size_t count,
                        const spx_resample_table *table)
{
    const __m256i first_pair = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1));
    const __m256i second_pair = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1));
    const __m256i to_bytes = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, 4, 8, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1));
    const __m256i round = _mm256_set1_epi32(ROUND);
    const __m256i most = _mm256_set1_epi32(UINT8_MAX);
    size_t i = 0;
    /* The four-byte store writes one byte too many, so the last pixels go the plain way. */
    for (; i + LANE_PIXELS < count; i += LANE_PIXELS) {
        const __m256i pixels =
            _mm256_set_m128i(load_pixels(from, codes[i + 1]), load_pixels(from, codes[i]));
        const __m256i weights = _mm256_set_epi64x(0, load_weights(table, codes[i + 1]), 0,
                                                  load_weights(table, codes[i]));
        const __m256i low =
            _mm256_madd_epi16(_mm256_shuffle_epi8(pixels, first_pair),
                              _mm256_shuffle_epi32(weights, _MM_SHUFFLE(0, 0, 0, 0)));
        const __m256i high =
            _mm256_madd_epi16(_mm256_shuffle_epi8(pixels, second_pair),
                              _mm256_shuffle_epi32(weights, _MM_SHUFFLE(1, 1, 1, 1)));
        __m256i sum = _mm256_add_epi32(_mm256_add_epi32(low, high), round);
        sum = _mm256_srai_epi32(sum, SHIFT);
        sum = _mm256_min_epi32(_mm256_max_epi32(sum, _mm256_setzero_si256()), most);
        sum = _mm256_shuffle_epi8(sum, to_bytes);
        const int first = _mm256_extract_epi32(sum, 0);
        const int second = _mm256_extract_epi32(sum, 4);
        memcpy(to + (size_t)CHANNELS * i, &first, sizeof(first));
        memcpy(to + (size_t)CHANNELS * (i + 1), &second, sizeof(second));
    }
    spx_resample8_c(to + (size_t)CHANNELS * i, from, codes + i, count - i, table);
}
