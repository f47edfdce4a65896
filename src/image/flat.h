#ifndef SPX_IMAGE_FLAT_H
#define SPX_IMAGE_FLAT_H

#include "base/status.h"
#include "image/plane.h"
#include "image/rows.h"

/** Where two pictures of one size lie in one. */
typedef enum spx_flat_layout {
    SPX_FLAT_BESIDE,      /* first | second */
    SPX_FLAT_HALF_BESIDE, /* the same, each at half its width (odd widths: rounded up) */
    SPX_FLAT_ABOVE,       /* first above second */
    SPX_FLAT_HALF_ABOVE,  /* the same, each at half its height (odd heights: rounded up) */
    SPX_FLAT_ROWS,        /* rows 0, 2, 4 … of the first, rows 1, 3, 5 … of the second */
} spx_flat_layout;

/**
 * Two pictures as one. Halving takes the mean of what a new pixel covers, border pixels by their
 * share, in gamma-coded values. Borrowed.
 */
typedef struct spx_flat {
    const spx_image *first; /* left or above */
    const spx_image *second;
    spx_flat_layout layout;
    uint32_t gap_px; /* SPX_FLAT_BESIDE: columns between them, which repeat the first's border */
} spx_flat;

/** *flat is borrowed as long as *out is used. SPX_ERR_ARGUMENT: unequal sizes or bits. */
SPX_NODISCARD spx_status spx_flat_rows(spx_rows *out, const spx_flat *flat, spx_diag *diag);

/** A picture and its depth, 0..1 (clamped), 1 = white = near. Same sizes. Borrowed. */
typedef struct spx_color_depth {
    const spx_image *color;
    const spx_plane *depth;
} spx_color_depth;

/** color | depth, 8 bits each. *pair is borrowed as long as *out is used. SPX_ERR_ARGUMENT: unequal
 * sizes. */
SPX_NODISCARD spx_status spx_color_depth_rows(spx_rows *out, const spx_color_depth *pair,
                                              spx_diag *diag);

#endif
