/*
 * Where the edges of depth maps lie.
 *
 *     depth_edges [--model FILE] [--size N] [--detail fast|normal|fine] [--without RULE]…
 *                 [--scenes COUNT] [--write FOLDER] [MIDDLEBURY FOLDER | PHOTO]…
 *
 * Without folders: the bundled motorcycle, and the drawn scenes. A Middlebury folder holds
 * im0.png and disp0.pfm, or view1.png and disp1.png. Of each map, before and after refinement,
 * against the true disparity at 640 pixels long side, after a least-squares scale and shift:
 *
 *     recall, precision   of true edges within 3 px (ridges of the gradient above a share of the
 *                         range of disparity)
 *     near                mean error within 6 px of true edges, % of the range
 *     error               mean error, % of the range
 *     rank                Spearman's correlation
 *
 * --without: leaves a rule of the refinement out, by its name (spx_refine_rules). --write: the maps
 * as PNG. A photo without a known disparity is only written.
 */
#include "base/clock.h"
#include "base/pool.h"
#include "depth/estimate.h"
#include "depth/refine.h"
#include "image/image.h"
#include "image/plane_resample.h"
#include "scene.h"
#include "test_files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <vips/vips.h>

enum {
    LONG_SIDE = 640, /* of everything that is measured */
    WITHIN_PX = 3,
    NEAR_PX = 6,
    CHANNELS = 3,
    SCENE_WIDTH = 640,
    SCENE_HEIGHT = 400,
    PATH_SIZE = 1024,
};

/* A step of so large a share of the range from one pixel to the next is an edge; maps of networks
 * are softer than the truth, so that half of it is one of theirs. */
static const double edge_share = 0.02;
static const double made_share = 0.01;
/* The range of a disparity, without its outliers. */
static const double low_share = 0.005;
static const double high_share = 0.995;

typedef struct settings {
    const char *model;
    const char *write;
    uint32_t size;
    uint32_t scenes;
    spx_depth_detail detail;
    spx_refine_rules rules;
} settings;

/* A picture and its true disparity. */
typedef struct sample {
    char name[64];
    spx_image *photo;
    spx_plane *truth; /* any unit, larger = nearer; NAN = unknown; NULL = none at all */
} sample;

typedef struct scores {
    double recall, precision, near, error, rank;
} scores;

static void fatal(const char *what)
{
    (void)fprintf(stderr, "depth_edges: %s\n", what);
    exit(1);
}

static spx_plane *new_plane(uint32_t width, uint32_t height)
{
    spx_plane *plane = NULL;
    if (spx_plane_create(&plane, width, height, NULL) != SPX_OK)
        fatal("no memory");
    return plane;
}

static spx_mask *new_mask(const spx_plane *like)
{
    spx_mask *mask = NULL;
    if (spx_mask_create(&mask, like->width, like->height, NULL) != SPX_OK)
        fatal("no memory");
    return mask;
}

/* ---- measures ---- */

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

static int by_value(const void *a, const void *b)
{
    const float left = *(const float *)a;
    const float right = *(const float *)b;
    return (left > right) - (left < right);
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
    qsort(sorted, count, sizeof(*sorted), by_value);
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

/* map: of any size. */
static scores measure(const spx_plane *map, const spx_plane *truth)
{
    const double shrink = (double)LONG_SIDE / fmax(truth->width, truth->height);
    const uint32_t width = (uint32_t)lround(truth->width * shrink);
    const uint32_t height = (uint32_t)lround(truth->height * shrink);
    spx_plane *const wanted = pick(truth, width, height);
    spx_plane *made = NULL;
    if (spx_plane_resample(&made, map, width, height, NULL) != SPX_OK)
        fatal("no memory");
    const double range = range_of(wanted);
    scores out = { .rank = rank_correlation(made, wanted) };
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

/* ---- files ---- */

static spx_image *read_picture(const char *path)
{
    VipsImage *file = vips_image_new_from_file(path, NULL);
    VipsImage *colour = NULL;
    spx_image *image = NULL;
    size_t size = 0;
    if (file == NULL || vips_colourspace(file, &colour, VIPS_INTERPRETATION_sRGB, NULL) != 0)
        fatal(vips_error_buffer());
    uint8_t *const bytes = vips_image_write_to_memory(colour, &size);
    const uint32_t width = (uint32_t)vips_image_get_width(colour);
    const size_t bands = (size_t)vips_image_get_bands(colour);
    if (bytes == NULL || bands < CHANNELS ||
        spx_image_create(&image, width, (uint32_t)vips_image_get_height(colour), 8, NULL) != SPX_OK)
        fatal("cannot read a picture");
    for (uint32_t y = 0; y < image->height; y++) {
        for (uint32_t x = 0; x < width; x++)
            memcpy(spx_image_row8(image, y) + (size_t)CHANNELS * x,
                   bytes + ((size_t)y * width + x) * bands, CHANNELS);
    }
    g_free(bytes);
    g_object_unref(colour);
    g_object_unref(file);
    return image;
}

/* 0 and infinity: unknown. */
static spx_plane *read_disparity(const char *path)
{
    VipsImage *const file = vips_image_new_from_file(path, NULL);
    VipsImage *number = NULL;
    size_t size = 0;
    if (file == NULL || vips_cast(file, &number, VIPS_FORMAT_FLOAT, NULL) != 0)
        fatal(vips_error_buffer());
    float *const values = vips_image_write_to_memory(number, &size);
    const size_t bands = (size_t)vips_image_get_bands(number);
    if (values == NULL)
        fatal("cannot read a disparity");
    spx_plane *const plane =
        new_plane((uint32_t)vips_image_get_width(number), (uint32_t)vips_image_get_height(number));
    for (uint32_t y = 0; y < plane->height; y++) {
        for (uint32_t x = 0; x < plane->width; x++) {
            const float value = values[((size_t)y * plane->width + x) * bands];
            spx_plane_row(plane, y)[x] = value > 0.0F && isfinite(value) ? value : NAN;
        }
    }
    g_free(values);
    g_object_unref(number);
    g_object_unref(file);
    return plane;
}

static const char *last_part(const char *path)
{
    const char *const slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

/* A photo, or a folder in one of Middlebury's layouts. */
static sample read_sample(const char *path)
{
    static const char *const layouts[][2] = { { "im0.png", "disp0.pfm" },
                                              { "view1.png", "disp1.png" } };
    sample self = { 0 };
    char picture[PATH_SIZE];
    char disparity[PATH_SIZE];
    (void)snprintf(self.name, sizeof(self.name), "%s", last_part(path));
    for (size_t i = 0; i < sizeof(layouts) / sizeof(layouts[0]); i++) {
        (void)snprintf(picture, sizeof(picture), "%s/%s", path, layouts[i][0]);
        (void)snprintf(disparity, sizeof(disparity), "%s/%s", path, layouts[i][1]);
        if (access(picture, R_OK) == 0 && access(disparity, R_OK) == 0) {
            self.photo = read_picture(picture);
            self.truth = read_disparity(disparity);
            return self;
        }
    }
    self.photo = read_picture(path);
    return self;
}

static sample motorcycle(void)
{
    sample self = { .name = "motorcycle" };
    self.photo = read_picture(test_data_path("photos/motorcycle_left.png"));
    self.truth = read_disparity(test_data_path("photos/motorcycle_disparity.png"));
    return self;
}

static sample drawn(uint32_t number)
{
    sample self = { 0 };
    scene *const made = scene_create(number, SCENE_WIDTH, SCENE_HEIGHT);
    (void)snprintf(self.name, sizeof(self.name), "%.40s", scene_name(made));
    scene_render(made, 0.0, &self.photo, &self.truth, NULL);
    scene_destroy(made);
    return self;
}

static void sample_clear(sample *self)
{
    spx_image_unref(self->photo);
    spx_plane_destroy(self->truth);
}

static void write_map(const settings *chosen, const sample *one, const char *what,
                      const spx_plane *map)
{
    char path[PATH_SIZE];
    if (chosen->write == NULL)
        return;
    const double shrink = (double)LONG_SIDE / fmax(map->width, map->height);
    const uint32_t width = (uint32_t)lround(map->width * shrink);
    const uint32_t height = (uint32_t)lround(map->height * shrink);
    spx_plane *scaled = NULL;
    uint8_t *const bytes = malloc((size_t)width * height);
    if (bytes == NULL || spx_plane_resample(&scaled, map, width, height, NULL) != SPX_OK)
        fatal("no memory");
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++)
            bytes[(size_t)y * width + x] = (uint8_t)lround(255 * spx_plane_row(scaled, y)[x]);
    }
    VipsImage *const out = vips_image_new_from_memory(bytes, (size_t)width * height, (int)width,
                                                      (int)height, 1, VIPS_FORMAT_UCHAR);
    (void)snprintf(path, sizeof(path), "%s/%s_%s.png", chosen->write, one->name, what);
    if (vips_pngsave(out, path, NULL) != 0)
        fatal(vips_error_buffer());
    g_object_unref(out);
    spx_plane_destroy(scaled);
    free(bytes);
}

/* ---- runs ---- */

typedef struct mean {
    double sum[sizeof(scores) / sizeof(double)];
    double count;
} mean;

static void print_scores(const char *name, const char *what, const scores *s)
{
    (void)printf("%-24.24s %-8s %6.3f %9.3f | %6.2f %6.2f | %6.3f\n", name, what, s->recall,
                 s->precision, s->near, s->error, s->rank);
}

static void keep(mean *self, const scores *one)
{
    double values[sizeof(scores) / sizeof(double)];
    memcpy(values, one, sizeof(values));
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        self->sum[i] += values[i];
    self->count += 1;
}

static void print_mean(const mean *self, const char *name, const char *what)
{
    double values[sizeof(scores) / sizeof(double)];
    scores one;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        values[i] = self->sum[i] / self->count;
    memcpy(&one, values, sizeof(one));
    print_scores(name, what, &one);
}

/* map: before refinement; destroyed. means: before and after. */
static void run(const settings *chosen, const sample *one, spx_plane *map, const spx_task *task,
                double map_s, mean means[2])
{
    spx_plane *refined = NULL;
    spx_diag diag = { 0 };
    spx_depth_normalise(map);
    const double begin = spx_clock_s();
    if (spx_depth_refine_by(map, one->photo, &chosen->rules, task, &refined, &diag) != SPX_OK)
        fatal(diag.text);
    const double refine_s = spx_clock_s() - begin;
    write_map(chosen, one, "map", map);
    write_map(chosen, one, "refined", refined);
    if (one->truth != NULL) {
        const scores before = measure(map, one->truth);
        const scores after = measure(refined, one->truth);
        print_scores(one->name, "network", &before);
        print_scores("", "refined", &after);
        keep(&means[0], &before);
        keep(&means[1], &after);
    }
    if (map_s > 0)
        (void)printf("%-24.24s %.3f s map %ux%u, %.3f s refining to %ux%u\n", one->name, map_s,
                     map->width, map->height, refine_s, refined->width, refined->height);
    spx_plane_destroy(refined);
    spx_plane_destroy(map);
}

static void run_network(const settings *chosen, spx_depth_model *model, const sample *one,
                        const spx_task *task, mean means[2])
{
    const spx_estimate_options options = { .size = chosen->size, .detail = chosen->detail };
    spx_plane *map = NULL;
    spx_diag diag = { 0 };
    const double begin = spx_clock_s();
    if (spx_depth_estimate(model, one->photo, &options, task, &map, &diag) != SPX_OK)
        fatal(diag.text);
    run(chosen, one, map, task, spx_clock_s() - begin, means);
}

/* As blurred and misplaced as networks give it: a quarter of the size, a box of 9 pixels there,
 * 3 pixels off. */
static spx_plane *degrade(const spx_plane *truth)
{
    enum { QUARTER = 4, BOX = 4, OFF = 3 };
    spx_plane *small = NULL;
    if (spx_plane_resample(&small, truth, truth->width / QUARTER, truth->height / QUARTER, NULL) !=
        SPX_OK)
        fatal("no memory");
    spx_plane *const made = new_plane(small->width, small->height);
    for (int32_t y = 0; y < (int32_t)small->height; y++) {
        for (int32_t x = 0; x < (int32_t)small->width; x++) {
            float sum = 0.0F;
            float count = 0.0F;
            for (int32_t v = y - BOX; v <= y + BOX; v++) {
                for (int32_t u = x - BOX; u <= x + BOX; u++) {
                    const int64_t from = (int64_t)u - 1; /* OFF of the large one's, rounded */
                    if (v < 0 || from < 0 || v >= (int32_t)small->height || from >= small->width)
                        continue;
                    sum += spx_plane_row(small, (uint32_t)v)[from];
                    count += 1.0F;
                }
            }
            spx_plane_row(made, (uint32_t)y)[x] = sum / fmaxf(count, 1.0F);
        }
    }
    spx_plane_destroy(small);
    return made;
}

static void leave_out(spx_refine_rules *rules, const char *name)
{
    if (strcmp(name, "steepen") == 0)
        rules->steepen = 0;
    else if (strcmp(name, "snap") == 0)
        rules->snap = 0;
    else
        fatal("no such rule");
}

static spx_depth_detail detail_of(const char *name)
{
    return strcmp(name, "fast") == 0   ? SPX_DETAIL_FAST
           : strcmp(name, "fine") == 0 ? SPX_DETAIL_FINE
                                       : SPX_DETAIL_NORMAL;
}

static void run_standard(const settings *chosen, spx_depth_model *model, const spx_task *task)
{
    mean pair[2] = { 0 };
    mean scenes[2] = { 0 };
    sample real = motorcycle();
    run_network(chosen, model, &real, task, pair);
    sample_clear(&real);
    for (uint32_t number = 0; number < chosen->scenes; number++) {
        sample one = drawn(number);
        run(chosen, &one, degrade(one.truth), task, 0, scenes);
        sample_clear(&one);
    }
    if (chosen->scenes > 0) {
        print_mean(&scenes[0], "mean of scenes", "degraded");
        print_mean(&scenes[1], "", "refined");
    }
}

int main(int argc, char **argv)
{
    settings chosen = { .model = "models/spx-lite.safetensors",
                        .scenes = SCENE_COUNT,
                        .detail = SPX_DETAIL_NORMAL,
                        .rules = { 1, 1 } };
    spx_depth_model *model = NULL;
    spx_pool *pool = NULL;
    spx_diag diag = { 0 };
    mean means[2] = { 0 };
    int folders = 0;
    if (VIPS_INIT(argv[0]) != 0)
        return 1;
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 1; i < argc; i++) {
            const char *const value = i + 1 < argc ? argv[i + 1] : "";
            if (strncmp(argv[i], "--", 2) != 0) {
                folders++;
                if (pass == 1) {
                    sample one = read_sample(argv[i]);
                    run_network(&chosen, model, &one, &(spx_task){ .pool = pool }, means);
                    sample_clear(&one);
                }
                continue;
            }
            if (pass == 0) {
                if (strcmp(argv[i], "--model") == 0)
                    chosen.model = value;
                else if (strcmp(argv[i], "--write") == 0)
                    chosen.write = value;
                else if (strcmp(argv[i], "--size") == 0)
                    chosen.size = (uint32_t)strtoul(value, NULL, 10);
                else if (strcmp(argv[i], "--scenes") == 0)
                    chosen.scenes = (uint32_t)strtoul(value, NULL, 10);
                else if (strcmp(argv[i], "--detail") == 0)
                    chosen.detail = detail_of(value);
                else if (strcmp(argv[i], "--without") == 0)
                    leave_out(&chosen.rules, value);
            }
            i++;
        }
        if (pass == 1)
            break;
        if (spx_depth_model_open(&model, chosen.model, NULL, &diag) != SPX_OK ||
            spx_pool_create(&pool, 0, &diag) != SPX_OK)
            fatal(diag.text);
        (void)printf("%-24s %-8s %6s %9s | %6s %6s | %6s\n", "", "", "recall", "precision", "near",
                     "error", "rank");
    }
    if (folders == 0)
        run_standard(&chosen, model, &(spx_task){ .pool = pool });
    else if (means[0].count > 0) {
        print_mean(&means[0], "mean", "network");
        print_mean(&means[1], "", "refined");
    }
    spx_pool_destroy(pool);
    spx_depth_model_close(model);
    return 0;
}
