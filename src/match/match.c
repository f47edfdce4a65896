/*
 * From two eyes to disparity: at a small size the range is found; the pair is matched there
 * (level.c), each eye to the other; what both agree on is kept, islands go, holes are filled
 * (fill.c), and the map is enlarged along the edges of the picture (enlarge.c).
 */
#include "match/match.h"

#include "base/order.h"
#include "image/image.h"
#include "image/plane_resample.h"
#include "image/resize.h"
#include "match/census.h"
#include "match/clean.h"
#include "match/enlarge.h"
#include "match/fill.h"
#include "match/level.h"
#include "match/match_kernels.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

enum { COARSE_SIDE = 256, ISLAND_LEAST = 24, ISLAND_PART = 8000 };

static const double range_slack_px = 2.0;   /* of the coarse size, beyond what was found */
static const double range_slack_part = 0.1; /* of what was found */
static const double depth_quantile = 0.001; /* of the pixels at both ends may lie outside 0..1 */
static const double least_known = 0.03;     /* share of the pixels that makes two eyes a pair */
static const double range_quantile = 0.002; /* that far in from both ends of the sure matches */

/* Both eyes in grey at the size they are matched at. */
typedef struct grey_pair {
    spx_plane *eyes[2];
    spx_image *left; /* at that size */
} grey_pair;

/* What is wanted; all borrowed. */
typedef struct match_request {
    const spx_image *left;
    const spx_image *right;
    spx_match_options options;
} match_request;

void spx_match_options_init(spx_match_options *options)
{
    *options = (spx_match_options){ .range_pct = 15.0, .long_side = 1024 };
}

void spx_match_clear(spx_match *match)
{
    spx_plane_destroy(match->disparity);
    spx_plane_destroy(match->confidence);
    *match = (spx_match){ 0 };
}

static void clear_pair(grey_pair *pair)
{
    spx_plane_destroy(pair->eyes[0]);
    spx_plane_destroy(pair->eyes[1]);
    spx_image_unref(pair->left);
    *pair = (grey_pair){ 0 };
}

static spx_status init_pair(grey_pair *out, const spx_image *left, const spx_image *right,
                            uint32_t long_side, const spx_task *task, spx_diag *diag)
{
    spx_status status = SPX_OK;
    spx_image *small = NULL;
    grey_pair pair = { .left = NULL };
    SPX_TRY_OUT(spx_image_shrink(&pair.left, left, long_side, task, diag));
    SPX_TRY_OUT(spx_grey_create(&pair.eyes[0], pair.left, diag));
    SPX_TRY_OUT(spx_image_shrink(&small, right, long_side, task, diag));
    SPX_TRY_OUT(spx_grey_create(&pair.eyes[1], small, diag));
    *out = pair;
    pair = (grey_pair){ 0 };
out:
    spx_image_unref(small);
    clear_pair(&pair);
    return status;
}

/* Matches at the size of the pair, disparities least..most. */
static spx_status match_pair(spx_match *out, const grey_pair *pair, double least, double most,
                             const spx_task *task, spx_diag *diag)
{
    const spx_plane *const left = pair->eyes[0];
    const int32_t first = (int32_t)floor(least);
    const int32_t last = (int32_t)ceil(most);
    const uint32_t wanted = (uint32_t)(last - first + 1);
    const spx_match_level level = {
        .left = left,
        .right = pair->eyes[1],
        .most = last,
        .candidates = (wanted + SPX_MATCH_LANES - 1) / SPX_MATCH_LANES * SPX_MATCH_LANES,
    };
    const size_t pixels = (size_t)left->width * left->height;
    spx_status status = SPX_OK;
    spx_match made = { 0 };
    SPX_TRY_OUT(spx_plane_create(&made.disparity, left->width, left->height, diag));
    SPX_TRY_OUT(spx_plane_create(&made.confidence, left->width, left->height, diag));
    SPX_TRY_OUT(spx_match_level_run(&level, made.disparity, made.confidence, task, diag));
    SPX_TRY_OUT(spx_match_remove_islands(made.disparity, made.confidence,
                                         ISLAND_LEAST + (uint32_t)(pixels / ISLAND_PART), diag));
    SPX_TRY_OUT(spx_match_median(made.disparity, task, diag));
    *out = made;
    made = (spx_match){ 0 };
out:
    spx_match_clear(&made);
    return status;
}

/* The least and the largest of the known values but for a share at both ends; with `sure`, of those
 * that are. *range stays as it is where there are none. */
static spx_status find_quantiles(const spx_plane *values, const spx_plane *sure, double quantile,
                                 double range[2], spx_diag *diag)
{
    size_t count = 0;
    float *const list = malloc((size_t)values->width * values->height * sizeof(*list));
    if (list == NULL)
        return spx_fail_memory(diag, "range of disparity");
    for (uint32_t y = 0; y < values->height; y++) {
        for (uint32_t x = 0; x < values->width; x++) {
            const float value = spx_plane_row(values, y)[x];
            if (!isnan(value) && (sure == NULL || spx_plane_row(sure, y)[x] >= SPX_MATCH_SURE))
                list[count++] = value;
        }
    }
    if (count > 0) {
        const size_t in = (size_t)(quantile * (double)count);
        qsort(list, count, sizeof(*list), spx_order_float);
        range[0] = list[in];
        range[1] = list[count - 1 - in];
    }
    free(list);
    return SPX_OK;
}

/* Narrows the range, shares of the width, to what the sure matches need. */
static spx_status find_range(const spx_match *match, double range[2], spx_diag *diag)
{
    const double width = match->disparity->width;
    double found[2] = { NAN, NAN };
    SPX_TRY(find_quantiles(match->disparity, match->confidence, range_quantile, found, diag));
    if (isnan(found[0]))
        return SPX_OK;
    const double slack = range_slack_px + range_slack_part * (found[1] - found[0]);
    range[0] = fmax(range[0], (found[0] - slack) / width);
    range[1] = fmin(range[1], (found[1] + slack) / width);
    return SPX_OK;
}

static spx_status search_range(const spx_image *left, const spx_image *right, double range[2],
                               const spx_task *task, spx_diag *diag)
{
    grey_pair pair = { .left = NULL };
    spx_match coarse = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(init_pair(&pair, left, right, COARSE_SIDE, task, diag));
    const double width = pair.left->width;
    SPX_TRY_OUT(match_pair(&coarse, &pair, range[0] * width, range[1] * width, task, diag));
    SPX_TRY_OUT(find_range(&coarse, range, diag));
out:
    clear_pair(&pair);
    spx_match_clear(&coarse);
    return status;
}

static void count_shares(spx_match *match)
{
    const double pixels = (double)match->disparity->width * match->disparity->height;
    uint64_t known = 0;
    uint64_t sure = 0;
    for (uint32_t y = 0; y < match->disparity->height; y++) {
        for (uint32_t x = 0; x < match->disparity->width; x++) {
            known += isnan(spx_plane_row(match->disparity, y)[x]) ? 0 : 1;
            sure += spx_plane_row(match->confidence, y)[x] >= SPX_MATCH_SURE ? 1 : 0;
        }
    }
    match->known_share = (double)known / pixels;
    match->sure_share = (double)sure / pixels;
}

static spx_status check(const spx_image *left, const spx_image *right,
                        const spx_match_options *options, spx_diag *diag)
{
    static const double least_pct = 1.0;
    static const double most_pct = 50.0;
    enum { LEAST_SIDE = 64, MOST_SIDE = 4096 };
    if (left->width != right->width || left->height != right->height) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "eyes of %ux%u and %ux%u pixels", left->width,
                        left->height, right->width, right->height);
    }
    if (!(options->range_pct >= least_pct && options->range_pct <= most_pct)) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "range of matching %g is not within 1..50 %%",
                        options->range_pct);
    }
    if (options->long_side < LEAST_SIDE || options->long_side > MOST_SIDE) {
        return spx_fail(diag, SPX_ERR_ARGUMENT, "size of matching %u is not within 64..4096",
                        options->long_side);
    }
    return SPX_OK;
}

/* The match at the reduced size; its disparities are in pixels of that size. */
static spx_status match_reduced(spx_match *out, grey_pair *pair, const match_request *request,
                                const spx_task *task, spx_diag *diag)
{
    const spx_match_options *const options = &request->options;
    SPX_TRY(check(request->left, request->right, options, diag));
    double range[2] = { -options->range_pct / 100.0, options->range_pct / 100.0 };
    SPX_TRY(search_range(request->left, request->right, range, task, diag));
    SPX_TRY(init_pair(pair, request->left, request->right, options->long_side, task, diag));
    const double width = pair->left->width;
    SPX_TRY(match_pair(out, pair, range[0] * width, range[1] * width, task, diag));
    count_shares(out);
    return SPX_OK;
}

static spx_status enlarge(spx_match *match, const grey_pair *pair, const spx_image *left,
                          const spx_task *task, spx_diag *diag)
{
    if (pair->left->width == left->width && pair->left->height == left->height)
        return SPX_OK;
    return spx_match_enlarge(&match->disparity, &match->confidence, pair->left, left, task, diag);
}

spx_status spx_match_eyes(spx_match *out, const spx_image *left, const spx_image *right,
                          const spx_match_options *options, const spx_task *task, spx_diag *diag)
{
    match_request request = { .left = left, .right = right };
    spx_match_options_init(&request.options);
    request.options = options == NULL ? request.options : *options;
    grey_pair pair = { .left = NULL };
    spx_match made = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(match_reduced(&made, &pair, &request, task, diag));
    SPX_TRY_OUT(enlarge(&made, &pair, left, task, diag));
    count_shares(&made);
    *out = made;
    made = (spx_match){ 0 };
out:
    clear_pair(&pair);
    spx_match_clear(&made);
    return status;
}

void spx_match_depth_clear(spx_match_depth *depth)
{
    spx_plane_destroy(depth->map);
    spx_plane_destroy(depth->trust);
    *depth = (spx_match_depth){ 0 };
}

/* Disparities become 0..1; planes are moved out of the match. */
static spx_status scale_depth(spx_match_depth *out, spx_match *match, spx_diag *diag)
{
    const spx_plane *const values = match->disparity;
    double range[2] = { -INFINITY, INFINITY };
    SPX_TRY(find_quantiles(values, NULL, depth_quantile, range, diag));
    const double span = fmax(range[1] - range[0], DBL_EPSILON);
    for (uint32_t y = 0; y < values->height; y++) {
        float *const row = spx_plane_row(values, y);
        for (uint32_t x = 0; x < values->width; x++)
            row[x] = (float)fmin(1.0, fmax(0.0, ((double)row[x] - range[0]) / span));
    }
    *out = (spx_match_depth){ .map = match->disparity,
                              .trust = match->confidence,
                              .near_px = range[1],
                              .far_px = range[0],
                              .known_share = match->known_share };
    match->disparity = NULL; /* moved */
    match->confidence = NULL;
    return SPX_OK;
}

spx_status spx_match_depth_find(spx_match_depth *out, const spx_image *left, const spx_image *right,
                                const spx_plane *guide, const spx_task *task, spx_diag *diag)
{
    match_request request = { .left = left, .right = right };
    spx_match_options_init(&request.options);
    grey_pair pair = { .left = NULL };
    spx_match made = { 0 };
    spx_plane *small = NULL;
    spx_status status = SPX_OK;
    SPX_TRY_OUT(match_reduced(&made, &pair, &request, task, diag));
    if (made.known_share < least_known) {
        status = spx_fail(diag, SPX_ERR_UNSUPPORTED,
                          "only %.1f %% of the left eye is found in the right eye: not a stereo "
                          "pair, or too plain",
                          100.0 * made.known_share);
        goto out;
    }
    if (guide != NULL) {
        SPX_TRY_OUT(spx_plane_resample(&small, guide, pair.left->width, pair.left->height, diag));
    }
    SPX_TRY_OUT(spx_match_fill(&made, small, task, diag));
    SPX_TRY_OUT(enlarge(&made, &pair, left, task, diag));
    SPX_TRY_OUT(scale_depth(out, &made, diag));
out:
    spx_plane_destroy(small);
    clear_pair(&pair);
    spx_match_clear(&made);
    return status;
}
