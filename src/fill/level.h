#ifndef SPX_FILL_LEVEL_H
#define SPX_FILL_LEVEL_H

#include "base/task.h"
#include "fill/backdrop_planes.h"
#include "patch/kernels.h"

/** From a wanted pixel to the known one it copies; x == SPX_OFFSET_NONE: there is none. */
typedef struct spx_offset {
    int16_t x;
    int16_t y;
} spx_offset;

enum { SPX_OFFSET_NONE = INT16_MIN };

typedef enum spx_level_flag {
    SPX_LEVEL_KNOWN = 0,
    SPX_LEVEL_WANTED = 1,    /* and any number up to the next */
    SPX_LEVEL_BLOCKED = 255, /* several surfaces in one small pixel, or a mirrored strip beside the
                                frame (backdrop.c): neither source nor target */
} spx_level_flag;

/**
 * A backdrop at one of several sizes, each half the one before, and where its wanted pixels copy
 * from. Planes are [height][width].
 */
typedef struct spx_level {
    uint32_t width;
    uint32_t height;
    uint32_t step;         /* see spx_backdrop */
    spx_image *image;      /* 8 bits */
    const uint8_t *flags;  /* spx_level_flag */
    const uint16_t *depth; /* of known pixels */
    const uint16_t *wanted_depth;
    uint32_t *wanted; /* y * width + x, ascending */
    uint32_t wanted_count;
    uint32_t known_count;
    spx_offset *offsets; /* of each wanted pixel */
    uint32_t row_words;
    uint64_t *wanted_bits;   /* [height][row_words]: bit x % 64 of word x / 64 */
    uint32_t *first_of_word; /* [height * row_words + 1]: index into wanted */
    uint8_t *own_flags;      /* what the level itself has allocated */
    uint16_t *own_depth;
} spx_level;

/** The full size: flags and depths borrowed from the backdrop. Cleared by the caller. */
SPX_NODISCARD spx_status spx_level_init_full(spx_level *level, const spx_backdrop *backdrop,
                                             spx_image *image8, const spx_task *task,
                                             spx_diag *diag);
/** Half the size of another. Cleared by the caller. */
SPX_NODISCARD spx_status spx_level_init_half(spx_level *level, const spx_level *large,
                                             const spx_task *task, spx_diag *diag);
void spx_level_clear(spx_level *level); /* an empty one is fine */

/** The most wanted pixels that lie side by side in a row. */
uint32_t spx_level_widest_run(const spx_level *level);
/** Index of the first wanted pixel of row y or, if there is none, of those behind; y <= height. */
static inline uint32_t spx_level_first_of_row(const spx_level *level, size_t y)
{
    return level->first_of_word[y * level->row_words];
}

/** Index of a wanted pixel; UINT32_MAX when (x, y) is none. */
uint32_t spx_level_find(const spx_level *level, int64_t x, int64_t y);
/** Index of the wanted pixel dx columns beside another, which is in column x, if all between are
 * wanted; UINT32_MAX otherwise. */
uint32_t spx_level_find_beside(const spx_level *level, uint32_t index, uint32_t x, int32_t dx);
/** Whether a wanted pixel of this depth may copy (x, y). */
int spx_level_is_source(const spx_level *level, int64_t x, int64_t y, uint32_t depth);
/** Whether the square around (x, y) lies within the level, with all that comparing it reads. */
int spx_level_has_patch(const spx_level *level, int64_t x, int64_t y);
/** Whether a wanted pixel of this depth may copy the square around (x, y), which the level has: by
 * its middle, corners and sides. */
int spx_level_is_source_patch(const spx_level *level, int64_t x, int64_t y, uint32_t depth);

#endif
