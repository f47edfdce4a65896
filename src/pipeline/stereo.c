#include "pipeline/stereo.h"

#include "base/clock.h"
#include "image/image.h"
#include "scene/scene.h"

#include <math.h>

static const double max_strength_pct = 10.0;
enum { MARGIN_EXTRA_PX = 4 /* the sampler's taps */ };

static spx_status check(const spx_image *photo, const spx_plane *depth,
                        const spx_stereo_options *options, spx_diag *diag)
{
    if (!(options->strength_pct >= 0.0 && options->strength_pct <= max_strength_pct)) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "strength %g is not within 0..%g %%",
                        options->strength_pct, max_strength_pct);
    }
    if (!(options->convergence >= 0.0 && options->convergence <= 1.0)) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "convergence %g is not within 0..1",
                        options->convergence);
    }
    if (depth->width != photo->width || depth->height != photo->height) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "the depth map is %ux%u, the photo %ux%u",
                        depth->width, depth->height, photo->width, photo->height);
    }
    return SPX_OK;
}

static double shift_px(const spx_image *photo, const spx_stereo_options *options)
{
    const double range = options->strength_pct / 100.0 * photo->width;
    return options->views == SPX_VIEWS_BOTH ? range / 2.0 : range;
}

/* What both eyes are made of. */
static spx_status cut_scene(spx_scene *scene, spx_image *photo, const spx_plane *depth,
                            const spx_stereo_options *options, const spx_task *task, spx_diag *diag)
{
    const double shift = shift_px(photo, options);
    const double outward = fmax(options->convergence, 1.0 - options->convergence);
    const spx_scene_options cut = { .shift_px = (float)shift,
                                    .margin = (uint32_t)ceil(shift * outward) + MARGIN_EXTRA_PX };
    return spx_scene_init(scene, photo, depth, &cut, task, diag);
}

/* The eyes that are not the photo itself. *filled: pixels of both that the photo does not show. */
static spx_status render_eyes(const spx_scene *scene, const spx_stereo_options *options,
                              const spx_task *task, spx_image *eyes[2], uint64_t *filled,
                              spx_diag *diag)
{
    static const double before_eyes = 0.4;
    static const double one_eye = 0.3;
    const spx_image *const photo = scene->photo;
    for (int right = 0; right < 2; right++) {
        uint64_t count = 0;
        spx_task_progress(task, before_eyes + one_eye * right);
        if (options->views == (right ? SPX_VIEWS_LEFT : SPX_VIEWS_RIGHT)) {
            eyes[right] = spx_image_ref(scene->photo);
            continue;
        }
        const spx_scene_camera eye = { .place = right ? 1.0F : -1.0F,
                                       .window = (float)options->convergence };
        SPX_TRY(spx_image_create(&eyes[right], photo->width, photo->height, photo->bits, diag));
        SPX_TRY(spx_scene_view(eyes[right], scene, &eye, task, &count, diag));
        *filled += count;
    }
    return SPX_OK;
}

// NOLINTNEXTLINE(readability-function-size): two eyes and the numbers come out
spx_status spx_stereo_render(spx_image *photo, const spx_plane *depth,
                             const spx_stereo_options *options, const spx_task *task,
                             spx_image **left, spx_image **right, spx_stereo_stats *stats,
                             spx_diag *diag)
{
    spx_status status = SPX_OK;
    spx_scene scene = { 0 };
    spx_image *eyes[2] = { NULL, NULL };
    *left = NULL;
    *right = NULL;
    *stats = (spx_stereo_stats){ 0 };
    SPX_TRY(check(photo, depth, options, diag));
    if (shift_px(photo, options) == 0.0) {
        *left = spx_image_ref(photo);
        *right = spx_image_ref(photo);
        return SPX_OK;
    }
    const double start = spx_clock_s();
    uint64_t filled = 0;
    SPX_TRY_OUT(cut_scene(&scene, photo, depth, options, task, diag));
    stats->fill_s = scene.fill_s;
    SPX_TRY_OUT(render_eyes(&scene, options, task, eyes, &filled, diag));
    stats->warp_s = spx_clock_s() - start - stats->fill_s;
    stats->filled_share = (double)filled / (2.0 * photo->width * photo->height);
    spx_task_progress(task, 1.0);
    *left = eyes[0];
    *right = eyes[1];
    eyes[0] = NULL;
    eyes[1] = NULL;
out:
    spx_scene_clear(&scene);
    spx_image_unref(eyes[0]);
    spx_image_unref(eyes[1]);
    return status;
}
