/*
 * A row of the square at a time: eight flags and depths say which of its seven pixels belong to it,
 * and each answer is spread over the three samples of its pixel.
 */
#include "fill/level_cut.h"
#include "image/image.h"

#include <immintrin.h>

/* 0xffff where the pixel belongs to the square: known, or wanted, and not too near. */
static inline __m128i belonging(const spx_level *level, size_t at, __m128i most_depth)
{
    const __m128i zero = _mm_setzero_si128();
    const __m128i flags = _mm_loadl_epi64((const void *)(level->flags + at));
    const __m128i known = _mm_cmpeq_epi8(flags, _mm_set1_epi8(SPX_LEVEL_KNOWN));
    const __m128i blocked = _mm_cmpeq_epi8(flags, _mm_set1_epi8((char)SPX_LEVEL_BLOCKED));
    const __m128i depth = _mm_blendv_epi8(_mm_loadu_si128((const void *)(level->wanted_depth + at)),
                                          _mm_loadu_si128((const void *)(level->depth + at)),
                                          _mm_unpacklo_epi8(known, known));
    const __m128i behind = _mm_cmpeq_epi16(_mm_subs_epu16(depth, most_depth), zero);
    return _mm_andnot_si128(_mm_unpacklo_epi8(blocked, blocked), behind);
}

void spx_level_cut_avx2(const spx_level *level, uint32_t x, uint32_t y, spx_patch *patch)
{
    enum { R = SPX_PATCH_RADIUS, PIXELS = (1 << SPX_PATCH_SIDE) - 1 };
    if (!spx_level_has_patch(level, x, y)) {
        spx_level_cut(level, x, y, patch);
        return;
    }
    const size_t width = level->width;
    const size_t stride = level->image->stride_bytes;
    const uint32_t most = level->wanted_depth[y * width + x] + level->step;
    const __m128i most_depth = _mm_set1_epi16((short)(most < UINT16_MAX ? most : UINT16_MAX));
    const __m128i spread_low = _mm_setr_epi8(0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5);
    const __m128i spread_high =
        _mm_setr_epi8(5, 5, 6, 6, 6, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
    size_t at = (y - R) * width + x - R;
    const uint8_t *row = spx_image_row8(level->image, y - R) + (size_t)SPX_IMAGE_CHANNELS * (x - R);
    uint32_t count = 0;
    for (int v = 0; v < SPX_PATCH_SIDE; v++, at += width, row += stride) {
        const __m128i mine = _mm_packs_epi16(belonging(level, at, most_depth), _mm_setzero_si128());
        const __m256i mask = _mm256_set_m128i(_mm_shuffle_epi8(mine, spread_high),
                                              _mm_shuffle_epi8(mine, spread_low));
        const __m256i pixels = _mm256_loadu_si256((const void *)row);
        count += (uint32_t)__builtin_popcount((unsigned)_mm_movemask_epi8(mine) & PIXELS);
        _mm256_store_si256((void *)patch->mask[v], mask);
        _mm256_store_si256((void *)patch->pixels[v], _mm256_and_si256(pixels, mask));
    }
    patch->count = count;
}
