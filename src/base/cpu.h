#ifndef SPX_BASE_CPU_H
#define SPX_BASE_CPU_H

/** What the processor can do. Kernel tables are filled from these at run time; 0 means plain C. */
enum spx_cpu_flag {
    SPX_CPU_AVX2 = 1 << 0,        /* AVX2, FMA and F16C */
    SPX_CPU_AVX512 = 1 << 1,      /* AVX-512 F, BW, DQ, VL */
    SPX_CPU_AVX512_VNNI = 1 << 2, /* with AVX512 */
    SPX_CPU_AVX512_BF16 = 1 << 3, /* with AVX512 */
    SPX_CPU_AVX512_FP16 = 1 << 4, /* with AVX512 */
    SPX_CPU_AVX_VNNI = 1 << 5,    /* VEX-coded VNNI, with AVX2 */
    SPX_CPU_NEON = 1 << 6,        /* every 64-bit ARM */
};

/**
 * The flags of this processor, less those that the environment variable SPX_CPU_MASK (a number;
 * only flags in it stay) takes away: for tests and benchmarks of the slower kernels.
 */
unsigned spx_cpu_flags(void);

/** Processors this process may run on, at least 1. */
unsigned spx_cpu_count(void);

#endif
