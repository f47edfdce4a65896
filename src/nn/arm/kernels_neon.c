/* The kernels with NEON, which every 64-bit ARM processor has. */
#include "nn/arm/lanes4.h"

#define KERNELS spx_nn_kernels_neon
#define KERNELS_NAME "neon"
#include "nn/kernels_body.h"
