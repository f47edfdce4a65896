#ifndef SPX_FILL_LEVEL_CUT_H
#define SPX_FILL_LEVEL_CUT_H

#include "fill/level.h"

/** Cuts out the square around a wanted pixel: what is known there of its surface and what lies
 * behind, and the wanted pixels of its surface as they look now. */
typedef void (*spx_level_cut_fn)(const spx_level *level, uint32_t x, uint32_t y, spx_patch *patch);

/** The fastest of this processor. All give the same bytes. */
spx_level_cut_fn spx_level_cut_choose(unsigned cpu_flags);

/** The definition in plain C. */
void spx_level_cut(const spx_level *level, uint32_t x, uint32_t y, spx_patch *patch);
#if defined(__x86_64__)
void spx_level_cut_avx2(const spx_level *level, uint32_t x, uint32_t y, spx_patch *patch);
#endif

#endif
