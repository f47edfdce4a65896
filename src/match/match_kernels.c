#include "match/match_kernels.h"

#include "base/cpu.h"
#include "match/match_kernels_body.h"

static uint8_t step_c(const spx_match_step *step, size_t count, uint8_t *now, uint16_t *sums)
{
    const uint8_t *const before = step->before;
    uint8_t least = UINT8_MAX;
    for (size_t k = 0; k < count; k++) {
        const uint8_t beside =
            *(before + k - 1) < before[k + 1] ? *(before + k - 1) : before[k + 1];
        uint8_t cheapest = (uint8_t)(before[k] - step->least);
        const uint8_t changed = (uint8_t)(beside - step->least + step->small);
        cheapest = changed < cheapest ? changed : cheapest;
        cheapest = step->large < cheapest ? step->large : cheapest;
        now[k] = (uint8_t)(step->cost[k] + cheapest);
        sums[k] = (uint16_t)(sums[k] + now[k]);
        least = now[k] < least ? now[k] : least;
    }
    return least;
}

const spx_match_kernels spx_match_kernels_c = { .differ = match_differ,
                                                .step = step_c,
                                                .best = match_best,
                                                .rival = match_rival,
                                                .keep_least = match_keep_least };

const spx_match_kernels *spx_match_kernels_choose(unsigned cpu_flags)
{
#if defined(__x86_64__)
    if (cpu_flags & SPX_CPU_AVX2)
        return &spx_match_kernels_avx2;
#endif
    (void)cpu_flags;
    return &spx_match_kernels_c;
}
