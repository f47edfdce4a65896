#ifndef SPX_OUTPAINT_OFFSETS_H
#define SPX_OUTPAINT_OFFSETS_H

#include "outpaint/patch_level.h"

enum {
    SPX_PATCH_OFFSETS_MAX = 8,  /* each way */
    SPX_PATCH_OFFSET_SLANT = 6, /* an offset is so many times as long along its axis as across */
};

/** A translation that takes much of the photo onto something that looks the same. */
typedef struct spx_patch_offset {
    int32_t x;
    int32_t y;
    float share; /* of the photo's structured patches that it takes onto their like */
} spx_patch_offset;

/** The strongest first. */
typedef struct spx_patch_offset_list {
    spx_patch_offset list[SPX_PATCH_OFFSETS_MAX];
    size_t count;
} spx_patch_offset_list;

/** A wall repeats sideways, upwards and in all ways that these make together. Borders need the
 * first two, and slanted ones, of which there are most, would crowd them out: those are left out.
 * The opposite of an offset counts as the same. */
typedef struct spx_patch_offsets {
    spx_patch_offset_list sideways; /* x > 0 */
    spx_patch_offset_list upwards;  /* y > 0 */
} spx_patch_offsets;

/**
 * The dominant offsets of a photo (He and Sun 2012): each patch finds the one most like it that is
 * not near it; the peaks of the histogram of the ways between are the photo's own rhythm. Patches
 * without structure, and those that find nothing like them, do not count.
 */
SPX_NODISCARD spx_status spx_patch_offsets_find(spx_patch_offsets *out,
                                                const spx_patch_level *level, uint64_t seed,
                                                const spx_task *task, spx_diag *diag);

/** How unlike all others each patch of the photo is: the root mean square of its difference, in
 * levels, from the one most like it that is far enough away. Owned by the caller. */
SPX_NODISCARD spx_status spx_patch_find_unlike(spx_plane **out, const spx_patch_level *level,
                                               uint64_t seed, const spx_task *task, spx_diag *diag);

#endif
