#ifndef SPX_FILL_PATCH_H
#define SPX_FILL_PATCH_H

#include <stddef.h>
#include <stdint.h>

/** A square of pixels around one, copied out so that many places can be compared with it. */
enum {
    SPX_PATCH_SIDE = 7,
    SPX_PATCH_HALF = SPX_PATCH_SIDE / 2,
    SPX_PATCH_ROW_BYTES = 32, /* 21 of them in use, the rest zero */
};

typedef struct spx_patch {
    _Alignas(32) uint8_t pixels[SPX_PATCH_SIDE][SPX_PATCH_ROW_BYTES]; /* zero where mask is */
    _Alignas(32) uint8_t mask[SPX_PATCH_SIDE][SPX_PATCH_ROW_BYTES];   /* 255 = compare, 0 = not */
    uint32_t count; /* of pixels that are compared */
} spx_patch;

/**
 * Sum of absolute differences between the patch and the pixels from `from` (its upper left one) on;
 * gives up after a row that takes the sum over `most`. 32 bytes of each row are read.
 */
typedef uint32_t (*spx_patch_compare_fn)(const spx_patch *patch, const uint8_t *from,
                                         size_t stride_bytes, uint32_t most);

/** The fastest for these spx_cpu_flags(); all give the same number. */
spx_patch_compare_fn spx_patch_compare(unsigned cpu_flags);
uint32_t spx_patch_compare_c(const spx_patch *patch, const uint8_t *from, size_t stride_bytes,
                             uint32_t most);
#if defined(__x86_64__)
uint32_t spx_patch_compare_avx2(const spx_patch *patch, const uint8_t *from, size_t stride_bytes,
                                uint32_t most);
#endif

#endif
