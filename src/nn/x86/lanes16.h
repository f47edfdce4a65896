/* Vectors of sixteen lanes for kernels_body.h; vi_dot is defined by whoever includes this. */
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#define VW 16
#define TILE_ROWS 12
typedef __m512 vf;
typedef __v16si vi; /* not __m512i: GCC 12 copies the sums of a product around for that one */

static inline vf vf_load(const float *p)
{
    return _mm512_loadu_ps(p);
}

static inline void vf_store(float *p, vf v)
{
    _mm512_storeu_ps(p, v);
}

static inline vf vf_set1(float x)
{
    return _mm512_set1_ps(x);
}

static inline vf vf_add(vf a, vf b)
{
    return _mm512_add_ps(a, b);
}

static inline vf vf_sub(vf a, vf b)
{
    return _mm512_sub_ps(a, b);
}

static inline vf vf_mul(vf a, vf b)
{
    return _mm512_mul_ps(a, b);
}

static inline vf vf_div(vf a, vf b)
{
    return _mm512_div_ps(a, b);
}

static inline vf vf_max(vf a, vf b)
{
    return _mm512_max_ps(a, b);
}

static inline vf vf_min(vf a, vf b)
{
    return _mm512_min_ps(a, b);
}

static inline vf vf_fma(vf a, vf b, vf c)
{
    return _mm512_fmadd_ps(a, b, c);
}

static inline vf vf_round(vf v)
{
    return _mm512_roundscale_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}

static inline vf vf_abs(vf v)
{
    return _mm512_abs_ps(v);
}

static inline vf vf_scale2(vf value, vf exponent)
{
    return _mm512_scalef_ps(value, exponent);
}

/* Fraction of v above the next whole number below; vf_scale2() looks for that number itself. */
static inline vf vf_split(vf v, vf *whole)
{
    *whole = v;
    return _mm512_reduce_ps(v, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
}

static inline float vf_hsum(vf v)
{
    return _mm512_reduce_add_ps(v);
}

static inline float vf_hmax(vf v)
{
    return _mm512_reduce_max_ps(v);
}

static inline vf vf_from_vi(vi v)
{
    return _mm512_cvtepi32_ps((__m512i)(v));
}

static inline vi vi_zero(void)
{
    return ((vi)_mm512_setzero_si512());
}

static inline vi vi_add(vi a, vi b)
{
    return (vi)_mm512_add_epi32((__m512i)a, (__m512i)b);
}

static inline vi vi_sub(vi a, vi b)
{
    return (vi)_mm512_sub_epi32((__m512i)a, (__m512i)b);
}

/* Of pairs of int16_t. */
static inline vi vi_add_s16(vi a, vi b)
{
    return (vi)_mm512_add_epi16((__m512i)a, (__m512i)b);
}

static inline vi vi_sub_s16(vi a, vi b)
{
    return (vi)_mm512_sub_epi16((__m512i)a, (__m512i)b);
}

static inline void vi_store(void *p, vi v)
{
    _mm512_storeu_si512(p, (__m512i)v);
}

static inline vi vi_load(const int16_t *p)
{
    return ((vi)_mm512_loadu_si512((const void *)(p)));
}

static inline void vf_store_s16(int16_t *p, vf v)
{
    _mm256_storeu_si256((__m256i *)(void *)p, _mm512_cvtsepi32_epi16(_mm512_cvtps_epi32(v)));
}

static inline void vf_store_s16_pair(int16_t *p, vf a, vf b)
{
    const __m512i order = _mm512_setr_epi64(0, 2, 4, 6, 1, 3, 5, 7);
    const __m512i both = _mm512_packs_epi32(_mm512_cvtps_epi32(a), _mm512_cvtps_epi32(b));
    _mm512_storeu_si512(p, _mm512_permutexvar_epi64(order, both));
}

static inline vi vi_set1_pair(const int16_t *p)
{
    int32_t pair = 0;
    memcpy(&pair, p, sizeof(pair));
    return (vi)_mm512_set1_epi32(pair);
}
