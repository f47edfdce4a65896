#include "formats/diorama.h"

#include "formats/show.h"
#include "scene/views.h"

#include <math.h>

enum { DEPTH_MAX = 65535, MARGIN_PX = 4 };

static const double radians_per_deg = 3.14159265358979323846 / 180.0;
/* Twice what the moving photos show: as far as one looks around, not as far as one walks. */
static const double reach_baselines = 1.5;
/* Nothing lies farther than this many times the distance of what is nearest: programs for scenes
 * draw the far end of what they show at some thousand times the near one. */
static const double farthest = 40.0;
/* Where a photo was converted with no strength at all, things have to stand somewhere. */
static const double usual_strength = 0.025;

static spx_status cut_diorama(spx_diorama *diorama, const spx_task *task, spx_diag *diag)
{
    const double shift = diorama->strength * diorama->reach * diorama->photo.photo->width;
    const spx_scene_options cut = { .shift_px = (float)fmax(shift, 0.01),
                                    .margin = MARGIN_PX,
                                    .upright = 1 };
    SPX_TRY(spx_scene_init(&diorama->scene, diorama->photo.photo, diorama->photo.depth, &cut, task,
                           diag));
    return spx_sheets_init(&diorama->sheets, &diorama->scene, diag);
}

spx_status spx_diorama_init(spx_diorama *diorama, const spx_master *master, uint32_t long_side,
                            const spx_task *task, spx_diag *diag)
{
    const spx_task quiet = spx_task_quiet(task);
    const double strength = master->camera.strength_pct / 100.0;
    spx_status status = SPX_OK;
    *diorama = (spx_diorama){ .focal = 0.5 / tan(master->camera.hfov_deg / 2.0 * radians_per_deg),
                              .baseline_m = master->camera.baseline_mm / 1000.0,
                              .strength = strength > 0.0 ? strength : usual_strength,
                              .least = 1.0 / farthest,
                              .window = spx_subject_find(master->depth).depth,
                              .reach = reach_baselines };
    SPX_TRY_OUT(spx_show_reduce_to(&diorama->photo, master, long_side, 0, task, diag));
    SPX_TRY_OUT(cut_diorama(diorama, &quiet, diag));
out:
    if (status != SPX_OK)
        spx_diorama_clear(diorama);
    return status;
}

void spx_diorama_clear(spx_diorama *diorama)
{
    spx_sheets_clear(&diorama->sheets);
    spx_scene_clear(&diorama->scene);
    spx_reduced_clear(&diorama->photo);
}

spx_place spx_diorama_place(const spx_diorama *diorama, double x, double y, uint32_t depth)
{
    const spx_image *const photo = diorama->photo.photo;
    const double width = photo->width;
    const double near = fmax((double)depth / DEPTH_MAX, diorama->least);
    const double ahead = diorama->focal * diorama->baseline_m / (diorama->strength * near);
    const double right = (x - diorama->sheets.margin + 0.5 - width / 2.0) / width;
    const double up = (photo->height / 2.0 - y - 0.5) / width;
    return (spx_place){ .right = (float)(right * ahead / diorama->focal),
                        .up = (float)(up * ahead / diorama->focal),
                        .ahead = (float)ahead };
}

spx_status spx_diorama_backcloth(spx_backcloth *cloth, const spx_diorama *diorama, spx_diag *diag)
{
    /* Viewers of models let one go around by about that much before the photo is no more what one
     * looks at. The camera goes aside by Z sin, where Z = f B / (s window), B the baseline. */
    static const double around_deg = 15.0;
    static const double rim = 0.3; /* at 15 degrees the far end parts from the subject by less */
    static const double least_window = 0.1;
    const double window = fmax(diorama->window, least_window);
    const double reach = sin(around_deg * radians_per_deg) * diorama->focal / window;
    return spx_backcloth_init(cloth, &diorama->sheets, reach, rim, diag);
}

spx_place spx_diorama_behind(const spx_diorama *diorama, const spx_backcloth *cloth, double x,
                             double y, uint32_t depth)
{
    static const float farther = 1.02F;
    const double rim = (double)cloth->rim * cloth->cell_px;
    const spx_place place = spx_diorama_place(diorama, x - rim, y - rim, depth);
    return (spx_place){ place.right * farther, place.up * farther, place.ahead * farther };
}
