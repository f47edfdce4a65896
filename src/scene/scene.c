#include "scene/scene.h"

#include "base/clock.h"
#include "base/intops.h"
#include "fill/backdrop.h"
#include "image/image.h"
#include "scene/splinters.h"

#include <math.h>
#include <string.h>

enum { ROWS_PER_TURN = 64 };

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

static void copy_row(const spx_image *canvas, const spx_image *photo, const spx_layers *layers,
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

/* The photo laid into the canvas that the back layer is filled in. */
typedef struct laying {
    const spx_image *canvas;
    const spx_image *photo;
    const spx_layers *layers;
} laying;

static void lay_rows(void *context, size_t turn)
{
    const laying *const self = context;
    const uint32_t first = (uint32_t)turn * ROWS_PER_TURN;
    const uint32_t end = spx_min_u32(first + ROWS_PER_TURN, self->photo->height);
    for (uint32_t y = first; y < end; y++)
        copy_row(self->canvas, self->photo, self->layers, y);
}

static spx_status fill_back(spx_image **out, const spx_image *photo, const spx_layers *layers,
                            const spx_task *task, spx_diag *diag)
{
    SPX_TRY(spx_image_create(out, layers->width, layers->height, photo->bits, diag));
    laying lay = { .canvas = *out, .photo = photo, .layers = layers };
    SPX_TRY(spx_task_run(task, spx_divide_up(photo->height, ROWS_PER_TURN), lay_rows, &lay, diag));
    const spx_backdrop backdrop = { .image = *out,
                                    .known = layers->kind,
                                    .depth = layers->front,
                                    .wanted_depth = layers->back,
                                    .step = spx_layers_step(layers),
                                    .margin = layers->margin };
    SPX_TRY(spx_backdrop_fill(&backdrop, task, diag));
    return spx_splinters_mend(*out, layers, photo, task, diag);
}

spx_status spx_scene_init(spx_scene *scene, spx_image *photo, const spx_plane *depth,
                          const spx_scene_options *options, const spx_task *task, spx_diag *diag)
{
    spx_status status = SPX_OK;
    *scene = (spx_scene){ 0 };
    const spx_layers_options cut = { .shift_px = options->shift_px,
                                     .margin = options->margin,
                                     .exact = options->exact,
                                     .upright = options->upright,
                                     .mirrored = mirror_comes_first(photo) };
    SPX_TRY(spx_layers_init(&scene->layers, photo, depth, &cut, task, diag));
    const double start = spx_clock_s();
    scene->photo = spx_image_ref(photo);
    SPX_TRY_OUT(fill_back(&scene->back, photo, &scene->layers, task, diag));
    scene->fill_s = spx_clock_s() - start;
out:
    if (status != SPX_OK)
        spx_scene_clear(scene);
    return status;
}

void spx_scene_clear(spx_scene *scene)
{
    spx_layers_clear(&scene->layers);
    spx_image_unref(scene->photo);
    spx_image_unref(scene->back);
    *scene = (spx_scene){ 0 };
}

spx_status spx_scene_view(spx_image *view, const spx_scene *scene, const spx_scene_camera *camera,
                          const spx_task *task, uint64_t *filled, spx_diag *diag)
{
    const spx_view_source source = { .layers = &scene->layers,
                                     .photo = scene->photo,
                                     .back = scene->back };
    const spx_view_options options = { .right_eye = camera->place > 0.0F,
                                       .reach = fabsf(camera->place),
                                       .convergence = camera->window,
                                       .before_px = camera->before_px,
                                       .after_px = camera->after_px };
    return spx_view_render(view, &source, &options, task, filled, diag);
}
