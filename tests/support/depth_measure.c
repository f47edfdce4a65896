#include "depth_measure.h"

#include "base/order.h"
#include "image/plane_resample.h"
#include "test_support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LONG_SIDE = 640, WITHIN_PX = 3, NEAR_PX = 6 };

/* A step of so large a share of the range from one pixel to the next is an edge; maps of networks
 * are softer than the truth, so that half of it is one of theirs. */
static const double edge_share = 0.02;
static const double made_share = 0.01;
/* The range of a disparity, without its outliers. */
static const double low_share = 0.005;
static const double high_share = 0.995;

static spx_plane *new_plane(uint32_t width, uint32_t height)
{
    spx_plane *plane = NULL;
    if (spx_plane_create(&plane, width, height, NULL) != SPX_OK)
        fail_msg("no memory");
    return plane;
}

static spx_mask *new_mask(const spx_plane *like)
{
    spx_mask *mask = NULL;
    if (spx_mask_create(&mask, like->width, like->height, NULL) != SPX_OK)
        fail_msg("no memory");
    return mask;
}

/* Each pixel the value in the middle of what it covers: means would invent surfaces at steps. */
static spx_plane *pick(const spx_plane *plane, uint32_t width, uint32_t height)
{
    spx_plane *const made = new_plane(width, height);
    for (uint32_t y = 0; y < height; y++) {
        const uint32_t v = (uint32_t)((y + 0.5) * plane->height / height);
        for (uint32_t x = 0; x < width; x++) {
            const uint32_t u = (uint32_t)((x + 0.5) * plane->width / width);
            spx_plane_row(made, y)[x] = spx_plane_row(plane, v)[u];
        }
    }
    return made;
}

/* What cannot be seen by both eyes is unknown, and belongs to the farther of the two surfaces
 * beside it in the row. */
static spx_plane *fill_unknown(const spx_plane *plane)
{
    spx_plane *const made = new_plane(plane->width, plane->height);
    for (uint32_t y = 0; y < plane->height; y++) {
        const float *const from = spx_plane_row(plane, y);
        float *const to = spx_plane_row(made, y);
        float left = INFINITY;
        for (uint32_t x = 0; x < plane->width; x++) {
            uint32_t next = x;
            while (next < plane->width && !isfinite(from[next]))
                next++;
            const float right = next < plane->width ? from[next] : INFINITY;
            to[x] = next == x ? from[x] : fminf(left, right);
            left = isfinite(from[x]) ? from[x] : left;
        }
    }
    return made;
}

static double range_of(const spx_plane *plane)
{
    size_t count = 0;
    float *const sorted = malloc((size_t)plane->width * plane->height * sizeof(*sorted));
    for (uint32_t y = 0; y < plane->height; y++) {
        for (uint32_t x = 0; x < plane->width; x++) {
            if (isfinite(spx_plane_row(plane, y)[x]))
                sorted[count++] = spx_plane_row(plane, y)[x];
        }
    }
    qsort(sorted, count, sizeof(*sorted), spx_order_float);
    const double range = sorted[(size_t)(high_share * (double)(count - 1))] -
                         sorted[(size_t)(low_share * (double)(count - 1))];
    free(sorted);
    return range;
}

/* Least squares, in place. */
static void fit(spx_plane *map, const spx_plane *truth)
{
    double n = 0, sum_m = 0, sum_t = 0, sum_mm = 0, sum_mt = 0;
    for (uint32_t y = 0; y < map->height; y++) {
        for (uint32_t x = 0; x < map->width; x++) {
            const double t = spx_plane_row(truth, y)[x];
            const double m = spx_plane_row(map, y)[x];
            if (!isfinite(t))
                continue;
            n += 1;
            sum_m += m;
            sum_t += t;
            sum_mm += m * m;
            sum_mt += m * t;
        }
    }
    const double scale = (n * sum_mt - sum_m * sum_t) / fmax(1e-12, n * sum_mm - sum_m * sum_m);
    const double shift = (sum_t - scale * sum_m) / n;
    for (uint32_t y = 0; y < map->height; y++) {
        for (uint32_t x = 0; x < map->width; x++) {
            float *const at = &spx_plane_row(map, y)[x];
            *at = (float)(scale * *at + shift);
        }
    }
}

/* Half the difference of a pixel's neighbours along a row (dx) or a column; NAN beside unknown. */
static double slope(const spx_plane *plane, uint32_t x, uint32_t y, int along_row)
{
    const uint32_t at = along_row ? x : y;
    const uint32_t most = (along_row ? plane->width : plane->height) - 1;
    const uint32_t before = at > 0 ? at - 1 : 0;
    const uint32_t after = at < most ? at + 1 : most;
    const float a = along_row ? spx_plane_row(plane, y)[before] : spx_plane_row(plane, before)[x];
    const float b = along_row ? spx_plane_row(plane, y)[after] : spx_plane_row(plane, after)[x];
    return (double)(b - a) / 2;
}

/* Ridges of the gradient that are steeper than `least` for a pixel. */
static spx_mask *find_edges(const spx_plane *plane, double least)
{
    spx_mask *const edges = new_mask(plane);
    spx_plane *const steep = new_plane(plane->width, plane->height);
    for (uint32_t y = 0; y < plane->height; y++) {
        for (uint32_t x = 0; x < plane->width; x++) {
            const double value = hypot(slope(plane, x, y, 1), slope(plane, x, y, 0));
            spx_plane_row(steep, y)[x] = isfinite(value) ? (float)value : 0.0F;
        }
    }
    for (uint32_t y = 1; y + 1 < plane->height; y++) {
        for (uint32_t x = 1; x + 1 < plane->width; x++) {
            const float here = spx_plane_row(steep, y)[x];
            const int across = fabs(slope(plane, x, y, 1)) >= fabs(slope(plane, x, y, 0));
            const float before =
                across ? spx_plane_row(steep, y)[x - 1] : spx_plane_row(steep, y - 1)[x];
            const float after =
                across ? spx_plane_row(steep, y)[x + 1] : spx_plane_row(steep, y + 1)[x];
            spx_mask_row(edges, y)[x] = (uint8_t)(here > least && here >= before && here > after);
        }
    }
    spx_plane_destroy(steep);
    return edges;
}

static int any_within(const spx_mask *mask, uint32_t x, uint32_t y, int32_t reach)
{
    for (int32_t v = -reach; v <= reach; v++) {
        for (int32_t u = -reach; u <= reach; u++) {
            const int64_t row = (int64_t)y + v;
            const int64_t column = (int64_t)x + u;
            if (u * u + v * v <= reach * reach && row >= 0 && column >= 0 && row < mask->height &&
                column < mask->width && spx_mask_row(mask, (uint32_t)row)[column])
                return 1;
        }
    }
    return 0;
}

/* Share of `from`'s pixels that have one of `to` within reach. */
static double share_near(const spx_mask *from, const spx_mask *to)
{
    double count = 0;
    double found = 0;
    for (uint32_t y = 0; y < from->height; y++) {
        for (uint32_t x = 0; x < from->width; x++) {
            if (!spx_mask_row(from, y)[x])
                continue;
            count += 1;
            found += any_within(to, x, y, WITHIN_PX);
        }
    }
    return count > 0 ? found / count : NAN;
}

typedef struct ranked {
    float value;
    float rank;
    size_t index;
} ranked;

static int by_ranked_value(const void *a, const void *b)
{
    const ranked *const left = a;
    const ranked *const right = b;
    return (left->value > right->value) - (left->value < right->value);
}

static int by_index(const void *a, const void *b)
{
    const ranked *const left = a;
    const ranked *const right = b;
    return (left->index > right->index) - (left->index < right->index);
}

/* Of the values where the truth is known; equal values share their mean rank. */
static ranked *rank(const spx_plane *plane, const spx_plane *truth, size_t *count)
{
    ranked *const all = malloc((size_t)plane->width * plane->height * sizeof(*all));
    size_t n = 0;
    for (uint32_t y = 0; y < plane->height; y++) {
        for (uint32_t x = 0; x < plane->width; x++) {
            if (isfinite(spx_plane_row(truth, y)[x])) {
                all[n] = (ranked){ .value = spx_plane_row(plane, y)[x], .index = n };
                n++;
            }
        }
    }
    qsort(all, n, sizeof(*all), by_ranked_value);
    for (size_t i = 0; i < n;) {
        size_t end = i;
        while (end < n && !(all[end].value > all[i].value))
            end++;
        for (size_t k = i; k < end; k++)
            all[k].rank = (float)(i + end - 1) / 2;
        i = end;
    }
    qsort(all, n, sizeof(*all), by_index);
    *count = n;
    return all;
}

static double rank_correlation(const spx_plane *map, const spx_plane *truth)
{
    size_t n = 0;
    ranked *const a = rank(map, truth, &n);
    ranked *const b = rank(truth, truth, &n);
    const double middle = (double)(n - 1) / 2;
    double aa = 0, bb = 0, ab = 0;
    for (size_t i = 0; i < n; i++) {
        const double u = a[i].rank - middle;
        const double v = b[i].rank - middle;
        aa += u * u;
        bb += v * v;
        ab += u * v;
    }
    free(a);
    free(b);
    return ab / sqrt(aa * bb);
}

depth_scores measure_depth(const spx_plane *map, const spx_plane *truth)
{
    const double shrink = (double)LONG_SIDE / fmax(truth->width, truth->height);
    const uint32_t width = (uint32_t)lround(truth->width * shrink);
    const uint32_t height = (uint32_t)lround(truth->height * shrink);
    spx_plane *const wanted = pick(truth, width, height);
    spx_plane *made = NULL;
    if (spx_plane_resample(&made, map, width, height, NULL) != SPX_OK)
        fail_msg("no memory");
    const double range = range_of(wanted);
    depth_scores out = { .rank = rank_correlation(made, wanted) };
    const double made_range = range_of(made);
    spx_mask *const made_edges = find_edges(made, made_share * made_range);
    fit(made, wanted);
    spx_mask *const unknown = new_mask(wanted);
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++)
            spx_mask_row(unknown, y)[x] = (uint8_t)!isfinite(spx_plane_row(wanted, y)[x]);
    }
    spx_plane *const filled = fill_unknown(wanted);
    spx_mask *const true_edges = find_edges(filled, edge_share * range);
    out.recall = share_near(true_edges, made_edges);
    out.precision = share_near(made_edges, true_edges);
    double all = 0;
    double near = 0;
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            if (spx_mask_row(unknown, y)[x])
                continue;
            const double off = fabs(spx_plane_row(made, y)[x] - spx_plane_row(wanted, y)[x]);
            out.error += off;
            all += 1;
            if (any_within(true_edges, x, y, NEAR_PX)) {
                out.near += off;
                near += 1;
            }
        }
    }
    out.error *= 100.0 / (all * range);
    out.near *= 100.0 / (near * range);
    spx_mask_destroy(unknown);
    spx_mask_destroy(true_edges);
    spx_mask_destroy(made_edges);
    spx_plane_destroy(filled);
    spx_plane_destroy(wanted);
    spx_plane_destroy(made);
    return out;
}
