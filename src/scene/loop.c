#include "scene/loop.h"

#include "image/image.h"
#include "scene/lift.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double pi = 3.14159265358979323846;
enum { DEPTH_SHIFT = 8 /* from 16 bits to 8 */ };

typedef struct filming {
    spx_loop *loop;
    spx_scene scene;
    spx_scene depths; /* the same scene, its colours are its depths */
    const spx_camera_row *row;
    double lift_px; /* how far depth 0 and 1 part for the highest camera */
    spx_image *view;
    spx_image *deep; /* the depths of the view */
    spx_image *lifted;
    uint32_t width; /* of pictures */
    uint32_t height;
    const spx_task *task;
} filming;

static spx_status allocate(spx_loop *loop, size_t pictures, size_t length, spx_diag *diag)
{
    loop->length = length;
    loop->pictures = calloc(pictures, sizeof(spx_image *));
    loop->order = malloc(loop->length * sizeof(*loop->order));
    if (loop->pictures == NULL || loop->order == NULL)
        return spx_fail_memory(diag, "loop");
    loop->picture_count = pictures;
    for (size_t i = 0; i < loop->length; i++)
        loop->order[i] = (uint16_t)(i < pictures ? i : loop->length - i);
    return SPX_OK;
}

/* Keeps the middle of a view as a picture. */
static spx_status keep(const filming *self, size_t index, const spx_image *view, spx_diag *diag)
{
    spx_image **const to = &self->loop->pictures[index];
    const spx_image middle =
        spx_image_part(view, (view->width - self->width) / 2, (view->height - self->height) / 2,
                       self->width, self->height);
    return spx_image_copy(to, &middle, diag);
}

/* ---- from side to side ---- */

static spx_status swing(filming *self, size_t pictures, spx_diag *diag)
{
    for (size_t i = 0; i < pictures; i++) {
        const double place = -cos(pi * (double)i / (double)(pictures - 1));
        SPX_TRY(spx_camera_row_view(self->view, &self->scene, self->row, place, self->task, diag));
        SPX_TRY(keep(self, i, self->view, diag));
        spx_task_progress(self->task, (double)(i + 1) / (double)pictures);
    }
    return SPX_OK;
}

/* ---- around ---- */

static void put_grey(const spx_image *to, uint32_t x, uint32_t y, uint32_t depth)
{
    memset(spx_image_row8(to, y) + (size_t)SPX_IMAGE_CHANNELS * x, (int)(depth >> DEPTH_SHIFT),
           SPX_IMAGE_CHANNELS);
}

/* A scene whose photo is the depth of another's; both share their layers. */
static spx_status paint_depths(filming *self, spx_diag *diag)
{
    const spx_scene *const from = &self->scene;
    const spx_layers *const layers = &from->layers;
    spx_scene *const to = &self->depths;
    to->layers = *layers;
    SPX_TRY(spx_image_create(&to->photo, from->photo->width, from->photo->height, 8, diag));
    SPX_TRY(spx_image_create(&to->back, layers->width, layers->height, 8, diag));
    for (uint32_t y = 0; y < layers->height; y++) {
        for (uint32_t x = 0; x < layers->width; x++) {
            const size_t at = spx_layers_at(layers, y) + x;
            const int is_plain = layers->kind[at] == SPX_LAYER_PLAIN;
            put_grey(to->back, x, y, is_plain ? layers->front[at] : layers->back[at]);
            if (x < layers->margin || x - layers->margin >= to->photo->width)
                continue;
            put_grey(to->photo, spx_layers_photo_column(layers, x), y, layers->front[at]);
        }
    }
    return SPX_OK;
}

static spx_status keep_lifted(filming *self, size_t index, double height, spx_diag *diag)
{
    const spx_lift how = { .shift_px = (float)(height * self->lift_px),
                           .window = (float)self->row->window };
    SPX_TRY(spx_lift_view(self->lifted, self->view, self->deep, &how, self->task, diag));
    return keep(self, index, self->lifted, diag);
}

/* Each place of the row is passed twice, above and below it. */
static spx_status circle(filming *self, size_t pictures, spx_diag *diag)
{
    const spx_image *const view = self->view;
    SPX_TRY(paint_depths(self, diag));
    SPX_TRY(spx_image_create(&self->deep, view->width, view->height, 8, diag));
    SPX_TRY(spx_image_create(&self->lifted, view->width, view->height, 8, diag));
    for (size_t i = 0; i <= pictures / 2; i++) {
        const double angle = 2.0 * pi * (double)i / (double)pictures;
        const double place = -cos(angle);
        SPX_TRY(spx_camera_row_view(self->view, &self->scene, self->row, place, self->task, diag));
        if (i == 0 || 2 * i == pictures) {
            SPX_TRY(keep(self, i, self->view, diag));
            continue;
        }
        SPX_TRY(spx_camera_row_view(self->deep, &self->depths, self->row, place, self->task, diag));
        SPX_TRY(keep_lifted(self, i, sin(angle), diag));
        SPX_TRY(keep_lifted(self, pictures - i, -sin(angle), diag));
        spx_task_progress(self->task, 2.0 * (double)i / (double)pictures);
    }
    return SPX_OK;
}

/* ---- both ---- */

/* A picture is smaller by the insets, unless nothing would be left. */
static uint32_t without(uint32_t whole, uint32_t insets)
{
    return whole > insets + 1 ? whole - insets : whole;
}

// NOLINTNEXTLINE(readability-function-size): a photo, its cameras, their motion
spx_status spx_loop_render(spx_loop *loop, spx_image *photo, const spx_plane *depth,
                           const spx_camera_row *row, const spx_loop_motion *motion,
                           const spx_task *task, spx_diag *diag)
{
    spx_status status = SPX_OK;
    const spx_task quiet = spx_task_quiet(task);
    const uint32_t inset = spx_camera_row_inset(row, photo->width);
    const size_t count = motion->pictures;
    filming self = { .loop = loop, .row = row, .task = task };
    *loop = (spx_loop){ 0 };
    self.lift_px = motion->lift * row->strength_pct / 200.0 * photo->width;
    self.width = without(photo->width, 2 * inset);
    self.height = without(photo->height, 2 * (uint32_t)ceil(motion->lift * inset));
    SPX_TRY_OUT(allocate(loop, count, motion->lift > 0.0 ? count : 2 * (count - 1), diag));
    SPX_TRY_OUT(spx_camera_row_cut(&self.scene, photo, depth, row, &quiet, diag));
    SPX_TRY_OUT(spx_image_create(&self.view, photo->width, photo->height, photo->bits, diag));
    status = motion->lift > 0.0 ? circle(&self, count, diag) : swing(&self, count, diag);
out:
    spx_image_unref(self.depths.photo);
    spx_image_unref(self.depths.back);
    spx_scene_clear(&self.scene);
    spx_image_unref(self.view);
    spx_image_unref(self.deep);
    spx_image_unref(self.lifted);
    if (status != SPX_OK)
        spx_loop_clear(loop);
    return status;
}

void spx_loop_clear(spx_loop *loop)
{
    for (size_t i = 0; i < loop->picture_count; i++)
        spx_image_unref(loop->pictures[i]);
    free(loop->pictures);
    free(loop->order);
    *loop = (spx_loop){ 0 };
}
