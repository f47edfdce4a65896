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
#include "depth_measure.h"
#include "image/image.h"
#include "image/plane_resample.h"
#include "scene.h"
#include "test_files.h"
#include "true_pair.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <vips/vips.h>

enum {
    LONG_SIDE = 640, /* of everything that is measured */
    CHANNELS = 3,
    SCENE_WIDTH = 640,
    SCENE_HEIGHT = 400,
    PATH_SIZE = 1024,
};

typedef struct settings {
    const char *model;
    const char *write;
    uint32_t size;
    uint32_t scenes;
    spx_detail detail;
    spx_refine_rules rules;
} settings;

/* A picture and its true disparity. */
typedef struct sample {
    char name[64];
    spx_image *photo;
    spx_plane *truth; /* any unit, larger = nearer; NAN = unknown; NULL = none at all */
} sample;

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

/* ---- files ---- */

static spx_image *read_picture(const char *path)
{
    spx_image *const image = true_pair_read_picture(path);
    if (image == NULL)
        fatal("cannot read a picture");
    return image;
}

static spx_plane *read_disparity(const char *path)
{
    spx_plane *const plane = true_pair_read_disparity(path, 1.0);
    if (plane == NULL)
        fatal("cannot read a disparity");
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
    double sum[sizeof(depth_scores) / sizeof(double)];
    double count;
} mean;

static void print_scores(const char *name, const char *what, const depth_scores *s)
{
    (void)printf("%-24.24s %-8s %6.3f %9.3f | %6.2f %6.2f | %6.3f\n", name, what, s->recall,
                 s->precision, s->near, s->error, s->rank);
}

static void keep(mean *self, const depth_scores *one)
{
    double values[sizeof(depth_scores) / sizeof(double)];
    memcpy(values, one, sizeof(values));
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        self->sum[i] += values[i];
    self->count += 1;
}

static void print_mean(const mean *self, const char *name, const char *what)
{
    double values[sizeof(depth_scores) / sizeof(double)];
    depth_scores one;
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
        const depth_scores before = measure_depth(map, one->truth);
        const depth_scores after = measure_depth(refined, one->truth);
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
    else if (strcmp(name, "along") == 0)
        rules->along = 0;
    else if (strcmp(name, "snap") == 0)
        rules->snap = 0;
    else
        fatal("no such rule");
}

static spx_detail detail_of(const char *name)
{
    return strcmp(name, "fast") == 0   ? SPX_DETAIL_FAST
           : strcmp(name, "fine") == 0 ? SPX_DETAIL_FINE
                                       : SPX_DETAIL_NORMAL;
}

static void run_standard(const settings *chosen, spx_depth_model *model, const spx_task *task)
{
    mean pair[2] = { 0 };
    mean scenes[2] = { 0 };
    settings degraded = *chosen;
    sample real = motorcycle();
    degraded.rules.origin = SPX_DEPTH_OF_OTHERS;
    run_network(chosen, model, &real, task, pair);
    sample_clear(&real);
    for (uint32_t number = 0; number < chosen->scenes; number++) {
        sample one = drawn(number);
        run(&degraded, &one, degrade(one.truth), task, 0, scenes);
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
                        .rules = { .steepen = 1, .along = 1, .snap = 1 } };
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
