/* Vectors of eight lanes for kernels_body.h; vi_dot is defined by whoever includes this. */
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#define VW 8
#define TILE_ROWS 6
typedef __m256 vf;
typedef __v8si vi; /* not __m256i: GCC 12 copies the sums of a product around for that one */

static inline vf vf_load(const float *p)
{
    return _mm256_loadu_ps(p);
}

static inline void vf_store(float *p, vf v)
{
    _mm256_storeu_ps(p, v);
}

static inline vf vf_set1(float x)
{
    return _mm256_set1_ps(x);
}

static inline vf vf_add(vf a, vf b)
{
    return _mm256_add_ps(a, b);
}

static inline vf vf_sub(vf a, vf b)
{
    return _mm256_sub_ps(a, b);
}

static inline vf vf_mul(vf a, vf b)
{
    return _mm256_mul_ps(a, b);
}

static inline vf vf_div(vf a, vf b)
{
    return _mm256_div_ps(a, b);
}

static inline vf vf_max(vf a, vf b)
{
    return _mm256_max_ps(a, b);
}

static inline vf vf_min(vf a, vf b)
{
    return _mm256_min_ps(a, b);
}

static inline vf vf_fma(vf a, vf b, vf c)
{
    return _mm256_fmadd_ps(a, b, c);
}

static inline vf vf_round(vf v)
{
    return _mm256_round_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

static inline vf vf_abs(vf v)
{
    return _mm256_andnot_ps(_mm256_set1_ps(-0.0F), v);
}

static inline vf vf_from_vi(vi v)
{
    return _mm256_cvtepi32_ps((__m256i)(v));
}

static inline vi vi_zero(void)
{
    return ((vi)_mm256_setzero_si256());
}

static inline vi vi_add(vi a, vi b)
{
    return (vi)_mm256_add_epi32((__m256i)a, (__m256i)b);
}

static inline vi vi_sub(vi a, vi b)
{
    return (vi)_mm256_sub_epi32((__m256i)a, (__m256i)b);
}

/* Of pairs of int16_t. */
static inline vi vi_add_s16(vi a, vi b)
{
    return (vi)_mm256_add_epi16((__m256i)a, (__m256i)b);
}

static inline vi vi_sub_s16(vi a, vi b)
{
    return (vi)_mm256_sub_epi16((__m256i)a, (__m256i)b);
}

static inline void vi_store(void *p, vi v)
{
    _mm256_storeu_si256((__m256i *)p, (__m256i)v);
}

static inline vi vi_load(const int16_t *p)
{
    return ((vi)_mm256_loadu_si256((const __m256i *)(const void *)(p)));
}

static inline vf vf_scale2(vf value, vf exponent)
{
    const __m256i bits = _mm256_add_epi32(_mm256_cvtps_epi32(exponent), _mm256_set1_epi32(127));
    return _mm256_mul_ps(value, _mm256_castsi256_ps(_mm256_slli_epi32(bits, 23)));
}

/* Fraction of v above the next whole number below, which is -126 at least. */
static inline vf vf_split(vf v, vf *whole)
{
    const vf clamped = _mm256_max_ps(v, _mm256_set1_ps(-126.0F));
    *whole = _mm256_floor_ps(clamped);
    return _mm256_sub_ps(clamped, *whole);
}

static inline float vf_hsum(vf v)
{
    __m128 half = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    half = _mm_add_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
}

static inline float vf_hmax(vf v)
{
    __m128 half = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    half = _mm_max_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_max_ss(half, _mm_movehdup_ps(half)));
}

static inline void vf_store_s16(int16_t *p, vf v)
{
    const __m256i whole = _mm256_cvtps_epi32(v);
    _mm_storeu_si128((__m128i *)(void *)p, _mm_packs_epi32(_mm256_castsi256_si128(whole),
                                                           _mm256_extracti128_si256(whole, 1)));
}

static inline void vf_store_s16_pair(int16_t *p, vf a, vf b)
{
    const __m256i both = _mm256_packs_epi32(_mm256_cvtps_epi32(a), _mm256_cvtps_epi32(b));
    _mm256_storeu_si256((__m256i *)(void *)p,
                        _mm256_permute4x64_epi64(both, _MM_SHUFFLE(3, 1, 2, 0)));
}

static inline vi vi_set1_pair(const int16_t *p)
{
    int32_t pair = 0;
    memcpy(&pair, p, sizeof(pair));
    return (vi)_mm256_set1_epi32(pair);
}
