#ifndef SPX_DEPTH_COLOUR_MAP_H
#define SPX_DEPTH_COLOUR_MAP_H

#include "base/task.h"
#include "image/plane.h"
#include "spx/image.h"

/*
 * Depth maps in false colours, as programs show them: inferno, magma, plasma, viridis, turbo, jet
 * and spectral. A map whose colours lie along one of these tables is turned back into numbers.
 */

/** Share of the pixels that are clearly not grey, 0..1. */
double spx_colour_share(const spx_image *image);

/**
 * Numbers 0..1, 1 = near as these programs mean it (the bright or the warm end), from a map in the
 * colours of one of the tables; *table is its name, static storage. *out is NULL when the colours
 * belong to none; else owned by the caller: spx_plane_destroy().
 */
SPX_NODISCARD spx_status spx_colour_map_decode(spx_plane **out, const char **table,
                                               const spx_image *image, const spx_task *task,
                                               spx_diag *diag);

#endif
