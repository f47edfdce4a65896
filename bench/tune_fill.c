/*
 * The fill's numbers. Right eyes are made from left ones with the true disparity of drawn scenes,
 * so that the fill is all that differs.
 */
#include "tune.h"

#include "bench_parts.h"
#include "fill/tuned.h"
#include "image/image.h"
#include "scene.h"
#include "stereo_measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SCENE_WIDTH = 512, SCENE_HEIGHT = 320 };

spx_fill_numbers spx_fill_tuned = { SPX_FILL_TUNED(SPX_TUNED_VALUE) };

#define NUMBER(type, name, value, unit)                                                            \
    { #name, TUNE_KIND(type), &spx_fill_tuned.name, value, unit },
static const tune_number numbers[] = { SPX_FILL_TUNED(NUMBER) };

static const tune_range ranges[] = {
    { "far_cost_shift", 0.0, 31.0 },
    { NULL, 0.0, 0.0 },
};

/* A photo, its depth, and what the right eye sees. */
typedef struct sample {
    spx_image *left;
    spx_image *right;
    spx_plane *depth; /* 1 = most_px */
    spx_mask *holes;
    double most_px;
} sample;

static sample drawn(uint32_t index)
{
    sample self = { 0 };
    scene *const one = scene_create(index, SCENE_WIDTH, SCENE_HEIGHT);
    spx_plane *right_disparity = NULL;
    scene_render(one, 0.0, &self.left, &self.depth, NULL);
    scene_render(one, -1.0, &self.right, &right_disparity, &self.holes);
    self.most_px = scene_disparity_px(one);
    for (uint32_t y = 0; y < self.depth->height; y++) {
        for (uint32_t x = 0; x < self.depth->width; x++)
            spx_plane_row(self.depth, y)[x] /= (float)self.most_px;
    }
    spx_plane_destroy(right_disparity);
    scene_destroy(one);
    return self;
}

static sample *samples;
static int sample_count;

static void prepare(int pictures, char **paths, spx_pool *pool)
{
    (void)pool;
    if (paths[0] != NULL)
        tune_fatal("the fill's numbers are swept on drawn scenes, not on photos");
    sample_count = pictures == 0 ? SCENE_COUNT : pictures;
    samples = calloc((size_t)sample_count, sizeof(*samples));
    if (samples == NULL)
        tune_fatal("no memory");
    for (int i = 0; i < sample_count; i++)
        samples[i] = drawn((uint32_t)i);
}

static void measure(spx_pool *pool)
{
    const spx_task task = { .pool = pool };
    spx_diag diag = { 0 };
    double psnr = 0.0;
    double ssim = 0.0;
    double grain = 0.0;
    for (int i = 0; i < sample_count; i++) {
        const sample *const one = &samples[i];
        spx_image *right = NULL;
        if (bench_right_eye(&right, one->left, one->depth, one->most_px, 1, &task, &diag) != SPX_OK)
            tune_fatal(diag.text);
        psnr += measure_psnr(right, one->right, one->holes);
        ssim += measure_ssim(right, one->right, one->holes);
        grain += measure_gradient(right, one->holes) / measure_gradient(one->right, one->holes);
        spx_image_unref(right);
    }
    (void)printf("%7.3f  %.4f  %6.3f", psnr / sample_count, ssim / sample_count,
                 grain / sample_count);
}

static void clear(void)
{
    for (int i = 0; i < sample_count; i++) {
        spx_image_unref(samples[i].left);
        spx_image_unref(samples[i].right);
        spx_plane_destroy(samples[i].depth);
        spx_mask_destroy(samples[i].holes);
    }
    free(samples);
}

const tune_room tune_fill = {
    .name = "fill",
    .numbers = numbers,
    .count = sizeof(numbers) / sizeof(numbers[0]),
    .ranges = ranges,
    .columns = "PSNR dB    SSIM   grain",
    .prepare = prepare,
    .measure = measure,
    .clear = clear,
};
