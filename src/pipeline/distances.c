#include "pipeline/distances.h"

#include "image/sphere.h"
#include "pipeline/comfort.h"

#include <math.h>

static const double most_strength_pct = 10.0;
static const double mm_a_metre = 1000.0;

static double metres_at(const spx_photo_depth *depth, double value)
{
    const double per_metre =
        depth->per_metre[0] + value * (depth->per_metre[1] - depth->per_metre[0]);
    return per_metre > 0.0 ? 1.0 / per_metre : INFINITY;
}

void spx_distances_tell(spx_summary *summary, const spx_photo_depth *depth)
{
    if (!(depth->per_metre[1] > 0.0))
        return;
    summary->nearest_m = metres_at(depth, 1.0);
    summary->farthest_m = metres_at(depth, 0.0);
    summary->subject_m = metres_at(depth, spx_comfort_subject(depth->map));
}

static void begin_at_infinity(spx_photo_depth *depth)
{
    spx_plane *const map = depth->map;
    const float far = (float)(depth->per_metre[0] / depth->per_metre[1]);
    for (uint32_t y = 0; y < map->height; y++) {
        float *const row = spx_plane_row(map, y);
        for (uint32_t x = 0; x < map->width; x++)
            row[x] = far + (1.0F - far) * row[x];
    }
    depth->per_metre[0] = 0.0;
}

spx_status spx_distances_true_strength(double *strength_pct, spx_photo_depth *depth,
                                       const spx_summary *summary, const char *name,
                                       const spx_task *task, spx_diag *diag)
{
    if (!(depth->per_metre[1] > 0.0)) {
        return spx_fail(diag, SPX_ERR_ARGUMENT,
                        "%s: its true scale is not known: that takes depth-anything-3-metric (spx "
                        "model fetch) and a field of view, from EXIF or --fov",
                        name);
    }
    begin_at_infinity(depth);
    const double focal = spx_sphere_focal_px(1, summary->hfov_deg); /* widths */
    const double true_pct = 100.0 * focal * summary->baseline_mm / mm_a_metre * depth->per_metre[1];
    *strength_pct = fmin(true_pct, most_strength_pct);
    if (true_pct > most_strength_pct) {
        spx_task_warn(task, SPX_WARNING_FALLBACK,
                      "true scale: the nearest thing is %.2f m away and would take %.0f %% of the "
                      "width: %.0f %% were used",
                      summary->nearest_m, true_pct, most_strength_pct);
    }
    return SPX_OK;
}
