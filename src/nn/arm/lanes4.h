/* Vectors of four lanes for kernels_body.h. */
#include <arm_neon.h>
#include <stdint.h>
#include <string.h>

#define VW 4
#define TILE_ROWS 12
typedef float32x4_t vf;
typedef int32x4_t vi;

static inline vf vf_load(const float *p)
{
    return vld1q_f32(p);
}

static inline void vf_store(float *p, vf v)
{
    vst1q_f32(p, v);
}

static inline vf vf_set1(float x)
{
    return vdupq_n_f32(x);
}

static inline vf vf_add(vf a, vf b)
{
    return vaddq_f32(a, b);
}

static inline vf vf_sub(vf a, vf b)
{
    return vsubq_f32(a, b);
}

static inline vf vf_mul(vf a, vf b)
{
    return vmulq_f32(a, b);
}

static inline vf vf_div(vf a, vf b)
{
    return vdivq_f32(a, b);
}

static inline vf vf_max(vf a, vf b)
{
    return vmaxq_f32(a, b);
}

static inline vf vf_min(vf a, vf b)
{
    return vminq_f32(a, b);
}

static inline vf vf_fma(vf a, vf b, vf c)
{
    return vfmaq_f32(c, a, b);
}

static inline vf vf_round(vf v)
{
    return vrndnq_f32(v);
}

static inline vf vf_abs(vf v)
{
    return vabsq_f32(v);
}

static inline vf vf_scale2(vf value, vf exponent)
{
    const int32x4_t bits = vaddq_s32(vcvtnq_s32_f32(exponent), vdupq_n_s32(127));
    return vmulq_f32(value, vreinterpretq_f32_s32(vshlq_n_s32(bits, 23)));
}

/* Fraction of v above the next whole number below, which is -126 at least. */
static inline vf vf_split(vf v, vf *whole)
{
    const vf clamped = vmaxq_f32(v, vdupq_n_f32(-126.0F));
    *whole = vrndmq_f32(clamped);
    return vsubq_f32(clamped, *whole);
}

static inline float vf_hsum(vf v)
{
    return vaddvq_f32(v);
}

static inline float vf_hmax(vf v)
{
    return vmaxvq_f32(v);
}

static inline vf vf_from_vi(vi v)
{
    return vcvtq_f32_s32(v);
}

static inline vi vi_zero(void)
{
    return vdupq_n_s32(0);
}

static inline vi vi_add(vi a, vi b)
{
    return vaddq_s32(a, b);
}

static inline vi vi_sub(vi a, vi b)
{
    return vsubq_s32(a, b);
}

/* Of pairs of int16_t. */
static inline vi vi_add_s16(vi a, vi b)
{
    return vreinterpretq_s32_s16(vaddq_s16(vreinterpretq_s16_s32(a), vreinterpretq_s16_s32(b)));
}

static inline vi vi_sub_s16(vi a, vi b)
{
    return vreinterpretq_s32_s16(vsubq_s16(vreinterpretq_s16_s32(a), vreinterpretq_s16_s32(b)));
}

static inline void vi_store(void *p, vi v)
{
    memcpy(p, &v, sizeof(v));
}

static inline vi vi_load(const int16_t *p)
{
    return vreinterpretq_s32_s16(vld1q_s16(p));
}

static inline void vf_store_s16(int16_t *p, vf v)
{
    vst1_s16(p, vqmovn_s32(vcvtnq_s32_f32(v)));
}

static inline void vf_store_s16_pair(int16_t *p, vf a, vf b)
{
    vf_store_s16(p, a);
    vf_store_s16(p + VW, b);
}

static inline vi vi_set1_pair(const int16_t *p)
{
    int32_t pair = 0;
    memcpy(&pair, p, sizeof(pair));
    return vdupq_n_s32(pair);
}

/* Adds the two products of each lane's pairs. */
static inline vi vi_dot(vi sum, vi a, vi b)
{
    const int16x8_t left = vreinterpretq_s16_s32(a);
    const int16x8_t right = vreinterpretq_s16_s32(b);
    const int32x4_t low = vmull_s16(vget_low_s16(left), vget_low_s16(right));
    const int32x4_t high = vmull_high_s16(left, right);
    return vaddq_s32(sum, vpaddq_s32(low, high));
}
