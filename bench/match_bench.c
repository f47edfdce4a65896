/*
 * How well two eyes tell depth.
 *
 *     match [LEFT RIGHT DISPARITY [SCALE] | FOLDER...]
 *
 * The bundled pair without arguments; folders as Middlebury hands them out. Prints, for spx's
 * matcher and for a plain block match of 9x9 pixels, how many pixels are answered, how many of the
 * answers are more than 2 px wrong, and how far off they are in the mean; the same of the sure
 * answers, and of the depth whose holes are filled.
 */
#include "base/clock.h"
#include "base/pool.h"
#include "match/census.h"
#include "match/match.h"
#include "true_pair.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_HALF = 4, BLOCK_MOST = 128 };

static const double bad_px = 2.0;

typedef struct score {
    uint64_t truths; /* pixels whose disparity is known */
    uint64_t answered;
    uint64_t bad;
    double error;
} score;

static void compare(score *self, double found, double truth)
{
    if (isnan(truth))
        return;
    self->truths++;
    if (isnan(found))
        return;
    const double error = fabs(found - truth);
    self->answered++;
    self->bad += error > bad_px;
    self->error += error;
}

static void print(const char *what, const score *self, double seconds)
{
    (void)printf("  %-22s answered %5.1f %%   bad 2 px %5.2f %%   mean error %.3f px", what,
                 100.0 * (double)self->answered / (double)self->truths,
                 100.0 * (double)self->bad / (double)self->answered,
                 self->error / (double)self->answered);
    (void)printf(seconds > 0.0 ? "   %.0f ms\n" : "\n", 1000.0 * seconds);
}

static double block_cost(const spx_plane *left, const spx_plane *right, const long at[3])
{
    double sum = 0.0;
    for (long y = at[1] - BLOCK_HALF; y <= at[1] + BLOCK_HALF; y++) {
        const long row = y < 0 ? 0 : (y >= left->height ? (long)left->height - 1 : y);
        for (long x = at[0] - BLOCK_HALF; x <= at[0] + BLOCK_HALF; x++) {
            const long column = x < 0 ? 0 : (x >= left->width ? (long)left->width - 1 : x);
            const long other = column < at[2] ? 0 : column - at[2];
            sum += fabs((double)spx_plane_row(left, (uint32_t)row)[column] -
                        spx_plane_row(right, (uint32_t)row)[other]);
        }
    }
    return sum;
}

static void block_match(const true_pair *pair)
{
    spx_plane *left = NULL;
    spx_plane *right = NULL;
    score all = { 0 };
    if (spx_grey_create(&left, pair->left, NULL) != SPX_OK ||
        spx_grey_create(&right, pair->right, NULL) != SPX_OK)
        exit(1);
    for (uint32_t y = 0; y < left->height; y += 4) { /* every fourth row and column tells enough */
        for (uint32_t x = 0; x < left->width; x += 4) {
            long best = 0;
            double least = INFINITY;
            for (long d = 0; d <= (long)x && d < BLOCK_MOST; d++) {
                const double cost = block_cost(left, right, (const long[]){ x, y, d });
                best = cost < least ? d : best;
                least = fmin(cost, least);
            }
            compare(&all, (double)best, (double)spx_plane_row(pair->disparity, y)[x]);
        }
    }
    print("block match", &all, 0.0);
    spx_plane_destroy(left);
    spx_plane_destroy(right);
}

static void run_depth(const true_pair *pair, const spx_task *task)
{
    spx_match_depth depth = { 0 };
    score all = { 0 };
    const double start = spx_clock_s();
    if (spx_match_depth_find(&depth, pair->left, pair->right, NULL, task, NULL) != SPX_OK)
        exit(1);
    const double seconds = spx_clock_s() - start;
    for (uint32_t y = 0; y < pair->left->height; y++) {
        for (uint32_t x = 0; x < pair->left->width; x++) {
            const double map = (double)spx_plane_row(depth.map, y)[x];
            compare(&all, depth.far_px + map * (depth.near_px - depth.far_px),
                    (double)spx_plane_row(pair->disparity, y)[x]);
        }
    }
    print("spx, holes filled", &all, seconds);
    spx_match_depth_clear(&depth);
}

static void run(const true_pair *pair, spx_pool *pool)
{
    const spx_task task = { .pool = pool };
    spx_match match = { 0 };
    score all = { 0 };
    score sure = { 0 };
    const double start = spx_clock_s();
    if (spx_match_eyes(&match, pair->left, pair->right, NULL, &task, NULL) != SPX_OK)
        exit(1);
    const double seconds = spx_clock_s() - start;
    for (uint32_t y = 0; y < pair->left->height; y++) {
        for (uint32_t x = 0; x < pair->left->width; x++) {
            const double truth = spx_plane_row(pair->disparity, y)[x];
            const double found = spx_plane_row(match.disparity, y)[x];
            const int is_sure = spx_plane_row(match.confidence, y)[x] >= SPX_MATCH_SURE;
            compare(&all, found, truth);
            compare(&sure, is_sure ? found : NAN, truth);
        }
    }
    (void)printf("%s, %ux%u\n", pair->name, pair->left->width, pair->left->height);
    print("spx", &all, seconds);
    print("spx, sure ones", &sure, 0.0);
    run_depth(pair, &task);
    block_match(pair);
    spx_match_clear(&match);
}

int main(int argc, char **argv)
{
    spx_pool *pool = NULL;
    true_pair pair;
    if (spx_pool_create(&pool, 0, NULL) != SPX_OK)
        return 1;
    if (argc == 1) {
        true_pair_bundled(&pair);
        run(&pair, pool);
        true_pair_clear(&pair);
    }
    if (argc == 4 || argc == 5) {
        const double scale = argc == 5 ? strtod(argv[4], NULL) : 1.0;
        if (true_pair_read(&pair, argv[1], argv[2], argv[3], scale)) {
            run(&pair, pool);
            true_pair_clear(&pair);
            argc = 1;
        }
    }
    for (int i = 1; i < argc; i++) {
        if (!true_pair_read_folder(&pair, argv[i]))
            continue;
        run(&pair, pool);
        true_pair_clear(&pair);
    }
    spx_pool_destroy(pool);
    return 0;
}
