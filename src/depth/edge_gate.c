#include "depth/edge_gate.h"

#include "base/floatops.h"
#include "depth/extremes.h"
#include "depth/tuned.h"

enum { REACH = 3, WIDE_REACH = 7 };

/* The smallest range that counts as an edge in a map of this size. */
static float least_range(const spx_plane *map)
{
    const uint32_t longest = map->width > map->height ? map->width : map->height;
    const float slope = tuned.edge_slope * (2 * REACH + 1) / (float)longest;
    return slope > tuned.least_edge ? slope : tuned.least_edge;
}

spx_status spx_depth_find_ranges(const spx_plane *map, uint32_t reach, spx_plane *out,
                                 const spx_task *task, spx_diag *diag)
{
    spx_depth_extremes near;
    SPX_TRY(spx_depth_find_extremes(&near, map, reach, task, diag));
    for (uint32_t y = 0; y < map->height; y++) {
        const float *const low = spx_plane_row(near.low, y);
        const float *const high = spx_plane_row(near.high, y);
        float *const row = spx_plane_row(out, y);
        for (uint32_t x = 0; x < map->width; x++)
            row[x] = high[x] - low[x];
    }
    spx_depth_extremes_clear(&near);
    return SPX_OK;
}

spx_status spx_depth_find_edges(const spx_plane *map, spx_plane *gate, const spx_task *task,
                                spx_diag *diag)
{
    const float least = least_range(map);
    SPX_TRY(spx_depth_find_ranges(map, REACH, gate, task, diag));
    for (uint32_t y = 0; y < map->height; y++) {
        float *const row = spx_plane_row(gate, y);
        for (uint32_t x = 0; x < map->width; x++)
            row[x] = spx_clamp01((row[x] - least) / least);
    }
    return SPX_OK;
}

/* How sure it is that a window of this range, in a wider one of that range, holds an edge and no
 * slope. */
static float edge_share(float range, float wide_range, float least)
{
    const float open = spx_clamp01((range - least) / least);
    const float growth = wide_range / (range + 1e-6f);
    const float ramp =
        spx_clamp01((tuned.floor_growth - growth) / (tuned.floor_growth - tuned.edge_growth));
    const float sure =
        spx_clamp01((range - tuned.unsure_edge) / (tuned.sure_edge - tuned.unsure_edge));
    return open * (ramp > sure ? ramp : sure);
}

static float steepen(float value, float low, float high, float near_from)
{
    const float at = (value - low) / (high - low + 1e-6f);
    return low + spx_clamp01(0.5f + (at - near_from) * tuned.steepness) * (high - low);
}

spx_status spx_depth_steepen(const spx_plane *map, float near_from, spx_plane **out,
                             const spx_task *task, spx_diag *diag)
{
    *out = NULL;
    const float least = least_range(map);
    spx_status status = SPX_OK;
    spx_plane *made = NULL;
    spx_depth_extremes near = { 0 };
    spx_depth_extremes wide = { 0 };
    SPX_TRY_OUT(spx_depth_find_extremes(&near, map, REACH, task, diag));
    SPX_TRY_OUT(spx_depth_find_extremes(&wide, map, WIDE_REACH, task, diag));
    SPX_TRY_OUT(spx_plane_create(&made, map->width, map->height, diag));
    for (uint32_t y = 0; y < map->height; y++) {
        const float *const row = spx_plane_row(map, y);
        float *const to = spx_plane_row(made, y);
        for (uint32_t x = 0; x < map->width; x++) {
            const float low = spx_plane_row(near.low, y)[x];
            const float high = spx_plane_row(near.high, y)[x];
            const float wide_range = spx_plane_row(wide.high, y)[x] - spx_plane_row(wide.low, y)[x];
            const float share = edge_share(high - low, wide_range, least);
            to[x] = row[x] + share * (steepen(row[x], low, high, near_from) - row[x]);
        }
    }
    *out = made;
    made = NULL; /* moved to the caller */

out:
    spx_depth_extremes_clear(&near);
    spx_depth_extremes_clear(&wide);
    spx_plane_destroy(made);
    return status;
}
