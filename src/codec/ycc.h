#ifndef SPX_CODEC_YCC_H
#define SPX_CODEC_YCC_H

#include "container/spatial_heif.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Why the plain mean of four: decoders that repeat chroma samples (libheif 1.15) can show nothing
 * better, and it bounds what small saturated pictures reach in RGB, whatever the quality: 37.1 dB
 * for pagoda.jpg, 38.9 for coffee.png, 49.4 for ladybird.jpg. Chroma sharpened for decoders that
 * interpolate gains 1.5 dB there, but loses 2.7 dB in those that repeat; a mean in linear light
 * loses 0.1 to 0.6 dB in both.
 */

/**
 * 8-bit RGB to 8-bit YCbCr 4:2:0 in fixed point. The chroma of four pixels is the matrix applied to
 * their sum, so it sits in their middle (HEVC chroma sample location type 1).
 *
 * luma:   (r * luma[0] + g * luma[1] + b * luma[2] + luma_offset) >> 15
 * chroma: (R * c[0] + G * c[1] + B * c[2] + chroma_offset) >> 17, R, G, B sums of four, clamped
 */
typedef struct spx_ycc {
    int16_t luma[3];
    int16_t cb[3];
    int16_t cr[3];
    int32_t luma_offset; /* with the rounding */
    int32_t chroma_offset;
} spx_ycc;

/** Two rows of pixels become two rows of luma and one of each chroma. */
typedef struct spx_ycc_rows {
    const uint8_t *rgb[2]; /* [width][3] each */
    uint8_t *luma[2];      /* [width] each */
    uint8_t *cb;           /* [width / 2] */
    uint8_t *cr;           /* [width / 2] */
} spx_ycc_rows;

typedef void (*spx_ycc_fn)(const spx_ycc *ycc, const spx_ycc_rows *rows, size_t width);

/** The numbers of an nclx matrix (1 = BT.709, 5 and 6 = BT.601, 9 = BT.2020; any other counts as
 * BT.709) and range. */
void spx_ycc_init(spx_ycc *ycc, const spx_nclx *color);

/** width: even. The definition, plain C. */
void spx_ycc_convert_c(const spx_ycc *ycc, const spx_ycc_rows *rows, size_t width);
/** The same numbers, faster, on a processor with AVX2. */
void spx_ycc_convert_avx2(const spx_ycc *ycc, const spx_ycc_rows *rows, size_t width);
/** The fastest this processor runs. */
spx_ycc_fn spx_ycc_convert(void);

#endif
