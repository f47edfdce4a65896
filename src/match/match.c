#include "match/match.h"

#include "image/image.h"
#include "image/resize.h"
#include "match/census.h"
#include "match/clean.h"
#include "match/enlarge.h"
#include "match/level.h"
#include "match/match_kernels.h"

#include <math.h>
#include <stdlib.h>

enum { COARSE_SIDE = 256, ISLAND_LEAST = 24, ISLAND_PART = 8000 };

static const double range_slack_px = 2.0;   /* of the coarse size, beyond what was found */
static const double range_slack_part = 0.1; /* of what was found */
static const double range_quantile = 0.002; /* that far in from both ends of the sure matches */

/* Both eyes in grey at the size they are matched at. */
typedef struct grey_pair {
    spx_plane *eyes[2];
    spx_image *left; /* at that size */
} grey_pair;

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

static int by_value(const void *a, const void *b)
{
    const float x = *(const float *)a;
    const float y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Least and largest disparity of the sure matches, as shares of the width. */
static spx_status find_range(const spx_match *match, double range[2], spx_diag *diag)
{
    const uint32_t width = match->disparity->width;
    size_t count = 0;
    float *const sure = malloc((size_t)width * match->disparity->height * sizeof(*sure));
    if (sure == NULL)
        return spx_fail_memory(diag, "range of disparity");
    for (uint32_t y = 0; y < match->disparity->height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            if (spx_plane_row(match->confidence, y)[x] >= SPX_MATCH_SURE)
                sure[count++] = spx_plane_row(match->disparity, y)[x];
        }
    }
    if (count > 0) {
        qsort(sure, count, sizeof(*sure), by_value);
        const size_t in = (size_t)(range_quantile * (double)count);
        const double slack =
            range_slack_px + range_slack_part * ((double)sure[count - 1 - in] - sure[in]);
        range[0] = fmax(range[0], (sure[in] - slack) / width);
        range[1] = fmin(range[1], (sure[count - 1 - in] + slack) / width);
    }
    free(sure);
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

spx_status spx_match_eyes(spx_match *out, const spx_image *left, const spx_image *right,
                          const spx_match_options *options, const spx_task *task, spx_diag *diag)
{
    spx_match_options wanted;
    spx_match_options_init(&wanted);
    wanted = options == NULL ? wanted : *options;
    SPX_TRY(check(left, right, &wanted, diag));
    double range[2] = { -wanted.range_pct / 100.0, wanted.range_pct / 100.0 };
    grey_pair pair = { .left = NULL };
    spx_match made = { 0 };
    spx_status status = SPX_OK;
    SPX_TRY_OUT(search_range(left, right, range, task, diag));
    SPX_TRY_OUT(init_pair(&pair, left, right, wanted.long_side, task, diag));
    const double width = pair.left->width;
    SPX_TRY_OUT(match_pair(&made, &pair, range[0] * width, range[1] * width, task, diag));
    if (pair.left->width != left->width || pair.left->height != left->height) {
        SPX_TRY_OUT(
            spx_match_enlarge(&made.disparity, &made.confidence, pair.left, left, task, diag));
    }
    count_shares(&made);
    *out = made;
    made = (spx_match){ 0 };
out:
    clear_pair(&pair);
    spx_match_clear(&made);
    return status;
}
