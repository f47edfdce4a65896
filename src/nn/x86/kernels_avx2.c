/* The kernels with AVX2 and FMA. */
#include "nn/x86/lanes8.h"

static inline vi vi_dot(vi sum, vi a, vi b)
{
    return (vi)_mm256_add_epi32((__m256i)sum, _mm256_madd_epi16((__m256i)a, (__m256i)b));
}

/* The sums of a product take all sixteen registers. Values of attention that stayed in one put a
 * sum into memory, for a sixth of its time (GCC 12, AMD EPYC of Zen 5). */
#define FREE_REGISTERS()                                                                           \
    __asm__ volatile(""                                                                            \
                     :                                                                             \
                     :                                                                             \
                     : "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",     \
                       "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15")

#define KERNELS spx_nn_kernels_avx2
#define KERNELS_NAME "avx2"
#define STRASSEN_LEVELS 1
#include "nn/kernels_body.h"
