#include "pipeline/stereo.h"

#include "base/clock.h"
#include "fill/backdrop.h"
#include "image/image.h"
#include "warp/layers.h"
#include "warp/view.h"

#include <math.h>
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

/*
 * Filling has to scan and to break ties in some direction. Working on whichever of a photo and its
 * mirror image comes first makes the result of a mirrored photo the exact mirror of the photo's.
 */
static int mirror_comes_first(const spx_image *photo)
{
    const size_t pixel = spx_image_pixel_bytes(photo);
    for (uint32_t y = 0; y < photo->height; y++) {
        const uint8_t *const row = photo->pixels + y * photo->stride_bytes;
        for (uint32_t x = 0; x < photo->width / 2; x++) {
            const int order = memcmp(row + x * pixel, row + (photo->width - 1 - x) * pixel, pixel);
            if (order != 0)
                return order > 0;
        }
    }
    return 0;
}

static void copy_row(spx_image *canvas, const spx_image *photo, const spx_layers *layers,
                     uint32_t y)
{
    const size_t pixel = spx_image_pixel_bytes(photo);
    const uint8_t *const from = photo->pixels + y * photo->stride_bytes;
    uint8_t *const to = canvas->pixels + y * canvas->stride_bytes + (size_t)layers->margin * pixel;
    if (!layers->mirrored) {
        memcpy(to, from, photo->width * pixel);
        return;
    }
    for (uint32_t x = 0; x < photo->width; x++)
        memcpy(to + x * pixel, from + (photo->width - 1 - x) * pixel, pixel);
}

static spx_status create_back(spx_image **out, const spx_image *photo, const spx_layers *layers,
                              const spx_task *task, spx_diag *diag)
{
    SPX_TRY(spx_image_create(out, layers->width, layers->height, photo->bits, diag));
    for (uint32_t y = 0; y < photo->height; y++)
        copy_row(*out, photo, layers, y);
    const spx_backdrop backdrop = { .image = *out,
                                    .known = layers->kind,
                                    .depth = layers->front,
                                    .wanted_depth = layers->back,
                                    .step = spx_layers_step(layers),
                                    .margin = layers->margin };
    return spx_backdrop_fill(&backdrop, task, diag);
}

static spx_status render_eye(spx_image **out, const spx_view_source *source,
                             const spx_view_options *view, const spx_task *task, uint64_t *filled,
                             spx_diag *diag)
{
    const spx_image *const photo = source->photo;
    uint64_t count = 0;
    SPX_TRY(spx_image_create(out, photo->width, photo->height, photo->bits, diag));
    const spx_status status = spx_view_render(*out, source, view, task, &count, diag);
    *filled += count;
    return status;
}

static double shift_px(const spx_image *photo, const spx_stereo_options *options)
{
    const double range = options->strength_pct / 100.0 * photo->width;
    return options->views == SPX_VIEWS_BOTH ? range / 2.0 : range;
}

/* What both eyes are made of; cleared by the caller. */
typedef struct stereo_scene {
    spx_layers layers;
    spx_image *back;
    uint64_t filled; /* pixels of both eyes */
} stereo_scene;

static spx_status cut_scene(stereo_scene *scene, const spx_image *photo, const spx_plane *depth,
                            const spx_stereo_options *options, const spx_task *task, spx_diag *diag)
{
    const double shift = shift_px(photo, options);
    const double outward = fmax(options->convergence, 1.0 - options->convergence);
    const spx_layers_options cut = { .shift_px = (float)shift,
                                     .margin = (uint32_t)ceil(shift * outward) + MARGIN_EXTRA_PX,
                                     .mirrored = mirror_comes_first(photo) };
    return spx_layers_init(&scene->layers, photo, depth, &cut, task, diag);
}

/* The eyes that are not the photo itself. */
static spx_status render_eyes(stereo_scene *scene, spx_image *photo,
                              const spx_stereo_options *options, const spx_task *task,
                              spx_image *eyes[2], spx_diag *diag)
{
    static const double before_eyes = 0.4;
    static const double one_eye = 0.3;
    const spx_view_source source = { .layers = &scene->layers,
                                     .photo = photo,
                                     .back = scene->back };
    for (int right = 0; right < 2; right++) {
        const spx_view_options view = { .right_eye = right,
                                        .convergence = (float)options->convergence };
        spx_task_progress(task, before_eyes + one_eye * right);
        if (options->views == (right ? SPX_VIEWS_LEFT : SPX_VIEWS_RIGHT)) {
            eyes[right] = spx_image_ref(photo);
            continue;
        }
        SPX_TRY(render_eye(&eyes[right], &source, &view, task, &scene->filled, diag));
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
    stereo_scene scene = { .back = NULL };
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
    SPX_TRY_OUT(cut_scene(&scene, photo, depth, options, task, diag));
    const double before_fill = spx_clock_s();
    SPX_TRY_OUT(create_back(&scene.back, photo, &scene.layers, task, diag));
    stats->fill_s = spx_clock_s() - before_fill;
    SPX_TRY_OUT(render_eyes(&scene, photo, options, task, eyes, diag));
    stats->warp_s = spx_clock_s() - start - stats->fill_s;
    stats->filled_share = (double)scene.filled / (2.0 * photo->width * photo->height);
    spx_task_progress(task, 1.0);
    *left = eyes[0];
    *right = eyes[1];
    eyes[0] = NULL;
    eyes[1] = NULL;
out:
    spx_layers_clear(&scene.layers);
    spx_image_unref(scene.back);
    spx_image_unref(eyes[0]);
    spx_image_unref(eyes[1]);
    return status;
}
