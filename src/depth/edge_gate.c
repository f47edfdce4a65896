#include "depth/edge_gate.h"
#include "depth/tuned.h"

#include <stdlib.h>
#include <string.h>

enum { REACH = 3, WIDE_REACH = 7 };

static float clamp01(float value)
{
    return value < 0.0f ? 0.0f : value > 1.0f ? 1.0f : value;
}

void spx_depth_extremes_clear(spx_depth_extremes *extremes)
{
    spx_plane_destroy(extremes->low);
    spx_plane_destroy(extremes->high);
    *extremes = (spx_depth_extremes){ 0 };
}

/* Least and most of `reach` rows around row y, column by column. */
static void range_of_rows(const spx_plane *map, uint32_t y, uint32_t reach, float *restrict low,
                          float *restrict high)
{
    const uint32_t from = y < reach ? 0 : y - reach;
    const uint32_t end = y + reach + 1 < map->height ? y + reach + 1 : map->height;
    memcpy(low, spx_plane_row(map, from), map->width * sizeof(*low));
    memcpy(high, low, map->width * sizeof(*high));
    for (uint32_t k = from + 1; k < end; k++) {
        const float *const restrict row = spx_plane_row(map, k);
        for (uint32_t x = 0; x < map->width; x++) {
            low[x] = row[x] < low[x] ? row[x] : low[x];
            high[x] = row[x] > high[x] ? row[x] : high[x];
        }
    }
}

/* Least and most along a row. */
static void range_of_columns(const float *low, const float *high, uint32_t width, uint32_t reach,
                             float *out_low, float *out_high)
{
    for (uint32_t x = 0; x < width; x++) {
        const uint32_t from = x < reach ? 0 : x - reach;
        const uint32_t end = x + reach + 1 < width ? x + reach + 1 : width;
        float lowest = low[from];
        float highest = high[from];
        for (uint32_t k = from + 1; k < end; k++) {
            lowest = low[k] < lowest ? low[k] : lowest;
            highest = high[k] > highest ? high[k] : highest;
        }
        out_low[x] = lowest;
        out_high[x] = highest;
    }
}

spx_status spx_depth_find_extremes(spx_depth_extremes *out, const spx_plane *map, uint32_t reach,
                                   spx_diag *diag)
{
    spx_status status = SPX_OK;
    *out = (spx_depth_extremes){ 0 };
    float *const low = calloc(2 * (size_t)map->width, sizeof(*low));
    float *const high = low + map->width;
    if (low == NULL) {
        (void)spx_fail_memory(diag, "depth edges");
        return SPX_ERR_NO_MEMORY;
    }
    SPX_TRY_OUT(spx_plane_create(&out->low, map->width, map->height, diag));
    SPX_TRY_OUT(spx_plane_create(&out->high, map->width, map->height, diag));
    for (uint32_t y = 0; y < map->height; y++) {
        range_of_rows(map, y, reach, low, high);
        range_of_columns(low, high, map->width, reach, spx_plane_row(out->low, y),
                         spx_plane_row(out->high, y));
    }

out:
    free(low);
    if (status != SPX_OK)
        spx_depth_extremes_clear(out);
    return status;
}

/* The smallest range that counts as an edge in a map of this size. */
static float least_range(const spx_plane *map)
{
    const uint32_t longest = map->width > map->height ? map->width : map->height;
    const float slope = tuned.edge_slope * (2 * REACH + 1) / (float)longest;
    return slope > tuned.least_edge ? slope : tuned.least_edge;
}

spx_status spx_depth_find_ranges(const spx_plane *map, uint32_t reach, spx_plane *out,
                                 spx_diag *diag)
{
    spx_depth_extremes near;
    SPX_TRY(spx_depth_find_extremes(&near, map, reach, diag));
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

spx_status spx_depth_find_edges(const spx_plane *map, spx_plane *gate, spx_diag *diag)
{
    const float least = least_range(map);
    SPX_TRY(spx_depth_find_ranges(map, REACH, gate, diag));
    for (uint32_t y = 0; y < map->height; y++) {
        float *const row = spx_plane_row(gate, y);
        for (uint32_t x = 0; x < map->width; x++)
            row[x] = clamp01((row[x] - least) / least);
    }
    return SPX_OK;
}

/* How sure it is that a window of this range, in a wider one of that range, holds an edge and no
 * slope. */
static float edge_share(float range, float wide_range, float least)
{
    const float open = clamp01((range - least) / least);
    const float growth = wide_range / (range + 1e-6f);
    const float ramp =
        clamp01((tuned.floor_growth - growth) / (tuned.floor_growth - tuned.edge_growth));
    const float sure = clamp01((range - tuned.unsure_edge) / (tuned.sure_edge - tuned.unsure_edge));
    return open * (ramp > sure ? ramp : sure);
}

static float steepen(float value, float low, float high)
{
    const float at = (value - low) / (high - low + 1e-6f);
    return low + clamp01(0.5f + (at - tuned.near_from) * tuned.steepness) * (high - low);
}

spx_status spx_depth_steepen(const spx_plane *map, spx_plane **out, spx_diag *diag)
{
    *out = NULL;
    const float least = least_range(map);
    spx_status status = SPX_OK;
    spx_plane *made = NULL;
    spx_depth_extremes near = { 0 };
    spx_depth_extremes wide = { 0 };
    SPX_TRY_OUT(spx_depth_find_extremes(&near, map, REACH, diag));
    SPX_TRY_OUT(spx_depth_find_extremes(&wide, map, WIDE_REACH, diag));
    SPX_TRY_OUT(spx_plane_create(&made, map->width, map->height, diag));
    for (uint32_t y = 0; y < map->height; y++) {
        const float *const row = spx_plane_row(map, y);
        float *const to = spx_plane_row(made, y);
        for (uint32_t x = 0; x < map->width; x++) {
            const float low = spx_plane_row(near.low, y)[x];
            const float high = spx_plane_row(near.high, y)[x];
            const float wide_range = spx_plane_row(wide.high, y)[x] - spx_plane_row(wide.low, y)[x];
            const float share = edge_share(high - low, wide_range, least);
            to[x] = row[x] + share * (steepen(row[x], low, high) - row[x]);
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
