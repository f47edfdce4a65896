/*
 * The warp's numbers. Right eyes are made from left ones of drawn scenes, once with their true
 * depth and once with one as networks give it. Scored where both eyes see the same, beside steps:
 * behind them the fill decides. Flecks are means too.
 */
#include "tune.h"

#include "bench_parts.h"
#include "image/image.h"
#include "scene.h"
#include "stereo_measure.h"
#include "tune_scenes.h"
#include "warp/tuned.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { EDGE_PX = 8, DEPTHS = 2 /* true, degraded */ };

spx_warp_numbers spx_warp_tuned = { SPX_WARP_TUNED(SPX_TUNED_VALUE) };

static const tune_number numbers[] = { SPX_WARP_TUNED(TUNE_NUMBER) };

static const tune_range ranges[] = {
    { "step_px", 0.05, 8.0 },
    { "edge_steps", 1.0, 1000.0 },
    { "deduction", 0.0, 100.0 },
    { "ahead_steps", 0.0, 1000.0 },
    { "rim_agreed", 0.0, 9.0 },
    { "most_dead_zone", 0.02, 0.45 },
    { "smooth_dead_zone", 0.0, 0.45 },
    { "cubic_share", 0.0, 4.0 },
    { NULL, 0.0, 0.0 },
};

/* A scene, a depth of it as networks give it, and where the right eye is scored. */
typedef struct sample {
    tune_scene scene;
    spx_plane *blurred; /* 1 = most_px */
    spx_mask *edges;    /* of the right eye, without the holes */
} sample;

static void must(spx_status status, const spx_diag *diag)
{
    if (status != SPX_OK)
        tune_fatal(diag->text);
}

static sample drawn(uint32_t index)
{
    sample self = { .scene = tune_scene_draw(index) };
    spx_diag diag = { 0 };
    spx_plane *degraded = NULL;
    must(bench_degraded_depth(&degraded, self.scene.depth, &diag), &diag);
    must(bench_refined_depth(&self.blurred, degraded, self.scene.left, &diag), &diag);
    self.edges = measure_edge_band(self.scene.right_disparity, EDGE_PX);
    for (size_t i = 0; i < (size_t)TUNE_SCENE_WIDTH * TUNE_SCENE_HEIGHT; i++)
        self.edges->values[i] = self.scene.holes->values[i] ? 0 : self.edges->values[i];
    spx_plane_destroy(degraded);
    return self;
}

static sample *samples;
static int sample_count;

static void prepare(int pictures, char **paths, spx_pool *pool)
{
    (void)pool;
    if (paths[0] != NULL)
        tune_fatal("the warp's numbers are swept on drawn scenes, not on photos");
    sample_count = pictures == 0 ? SCENE_COUNT + SCENE_HARD_COUNT : pictures;
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
    for (int k = 0; k < DEPTHS; k++) {
        double psnr = 0.0;
        double flecks = 0.0;
        for (int i = 0; i < sample_count; i++) {
            const tune_scene *const one = &samples[i].scene;
            const spx_plane *const depth = k == 0 ? one->depth : samples[i].blurred;
            spx_image *right = NULL;
            must(bench_right_eye(&right, one->left, depth, one->most_px, k == 0, &task, &diag),
                 &diag);
            psnr += measure_psnr(right, one->right, samples[i].edges);
            flecks +=
                (double)measure_flecks(right, one->left, (uint32_t)ceil(one->most_px) + 1, NULL);
            spx_image_unref(right);
        }
        (void)printf("%s%7.3f  %6.2f", k == 0 ? "" : "  ", psnr / sample_count,
                     flecks / sample_count);
    }
}

static void clear(void)
{
    for (int i = 0; i < sample_count; i++) {
        tune_scene_clear(&samples[i].scene);
        spx_plane_destroy(samples[i].blurred);
        spx_mask_destroy(samples[i].edges);
    }
    free(samples);
}

const tune_room tune_warp = {
    .name = "warp",
    .numbers = numbers,
    .count = sizeof(numbers) / sizeof(numbers[0]),
    .ranges = ranges,
    .columns = "true dB  flecks  blur dB  flecks",
    .prepare = prepare,
    .measure = measure,
    .clear = clear,
};
