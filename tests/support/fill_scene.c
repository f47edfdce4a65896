#include "fill_scene.h"

#include "image/image.h"
#include "test_support.h"

#include <stdlib.h>

fill_scene *fill_scene_create(uint32_t width, uint32_t height, uint32_t bits, uint16_t step)
{
    const size_t pixels = (size_t)width * height;
    fill_scene *const self = calloc(1, sizeof(*self));
    assert_non_null(self);
    assert_int_equal(spx_image_create(&self->image, width, height, bits, NULL), SPX_OK);
    self->known = calloc(pixels, sizeof(*self->known));
    self->depth = calloc(pixels, sizeof(*self->depth));
    self->wanted = calloc(pixels, sizeof(*self->wanted));
    assert_true(self->known != NULL && self->depth != NULL && self->wanted != NULL);
    self->backdrop = (spx_backdrop){ .image = self->image,
                                     .known = self->known,
                                     .depth = self->depth,
                                     .wanted_depth = self->wanted,
                                     .step = step };
    return self;
}

void fill_scene_level(fill_scene *scene, spx_image *image8, const spx_task *task)
{
    assert_int_equal(spx_level_init_full(&scene->level, &scene->backdrop, image8, task, NULL),
                     SPX_OK);
}

void fill_scene_destroy(fill_scene *scene)
{
    spx_level_clear(&scene->level);
    spx_image_unref(scene->image);
    free(scene->known);
    free(scene->depth);
    free(scene->wanted);
    free(scene);
}
