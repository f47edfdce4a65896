#ifndef TEST_LANES_H
#define TEST_LANES_H

#include "nn/kernels.h"

/**
 * The kernels over vectors of sixteen lanes, as the AVX-512 tables have them, with the lanes in
 * plain C: shows what kernels_body.h does with panels of 32 columns and halves of them on
 * processors without these instructions.
 */
extern const spx_nn_kernels test_lanes_kernels;

#endif
