/* The kernels with AVX2, FMA and AVX-VNNI. */
#include "nn/x86/lanes8.h"

static inline vi vi_dot(vi sum, vi a, vi b)
{
    return (vi)_mm256_dpwssd_avx_epi32((__m256i)sum, (__m256i)a, (__m256i)b);
}

#define KERNELS spx_nn_kernels_avxvnni
#define KERNELS_NAME "avx-vnni"
#define STRASSEN_LEVELS 1
#include "nn/kernels_body.h"
