/*
 *     map = map - trust share (map - blur(map) - a details)      a: one scale, least squares
 *
 * which keeps the map's low frequencies and takes the level's high ones, and where the level was
 * not run leaves the map as it is. The level's shift against the map is in no detail.
 */
#include "depth/level_blend.h"

#include "depth/extremes.h"
#include "depth/tuned.h"
#include "image/plane_blur.h"
#include "image/plane_resample.h"

#include <math.h>

typedef struct fit {
    double scale;
    double correlation;
} fit;

/* Of the level's values to the map's, each pixel counting by its share. */
static fit fit_level(const spx_tiled_map *level, const spx_plane *map)
{
    double n = 0, sum_v = 0, sum_m = 0, sum_vv = 0, sum_vm = 0, sum_mm = 0;
    for (uint32_t y = 0; y < map->height; y++) {
        const float *const share = spx_plane_row(level->share, y);
        const float *const values = spx_plane_row(level->values, y);
        const float *const target = spx_plane_row(map, y);
        for (uint32_t x = 0; x < map->width; x++) {
            const double w = share[x];
            const double v = values[x];
            const double m = target[x];
            n += w;
            sum_v += w * v;
            sum_m += w * m;
            sum_vv += w * v * v;
            sum_vm += w * v * m;
            sum_mm += w * m * m;
        }
    }
    if (!(n > 0))
        return (fit){ 0 };
    const double var_v = sum_vv / n - sum_v / n * (sum_v / n);
    const double var_m = sum_mm / n - sum_m / n * (sum_m / n);
    const double both = sum_vm / n - sum_v / n * (sum_m / n);
    if (!(var_v > 0 && var_m > 0))
        return (fit){ 0 };
    return (fit){ .scale = both / var_v, .correlation = both / sqrt(var_v * var_m) };
}

static float deviation(const spx_plane *plane)
{
    double sum = 0;
    double squares = 0;
    for (uint32_t y = 0; y < plane->height; y++) {
        const float *const row = spx_plane_row(plane, y);
        for (uint32_t x = 0; x < plane->width; x++) {
            sum += row[x];
            squares += (double)row[x] * row[x];
        }
    }
    const double n = (double)plane->width * plane->height;
    return (float)sqrt(fmax(0, squares / n - sum / n * (sum / n)));
}

/* How much a level counts: less and less below the least correlation, nothing from half of it on.
 */
static float trust_of(const fit *fitted)
{
    return (float)fmin(fmax(2.0 * fitted->correlation / tuned.least_correlation - 1.0, 0.0), 1.0);
}

static spx_status add_details(spx_plane *map, const spx_tiled_map *level, const fit *fitted,
                              double sigma_px, spx_diag *diag)
{
    spx_plane *blurred = NULL;
    spx_status status = SPX_OK;
    const float scale = (float)fitted->scale;
    const float trust = trust_of(fitted);
    SPX_TRY_OUT(spx_plane_copy(&blurred, map, diag));
    SPX_TRY_OUT(spx_plane_blur(blurred, sigma_px, diag));
    for (uint32_t y = 0; y < map->height; y++) {
        float *const row = spx_plane_row(map, y);
        const float *const low = spx_plane_row(blurred, y);
        const float *const details = spx_plane_row(level->details, y);
        const float *const share = spx_plane_row(level->share, y);
        for (uint32_t x = 0; x < map->width; x++)
            row[x] -= trust * share[x] * (row[x] - low[x] - scale * details[x]);
    }

out:
    spx_plane_destroy(blurred);
    return status;
}

/*
 * Dark and bright rims beside steep edges are what filters make, not the photo. A far rim has no
 * excuse: nothing is farther than the farthest that the coarsest map saw nearby. A thin near thing
 * may be nearer than that map, which blurred it.
 */
static spx_status clamp_to_base(spx_plane *map, const spx_plane *base, spx_diag *diag)
{
    const uint32_t longest = base->width > base->height ? base->width : base->height;
    const float beyond = tuned.most_beyond * deviation(base);
    spx_depth_extremes found = { 0 };
    spx_plane *low = NULL;
    spx_plane *high = NULL;
    spx_status status = SPX_OK;
    const uint32_t reach = (uint32_t)(longest * tuned.range_reach) + 1;
    SPX_TRY_OUT(spx_depth_find_extremes(&found, base, reach, NULL, diag));
    SPX_TRY_OUT(spx_plane_blur(found.low, reach / 2.0, diag)); /* windows are square, things not */
    SPX_TRY_OUT(spx_plane_blur(found.high, reach / 2.0, diag));
    SPX_TRY_OUT(spx_plane_resample(&low, found.low, map->width, map->height, diag));
    SPX_TRY_OUT(spx_plane_resample(&high, found.high, map->width, map->height, diag));
    for (uint32_t y = 0; y < map->height; y++) {
        float *const row = spx_plane_row(map, y);
        for (uint32_t x = 0; x < map->width; x++) {
            row[x] = fmaxf(row[x], spx_plane_row(low, y)[x]);
            row[x] = fminf(row[x], spx_plane_row(high, y)[x] + beyond);
        }
    }

out:
    spx_depth_extremes_clear(&found);
    spx_plane_destroy(low);
    spx_plane_destroy(high);
    return status;
}

spx_status spx_depth_blend_level(const spx_plane *map, const spx_tiled_map *level,
                                 const spx_plane *base, double sigma, spx_plane **out,
                                 spx_diag *diag)
{
    spx_status status = SPX_OK;
    spx_plane *made = NULL;
    const uint32_t width = level->values->width;
    const uint32_t height = level->values->height;
    *out = NULL;
    SPX_TRY_OUT(spx_plane_resample(&made, map, width, height, diag));
    const fit fitted = fit_level(level, made);
    if (trust_of(&fitted) > 0.0F) {
        const double longest = width > height ? width : height;
        SPX_TRY_OUT(add_details(made, level, &fitted, sigma * longest, diag));
        SPX_TRY_OUT(clamp_to_base(made, base, diag));
    }
    *out = made;
    made = NULL; /* moved to the caller */

out:
    spx_plane_destroy(made);
    return status;
}
