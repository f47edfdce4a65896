#include "depth/refine.h"

#include <math.h>
#include <string.h>

/*
 * The percentiles are found exactly, in three passes over the plane, eleven bits of the values'
 * order a pass: no copy, no sort, and no outlier can spoil the bins.
 */
enum { DIGIT_BITS = 11, DIGITS = 3, BINS = 1 << DIGIT_BITS, WORD_BITS = 32 };

static const double low_share = 0.005;
static const double high_share = 0.995;
static const float middle = 0.5f;

/* Unsigned numbers in the order of the floats. */
static uint32_t order_of(float value)
{
    static const uint32_t sign = 0x80000000u;
    uint32_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return bits & sign ? ~bits : bits | sign;
}

static float value_of(uint32_t order)
{
    static const uint32_t sign = 0x80000000u;
    const uint32_t bits = order & sign ? order & ~sign : ~order;
    float value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

/* Counts, for the finite values whose order begins with `prefix` (of `prefix_bits`), the next
 * digit. Returns how many there are. */
static uint64_t count_digits(const spx_plane *depth, uint32_t prefix, unsigned prefix_bits,
                             uint64_t bins[BINS])
{
    const unsigned left = WORD_BITS - prefix_bits;
    const unsigned shift = left > DIGIT_BITS ? left - DIGIT_BITS : 0;
    uint64_t total = 0;
    memset(bins, 0, BINS * sizeof(*bins));
    for (uint32_t y = 0; y < depth->height; y++) {
        const float *const row = spx_plane_row(depth, y);
        for (uint32_t x = 0; x < depth->width; x++) {
            const uint32_t order = order_of(row[x]);
            if (!isfinite(row[x]) || (uint64_t)order >> left != prefix)
                continue;
            bins[order >> shift & (BINS - 1) & ((1u << (left - shift)) - 1)]++;
            total++;
        }
    }
    return total;
}

/* The finite value with `share` of the finite values below it. NaN when there is none. */
static float percentile(const spx_plane *depth, double share)
{
    uint64_t bins[BINS];
    uint32_t prefix = 0;
    unsigned prefix_bits = 0;
    uint64_t rank = 0;
    for (unsigned digit = 0; digit < DIGITS; digit++) {
        const uint64_t total = count_digits(depth, prefix, prefix_bits, bins);
        const unsigned left = WORD_BITS - prefix_bits;
        const unsigned bits = left < DIGIT_BITS ? left : DIGIT_BITS;
        if (total == 0)
            return NAN;
        if (digit == 0)
            rank = (uint64_t)(share * (double)(total - 1) + middle);
        uint32_t bin = 0;
        for (; rank >= bins[bin]; bin++)
            rank -= bins[bin];
        prefix = prefix << bits | bin;
        prefix_bits += bits;
    }
    return value_of(prefix);
}

static float map_value(float value, float low, float high)
{
    if (!isfinite(value) || value < low)
        return 0.0f;
    if (value > high)
        return 1.0f;
    return low < high ? (value - low) / (high - low) : middle;
}

void spx_depth_normalise(spx_plane *depth)
{
    float range[2];
    spx_depth_normalise_range(depth, range);
}

void spx_depth_normalise_range(spx_plane *depth, float range[2])
{
    const float low = percentile(depth, low_share);
    const float high = percentile(depth, high_share);
    const int constant = isnan(low);
    range[0] = low;
    range[1] = high;
    for (uint32_t y = 0; y < depth->height; y++) {
        float *const row = spx_plane_row(depth, y);
        for (uint32_t x = 0; x < depth->width; x++)
            row[x] = constant ? middle : map_value(row[x], low, high);
    }
}
