#include "test_lanes.h"

#include <math.h>
#include <string.h>

#define VW 16
#define TILE_ROWS 6

/* The compiler makes what it has of these vectors. */
typedef float vf __attribute__((vector_size(VW * sizeof(float))));
typedef int32_t vi __attribute__((vector_size(VW * sizeof(int32_t)))); /* or pairs of int16_t */

static inline vf vf_load(const float *p)
{
    vf v;
    memcpy(&v, p, sizeof(v));
    return v;
}

static inline void vf_store(float *p, vf v)
{
    memcpy(p, &v, sizeof(v));
}

static inline vf vf_set1(float x)
{
    return x - (vf){ 0.0F };
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

static inline vf vf_fma(vf a, vf b, vf c)
{
    return a * b + c;
}

static inline vf vf_select(vi mask, vf yes, vf no)
{
    return (vf)((mask & (vi)yes) | (~mask & (vi)no));
}

static inline vf vf_max(vf a, vf b)
{
    return vf_select(a > b, a, b);
}

static inline vf vf_min(vf a, vf b)
{
    return vf_select(a < b, a, b);
}

static inline vf vf_abs(vf a)
{
    return vf_max(a, -a);
}

/* Numbers here are far below 2^22, where this constant leaves no place for a fraction. */
static inline vf vf_round(vf a)
{
    const vf magic = vf_set1(12582912.0F);
    return (a + magic) - magic;
}

static inline vi vi_of(vf whole)
{
    return __builtin_convertvector(whole, vi);
}

static inline vf vf_scale2(vf value, vf exponent)
{
    return value * (vf)((vi_of(exponent) + 127) << 23);
}

/* Fraction of v above the next whole number below, which is -126 at least. */
static inline vf vf_split(vf v, vf *whole)
{
    for (size_t i = 0; i < VW; i++)
        (*whole)[i] = floorf(v[i] > -126.0F ? v[i] : -126.0F);
    return vf_max(v, vf_set1(-126.0F)) - *whole;
}

static inline vf vf_from_vi(vi a)
{
    return __builtin_convertvector(a, vf);
}

static inline void vf_store_s16(int16_t *p, vf v)
{
    const vi whole = vi_of(vf_round(v));
    for (size_t i = 0; i < VW; i++)
        p[i] = (int16_t)whole[i];
}

static inline void vf_store_s16_pair(int16_t *p, vf a, vf b)
{
    vf_store_s16(p, a);
    vf_store_s16(p + VW, b);
}

static inline float vf_hsum(vf v)
{
    float sum = 0.0F;
    for (size_t i = 0; i < VW; i++)
        sum += v[i];
    return sum;
}

static inline float vf_hmax(vf v)
{
    float most = v[0];
    for (size_t i = 1; i < VW; i++)
        most = v[i] > most ? v[i] : most;
    return most;
}

static inline vi vi_zero(void)
{
    return (vi){ 0 };
}

typedef uint32_t vu __attribute__((vector_size(VW * sizeof(uint32_t))));
typedef uint16_t vs __attribute__((vector_size(2 * VW * sizeof(uint16_t)))); /* sums wrap */

static inline vi vi_add(vi a, vi b)
{
    return (vi)((vu)a + (vu)b);
}

static inline vi vi_sub(vi a, vi b)
{
    return (vi)((vu)a - (vu)b);
}

static inline vi vi_add_s16(vi a, vi b)
{
    return (vi)((vs)a + (vs)b);
}

static inline vi vi_sub_s16(vi a, vi b)
{
    return (vi)((vs)a - (vs)b);
}

static inline void vi_store(void *p, vi v)
{
    memcpy(p, &v, sizeof(v));
}

static inline vi vi_load(const int16_t *p)
{
    vi v;
    memcpy(&v, p, sizeof(v));
    return v;
}

static inline vi vi_set1_pair(const int16_t *p)
{
    int32_t pair = 0;
    memcpy(&pair, p, sizeof(pair));
    return pair - (vi){ 0 };
}

static inline vi vi_dot(vi sum, vi a, vi b)
{
    const vi low = (a << 16 >> 16) * (b << 16 >> 16);
    return vi_add(sum, vi_add(low, (a >> 16) * (b >> 16)));
}

#define KERNELS test_lanes_kernels
#define KERNELS_NAME "sixteen lanes in plain C"
#define STRASSEN_LEVELS 2
#include "nn/kernels_body.h"
