/* The kernels with AVX-512 and its VNNI. */
#include "nn/x86/lanes16.h"

static inline vi vi_dot(vi sum, vi a, vi b)
{
    return (vi)_mm512_dpwssd_epi32((__m512i)sum, (__m512i)a, (__m512i)b);
}

#define KERNELS spx_nn_kernels_vnni
#define KERNELS_NAME "avx512-vnni"
#define STRASSEN_LEVELS 2
#include "nn/kernels_body.h"
