#include "codec/ycc.h"

#include "base/cpu.h"

#include <math.h>

enum {
    LUMA_SHIFT = 15,
    CHROMA_SHIFT = 17, /* two more for the sum of four pixels */
    ONE = 1 << LUMA_SHIFT,
    MATRIX_BT470 = 5,
    MATRIX_BT601 = 6,
    MATRIX_BT2020 = 9,
};

static void matrix_weights(unsigned matrix, double *red, double *blue)
{
    *red = 0.2126; /* BT.709 */
    *blue = 0.0722;
    if (matrix == MATRIX_BT470 || matrix == MATRIX_BT601) {
        *red = 0.299;
        *blue = 0.114;
    } else if (matrix == MATRIX_BT2020) {
        *red = 0.2627;
        *blue = 0.0593;
    }
}

static int16_t fixed(double value)
{
    return (int16_t)lrint(value * ONE);
}

void spx_ycc_init(spx_ycc *ycc, const spx_nclx *color)
{
    double red = 0;
    double blue = 0;
    matrix_weights(color->matrix, &red, &blue);
    const double luma_scale = color->full_range ? 1.0 : 219.0 / 255.0;
    const double chroma_scale = color->full_range ? 1.0 : 224.0 / 255.0;
    const int32_t black = color->full_range ? 0 : 16;

    ycc->luma[0] = fixed(luma_scale * red);
    ycc->luma[2] = fixed(luma_scale * blue);
    /* The rest, so that white is exact and grey has no colour. */
    ycc->luma[1] = (int16_t)(lrint(luma_scale * ONE) - ycc->luma[0] - ycc->luma[2]);
    ycc->luma_offset = (black << LUMA_SHIFT) + (1 << (LUMA_SHIFT - 1));

    const int16_t half = fixed(chroma_scale / 2);
    ycc->cb[0] = fixed(-chroma_scale * red / (2 * (1 - blue)));
    ycc->cb[1] = (int16_t)(-half - ycc->cb[0]);
    ycc->cb[2] = half;
    ycc->cr[2] = fixed(-chroma_scale * blue / (2 * (1 - red)));
    ycc->cr[1] = (int16_t)(-half - ycc->cr[2]);
    ycc->cr[0] = half;
    ycc->chroma_offset = (128 << CHROMA_SHIFT) + (1 << (CHROMA_SHIFT - 1));
}

static uint8_t luma_of(const spx_ycc *ycc, const uint8_t *rgb)
{
    const int32_t sum =
        rgb[0] * ycc->luma[0] + rgb[1] * ycc->luma[1] + rgb[2] * ycc->luma[2] + ycc->luma_offset;
    return (uint8_t)(sum >> LUMA_SHIFT);
}

static uint8_t chroma_of(const int16_t weights[3], const int32_t sums[3], int32_t offset)
{
    const int32_t value =
        (sums[0] * weights[0] + sums[1] * weights[1] + sums[2] * weights[2] + offset) >>
        CHROMA_SHIFT;
    return (uint8_t)(value > UINT8_MAX ? UINT8_MAX : value);
}

void spx_ycc_convert_c(const spx_ycc *ycc, const spx_ycc_rows *rows, size_t width)
{
    for (size_t x = 0; x < width; x += 2) {
        const uint8_t *const top = rows->rgb[0] + 3 * x;
        const uint8_t *const low = rows->rgb[1] + 3 * x;
        int32_t sums[3];
        for (size_t c = 0; c < 3; c++)
            sums[c] = top[c] + top[c + 3] + low[c] + low[c + 3];
        rows->luma[0][x] = luma_of(ycc, top);
        rows->luma[0][x + 1] = luma_of(ycc, top + 3);
        rows->luma[1][x] = luma_of(ycc, low);
        rows->luma[1][x + 1] = luma_of(ycc, low + 3);
        rows->cb[x / 2] = chroma_of(ycc->cb, sums, ycc->chroma_offset);
        rows->cr[x / 2] = chroma_of(ycc->cr, sums, ycc->chroma_offset);
    }
}

spx_ycc_fn spx_ycc_convert(void)
{
#ifdef __x86_64__
    if (spx_cpu_flags() & SPX_CPU_AVX2)
        return spx_ycc_convert_avx2;
#endif
    return spx_ycc_convert_c;
}
