/* The kernels with AVX2 and FMA. */
#include "nn/x86/lanes8.h"

static inline vi vi_dot(vi sum, vi a, vi b)
{
    return (vi)_mm256_add_epi32((__m256i)sum, _mm256_madd_epi16((__m256i)a, (__m256i)b));
}

#define KERNELS spx_nn_kernels_avx2
#define KERNELS_NAME "avx2"
#include "nn/kernels_body.h"
