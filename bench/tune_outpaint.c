/*
 * The local engine's numbers. Of each photo the middle is given and the border around it painted,
 * 20 % on each side; the truth is what the photo had there (tests/support/outpaint_measure.h).
 */
#include "tune.h"

#include "bench_parts.h"
#include "image/image.h"
#include "image/resize.h"
#include "outpaint/local_engine.h"
#include "outpaint/tuned.h"
#include "outpaint_measure.h"

#include <stdio.h>
#include <stdlib.h>

enum { LONG_SIDE_PX = 480, PHOTOS_MOST = 64 };

spx_outpaint_numbers spx_outpaint_tuned = { SPX_OUTPAINT_TUNED(SPX_TUNED_VALUE) };

static const tune_number numbers[] = { SPX_OUTPAINT_TUNED(TUNE_NUMBER) };

static const tune_range ranges[] = {
    { "guided_levels", 1.0, 16.0 },
    { "ring_growth", 1.05, TUNE_MOST },
    { "lines_depth", 1e-2, 0.5 },
    { "lines_angle_most", 0.1, 1.5 },
    { "lines_reach", 1e-3, TUNE_MOST },
    { "palette_step_share", 1.0, TUNE_MOST },
    { "palette_window_share", 1.0, TUNE_MOST },
    { "palette_window_wide_share", 1.0, TUNE_MOST },
    { "least_spread", 1e-3, TUNE_MOST },
    { "spread_first", 1e-3, 1.0 },
    { "spread_middle", 1e-3, 1.0 },
    { "final_share", 1e-3, 1.0 },
    { "seam_blur_px", 1e-2, TUNE_MOST },
    { "seam_fade", 1e-3, 1.0 },
    { "guide_variance_floor", 1e-6, TUNE_MOST },
    { "sky_strip", 0.0, 0.5 },
    { "sky_rise_rows", 0.0, 0.2 },
    { "sky_rise_height", 1e-3, TUNE_MOST },
    { "sky_tip_height", 1e-3, TUNE_MOST },
    { "sky_drift_height", 1e-3, TUNE_MOST },
    { "sky_edges_share", 0.0, 1.0 },
    { "sky_grain_least", 1e-2, TUNE_MOST },
    { "sky_grain_sigma", 1e-1, TUNE_MOST },
    { "calm_area", 1e-1, TUNE_MOST },
    { "calm_spread", 1e-1, TUNE_MOST },
    { NULL, 0.0, 0.0 },
};

typedef struct sample {
    spx_image *truth;
    spx_image *photo;
    spx_plane *depth; /* of the photo */
    spx_frame frame;
    outpaint_scores best; /* of the truth */
} sample;

static sample samples[PHOTOS_MOST];
static int sample_count;

static spx_image *read_small(const char *path, const spx_task *task)
{
    spx_diag diag = { 0 };
    spx_image *photo = NULL;
    spx_image *small = NULL;
    if (bench_read_photo(&photo, path, task, &diag) != SPX_OK ||
        spx_image_shrink(&small, photo, LONG_SIDE_PX, task, &diag) != SPX_OK)
        tune_fatal(diag.text);
    spx_image_unref(photo);
    return small;
}

static void prepare(int pictures, char **paths, spx_pool *pool)
{
    const spx_task task = { .pool = pool };
    spx_diag diag = { 0 };
    if (pictures != 0 || paths[0] == NULL)
        tune_fatal("the local engine's numbers are swept on photos: tune NAME --photos FILE...");
    for (int i = 0; paths[i] != NULL && i < PHOTOS_MOST; i++) {
        sample *const one = &samples[sample_count++];
        one->truth = read_small(paths[i], &task);
        one->frame = bench_middle(one->truth);
        if (bench_cut(&one->photo, one->truth, &one->frame, &diag) != SPX_OK ||
            bench_rough_depth(&one->depth, one->photo, &task, &diag) != SPX_OK)
            tune_fatal(diag.text);
        one->best = outpaint_measure(one->truth, &one->frame);
    }
}

static void measure(spx_pool *pool)
{
    const spx_task task = { .pool = pool };
    double features = 0.0;
    double seam = 0.0;
    double repetition = 0.0;
    double sharpness = 0.0;
    for (int i = 0; i < sample_count; i++) {
        const sample *const one = &samples[i];
        const spx_local_job job = {
            .photo = one->photo, .depth = one->depth, .frame = &one->frame, .seed = 1
        };
        spx_image *out = NULL;
        spx_diag diag = { 0 };
        if (spx_outpaint_local(&job, &task, &out, &diag) != SPX_OK)
            tune_fatal(diag.text);
        const outpaint_scores scores = outpaint_measure(out, &one->frame);
        features += outpaint_feature_distance(out, one->truth, &one->frame);
        seam += outpaint_seam_above(out, one->truth, &one->frame);
        repetition += scores.repetition - one->best.repetition;
        sharpness += scores.sharpness - one->best.sharpness;
        spx_image_unref(out);
    }
    (void)printf("%8.3f  %6.3f  %+10.3f  %+9.3f", features / sample_count, seam / sample_count,
                 repetition / sample_count, sharpness / sample_count);
}

static void clear(void)
{
    for (int i = 0; i < sample_count; i++) {
        spx_image_unref(samples[i].truth);
        spx_image_unref(samples[i].photo);
        spx_plane_destroy(samples[i].depth);
    }
}

const tune_room tune_outpaint = {
    .name = "outpaint",
    .numbers = numbers,
    .count = sizeof(numbers) / sizeof(numbers[0]),
    .ranges = ranges,
    .columns = "features    seam  repetition  sharpness",
    .prepare = prepare,
    .measure = measure,
    .clear = clear,
};
