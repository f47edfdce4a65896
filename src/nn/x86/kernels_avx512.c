/* The kernels with AVX-512 F, BW, DQ, VL. */
#include "nn/x86/lanes16.h"

static inline vi vi_dot(vi sum, vi a, vi b)
{
    return (vi)_mm512_add_epi32((__m512i)sum, _mm512_madd_epi16((__m512i)a, (__m512i)b));
}

#define KERNELS spx_nn_kernels_avx512
#define KERNELS_NAME "avx512"
#define STRASSEN_LEVELS 2
#include "nn/kernels_body.h"
