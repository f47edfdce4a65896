/*
 * A badge, a lamp, a lit window: what the photo shows once, inside. Its border has no reason to
 * show it again, but a search finds it: a thing that the frame cuts (a glove, a cup) is unlike
 * all else, and of all that is unlike it another such thing differs least.
 *
 * How unlike the rest of the photo each patch is makes a map of heights. Height alone would price
 * all that is sharp, and borders would smear. So only what rises above its surroundings counts:
 *
 *     height          badge
 *                     ____
 *        sleeve      |    |             what it is above the highest way to the photo's edge
 *       _____        |####|                 costs (#); a sleeve that the frame cuts is such a way
 *            |_______|    |______           itself and may go on
 *     edge ------------------------- edge
 */
#include "outpaint/islands.h"

#include "base/intops.h"
#include "outpaint/offsets.h"
#include "outpaint/palette.h"
#include "outpaint/tuned.h"

#include <math.h>

/* Ways with so many turns are not followed to their end: a picture of a maze would take as many
 * sweeps as it has lanes. */
enum { SWEEPS_MOST = 64 };

/* ---- heights above the way to the edge ---- */

/* The highest way to the edge of a pixel is its highest neighbour's, but no higher than itself. */
static int raise_pixel(spx_plane *ways, const spx_plane *heights, uint32_t x, uint32_t y)
{
    float *const way = &spx_plane_row(ways, y)[x];
    float found = *way;
    if (x > 0)
        found = fmaxf(found, spx_plane_row(ways, y)[x - 1]);
    if (x + 1 < ways->width)
        found = fmaxf(found, spx_plane_row(ways, y)[x + 1]);
    if (y > 0)
        found = fmaxf(found, spx_plane_row(ways, y - 1)[x]);
    if (y + 1 < ways->height)
        found = fmaxf(found, spx_plane_row(ways, y + 1)[x]);
    found = fminf(found, spx_plane_row(heights, y)[x]);
    if (found <= *way)
        return 0;
    *way = found;
    return 1;
}

static int sweep(spx_plane *ways, const spx_plane *heights, int back)
{
    int changed = 0;
    for (uint32_t j = 0; j < ways->height; j++) {
        for (uint32_t i = 0; i < ways->width; i++) {
            changed |= raise_pixel(ways, heights, back ? ways->width - 1 - i : i,
                                   back ? ways->height - 1 - j : j);
        }
    }
    return changed;
}

/* At the edge, the heights; elsewhere nothing. */
static void start_ways(spx_plane *ways, const spx_plane *heights)
{
    for (uint32_t y = 0; y < ways->height; y++) {
        const float *const from = spx_plane_row(heights, y);
        float *const into = spx_plane_row(ways, y);
        for (uint32_t x = 0; x < ways->width; x++) {
            const int at_edge = x == 0 || y == 0 || x + 1 == ways->width || y + 1 == ways->height;
            into[x] = at_edge ? from[x] : 0.0F;
        }
    }
}

spx_status spx_islands_keep(spx_plane *heights, const spx_task *task, spx_diag *diag)
{
    spx_plane *ways = NULL;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(spx_plane_create(&ways, heights->width, heights->height, diag));
    start_ways(ways, heights);
    for (int i = 0, changed = 1; changed && i < SWEEPS_MOST; i++) {
        SPX_TRY_OUT(spx_task_check(task, diag));
        changed = sweep(ways, heights, i % 2);
        changed |= i == 0;
    }
    for (uint32_t y = 0; y < heights->height; y++) {
        float *const row = spx_plane_row(heights, y);
        const float *const way = spx_plane_row(ways, y);
        for (uint32_t x = 0; x < heights->width; x++)
            row[x] -= way[x];
    }
out:
    spx_plane_destroy(ways);
    return status;
}

/* ---- costs ---- */

static float highest_around(const spx_plane *heights, int32_t x, int32_t y)
{
    const int32_t right = spx_min_i32(x + SPX_PATCH_RADIUS, (int32_t)heights->width - 1);
    const int32_t bottom = spx_min_i32(y + SPX_PATCH_RADIUS, (int32_t)heights->height - 1);
    float highest = 0.0F;
    for (int32_t v = spx_max_i32(y - SPX_PATCH_RADIUS, 0); v <= bottom; v++) {
        for (int32_t u = spx_max_i32(x - SPX_PATCH_RADIUS, 0); u <= right; u++)
            highest = fmaxf(highest, spx_plane_row(heights, (uint32_t)v)[u]);
    }
    return highest;
}

/* A patch costs by the highest part of an island that it shows. */
static spx_status price(spx_plane **out, const spx_plane *heights, float scale, spx_diag *diag)
{
    SPX_TRY(spx_plane_create(out, heights->width, heights->height, diag));
    for (uint32_t y = 0; y < heights->height; y++) {
        float *const row = spx_plane_row(*out, y);
        for (uint32_t x = 0; x < heights->width; x++) {
            const float height = highest_around(heights, (int32_t)x, (int32_t)y);
            const float counted =
                fminf(fmaxf(height - tuned.islands_free, 0.0F), tuned.islands_most);
            row[x] = scale * counted * counted;
        }
    }
    return SPX_OK;
}

spx_status spx_islands_find(spx_plane **out, const spx_patch_level *level, uint64_t seed,
                            const spx_task *task, spx_diag *diag)
{
    const float scale =
        spx_patch_grows_wide(level) ? tuned.islands_wide_scale : tuned.islands_scale;
    spx_plane *heights = NULL;
    spx_status status = SPX_OK;
    *out = NULL;
    SPX_TRY_OUT(spx_patch_find_unlike(&heights, level, seed, task, diag));
    SPX_TRY_OUT(spx_islands_keep(heights, task, diag));
    SPX_TRY_OUT(price(out, heights, scale, diag));
out:
    spx_plane_destroy(heights);
    return status;
}
