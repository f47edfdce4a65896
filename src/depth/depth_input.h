#ifndef SPX_DEPTH_DEPTH_INPUT_H
#define SPX_DEPTH_DEPTH_INPUT_H

#include <stdint.h>

/** A photo as a network sees it. Cleared by the caller: spx_depth_input_clear(). */
typedef struct spx_depth_input {
    float *values; /* [3][height][width] */
    uint32_t width;
    uint32_t height;
} spx_depth_input;

void spx_depth_input_clear(spx_depth_input *input); /* an empty one is fine */

enum { SPX_DEPTH_FINER = 2 };

/** Where a finer size is worth its time at normal detail. */
typedef enum spx_depth_where {
    SPX_DEPTH_NOWHERE,
    SPX_DEPTH_AT_EDGES,
    SPX_DEPTH_EVERYWHERE,
} spx_depth_where;

/** What a network's inputs are like. */
typedef struct spx_depth_sizes {
    uint32_t standard; /* what size 0 means */
    uint32_t step;     /* sides are multiples of it */
    uint32_t tile;     /* side of tiles of large inputs */
    uint32_t overlap;  /* of neighbouring tiles */
    int one_thread;    /* a run is best left to one thread; otherwise it shares the task's pool */
    uint32_t part;     /* a map is so many times smaller than its input, per side */
    uint32_t finer[SPX_DEPTH_FINER]; /* sizes beside the standard one, coarse to fine, … */
    spx_depth_where normal[SPX_DEPTH_FINER]; /* … and where they run at normal detail */
} spx_depth_sizes;

#endif
