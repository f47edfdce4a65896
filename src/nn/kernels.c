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

static inline vi vi_dot(vi sum, vi a, vi b)
{
    int16_t left[2];
    int16_t right[2];
    memcpy(left, &a, sizeof(left));
    memcpy(right, &b, sizeof(right));
    return sum + left[0] * right[0] + left[1] * right[1];
}

static inline void vf_store_s16(int16_t *p, vf v)
{
    *p = (int16_t)v; /* was rounded before */
}

#define vf_load(p) (*(p))
#define vf_store(p, v) (*(p) = (v))
#define vf_set1(x) (x)
#define vf_add(a, b) ((a) + (b))
#define vf_sub(a, b) ((a) - (b))
#define vf_mul(a, b) ((a) * (b))
#define vf_div(a, b) ((a) / (b))
#define vf_max(a, b) fmaxf(a, b)
#define vf_min(a, b) fminf(a, b)
#define vf_fma(a, b, c) ((a) * (b) + (c))
#define vf_round(v) rintf(v)
#define vf_abs(v) fabsf(v)
#define vf_scale2(value, exponent) ldexpf(value, (int)(exponent))
#define vf_hsum(v) (v)
#define vf_hmax(v) (v)
#define vf_from_vi(v) ((float)(v))
#define vi_zero() 0
#define vi_set1_pair(p) vi_load(p)
#define KERNELS spx_nn_kernels_plain
#define KERNELS_NAME "plain C"
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
#endif
    (void)cpu_flags;
    return &spx_nn_kernels_plain;
}
