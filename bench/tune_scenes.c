#include "tune_scenes.h"

#include "image/image.h"
#include "scene.h"

tune_scene tune_scene_draw(uint32_t index)
{
    tune_scene self = { 0 };
    scene *const one = scene_create(index, TUNE_SCENE_WIDTH, TUNE_SCENE_HEIGHT);
    scene_render(one, 0.0, &self.left, &self.depth, NULL);
    scene_render(one, -1.0, &self.right, &self.right_disparity, &self.holes);
    self.most_px = scene_disparity_px(one);
    for (uint32_t y = 0; y < TUNE_SCENE_HEIGHT; y++) {
        for (uint32_t x = 0; x < TUNE_SCENE_WIDTH; x++)
            spx_plane_row(self.depth, y)[x] /= (float)self.most_px;
    }
    scene_destroy(one);
    return self;
}

void tune_scene_clear(tune_scene *self)
{
    spx_image_unref(self->left);
    spx_image_unref(self->right);
    spx_plane_destroy(self->depth);
    spx_plane_destroy(self->right_disparity);
    spx_mask_destroy(self->holes);
    *self = (tune_scene){ 0 };
}
