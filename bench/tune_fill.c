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
#include "tune_scenes.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

spx_fill_numbers spx_fill_tuned = { SPX_FILL_TUNED(SPX_TUNED_VALUE) };

static const tune_number numbers[] = { SPX_FILL_TUNED(TUNE_NUMBER) };

static const tune_range ranges[] = {
    { "far_cost_shift", 0.0, 31.0 },
    { NULL, 0.0, 0.0 },
};

static tune_scene *samples;
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
        samples[i] = tune_scene_draw((uint32_t)i);
}

static void measure(spx_pool *pool)
{
    const spx_task task = { .pool = pool };
    spx_diag diag = { 0 };
    double psnr = 0.0;
    double ssim = 0.0;
    double grain = 0.0;
    int grained = 0; /* scenes whose holes are wide enough for a gradient */
    for (int i = 0; i < sample_count; i++) {
        const tune_scene *const one = &samples[i];
        spx_image *right = NULL;
        if (bench_right_eye(&right, one->left, one->depth, one->most_px, 1, &task, &diag) != SPX_OK)
            tune_fatal(diag.text);
        psnr += measure_psnr(right, one->right, one->holes);
        ssim += measure_ssim(right, one->right, one->holes);
        const double wanted = measure_gradient(one->right, one->holes);
        if (wanted > 0.0) { /* not NaN */
            grain += measure_gradient(right, one->holes) / wanted;
            grained++;
        }
        spx_image_unref(right);
    }
    (void)printf("%7.3f  %.4f  %6.3f", psnr / sample_count, ssim / sample_count,
                 grain / (grained > 0 ? grained : 1));
}

static void clear(void)
{
    for (int i = 0; i < sample_count; i++)
        tune_scene_clear(&samples[i]);
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
