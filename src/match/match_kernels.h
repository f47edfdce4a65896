#ifndef SPX_MATCH_MATCH_KERNELS_H
#define SPX_MATCH_MATCH_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/**
 * The inner loops of semi-global matching, all along the candidates of one pixel. Counts are
 * multiples of SPX_MATCH_LANES. All versions give the same numbers.
 */
enum {
    SPX_MATCH_LANES = 32,
    SPX_MATCH_PAD = 32,        /* bytes before and behind the candidates of a path's cell */
    SPX_MATCH_PAD_VALUE = 220, /* in them: dearer than any jump, and no overflow with it */
    SPX_MATCH_BITS = 62,       /* of a census word: the largest cost */
    SPX_MATCH_APART = 2,       /* candidates this near to the best one are the same answer */
};

/** One step of a path to the next pixel: L(d) = cost(d) + min(B(d), B(d±1) + small, large), where B
 * are the path's costs at the pixel before, less their least one (Hirschmüller 2008, eq. 13). */
typedef struct spx_match_step {
    const uint8_t *cost;   /* [count], 0..SPX_MATCH_BITS */
    const uint8_t *before; /* [count], with SPX_MATCH_PAD bytes of SPX_MATCH_PAD_VALUE around */
    uint8_t least;         /* of `before` */
    uint8_t small;         /* cost of a change by one candidate, <= 30 */
    uint8_t large;         /* of any other change, <= 110 */
} spx_match_step;

/** The cheapest candidate and what stands against it. */
typedef struct spx_match_best {
    uint32_t index; /* the first of the cheapest */
    uint16_t cost;
    uint16_t second; /* cheapest of those more than SPX_MATCH_APART away; 65535 = there is none */
} spx_match_best;

typedef struct spx_match_kernels {
    /** out[k] = number of bits in which here and there[k] differ. */
    void (*differ)(uint64_t here, const uint64_t *there, size_t count, uint8_t *out);
    /** Writes the path's costs to `now`, adds them to `sums`, returns their least one. */
    uint8_t (*step)(const spx_match_step *step, size_t count, uint8_t *now, uint16_t *sums);
    void (*best)(const uint16_t *sums, size_t count, spx_match_best *out);
    /** The least of costs[first..end), except within SPX_MATCH_APART of `best`; 255 = there is
     * none. */
    uint8_t (*rival)(const uint8_t *costs, size_t first, size_t end, size_t best);
    /** Where sums[k] < least[k]: least[k] = sums[k], index[k] = k. */
    void (*keep_least)(const uint16_t *sums, size_t count, uint16_t *least, uint16_t *index);
} spx_match_kernels;

/** The fastest for these spx_cpu_flags(). */
const spx_match_kernels *spx_match_kernels_choose(unsigned cpu_flags);
extern const spx_match_kernels spx_match_kernels_c;
#if defined(__x86_64__)
extern const spx_match_kernels spx_match_kernels_avx2;
#endif

#endif
