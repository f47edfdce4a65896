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
#include "warp/tuned.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SCENE_WIDTH = 512, SCENE_HEIGHT = 320, EDGE_PX = 8, DEPTHS = 2 /* true, degraded */ };

spx_warp_numbers spx_warp_tuned = { SPX_WARP_TUNED(SPX_TUNED_VALUE) };

#define NUMBER(type, name, value, unit)                                                            \
    { #name, TUNE_KIND(type), &spx_warp_tuned.name, value, unit },
static const tune_number numbers[] = { SPX_WARP_TUNED(NUMBER) };

static const tune_range ranges[] = {
    { "step_px", 0.05, 8.0 },          { "edge_steps", 1.0, 1000.0 },
    { "deduction", 0.0, 100.0 },       { "ahead_steps", 0.0, 1000.0 },
    { "rim_agreed", 0.0, 9.0 },        { "most_dead_zone", 0.02, 0.45 },
    { "smooth_dead_zone", 0.0, 0.45 }, { NULL, 0.0, 0.0 },
};

/* A photo, its depths, and what the right eye sees. */
typedef struct sample {
    spx_image *left;
    spx_image *right;
    spx_plane *depths[DEPTHS]; /* 1 = most_px */
    spx_mask *edges;           /* of the right eye, without the holes */
    double most_px;
} sample;

static void must(spx_status status, const spx_diag *diag)
{
    if (status != SPX_OK)
        tune_fatal(diag->text);
}

static sample drawn(uint32_t index)
{
    sample self = { 0 };
    spx_diag diag = { 0 };
    spx_plane *right_disparity = NULL;
    spx_plane *degraded = NULL;
    spx_mask *holes = NULL;
    scene *const one = scene_create(index, SCENE_WIDTH, SCENE_HEIGHT);
    scene_render(one, 0.0, &self.left, &self.depths[0], NULL);
    scene_render(one, -1.0, &self.right, &right_disparity, &holes);
    self.most_px = scene_disparity_px(one);
    for (uint32_t y = 0; y < SCENE_HEIGHT; y++) {
        for (uint32_t x = 0; x < SCENE_WIDTH; x++)
            spx_plane_row(self.depths[0], y)[x] /= (float)self.most_px;
    }
    must(bench_degraded_depth(&degraded, self.depths[0], &diag), &diag);
    must(bench_refined_depth(&self.depths[1], degraded, self.left, &diag), &diag);
    self.edges = measure_edge_band(right_disparity, EDGE_PX);
    for (size_t i = 0; i < (size_t)SCENE_WIDTH * SCENE_HEIGHT; i++)
        self.edges->values[i] = holes->values[i] ? 0 : self.edges->values[i];
    spx_plane_destroy(degraded);
    spx_plane_destroy(right_disparity);
    spx_mask_destroy(holes);
    scene_destroy(one);
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
            const sample *const one = &samples[i];
            spx_image *right = NULL;
            must(bench_right_eye(&right, one->left, one->depths[k], one->most_px, k == 0, &task,
                                 &diag),
                 &diag);
            psnr += measure_psnr(right, one->right, one->edges);
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
        spx_image_unref(samples[i].left);
        spx_image_unref(samples[i].right);
        for (int k = 0; k < DEPTHS; k++)
            spx_plane_destroy(samples[i].depths[k]);
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
