#ifndef SPX_NN_KERNELS_H
#define SPX_NN_KERNELS_H

#include "base/status.h"

#include <stddef.h>
#include <stdint.h>

/*
 * The inner loops of the networks, one table for each instruction set. All of them come from one
 * source, kernels_body.h, which is written over a thin layer of vectors; the table of plain C is
 * the same source with vectors of one lane.
 *
 * Matrices that are multiplied from the right are packed in panels of `panel` columns:
 *
 *     float  [columns / panel][k][panel]
 *     s16    [columns / panel][k / 2][panel][2]      pairs of k side by side, k even
 *
 * Row counts are free; lengths along channels are multiples of SPX_NN_LANES.
 */

enum {
    SPX_NN_LANES = 16,     /* channels are padded to this */
    SPX_NN_PANEL_MAX = 32, /* no table has wider panels */
    SPX_NN_CHUNK = 128,    /* keys that attention takes at a time */
    SPX_NN_HEAD = 64,      /* channels of one attention head */
    SPX_NN_Q_MAX = 8191, /* largest integer for queries, with SPX_NN_K_MAX: 64 products fit int32 */
    SPX_NN_K_MAX = 4095,
    SPX_NN_P_MAX = 8191, /* attention weights, with SPX_NN_V_MAX: SPX_NN_CHUNK products fit int32 */
    SPX_NN_V_MAX = 2047,
    SPX_NN_WINOGRAD = 36, /* products of one tile of F(4x4, 3x3) */
};

/** What a layer does to its sums before it writes them. */
typedef enum spx_activation {
    SPX_ACTIVATION_NONE,
    SPX_ACTIVATION_RELU,  /* max(x, 0) */
    SPX_ACTIVATION_RELU6, /* min(max(x, 0), 6) */
} spx_activation;

/**
 * c = activation(a · b + bias + add). a: [rows][k], lda elements apart; c: [rows][columns], ldc
 * apart.
 */
typedef struct spx_gemm {
    const void *a; /* float, or int16_t */
    size_t lda;
    const void *b; /* packed; the last panel may be half used */
    size_t k;
    size_t columns;         /* a multiple of SPX_NN_LANES */
    const float *row_scale; /* s16: [rows] */
    const float *col_scale; /* s16: [columns] */
    const float *bias;      /* [columns]; may be NULL */
    const float *add;       /* [rows][columns], ld_add apart; may be NULL, may be c */
    size_t ld_add;
    spx_activation activation;
    float *c;
    size_t ldc;
    size_t rows;
} spx_gemm;

/** A product of integers by nn/strassen.h. */
typedef struct spx_strassen {
    spx_gemm gemm;   /* b: in the other basis; a: its rows lie side by side, and rows of zeros are
                      * behind them, up to spx_strassen_rows() for each part */
    unsigned levels; /* 1 or 2 */
    int16_t *lefts;  /* [spx_strassen_lefts()], for the kernel's own use */
} spx_strassen;

/**
 * One row of a convolution in which every channel has a filter of its own. Pixels are `channels`
 * apart. Result x, kernel element (ky, kx) reads pixel x * stride + kx of rows[ky], so that zeros
 * around a map are pixels of the rows.
 */
typedef struct spx_depthwise {
    const float *const *rows; /* [kernel] */
    const float *weights;     /* [kernel][kernel][channels] */
    const float *bias;        /* [channels] */
    float *out;               /* [width][channels] */
    size_t channels;          /* a multiple of SPX_NN_LANES */
    size_t width;             /* pixels of the result */
    size_t kernel;
    size_t stride;
    spx_activation activation;
} spx_depthwise;

/** Attention of some rows of one head over all keys; see kernels_body.h. Scores are in log2. */
typedef struct spx_attend {
    const void *q; /* [rows][SPX_NN_HEAD], ldq elements apart */
    size_t ldq;
    const float *q_scale;   /* [rows]; holds log2(e) / sqrt(head) too */
    const void *k;          /* packed, one column a key */
    const float *k_scale;   /* [keys_padded] */
    const float *k_bias;    /* [keys_padded]: log2(v_scale); far below zero behind the last key */
    const void *v;          /* packed, one column a channel, k = keys_padded */
    const float *v_unscale; /* [keys_padded]: 1 / v_scale */
    size_t keys_padded;     /* a multiple of the panel */
    float *out;             /* [rows][SPX_NN_HEAD], ldo apart */
    size_t ldo;
    size_t rows;
} spx_attend;

/** The way back from Winograd's products: out = activation(transformed + bias). */
typedef struct spx_winograd_out {
    const float *in; /* [SPX_NN_WINOGRAD][tiles][channels] */
    const float *bias;
    float *out;        /* tiles of 4x4 in rows of [4 * tiles][channels], … */
    size_t row_stride; /* … so many floats apart */
    size_t tiles;
    size_t channels; /* a multiple of SPX_NN_LANES */
    spx_activation activation;
} spx_winograd_out;

typedef struct spx_nn_kernels {
    const char *name;
    size_t panel; /* columns of a packed panel */
    void (*gemm_f32)(const spx_gemm *job);
    void (*gemm_s16)(const spx_gemm *job);
    unsigned strassen_levels; /* for weights that spx_strassen_fits(); 0: does not pay */
    void (*strassen_s16)(const spx_strassen *job);
    void (*depthwise)(const spx_depthwise *job);
    void (*attend_f32)(const spx_attend *job);
    void (*attend_s16)(const spx_attend *job);
    /** y = (x - mean) / sqrt(variance + 1e-6) * gain + bias; y may be x. */
    void (*layer_norm)(const float *x, const float *gain, const float *bias, float *y, size_t n);
    /** Scales to integers up to `limit`; returns what one step is worth. */
    float (*quantise)(const float *x, int16_t *y, size_t n, float limit);
    void (*gelu)(float *x, size_t n); /* with the exact error function */
    /** x += gain * y */
    void (*add_scaled)(float *x, const float *gain, const float *y, size_t n);
    void (*add)(float *x, const float *y, size_t n); /* x += y */
    /** y = a + (b - a) * t, or with `relu` that of max(a, 0) and max(b, 0) */
    void (*mix)(const float *a, const float *b, float t, float *y, size_t n, int relu);
    float (*dot)(const float *a, const float *b, size_t n);
    /** Tiles of 6x6 from rows of [pixels][channels], 4 apart, to [36][tiles][channels]. */
    void (*winograd_in)(const float *rows, size_t row_stride, float *out, size_t tiles,
                        size_t channels);
    void (*winograd_out)(const spx_winograd_out *job);
} spx_nn_kernels;

/** The best table for these spx_cpu_flags(). Static storage. */
const spx_nn_kernels *spx_nn_kernels_choose(unsigned cpu_flags);

extern const spx_nn_kernels spx_nn_kernels_plain;
#if defined(__x86_64__)
extern const spx_nn_kernels spx_nn_kernels_avx2;
extern const spx_nn_kernels spx_nn_kernels_avxvnni;
extern const spx_nn_kernels spx_nn_kernels_avx512;
extern const spx_nn_kernels spx_nn_kernels_vnni;
#elif defined(__aarch64__)
extern const spx_nn_kernels spx_nn_kernels_neon;
#endif

#endif
