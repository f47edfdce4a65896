#include "fill/level_cut.h"

#include "base/cpu.h"
#include "image/image.h"

#include <string.h>

enum { CHANNELS = SPX_IMAGE_CHANNELS };

/* A known pixel of a surface of at most this depth, or a wanted one that is to show such a one. */
static int belongs(const spx_level *level, size_t at, uint32_t most_depth)
{
    const uint8_t flag = level->flags[at];
    const uint16_t *const depth = flag == SPX_LEVEL_KNOWN ? level->depth : level->wanted_depth;
    return flag != SPX_LEVEL_BLOCKED && depth[at] <= most_depth;
}

void spx_level_cut(const spx_level *level, uint32_t x, uint32_t y, spx_patch *patch)
{
    const uint32_t depth = level->wanted_depth[(size_t)y * level->width + x];
    const uint32_t most_depth = depth + level->step;
    const int first = x < SPX_PATCH_RADIUS ? SPX_PATCH_RADIUS - (int)x : 0;
    const uint32_t rest = level->width - x + SPX_PATCH_RADIUS; /* from the patch's left side */
    const int end = rest < SPX_PATCH_SIDE ? (int)rest : SPX_PATCH_SIDE;
    uint32_t count = 0;
    memset(patch, 0, sizeof(*patch));
    for (int v = 0; v < SPX_PATCH_SIDE; v++) {
        const int64_t py = (int64_t)y + v - SPX_PATCH_RADIUS;
        if (py < 0 || py >= level->height)
            continue;
        const uint8_t *const row = spx_image_row8(level->image, (uint32_t)py);
        for (int u = first; u < end; u++) {
            const size_t px = (size_t)x + (size_t)u - SPX_PATCH_RADIUS;
            if (!belongs(level, (size_t)py * level->width + px, most_depth))
                continue;
            memcpy(patch->pixels[v] + (size_t)CHANNELS * (size_t)u, row + CHANNELS * px, CHANNELS);
            memset(patch->mask[v] + (size_t)CHANNELS * (size_t)u, UINT8_MAX, CHANNELS);
            count++;
        }
    }
    patch->count = count;
}

spx_level_cut_fn spx_level_cut_choose(unsigned cpu_flags)
{
#if defined(__x86_64__)
    if (cpu_flags & SPX_CPU_AVX2)
        return spx_level_cut_avx2;
#endif
    (void)cpu_flags;
    return spx_level_cut;
}
