#include "fill/patch.h"

#include "base/cpu.h"

uint32_t spx_patch_compare_c(const spx_patch *patch, const uint8_t *from, size_t stride_bytes,
                             uint32_t most)
{
    uint32_t sum = 0;
    for (int row = 0; row < SPX_PATCH_SIDE && sum <= most; row++, from += stride_bytes) {
        for (int i = 0; i < SPX_PATCH_ROW_BYTES; i++) {
            const int difference = (from[i] & patch->mask[row][i]) - patch->pixels[row][i];
            sum += (uint32_t)(difference < 0 ? -difference : difference);
        }
    }
    return sum;
}

spx_patch_compare_fn spx_patch_compare(unsigned cpu_flags)
{
#if defined(__x86_64__)
    if (cpu_flags & SPX_CPU_AVX2)
        return spx_patch_compare_avx2;
#endif
    (void)cpu_flags;
    return spx_patch_compare_c;
}
