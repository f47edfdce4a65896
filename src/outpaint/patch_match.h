#ifndef SPX_OUTPAINT_PATCH_MATCH_H
#define SPX_OUTPAINT_PATCH_MATCH_H

#include "outpaint/patch_level.h"

/** One search for better sources. */
typedef struct spx_patch_search {
    uint64_t seed;
    uint32_t step;   /* number of this pass; even passes run forwards, odd ones backwards */
    int32_t radius;  /* of the random search at its widest; 0 = only the neighbours' sources */
    int costs_stale; /* the pixels have changed since costs were computed */
} spx_patch_search;

/**
 * PatchMatch (Barnes 2009): every active pixel takes the best of its source, its neighbours' and
 * random ones around it. Strips of rows run side by side; their borders see the state before the
 * pass, so the result does not depend on the number of threads.
 */
SPX_NODISCARD spx_status spx_patch_match(spx_patch_level *level, const spx_patch_search *search,
                                         const spx_task *task, spx_diag *diag);

/** A random source. state: see spx_patch_random(). */
spx_patch_source spx_patch_random_source(const spx_patch_level *level, uint32_t *state);

/** The source with these coordinates, moved to where a whole patch lies in the photo. */
spx_patch_source spx_patch_nearest_source(const spx_patch_level *level, int32_t x, int32_t y);

/** Counts how often each part of the photo is used and sets the penalty for too often. */
void spx_patch_update_usage(spx_patch_level *level);

/** The candidate whose pixels fit best around (x, y), and its cost. The prior does not
 * count. */
float spx_patch_best_source(const spx_patch_level *level, int32_t x, int32_t y,
                            const spx_patch_source *candidates, size_t count,
                            spx_patch_source *best);

/** Difference of an active pixel's patch and its source alone, per sample and squared. */
float spx_patch_difference(const spx_patch_level *level, int32_t x, int32_t y);

#endif
