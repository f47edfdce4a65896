/*
 * The numbers of depth: of the bundled pair the embedded network's map, refined, against the true
 * disparity (tests/support/depth_measure.h), at detail `normal` and at `fast`, whose maps are
 * small. --photos: further folders in Middlebury's layouts. The network runs again only when a
 * number has changed on which its map depends.
 */
#include "tune.h"

#include "depth/depth_model.h"
#include "depth/estimate.h"
#include "depth/refine.h"
#include "depth/tuned.h"
#include "depth_measure.h"
#include "test_files.h"
#include "true_pair.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAIRS_MOST = 64 };

spx_depth_numbers spx_depth_tuned = { SPX_DEPTH_TUNED(SPX_TUNED_VALUE) };

static const tune_number numbers[] = { SPX_DEPTH_TUNED(TUNE_NUMBER) };

/* What the room divides by, and what is a share. */
static const tune_range ranges[] = {
    { "most_enlarged", 0.1, 4.0 },   { "least_correlation", 1e-3, 1.0 },
    { "range_reach", 0.0, 1.0 },     { "least_edge", 1e-4, 1.0 },
    { "floor_growth", 1.51, 100.0 }, { "edge_growth", 0.0, 1.99 },
    { "sure_edge", 0.21, 10.0 },     { "unsure_edge", 0.0, 0.29 },
    { "colour_sigma", 1e-3, 10.0 },  { "spatial_sigma", 0.1, 100.0 },
    { "near_quantile", 0.0, 1.0 },   { "half_trusted_step", 1e-5, 10.0 },
    { "least_trust", 1e-3, 10.0 },   { NULL, 0.0, 0.0 },
};

enum { DETAILS = 2 };

static const spx_detail details[DETAILS] = { SPX_DETAIL_NORMAL, SPX_DETAIL_FAST };

static true_pair pairs[PAIRS_MOST];
static int pair_count;
static spx_depth_model *model;
static spx_plane *maps[DETAILS][PAIRS_MOST]; /* not refined; NULL = not made yet */
static spx_depth_numbers made_by;            /* the numbers of these */

static void prepare(int pictures, char **paths, spx_pool *pool)
{
    const spx_task task = { .pool = pool };
    spx_diag diag = { 0 };
    if (pictures != 0)
        tune_fatal("the depth's numbers are swept on true pairs, not on drawn scenes");
    if (spx_depth_model_open(&model, "models/spx-lite.safetensors", &task, &diag) != SPX_OK)
        tune_fatal(diag.text);
    true_pair_bundled(&pairs[pair_count++]);
    for (; *paths != NULL && pair_count < PAIRS_MOST; paths++) {
        if (!true_pair_read_folder(&pairs[pair_count++], *paths))
            tune_fatal(*paths);
    }
}

static void forget_maps(void)
{
    for (int d = 0; d < DETAILS; d++) {
        for (int i = 0; i < pair_count; i++) {
            spx_plane_destroy(maps[d][i]);
            maps[d][i] = NULL;
        }
    }
}

/* Maps are made by the numbers that stand before edge_slope in the table. */
static void check_maps(void)
{
    if (memcmp(&made_by, &spx_depth_tuned, offsetof(spx_depth_numbers, edge_slope)) != 0)
        forget_maps();
    made_by = spx_depth_tuned;
}

static spx_plane *make_map(const true_pair *pair, spx_detail detail, const spx_task *task)
{
    const spx_estimate_options options = { .detail = detail };
    spx_plane *map = NULL;
    spx_diag diag = { 0 };
    if (spx_depth_estimate(model, pair->left, &options, task, &map, &diag) != SPX_OK)
        tune_fatal(diag.text);
    spx_depth_normalise(map);
    return map;
}

static depth_scores scores_of(int pair, int at, const spx_task *task)
{
    spx_plane *refined = NULL;
    spx_diag diag = { 0 };
    if (maps[at][pair] == NULL)
        maps[at][pair] = make_map(&pairs[pair], details[at], task);
    if (spx_depth_refine(maps[at][pair], pairs[pair].left, SPX_DEPTH_OF_NETWORK, task, &refined,
                         &diag) != SPX_OK)
        tune_fatal(diag.text);
    const depth_scores scores = measure_depth(refined, pairs[pair].disparity);
    spx_plane_destroy(refined);
    return scores;
}

static void measure(spx_pool *pool)
{
    const spx_task task = { .pool = pool };
    check_maps();
    for (int d = 0; d < DETAILS; d++) {
        depth_scores sum = { 0 };
        for (int i = 0; i < pair_count; i++) {
            const depth_scores one = scores_of(i, d, &task);
            sum.recall += one.recall / pair_count;
            sum.precision += one.precision / pair_count;
            sum.near += one.near / pair_count;
            sum.error += one.error / pair_count;
        }
        (void)printf("%6.3f  %9.3f  %6.2f  %7.2f  ", sum.recall, sum.precision, sum.near,
                     sum.error);
    }
}

static void clear(void)
{
    forget_maps();
    for (int i = 0; i < pair_count; i++)
        true_pair_clear(&pairs[i]);
    spx_depth_model_close(model);
}

const tune_room tune_depth = {
    .name = "depth",
    .numbers = numbers,
    .count = sizeof(numbers) / sizeof(numbers[0]),
    .ranges = ranges,
    .columns = "recall  precision  near %  error %   ... and at `fast`             ",
    .prepare = prepare,
    .measure = measure,
    .clear = clear,
};
