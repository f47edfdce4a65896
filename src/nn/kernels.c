/* The kernels in plain C, which define what the others compute, and the choice between them. */
#include "nn/kernels.h"

#include "base/cpu.h"

#include <math.h>
#include <string.h>

#define VW 1
#define TILE_ROWS 6
typedef float vf;
typedef int32_t vi;

/* A pair of int16_t travels in an int32_t, as it does in the lanes of a vector. */
static inline vi vi_load(const int16_t *p)
{
    int32_t pair = 0;
    memcpy(&pair, p, sizeof(pair));
    return pair;
}

static inline vi vi_add(vi a, vi b)
{
    return (vi)((uint32_t)a + (uint32_t)b);
}

static inline vi vi_sub(vi a, vi b)
{
    return (vi)((uint32_t)a - (uint32_t)b);
}

/* Of pairs of int16_t. */
static inline vi vi_add_s16(vi a, vi b)
{
    const uint32_t low = ((uint32_t)a + (uint32_t)b) & 0xFFFFU;
    const uint32_t high = ((uint32_t)a & 0xFFFF0000U) + ((uint32_t)b & 0xFFFF0000U);
    return (vi)(high | low);
}

static inline vi vi_sub_s16(vi a, vi b)
{
    const uint32_t low = ((uint32_t)a - (uint32_t)b) & 0xFFFFU;
    const uint32_t high = ((uint32_t)a & 0xFFFF0000U) - ((uint32_t)b & 0xFFFF0000U);
    return (vi)(high | low);
}

static inline void vi_store(void *p, vi v)
{
    memcpy(p, &v, sizeof(v));
}

static inline vi vi_dot(vi sum, vi a, vi b)
{
    int16_t left[2];
    int16_t right[2];
    memcpy(left, &a, sizeof(left));
    memcpy(right, &b, sizeof(right));
    return vi_add(sum, vi_add(left[0] * right[0], left[1] * right[1]));
}

static inline void vf_store_s16(int16_t *p, vf v)
{
    *p = (int16_t)lrintf(v);
}

static inline void vf_store_s16_pair(int16_t *p, vf a, vf b)
{
    vf_store_s16(p, a);
    vf_store_s16(p + VW, b);
}

static inline vf vf_load(const float *p)
{
    return *p;
}

static inline void vf_store(float *p, vf v)
{
    *p = v;
}

static inline vf vf_set1(float x)
{
    return x;
}

static inline vf vf_add(vf a, vf b)
{
    return a + b;
}

static inline vf vf_sub(vf a, vf b)
{
    return a - b;
}

static inline vf vf_mul(vf a, vf b)
{
    return a * b;
}

static inline vf vf_div(vf a, vf b)
{
    return a / b;
}

static inline vf vf_max(vf a, vf b)
{
    return fmaxf(a, b);
}

static inline vf vf_min(vf a, vf b)
{
    return fminf(a, b);
}

static inline vf vf_fma(vf a, vf b, vf c)
{
    return a * b + c;
}

static inline vf vf_round(vf v)
{
    return rintf(v);
}

static inline vf vf_abs(vf v)
{
    return fabsf(v);
}

static inline vf vf_scale2(vf value, vf exponent)
{
    return ldexpf(value, (int)exponent);
}

/* Fraction of v above the next whole number below, which is -126 at least. */
static inline vf vf_split(vf v, vf *whole)
{
    const vf clamped = fmaxf(v, -126.0F);
    *whole = floorf(clamped);
    return clamped - *whole;
}

static inline float vf_hsum(vf v)
{
    return v;
}

static inline float vf_hmax(vf v)
{
    return v;
}

static inline vf vf_from_vi(vi v)
{
    return (float)v;
}

static inline vi vi_zero(void)
{
    return 0;
}

static inline vi vi_set1_pair(const int16_t *p)
{
    return vi_load(p);
}

#define KERNELS spx_nn_kernels_plain
#define KERNELS_NAME "plain C"
#define STRASSEN_LEVELS 0
#include "nn/kernels_body.h"

const spx_nn_kernels *spx_nn_kernels_choose(unsigned cpu_flags)
{
#if defined(__x86_64__)
    if (cpu_flags & SPX_CPU_AVX512_VNNI)
        return &spx_nn_kernels_vnni;
    if (cpu_flags & SPX_CPU_AVX512)
        return &spx_nn_kernels_avx512;
    if (cpu_flags & SPX_CPU_AVX_VNNI)
        return &spx_nn_kernels_avxvnni;
    if (cpu_flags & SPX_CPU_AVX2)
        return &spx_nn_kernels_avx2;
#elif defined(__aarch64__)
    if (cpu_flags & SPX_CPU_NEON)
        return &spx_nn_kernels_neon;
#endif
    (void)cpu_flags;
    return &spx_nn_kernels_plain;
}
