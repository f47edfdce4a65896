#include "depth/estimate.h"

#include "base/intops.h"
#include "depth/letterbox.h"
#include "depth/level_blend.h"
#include "depth/tiles.h"
#include "depth/tuned.h"

#include <math.h>
#include <string.h>

/* A level must be so much larger than the one before. */
static const double least_growth = 1.25;
/* Of the whole progress, after the base and each level: about as their pixels are. */
static const double progress_after[SPX_DEPTH_FINER + 1] = { 0.05, 0.25, 1.0 };

/* The size at which a level runs, in the network's terms: no more than the photo's own; 0 when that
 * is hardly larger than the map so far. */
static spx_status choose_level(const spx_depth_model *model, const spx_image *photo, double size,
                               const spx_plane *map, uint32_t *out, spx_diag *diag)
{
    const double done =
        (double)spx_depth_model_sizes(model).part * spx_max_u32(map->width, map->height);
    const double most = tuned.most_enlarged * spx_max_u32(photo->width, photo->height);
    uint32_t width = 0;
    uint32_t height = 0;
    *out = 0;
    SPX_TRY(spx_depth_model_input(model, photo, (uint32_t)lround(size), &width, &height, diag));
    double side = spx_max_u32(width, height);
    if (side > most) {
        size *= most / side;
        side = most;
    }
    if (side >= least_growth * done)
        *out = (uint32_t)lround(size);
    return SPX_OK;
}

typedef struct estimation {
    spx_depth_model *model;
    const spx_image *photo; /* between its bars */
    const spx_image *whole;
    const spx_letterbox *box;
    int told;        /* options->first has heard of a map */
    spx_plane *base; /* the coarsest map */
    spx_plane *map;  /* the map so far; NULL while it is the base itself */
} estimation;

/* Runs a level and joins it into the map. size: in the network's terms. */
static spx_status add_level(estimation *self, uint32_t size, spx_depth_where where, double sigma,
                            const spx_task *task, spx_diag *diag)
{
    spx_status status = SPX_OK;
    spx_depth_input input = { 0 };
    spx_tiled_map level = { 0 };
    const spx_plane *const before = self->map == NULL ? self->base : self->map;
    const spx_tiles_options options = { .coarse = where == SPX_DEPTH_AT_EDGES ? before : NULL,
                                        .sigma = sigma };
    spx_plane *after = NULL;
    SPX_TRY_OUT(spx_depth_model_prepare(self->model, self->photo, size, task, &input, diag));
    SPX_TRY_OUT(spx_depth_run_tiles(self->model, &input, &options, task, &level, diag));
    SPX_TRY_OUT(spx_depth_blend_level(before, &level, self->base, sigma, &after, diag));
    spx_plane_destroy(self->map);
    self->map = after;

out:
    spx_depth_input_clear(&input);
    spx_tiled_map_clear(&level);
    return status;
}

/* A copy of the map so far, bars and all, for those who do not wait for the finest. */
static spx_status tell_first(estimation *self, const spx_estimate_options *options,
                             const spx_task *task, spx_diag *diag)
{
    spx_plane *first = NULL;
    spx_status status = SPX_OK;
    if (options->first == NULL || self->told)
        return SPX_OK;
    self->told = 1;
    SPX_TRY_OUT(spx_plane_copy(&first, self->map == NULL ? self->base : self->map, diag));
    SPX_TRY_OUT(spx_letterbox_frame(self->box, self->whole, &first, diag));
    SPX_TRY_OUT(options->first(options->user, first, task, diag));

out:
    spx_plane_destroy(first);
    return status;
}

static spx_depth_where where_of(const spx_depth_sizes *sizes, const spx_estimate_options *options,
                                size_t level)
{
    if (options->detail == SPX_DETAIL_FAST)
        return SPX_DEPTH_NOWHERE;
    return options->detail == SPX_DETAIL_FINE ? SPX_DEPTH_EVERYWHERE : sizes->normal[level];
}

/* Whether no finer level follows. */
static int is_finest(const spx_depth_sizes *sizes, const spx_estimate_options *options,
                     size_t level)
{
    for (size_t i = level + 1; i < SPX_DEPTH_FINER; i++) {
        if (where_of(sizes, options, i) != SPX_DEPTH_NOWHERE)
            return 0;
    }
    return 1;
}

static spx_status add_levels(estimation *self, const spx_estimate_options *options,
                             const spx_task *task, spx_diag *diag)
{
    const spx_depth_sizes sizes = spx_depth_model_sizes(self->model);
    const double scale = options->size == 0 ? 1.0 : (double)options->size / sizes.standard;
    for (size_t i = 0; i < SPX_DEPTH_FINER; i++) {
        const spx_depth_where where = where_of(&sizes, options, i);
        const spx_plane *const done = self->map == NULL ? self->base : self->map;
        uint32_t size = 0;
        spx_task_span span;
        const spx_task *const part = spx_task_part(&span, task, progress_after[i],
                                                   progress_after[i + 1] - progress_after[i]);
        if (where == SPX_DEPTH_NOWHERE)
            continue;
        SPX_TRY(choose_level(self->model, self->photo, sizes.finer[i] * scale, done, &size, diag));
        if (is_finest(&sizes, options, i))
            SPX_TRY(tell_first(self, options, task, diag));
        const double sigma = i == 0 ? tuned.first_sigma : tuned.second_sigma;
        if (size != 0)
            SPX_TRY(add_level(self, size, where, sigma, part, diag));
    }
    return SPX_OK;
}

spx_status spx_depth_estimate(spx_depth_model *model, const spx_image *photo,
                              const spx_estimate_options *options, const spx_task *task,
                              spx_plane **out, spx_diag *diag)
{
    const spx_letterbox box = spx_letterbox_find(photo);
    const spx_image between = spx_letterbox_view(&box, photo);
    estimation self = { .model = model, .photo = &between, .whole = photo, .box = &box };
    spx_status status = SPX_OK;
    spx_task_span span;
    const double all = options->detail == SPX_DETAIL_FAST ? 1.0 : progress_after[0];
    *out = NULL;
    SPX_TRY_OUT(spx_depth_model_run(model, &between, options->size,
                                    spx_task_part(&span, task, 0.0, all), &self.base, diag));
    SPX_TRY_OUT(add_levels(&self, options, task, diag));
    SPX_TRY_OUT(tell_first(&self, options, task, diag));
    SPX_TRY_OUT(spx_letterbox_frame(&box, photo, self.map == NULL ? &self.base : &self.map, diag));
    spx_task_progress(task, 1.0);
    *out = self.map == NULL ? self.base : self.map;
    self.base = self.map == NULL ? NULL : self.base; /* moved to the caller, … */
    self.map = NULL;                                 /* … whichever it was */

out:
    spx_depth_model_rest(model);
    spx_plane_destroy(self.base);
    spx_plane_destroy(self.map);
    return status;
}

double spx_depth_estimate_scale(const spx_depth_model *model, const spx_image *photo, uint32_t size)
{
    const spx_letterbox box = spx_letterbox_find(photo);
    const spx_image between = spx_letterbox_view(&box, photo);
    uint32_t width = 0;
    uint32_t height = 0;
    if (spx_depth_model_input(model, &between, size, &width, &height, NULL) != SPX_OK)
        return 0.0;
    return (double)width / between.width;
}
