/*
 * 16 pixels of both rows a turn: 48 bytes are sorted into R, G and B with byte shuffles, widened to
 * 16 bits and multiplied in pairs (R, G) and (B, 0) with vpmaddwd, whose 32-bit sums are those of
 * the plain C version, so both give the same bytes.
 */
#include "codec/ycc.h"

#include <immintrin.h>

enum { STEP = 16 };

/* 16 pixels, one vector of 16-bit samples for each colour. */
typedef struct pixels {
    __m256i r;
    __m256i g;
    __m256i b;
} pixels;

static __m128i load(const uint8_t *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

static __m256i pick(const __m128i in[3], const __m128i masks[3])
{
    const __m128i picked = _mm_or_si128(
        _mm_or_si128(_mm_shuffle_epi8(in[0], masks[0]), _mm_shuffle_epi8(in[1], masks[1])),
        _mm_shuffle_epi8(in[2], masks[2]));
    return _mm256_cvtepu8_epi16(picked);
}

static pixels load_pixels(const uint8_t *rgb)
{
    const __m128i in[3] = { load(rgb), load(rgb + 16), load(rgb + 32) };
    const __m128i red[3] = {
        _mm_setr_epi8(0, 3, 6, 9, 12, 15, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1),
        _mm_setr_epi8(-1, -1, -1, -1, -1, -1, 2, 5, 8, 11, 14, -1, -1, -1, -1, -1),
        _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1, 4, 7, 10, 13),
    };
    const __m128i green[3] = {
        _mm_setr_epi8(1, 4, 7, 10, 13, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1),
        _mm_setr_epi8(-1, -1, -1, -1, -1, 0, 3, 6, 9, 12, 15, -1, -1, -1, -1, -1),
        _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 2, 5, 8, 11, 14),
    };
    const __m128i blue[3] = {
        _mm_setr_epi8(2, 5, 8, 11, 14, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1),
        _mm_setr_epi8(-1, -1, -1, -1, -1, 1, 4, 7, 10, 13, -1, -1, -1, -1, -1, -1),
        _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 3, 6, 9, 12, 15),
    };
    return (pixels){ .r = pick(in, red), .g = pick(in, green), .b = pick(in, blue) };
}

static __m256i weight_pair(int16_t even, int16_t odd)
{
    return _mm256_set1_epi32((int32_t)((uint32_t)(uint16_t)even | (uint32_t)(uint16_t)odd << 16));
}

static void store_luma(uint8_t *out, const spx_ycc *ycc, const pixels *in)
{
    const __m256i rg = weight_pair(ycc->luma[0], ycc->luma[1]);
    const __m256i b = weight_pair(ycc->luma[2], 0);
    const __m256i offset = _mm256_set1_epi32(ycc->luma_offset);
    const __m256i zero = _mm256_setzero_si256();
    __m256i low = _mm256_add_epi32(_mm256_madd_epi16(_mm256_unpacklo_epi16(in->r, in->g), rg),
                                   _mm256_madd_epi16(_mm256_unpacklo_epi16(in->b, zero), b));
    __m256i high = _mm256_add_epi32(_mm256_madd_epi16(_mm256_unpackhi_epi16(in->r, in->g), rg),
                                    _mm256_madd_epi16(_mm256_unpackhi_epi16(in->b, zero), b));
    low = _mm256_srai_epi32(_mm256_add_epi32(low, offset), 15);
    high = _mm256_srai_epi32(_mm256_add_epi32(high, offset), 15);
    const __m256i words = _mm256_packs_epi32(low, high); /* back in order within each half */
    const __m128i bytes =
        _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    _mm_storeu_si128((__m128i *)(void *)out, bytes);
}

/* Sums of two neighbours in both rows as 32-bit numbers. */
static __m256i sum_of_four(__m256i top, __m256i low)
{
    return _mm256_madd_epi16(_mm256_add_epi16(top, low), _mm256_set1_epi16(1));
}

static void store_chroma(uint8_t *out, const int16_t weights[3], const pixels *sums, int32_t offset)
{
    /* r: pairs (R, G) as 16-bit halves of 32; b: (B, 0). */
    const __m256i rg = weight_pair(weights[0], weights[1]);
    const __m256i b = weight_pair(weights[2], 0);
    __m256i value = _mm256_add_epi32(_mm256_madd_epi16(sums->r, rg), _mm256_madd_epi16(sums->b, b));
    value = _mm256_srai_epi32(_mm256_add_epi32(value, _mm256_set1_epi32(offset)), 17);
    const __m128i words =
        _mm_packs_epi32(_mm256_castsi256_si128(value), _mm256_extracti128_si256(value, 1));
    _mm_storel_epi64((__m128i *)(void *)out, _mm_packus_epi16(words, words));
}

void spx_ycc_convert_avx2(const spx_ycc *ycc, const spx_ycc_rows *rows, size_t width)
{
    size_t x = 0;
    for (; x + STEP <= width; x += STEP) {
        const pixels top = load_pixels(rows->rgb[0] + 3 * x);
        const pixels low = load_pixels(rows->rgb[1] + 3 * x);
        store_luma(rows->luma[0] + x, ycc, &top);
        store_luma(rows->luma[1] + x, ycc, &low);
        const __m256i r = sum_of_four(top.r, low.r);
        const __m256i g = sum_of_four(top.g, low.g);
        const pixels sums = { .r = _mm256_or_si256(r, _mm256_slli_epi32(g, 16)),
                              .g = _mm256_setzero_si256(),
                              .b = sum_of_four(top.b, low.b) };
        store_chroma(rows->cb + x / 2, ycc->cb, &sums, ycc->chroma_offset);
        store_chroma(rows->cr + x / 2, ycc->cr, &sums, ycc->chroma_offset);
    }
    if (x == width)
        return;
    const spx_ycc_rows rest = {
        .rgb = { rows->rgb[0] + 3 * x, rows->rgb[1] + 3 * x },
        .luma = { rows->luma[0] + x, rows->luma[1] + x },
        .cb = rows->cb + x / 2,
        .cr = rows->cr + x / 2,
    };
    spx_ycc_convert_c(ycc, &rest, width - x);
}
