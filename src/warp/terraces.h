#ifndef SPX_WARP_TERRACES_H
#define SPX_WARP_TERRACES_H

#include "base/task.h"
#include "warp/layer_planes.h"

/**
 * Depth units between the levels of a map that has only a few, evenly apart, so that one level is
 * seen: 0 for every other map. depth: a canvas; its margins are not looked at.
 */
SPX_NODISCARD spx_status spx_terraces_find(const spx_layers *layers, const uint16_t *depth,
                                           float *quantum, spx_diag *diag);

/**
 * Makes slopes of a map's terraces: every depth moves by at most half a quantum. Things that differ
 * by more than one level stay apart. out: a canvas, written whole; its margins repeat the border.
 */
SPX_NODISCARD spx_status spx_terraces_slope(const spx_layers *layers, const uint16_t *depth,
                                            float quantum, uint16_t *out, const spx_task *task,
                                            spx_diag *diag);

#endif
