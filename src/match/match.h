#ifndef SPX_MATCH_MATCH_H
#define SPX_MATCH_MATCH_H

#include "base/task.h"
#include "match/disparity.h"
#include "spx/image.h"

/** How two eyes are matched. */
typedef struct spx_match_options {
    double range_pct;   /* search to both sides of zero, % of the width, 1..50 */
    uint32_t long_side; /* px at which the eyes are matched; larger ones are reduced; 64..4096 */
} spx_match_options;

/** 15 % to both sides, at 1024 pixels. */
void spx_match_options_init(spx_match_options *options);

/**
 * Matches a rectified pair of one size, 8 or 16 bits: semi-global matching, checked from right to
 * left, without islands. The range is found at a small size first. Eyes larger than `long_side` are
 * matched reduced, and each pixel takes the answer of the neighbour that its colour resembles most,
 * so that memory grows with the eyes' size by 8 bytes a pixel only. Exposure may differ between the
 * eyes; lines must lie within a pixel of their height (spx_align_eyes()). options may be NULL. *out
 * must be empty; on failure it stays so. SPX_ERR_ARGUMENT when the sizes differ.
 */
SPX_NODISCARD spx_status spx_match_eyes(spx_match *out, const spx_image *left,
                                        const spx_image *right, const spx_match_options *options,
                                        const spx_task *task, spx_diag *diag);
void spx_match_clear(spx_match *match); /* an empty one is fine */

/** Depth that two eyes tell. Cleared by spx_match_depth_clear(). */
typedef struct spx_match_depth {
    spx_plane *map;   /* of the left eye's size: 0..1, 1 = nearest, linear in disparity */
    spx_plane *trust; /* 0..1 of each pixel: the match's confidence, 0 = filled in */
    double near_px;   /* disparity (xL - xR) of 1 */
    double far_px;    /* of 0 */
    double known_share;
} spx_match_depth;

/**
 * spx_match_eyes(), with every hole filled: what one eye alone sees from the far side, the rest by
 * `guide` (a network's map of the left eye, any size, larger = nearer; may be NULL) fitted to the
 * matches. SPX_ERR_UNSUPPORTED where less than 3 % of the left eye is found in the right one.
 */
SPX_NODISCARD spx_status spx_match_depth_find(spx_match_depth *out, const spx_image *left,
                                              const spx_image *right, const spx_plane *guide,
                                              const spx_task *task, spx_diag *diag);
void spx_match_depth_clear(spx_match_depth *depth); /* an empty one is fine */

#endif
