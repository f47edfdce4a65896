#ifndef SPX_OUTPAINT_LAYOUT_H
#define SPX_OUTPAINT_LAYOUT_H

#include "image/plane.h"
#include "outpaint/pyramid.h"

/**
 * Decides what lies where: finds sources for every active pixel of the levels top .. 1. After it
 * level 1 holds the picture at half size and its sources. depth: 0..1, 1 = near, of the
 * photo at any size; may be NULL. Everything follows from photo, depth and seed.
 */
SPX_NODISCARD spx_status spx_layout_solve(spx_pyramid *pyramid, const spx_plane *depth,
                                          uint64_t seed, const spx_task *task, spx_diag *diag);

#endif
