#ifndef SPX_OUTPAINT_LAYOUT_H
#define SPX_OUTPAINT_LAYOUT_H

#include "outpaint/pyramid.h"

/**
 * Decides what lies where: finds sources for every active pixel of the levels top .. 1. After it
 * level 1 holds the picture at half size and its sources. Everything follows from the photo and the
 * seed.
 */
SPX_NODISCARD spx_status spx_layout_solve(spx_pyramid *pyramid, uint64_t seed, const spx_task *task,
                                          spx_diag *diag);

#endif
