#ifndef SPX_DEPTH_EDGE_MEDIAN_H
#define SPX_DEPTH_EDGE_MEDIAN_H

#include <stddef.h>
#include <stdint.h>

/**
 * The weighted median that moves depth edges to colour edges: each pixel takes the depth that
 * splits its 7x7 neighbourhood in two, where neighbours of its own colour, near it, and away from
 * slopes count most. A median and not a mean: between two surfaces it chooses one.
 */
enum {
    SPX_EDGE_RADIUS = 3,
    SPX_EDGE_WINDOW = 2 * SPX_EDGE_RADIUS + 1,
    SPX_EDGE_LANES = 8,  /* a row of the window and one more, which weighs nothing */
    SPX_EDGE_PLANES = 5, /* depth, trust, red, green, blue */
};

/** Where the kernel reads. Each plane starts at the window's corner of pixel 0: pixel x reads
 * planes[p][k * stride + x + lane] for rows k = 0..6 and lanes 0..7. */
typedef struct spx_edge_source {
    const float *planes[SPX_EDGE_PLANES];
    size_t stride;          /* floats */
    float inverse_variance; /* of colours that count as equal: 1 / (2 sigma^2), colours 0..1 */
    float quantile;         /* 0.5 = the median; more = towards near */
    float spatial[SPX_EDGE_WINDOW][SPX_EDGE_LANES];
} spx_edge_source;

/** For every x below count with gate[x] > 0: out[x] = mix of the pixel's own depth and the median,
 * by gate[x] (0..1); other out[x] = own depth. */
typedef void (*spx_edge_median_fn)(const spx_edge_source *source, const float *gate, size_t count,
                                   float *out);

/** Fills `spatial`. */
void spx_edge_source_init(spx_edge_source *source);
/** The fastest kernel of this processor. All give the same bits. */
spx_edge_median_fn spx_edge_median_choose(unsigned cpu_flags);

void spx_edge_median_c(const spx_edge_source *source, const float *gate, size_t count, float *out);
void spx_edge_median_avx2(const spx_edge_source *source, const float *gate, size_t count,
                          float *out);
void spx_edge_median_avx512(const spx_edge_source *source, const float *gate, size_t count,
                            float *out);

/** For kernels: the next pixels from *x on whose gate is open, no more than `most`. Returns how
 * many; *x: where to go on. */
static inline size_t spx_edge_next(const float *gate, size_t count, size_t most, size_t *x,
                                   size_t *found)
{
    size_t n = 0;
    while (*x < count && n < most) {
        if (gate[*x] > 0.0f)
            found[n++] = *x;
        (*x)++;
    }
    return n;
}

#endif
