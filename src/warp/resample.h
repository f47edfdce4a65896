#ifndef SPX_WARP_RESAMPLE_H
#define SPX_WARP_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Where an output pixel takes its colour from, in one number: source pixel * rows of the table +
 * row. Each way of sampling has 256 rows, which sit that many 256ths of a pixel right of the source
 * pixel: on a curve through four pixels, on a line through two, and on the mean of that line over
 * ever wider pieces, for what is squeezed.
 */
enum {
    SPX_RESAMPLE_PHASES = 256,
    SPX_RESAMPLE_CURVE = 0, /* first rows */
    SPX_RESAMPLE_LINE = SPX_RESAMPLE_PHASES,
    SPX_RESAMPLE_MEANS = 2 * SPX_RESAMPLE_PHASES,
    SPX_RESAMPLE_WIDTHS = 6, /* of means: thirds of a pixel, up to 2, as far as four taps go */
    SPX_RESAMPLE_WIDTHS_PER_PX = 3,
    SPX_RESAMPLE_ROWS = (2 + SPX_RESAMPLE_WIDTHS) * SPX_RESAMPLE_PHASES,
    SPX_RESAMPLE_TAPS = 4, /* pixels -1, 0, 1, 2 */
    SPX_RESAMPLE_ONE = 1 << 14,
};

/** The place that a code names, in 256ths of a pixel. */
static inline uint32_t spx_resample_place(uint32_t code)
{
    return code / SPX_RESAMPLE_ROWS * SPX_RESAMPLE_PHASES + code % SPX_RESAMPLE_PHASES;
}

/** First row for what lies with `squeeze` pixels of the source in one; 1 or less is not squeezed.
 */
uint32_t spx_resample_squeezed(float squeeze);

/** What each tap weighs; the weights of a row add up to SPX_RESAMPLE_ONE. */
typedef struct spx_resample_table {
    int16_t weights[SPX_RESAMPLE_ROWS][SPX_RESAMPLE_TAPS];
} spx_resample_table;

void spx_resample_table_init(spx_resample_table *table);

/**
 * to[i] = the colour that codes[i] names, 3 samples each. from: pixels that may be read from one
 * before the first source pixel to two behind the last, and 16 bytes more. Borrowed.
 */
typedef void (*spx_resample8_fn)(uint8_t *to, const uint8_t *from, const uint32_t *codes,
                                 size_t count, const spx_resample_table *table);

/** The fastest for these spx_cpu_flags(); all give the same bytes. */
spx_resample8_fn spx_resample8(unsigned cpu_flags);
void spx_resample8_c(uint8_t *to, const uint8_t *from, const uint32_t *codes, size_t count,
                     const spx_resample_table *table);
#if defined(__x86_64__)
void spx_resample8_avx2(uint8_t *to, const uint8_t *from, const uint32_t *codes, size_t count,
                        const spx_resample_table *table);
#endif
/** The same for 16-bit samples. */
void spx_resample16(uint16_t *to, const uint16_t *from, const uint32_t *codes, size_t count,
                    const spx_resample_table *table);

#endif
