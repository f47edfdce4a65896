#ifndef SPX_PATCH_KERNELS_H
#define SPX_PATCH_KERNELS_H

/*
 * The inner loops of completion by patches, for the rooms `fill` (holes behind near things) and
 * `outpaint` (borders). Pixels are RGB bytes; a patch is addressed by its left upper pixel. Every
 * variant gives the same numbers as the plain one, bit for bit.
 */
#include <stddef.h>
#include <stdint.h>

enum {
    SPX_PATCH_RADIUS = 3,
    SPX_PATCH_SIDE = 2 * SPX_PATCH_RADIUS + 1,
    SPX_PATCH_AREA = SPX_PATCH_SIDE * SPX_PATCH_SIDE,
    SPX_PATCH_ROW_SAMPLES = 3 * SPX_PATCH_SIDE, /* bytes of one row of a patch */
    /* Kernels may read as many bytes of 8-bit rows, and as many pixels (three samples, one weight)
     * of 16-bit rows and of sums, to which they add zero. */
    SPX_PATCH_ROW_REACH = 32,
    SPX_PATCH_ROW_REACH_PX = SPX_PATCH_SIDE + 1,
};

/** Part of a patch: columns x0 <= x < x1, rows y0 <= y < y1, 0..SPX_PATCH_SIDE. */
typedef struct spx_patch_box {
    int x0;
    int y0;
    int x1;
    int y1;
} spx_patch_box;

/** A patch copied out, with those of its pixels that count, so that many places can be compared
 * with it. */
typedef struct spx_patch {
    /* [row][sample], zero where mask is; SPX_PATCH_ROW_SAMPLES of a row are in use, the rest zero.
     */
    _Alignas(32) uint8_t pixels[SPX_PATCH_SIDE][SPX_PATCH_ROW_REACH];
    _Alignas(32) uint8_t mask[SPX_PATCH_SIDE][SPX_PATCH_ROW_REACH]; /* 255 = compare, 0 = not */
    uint32_t count; /* of pixels that are compared */
} spx_patch;

typedef struct spx_patch_kernels {
    /** Sum of absolute differences between the patch's pixels that count and those from `from` on;
     * gives up after a row that takes the sum over `most`. */
    uint32_t (*sad)(const spx_patch *patch, const uint8_t *from, size_t stride_bytes,
                    uint32_t most);
    /** Sum of squared differences of two patches; any number above `limit` once it is over it. */
    uint32_t (*ssd)(const uint8_t *a, ptrdiff_t a_stride, const uint8_t *b, ptrdiff_t b_stride,
                    uint32_t limit);
    /** The same over a part of both patches. */
    uint32_t (*ssd_box)(const uint8_t *a, ptrdiff_t a_stride, const uint8_t *b, ptrdiff_t b_stride,
                        const spx_patch_box *box);
    /** sums[i] += weight * row[i] for the samples of one row of a patch, and weights[x] += weight
     * for its pixels. */
    void (*add_row8)(float *sums, float *weights, const uint8_t *row, float weight);
    void (*add_row16)(float *sums, float *weights, const uint16_t *row, float weight);
} spx_patch_kernels;

/** The plain C definition. Static storage. */
const spx_patch_kernels *spx_patch_kernels_plain(void);
/** The fastest for spx_cpu_flags(). Static storage. */
const spx_patch_kernels *spx_patch_kernels_best(void);

#if defined(__x86_64__)
/** x86/patch_kernels_avx2.c; needs SPX_CPU_AVX2. */
extern const spx_patch_kernels spx_patch_kernels_avx2;
#endif

#endif
