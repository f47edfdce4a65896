#ifndef SPX_MATCH_MATCH_KERNELS_BODY_H
#define SPX_MATCH_MATCH_KERNELS_BODY_H

/* The text of the kernels that any compiler turns into vectors by itself; compiled once for each
 * instruction set. Integers only: all versions give the same numbers. */
#include "match/match_kernels.h"

static void match_differ(uint64_t here, const uint64_t *there, size_t count, uint8_t *out)
{
    for (size_t k = 0; k < count; k++)
        out[k] = (uint8_t)__builtin_popcountll(here ^ there[k]);
}

static uint16_t match_least(const uint16_t *sums, size_t first, size_t end)
{
    uint16_t least = UINT16_MAX;
    for (size_t k = first; k < end; k++)
        least = sums[k] < least ? sums[k] : least;
    return least;
}

static void match_best(const uint16_t *sums, size_t count, spx_match_best *out)
{
    out->cost = match_least(sums, 0, count);
    size_t index = 0;
    while (index + 1 < count && sums[index] != out->cost)
        index++;
    out->index = (uint32_t)index;
    const uint16_t below =
        index > SPX_MATCH_APART ? match_least(sums, 0, index - SPX_MATCH_APART) : UINT16_MAX;
    const size_t next = index + SPX_MATCH_APART + 1;
    const uint16_t above = next < count ? match_least(sums, next, count) : UINT16_MAX;
    out->second = below < above ? below : above;
}

static uint8_t match_least_cost(const uint8_t *costs, size_t first, size_t end)
{
    uint8_t least = UINT8_MAX;
    for (size_t k = first; k < end; k++)
        least = costs[k] < least ? costs[k] : least;
    return least;
}

static uint8_t match_rival(const uint8_t *costs, size_t first, size_t end, size_t best)
{
    const size_t below_end = best > SPX_MATCH_APART ? best - SPX_MATCH_APART : 0;
    const size_t above = best + SPX_MATCH_APART + 1;
    const uint8_t below = match_least_cost(costs, first, below_end < end ? below_end : end);
    const uint8_t other = match_least_cost(costs, above > first ? above : first, end);
    return below < other ? below : other;
}

static void match_keep_least(const uint16_t *restrict sums, size_t count, uint16_t *restrict least,
                             uint16_t *restrict index)
{
    for (size_t k = 0; k < count; k++) {
        const int better = sums[k] < least[k];
        index[k] = better ? (uint16_t)k : index[k];
        least[k] = better ? sums[k] : least[k];
    }
}

#endif
