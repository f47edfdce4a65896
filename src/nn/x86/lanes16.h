/* Vectors of sixteen lanes for kernels_body.h; vi_dot is defined by whoever includes this. */
#include <immintrin.h>
#include <stdint.h>
#include <string.h>

#define VW 16
#define TILE_ROWS 12
typedef __m512 vf;
typedef __v16si vi; /* not __m512i: GCC 12 copies the sums of a product around for that one */

#define vf_load(p) _mm512_loadu_ps(p)
#define vf_store(p, v) _mm512_storeu_ps(p, v)
#define vf_set1(x) _mm512_set1_ps(x)
#define vf_add(a, b) _mm512_add_ps(a, b)
#define vf_sub(a, b) _mm512_sub_ps(a, b)
#define vf_mul(a, b) _mm512_mul_ps(a, b)
#define vf_div(a, b) _mm512_div_ps(a, b)
#define vf_max(a, b) _mm512_max_ps(a, b)
#define vf_min(a, b) _mm512_min_ps(a, b)
#define vf_fma(a, b, c) _mm512_fmadd_ps(a, b, c)
#define vf_round(v) _mm512_roundscale_ps(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)
#define vf_abs(v) _mm512_abs_ps(v)
#define vf_scale2(value, exponent) _mm512_scalef_ps(value, exponent)
#define vf_hsum(v) _mm512_reduce_add_ps(v)
#define vf_hmax(v) _mm512_reduce_max_ps(v)
#define vf_from_vi(v) _mm512_cvtepi32_ps((__m512i)(v))
#define vi_zero() ((vi)_mm512_setzero_si512())
#define vi_load(p) ((vi)_mm512_loadu_si512((const void *)(p)))

static inline void vf_store_s16(int16_t *p, vf v)
{
    _mm256_storeu_si256((__m256i *)(void *)p, _mm512_cvtsepi32_epi16(_mm512_cvtps_epi32(v)));
}

static inline vi vi_set1_pair(const int16_t *p)
{
    int32_t pair = 0;
    memcpy(&pair, p, sizeof(pair));
    return (vi)_mm512_set1_epi32(pair);
}
