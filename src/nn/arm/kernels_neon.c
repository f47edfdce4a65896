/* The kernels with NEON, which every 64-bit ARM processor has. */
#include "nn/arm/lanes4.h"

#define KERNELS spx_nn_kernels_neon
#define KERNELS_NAME "neon"
#define STRASSEN_LEVELS 2
#include "nn/kernels_body.h"
