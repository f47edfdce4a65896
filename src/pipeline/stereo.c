#include "pipeline/stereo.h"

#include "base/clock.h"
#include "image/image.h"
#include "image/shift.h"
#include "scene/scene.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* The least depth, 0 where some are not known. The bits of floats from 0 on lie in their order,
 * those of NaN above all, and whole numbers are compared many at once. */
static double farthest_of(const spx_plane *depth)
{
    const float one = 1.0F;
    const float infinity = INFINITY;
    int32_t least = 0;
    int32_t most_known = 0;
    int32_t most = 0;
    memcpy(&least, &one, sizeof(least));
    memcpy(&most_known, &infinity, sizeof(most_known));
    for (uint32_t y = 0; y < depth->height; y++) {
        const float *const row = spx_plane_row(depth, y);
        for (uint32_t x = 0; x < depth->width; x++) {
            int32_t bits = 0;
            memcpy(&bits, &row[x], sizeof(bits));
            least = bits < least ? bits : least;
            most = bits > most ? bits : most;
        }
    }
    float farthest = 0.0F;
    if (least > 0 && most <= most_known)
        memcpy(&farthest, &least, sizeof(farthest));
    return (double)farthest;
}

/* How far each rendered eye moves outwards to be one of two parallel cameras. */
static int32_t apart_px(const spx_image *photo, const spx_plane *depth,
                        const spx_stereo_options *options)
{
    const double farthest = options->from_infinity ? 0.0 : farthest_of(depth);
    const double apart = ceil((options->convergence - farthest) * shift_px(photo, options));
    const double most = photo->width; /* of a picture a few pixels wide nothing is left */
    return (int32_t)fmax(-most, fmin(most, apart));
}

/* How the eyes are rendered. */
typedef struct eyes_job {
    const spx_scene *scene;
    const spx_stereo_options *options;
    int32_t apart;   /* apart_px() */
    uint64_t filled; /* pixels of both eyes that the photo does not show */
} eyes_job;

/* What both eyes are made of. */
static spx_status cut_scene(spx_scene *scene, spx_image *photo, const spx_plane *depth,
                            const eyes_job *job, const spx_task *task, spx_diag *diag)
{
    const spx_stereo_options *const options = job->options;
    const double shift = shift_px(photo, options);
    const double outward = fmax(options->convergence, 1.0 - options->convergence);
    const spx_scene_options cut = { .shift_px = (float)shift,
                                    .exact = options->exact,
                                    .margin = (uint32_t)ceil(shift * outward) + MARGIN_EXTRA_PX +
                                              (uint32_t)abs(job->apart) };
    return spx_scene_init(scene, photo, depth, &cut, task, diag);
}

/* Takes a rendered picture that is wider than the photo apart; wide is moved. */
static spx_status part_eye(spx_stereo_eyes *out, int right, spx_image *wide, int32_t apart,
                           spx_diag *diag)
{
    spx_image **const eye = right ? &out->right : &out->left;
    const int32_t moves = right ? -apart : apart;
    const uint32_t by = (uint32_t)abs(moves);
    const uint32_t width = wide->width - by;
    spx_status status = SPX_OK;
    if (by == 0) {
        *eye = wide;
        return SPX_OK;
    }
    out->shift_px[right] = moves;
    SPX_TRY_OUT(spx_image_window(eye, wide, moves > 0 ? by : 0, width, diag));
    SPX_TRY_OUT(spx_image_window(&out->strip[right], wide, moves > 0 ? 0 : width, by, diag));
out:
    spx_image_unref(wide);
    return status;
}

/* The eyes that are not the photo itself. */
static spx_status render_eyes(spx_stereo_eyes *out, eyes_job *job, const spx_task *task,
                              spx_diag *diag)
{
    const spx_scene *const scene = job->scene;
    const int32_t apart = job->apart;
    static const double before_eyes = 0.4;
    static const double one_eye = 0.3;
    const spx_image *const photo = scene->photo;
    const uint32_t by = (uint32_t)abs(apart);
    for (int right = 0; right < 2; right++) {
        uint64_t count = 0;
        spx_image *wide = NULL;
        spx_task_progress(task, before_eyes + one_eye * right);
        if (job->options->views == (right ? SPX_VIEWS_LEFT : SPX_VIEWS_RIGHT)) {
            *(right ? &out->right : &out->left) = spx_image_ref(scene->photo);
            continue;
        }
        const spx_scene_camera eye = { .place = right ? 1.0F : -1.0F,
                                       .window = (float)job->options->convergence,
                                       .before_px = apart > 0 ? by : 0,
                                       .after_px = apart < 0 ? by : 0 };
        SPX_TRY(spx_image_create(&wide, photo->width + by, photo->height, photo->bits, diag));
        const spx_status status = spx_scene_view(wide, scene, &eye, task, &count, diag);
        if (status != SPX_OK) {
            spx_image_unref(wide);
            return status;
        }
        SPX_TRY(part_eye(out, right, wide, apart, diag));
        job->filled += count;
    }
    return SPX_OK;
}

void spx_stereo_eyes_clear(spx_stereo_eyes *eyes)
{
    spx_image_unref(eyes->left);
    spx_image_unref(eyes->right);
    spx_image_unref(eyes->own[0]);
    spx_image_unref(eyes->own[1]);
    spx_image_unref(eyes->strip[0]);
    spx_image_unref(eyes->strip[1]);
    *eyes = (spx_stereo_eyes){ 0 };
}

double spx_stereo_eyes_window(const spx_stereo_eyes *eyes)
{
    return (double)(eyes->shift_px[0] - eyes->shift_px[1]) / eyes->left->width;
}

// NOLINTNEXTLINE(readability-function-size): the eyes and the numbers come out
spx_status spx_stereo_render_eyes(spx_stereo_eyes *out, spx_image *photo, const spx_plane *depth,
                                  const spx_stereo_options *options, const spx_task *task,
                                  spx_stereo_stats *stats, spx_diag *diag)
{
    spx_status status = SPX_OK;
    spx_scene scene = { 0 };
    spx_stereo_eyes eyes = { 0 };
    *out = eyes;
    *stats = (spx_stereo_stats){ 0 };
    SPX_TRY(check(photo, depth, options, diag));
    if (shift_px(photo, options) == 0.0) {
        out->left = spx_image_ref(photo);
        out->right = spx_image_ref(photo);
        return SPX_OK;
    }
    const double start = spx_clock_s();
    eyes_job job = { .scene = &scene,
                     .options = options,
                     .apart = apart_px(photo, depth, options) };
    SPX_TRY_OUT(cut_scene(&scene, photo, depth, &job, task, diag));
    stats->fill_s = scene.fill_s;
    SPX_TRY_OUT(render_eyes(&eyes, &job, task, diag));
    stats->warp_s = spx_clock_s() - start - stats->fill_s;
    stats->filled_share = (double)job.filled / (2.0 * photo->width * photo->height);
    spx_task_progress(task, 1.0);
    *out = eyes;
    eyes = (spx_stereo_eyes){ 0 }; /* moved to the caller */
out:
    spx_scene_clear(&scene);
    spx_stereo_eyes_clear(&eyes);
    return status;
}

// NOLINTNEXTLINE(readability-function-size): two eyes and the numbers come out
spx_status spx_stereo_render(spx_image *photo, const spx_plane *depth,
                             const spx_stereo_options *options, const spx_task *task,
                             spx_image **left, spx_image **right, spx_stereo_stats *stats,
                             spx_diag *diag)
{
    spx_stereo_eyes eyes = { 0 };
    *left = NULL;
    *right = NULL;
    SPX_TRY(spx_stereo_render_eyes(&eyes, photo, depth, options, task, stats, diag));
    *left = eyes.left;
    *right = eyes.right;
    eyes.left = NULL; /* both moved to the caller */
    eyes.right = NULL;
    spx_stereo_eyes_clear(&eyes);
    return SPX_OK;
}
