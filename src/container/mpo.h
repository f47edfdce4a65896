#ifndef SPX_CONTAINER_MPO_H
#define SPX_CONTAINER_MPO_H

#include <stddef.h>

/*
 * Reading the two views of a multi-picture file (container/mpf.h tells its form). Cameras differ:
 *
 *     type 020002 for both views (read in a Panasonic GX8's file); or a baseline primary picture
 * and one of type 0 (Pillow's files); large thumbnails (01xxxx), panoramas (020001) and gain maps
 * of HDR photos lie there as well, which are no second eye either byte order; sizes that count
 * padding; no MPF segment at all, just two JPEG files
 */

/** A JPEG file within the file. */
typedef struct spx_mpo_view {
    size_t offset;
    size_t size;
} spx_mpo_view;

typedef struct spx_mpo {
    spx_mpo_view left; /* the view of the lowest number */
    spx_mpo_view right;
    double baseline_mm;     /* 0 = not told */
    double convergence_deg; /* of the cameras; 0 = parallel or not told */
    double parallax_pct; /* Fuji: how far the views are shifted apart for display, % of the width */
} spx_mpo;

/**
 * Finds the stereo views. by_name: the file is called .mpo, so that views need not be marked as
 * such. 0 = none: another kind of file, or a multi-picture file of another purpose.
 */
int spx_mpo_read(spx_mpo *out, const void *data, size_t size, int by_name);

#endif
