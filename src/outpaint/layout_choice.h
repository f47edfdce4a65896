#ifndef SPX_OUTPAINT_LAYOUT_CHOICE_H
#define SPX_OUTPAINT_LAYOUT_CHOICE_H

#include "outpaint/repeat.h"

/** Ways to begin; see layout.c. */
typedef enum spx_layout_kind {
    SPX_LAYOUT_SMOOTH,
    SPX_LAYOUT_SHIFT,
    SPX_LAYOUT_REPEAT,
    SPX_LAYOUT_KINDS,
} spx_layout_kind;

/** How well the fill beside one side of the photo fits: mean difference of patches and sources. */
typedef struct spx_layout_fit {
    double whole; /* all of the margin but the corners */
    double joint; /* only where it meets the photo */
} spx_layout_fit;

/** Measures the sources that a level has now; sides without a margin get 0. */
void spx_layout_measure(const spx_patch_level *level, spx_layout_fit fits[SPX_SIDES]);

/** What may be done beyond each side. */
typedef struct spx_layout_leave {
    spx_patch_repeat repeat;     /* says on which sides there is one */
    uint8_t no_shift[SPX_SIDES]; /* 1: a copy of the band beside would show a thing twice */
} spx_layout_leave;

/** Copies of a band are not taken where it is deep. */
void spx_layout_forbid_shifts(spx_layout_leave *leave, const spx_patch_level *level);

/** The best of the first `count` kinds on each side. */
void spx_layout_choose(spx_layout_fit fits[][SPX_SIDES], size_t count,
                       const spx_layout_leave *leave, spx_layout_kind best[SPX_SIDES]);

/** The kind that an active pixel is to be taken from. */
spx_layout_kind spx_layout_kind_at(const spx_patch_level *level,
                                   const spx_layout_kind best[SPX_SIDES], int32_t x, int32_t y);

#endif
