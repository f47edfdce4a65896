/*
 * One row of a patch is 21 bytes: a single 32-byte load whose tail is masked away.
 */
#include "patch/kernels.h"

#include <immintrin.h>

enum { VECTOR_BYTES = 32, VECTOR_FLOATS = 8, CHECK_ROWS = 3 };

/* 32 bytes from `window + 32 - n` are n times 0xff, then zeros. */
static const uint8_t window[2 * VECTOR_BYTES] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};

static inline __m256i load(const void *bytes)
{
    return _mm256_loadu_si256(bytes);
}

static inline __m256i first_bytes(int count)
{
    return load(window + VECTOR_BYTES - count);
}

static inline uint32_t row_distance(const spx_patch *patch, int row, const uint8_t *from)
{
    const __m256i mask = _mm256_load_si256((const void *)patch->mask[row]);
    const __m256i here = _mm256_load_si256((const void *)patch->pixels[row]);
    const __m256i sums = _mm256_sad_epu8(_mm256_and_si256(load(from), mask), here);
    const __m128i half =
        _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    return (uint32_t)(_mm_cvtsi128_si32(half) + _mm_extract_epi32(half, 2));
}

static uint32_t sad(const spx_patch *patch, const uint8_t *from, size_t stride_bytes, uint32_t most)
{
    uint32_t sum = 0;
    for (int row = 0; row < SPX_PATCH_SIDE && sum <= most; row++, from += stride_bytes)
        sum += row_distance(patch, row, from);
    return sum;
}

/** Eight partial sums of the squared differences of the bytes that `mask` keeps. */
static inline __m256i row_squares(const uint8_t *a, const uint8_t *b, __m256i mask)
{
    const __m256i va = load(a);
    const __m256i vb = load(b);
    const __m256i distance =
        _mm256_and_si256(_mm256_or_si256(_mm256_subs_epu8(va, vb), _mm256_subs_epu8(vb, va)), mask);
    const __m256i zero = _mm256_setzero_si256();
    const __m256i low = _mm256_unpacklo_epi8(distance, zero);
    const __m256i high = _mm256_unpackhi_epi8(distance, zero);
    return _mm256_add_epi32(_mm256_madd_epi16(low, low), _mm256_madd_epi16(high, high));
}

static inline uint32_t total(__m256i sums)
{
    __m128i half = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, _MM_SHUFFLE(1, 0, 3, 2)));
    half = _mm_add_epi32(half, _mm_shuffle_epi32(half, _MM_SHUFFLE(2, 3, 0, 1)));
    return (uint32_t)_mm_cvtsi128_si32(half);
}

static uint32_t ssd(const uint8_t *a, ptrdiff_t a_stride, const uint8_t *b, ptrdiff_t b_stride,
                    uint32_t limit)
{
    const __m256i mask = first_bytes(SPX_PATCH_ROW_SAMPLES);
    __m256i sums = row_squares(a, b, mask);
    for (int y = 1; y < CHECK_ROWS; y++)
        sums = _mm256_add_epi32(sums, row_squares(a + y * a_stride, b + y * b_stride, mask));
    const uint32_t part = total(sums);
    if (part > limit)
        return part;
    for (int y = CHECK_ROWS; y < SPX_PATCH_SIDE; y++)
        sums = _mm256_add_epi32(sums, row_squares(a + y * a_stride, b + y * b_stride, mask));
    return total(sums);
}

static uint32_t ssd_box(const uint8_t *a, ptrdiff_t a_stride, const uint8_t *b, ptrdiff_t b_stride,
                        const spx_patch_box *box)
{
    const __m256i mask = _mm256_andnot_si256(first_bytes(3 * box->x0), first_bytes(3 * box->x1));
    __m256i sums = _mm256_setzero_si256();
    for (int y = box->y0; y < box->y1; y++)
        sums = _mm256_add_epi32(sums, row_squares(a + y * a_stride, b + y * b_stride, mask));
    return total(sums);
}

/* Multiply and add stay apart: a fused step would round otherwise than the plain version. */
static inline void add_floats(float *sums, __m256i values, __m256 weight)
{
    const __m256 product = _mm256_mul_ps(_mm256_cvtepi32_ps(values), weight);
    _mm256_storeu_ps(sums, _mm256_add_ps(_mm256_loadu_ps(sums), product));
}

static inline void add_weight(float *weights, __m256 weight)
{
    const __m256i pixels = _mm256_setr_epi32(-1, -1, -1, -1, -1, -1, -1, 0);
    const __m256 kept = _mm256_and_ps(weight, _mm256_castsi256_ps(pixels));
    _mm256_storeu_ps(weights, _mm256_add_ps(_mm256_loadu_ps(weights), kept));
}

static void add_row8(float *sums, float *weights, const uint8_t *row, float weight)
{
    const __m256 spread = _mm256_set1_ps(weight);
    add_weight(weights, spread);
    const __m256i bytes = _mm256_and_si256(load(row), first_bytes(SPX_PATCH_ROW_SAMPLES));
    const __m128i low = _mm256_castsi256_si128(bytes);
    const __m128i high = _mm256_extracti128_si256(bytes, 1);
    add_floats(sums, _mm256_cvtepu8_epi32(low), spread);
    add_floats(sums + VECTOR_FLOATS, _mm256_cvtepu8_epi32(_mm_srli_si128(low, VECTOR_FLOATS)),
               spread);
    add_floats(sums + 2 * VECTOR_FLOATS, _mm256_cvtepu8_epi32(high), spread);
}

static void add_row16(float *sums, float *weights, const uint16_t *row, float weight)
{
    enum { HALF = 16, TAIL_BYTES = 2 * (SPX_PATCH_ROW_SAMPLES - HALF) };
    const __m256 spread = _mm256_set1_ps(weight);
    add_weight(weights, spread);
    const __m256i head = load(row);
    const __m128i tail = _mm_and_si128(_mm_loadu_si128((const void *)(row + HALF)),
                                       _mm256_castsi256_si128(first_bytes(TAIL_BYTES)));
    add_floats(sums, _mm256_cvtepu16_epi32(_mm256_castsi256_si128(head)), spread);
    add_floats(sums + VECTOR_FLOATS, _mm256_cvtepu16_epi32(_mm256_extracti128_si256(head, 1)),
               spread);
    add_floats(sums + 2 * VECTOR_FLOATS, _mm256_cvtepu16_epi32(tail), spread);
}

const spx_patch_kernels spx_patch_kernels_avx2 = {
    .sad = sad,
    .ssd = ssd,
    .ssd_box = ssd_box,
    .add_row8 = add_row8,
    .add_row16 = add_row16,
};
