/* The kernels with AVX2, FMA and AVX-VNNI. */
#include "nn/x86/lanes8.h"

#define vi_dot(sum, a, b) ((vi)_mm256_dpwssd_avx_epi32((__m256i)(sum), (__m256i)(a), (__m256i)(b)))
#define KERNELS spx_nn_kernels_avxvnni
#define KERNELS_NAME "avx-vnni"
#include "nn/kernels_body.h"
