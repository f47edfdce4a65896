#ifndef SPX_OUTPAINT_TILE_H
#define SPX_OUTPAINT_TILE_H

#include "outpaint/patch_vote.h"
#include "outpaint/pyramid.h"

/**
 * Full-size pixels of any piece of the canvas, from the sources of level 1: doubled, compared once
 * with their neighbours', voted from the photo's own pixels, with the detail of each one's source.
 * Pieces fit together exactly however the canvas is cut, because each pixel follows from its
 * surroundings of a fixed size.
 */
typedef struct spx_tile_maker {
    const spx_pyramid *pyramid;
    const spx_image *photo;
    int32_t skip_x; /* of the photo, left and above of what the pyramid keeps */
    int32_t skip_y;
    spx_patch_rect still; /* the canvas's pixels that no patch with unknown pixels covers */
    float spread;         /* see spx_patch_vote() */
    float trust[SPX_PATCH_VOTE_FAR_PX + 1]; /* weight of a perfect vote, by pixels from the photo */
    uint64_t seed;
} spx_tile_maker;

void spx_tile_maker_init(spx_tile_maker *maker, const spx_pyramid *pyramid, const spx_image *photo,
                         const spx_frame *frame, uint64_t seed);

/** The votes for a piece of the canvas into colours[height][width][3], 0..255; pixels in `still`
 * get none and are left alone. Any thread. */
SPX_NODISCARD spx_status spx_tile_vote(const spx_tile_maker *maker, const spx_patch_rect *area,
                                       float *colours, spx_diag *diag);

#endif
