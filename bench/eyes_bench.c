/*
 * How long both eyes take, what they look like, and how many flecks are in them (measure_flecks()).
 *
 *     eyes PHOTO... [--model FILE] [--detail fast|normal|fine] [--width PX] [--strength PCT]
 *          [--convergence C] [--runs N] [--crops FOLDER] [--depth FOLDER]
 *     eyes --made PHOTO LEFT RIGHT      counts flecks of eyes made elsewhere
 *
 * PCT may be "auto": what a conversion would choose for the photo, and its convergence too. --width
 * enlarges the photo first (4000: 12 megapixels of a 4:3 photo) and adds fine noise, as a camera of
 * that size would have. --crops keeps both eyes, the depth and where flecks are as PNG;
 * --depth takes the depth that an earlier run kept there.
 */
#include "bench_parts.h"
#include "stereo_measure.h"
#include "test_files.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/order.h"
#include "base/pool.h"
#include "codec/image_write.h"
#include "depth/depth_model.h"
#include "depth/estimate.h"
#include "depth/refine.h"
#include "image/image.h"
#include "pipeline/comfort.h"
#include "pipeline/stereo.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { CHANNELS = 3, MAX_RUNS = 15, MAX_PHOTOS = 64, PATH_SIZE = 512 };

typedef struct arguments {
    const char *photos[MAX_PHOTOS];
    int count;
    int made;
    const char *photo; /* the one at work */
    const char *model;
    const char *crops;
    const char *depth;
    spx_detail detail;
    uint32_t width;
    int runs;
    int automatic; /* strength and convergence are chosen for each photo */
    spx_stereo_options stereo;
} arguments;

static spx_diag diag;

static void must(spx_status status)
{
    if (status == SPX_OK)
        return;
    (void)fprintf(stderr, "eyes: %s\n", diag.text);
    exit(1);
}

static long peak_mb(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss / 1000 : 0;
}

static spx_image *enlarge(const spx_image *photo, uint32_t width)
{
    const uint32_t height = (uint32_t)((uint64_t)photo->height * width / photo->width);
    spx_image *large = NULL;
    uint32_t noise = 1;
    must(spx_image_create(&large, width, height, 8, &diag));
    for (uint32_t y = 0; y < height; y++) {
        const double v = (double)y * (photo->height - 1) / height;
        const uint8_t *const above = spx_image_row8(photo, (uint32_t)v);
        const uint8_t *const below = above + photo->stride_bytes;
        for (uint32_t x = 0; x < width; x++) {
            const double u = (double)x * (photo->width - 1) / width;
            const size_t at = (size_t)CHANNELS * (uint32_t)u;
            const double right = u - (uint32_t)u;
            const double down = v - (uint32_t)v;
            for (size_t c = 0; c < CHANNELS; c++) {
                noise = noise * 1664525U + 1013904223U;
                const double top = above[at + c] * (1 - right) + above[at + c + CHANNELS] * right;
                const double low = below[at + c] * (1 - right) + below[at + c + CHANNELS] * right;
                const double value =
                    top * (1 - down) + low * down + ((double)(noise >> 24) / 64.0 - 2.0);
                spx_image_row8(large, y)[(size_t)CHANNELS * x + c] =
                    (uint8_t)(value < 0 ? 0 : (value > 255 ? 255 : value));
            }
        }
    }
    return large;
}

static spx_image *read_photo(const char *path, uint32_t width, const spx_task *task)
{
    spx_image *photo = NULL;
    must(bench_read_photo(&photo, path, task, &diag));
    if (width <= photo->width || photo->bits != 8)
        return photo;
    spx_image *const large = enlarge(photo, width);
    spx_image_unref(photo);
    return large;
}

/* FOLDER/PHOTO_WHAT.png */
static void path_of(char path[PATH_SIZE], const char *folder, const char *photo, const char *what)
{
    const char *const slash = strrchr(photo, '/');
    const char *const name = slash == NULL ? photo : slash + 1;
    const int length = (int)strcspn(name, ".");
    (void)snprintf(path, PATH_SIZE, "%s/%.*s_%s.png", folder, length, name, what);
}

static spx_plane *read_depth(const arguments *asked, const spx_task *task)
{
    char path[PATH_SIZE];
    spx_plane *depth = NULL;
    path_of(path, asked->depth, asked->photo, "depth");
    spx_image *const grey = read_photo(path, 0, task);
    must(spx_plane_create(&depth, grey->width, grey->height, &diag));
    for (uint32_t y = 0; y < grey->height; y++) {
        for (uint32_t x = 0; x < grey->width; x++)
            spx_plane_row(depth, y)[x] =
                (float)spx_image_sample(grey, x, y, 0) / (grey->bits == 8 ? 255.0F : 65535.0F);
    }
    spx_image_unref(grey);
    return depth;
}

static spx_plane *find_depth(const arguments *asked, const spx_image *photo, const spx_task *task)
{
    const spx_estimate_options options = { .detail = asked->detail };
    spx_depth_model *model = NULL;
    spx_plane *small = NULL;
    spx_plane *depth = NULL;
    if (asked->depth != NULL)
        return read_depth(asked, task);
    must(spx_depth_model_open(&model, asked->model, NULL, &diag));
    must(spx_depth_estimate(model, photo, &options, task, &small, &diag));
    spx_depth_normalise(small);
    must(spx_depth_refine(small, photo, SPX_DEPTH_OF_NETWORK, task, &depth, &diag));
    spx_plane_destroy(small);
    spx_depth_model_close(model);
    return depth;
}

static void keep(const arguments *asked, const char *what, const spx_image *image,
                 const spx_plane *plane)
{
    char path[PATH_SIZE];
    spx_bytes bytes = { 0 };
    if (asked->crops == NULL)
        return;
    path_of(path, asked->crops, asked->photo, what);
    if (image != NULL)
        must(spx_image_write(&bytes, image, SPX_IMAGE_TYPE_PNG, 90, NULL, NULL, &diag));
    else
        must(spx_plane_write_png16(&bytes, plane, NULL, NULL, NULL, &diag));
    must(spx_file_write(path, bytes.data, bytes.size, &diag));
    spx_bytes_clear(&bytes);
}

static size_t count_flecks(const arguments *asked, const spx_image *photo, const spx_image *eye,
                           const char *what)
{
    const uint32_t reach = (uint32_t)ceil(asked->stereo.strength_pct / 200.0 * photo->width) + 2;
    spx_mask *where = NULL;
    spx_plane *shown = NULL;
    if (photo->bits != 8)
        return 0;
    must(spx_mask_create(&where, eye->width, eye->height, &diag));
    must(spx_plane_create(&shown, eye->width, eye->height, &diag));
    const size_t count = measure_flecks(eye, photo, reach, where);
    for (uint32_t y = 0; y < eye->height; y++) {
        for (uint32_t x = 0; x < eye->width; x++)
            spx_plane_row(shown, y)[x] = (float)(spx_mask_row(where, y)[x] != 0);
    }
    keep(asked, what, NULL, shown);
    spx_plane_destroy(shown);
    spx_mask_destroy(where);
    return count;
}

static void run(const arguments *asked, spx_image *photo, const spx_plane *depth,
                const spx_task *task)
{
    double whole[MAX_RUNS];
    double fill[MAX_RUNS];
    spx_stereo_stats stats = { 0 };
    size_t flecks[2] = { 0, 0 };
    const long before = peak_mb();
    for (int i = 0; i < asked->runs; i++) {
        spx_image *left = NULL;
        spx_image *right = NULL;
        const double start = spx_clock_s();
        must(spx_stereo_render(photo, depth, &asked->stereo, task, &left, &right, &stats, &diag));
        whole[i] = spx_clock_s() - start;
        fill[i] = stats.fill_s;
        if (i == 0) {
            keep(asked, "left", left, NULL);
            keep(asked, "right", right, NULL);
            keep(asked, "depth", NULL, depth);
            flecks[0] = count_flecks(asked, photo, left, "left_flecks");
            flecks[1] = count_flecks(asked, photo, right, "right_flecks");
        }
        spx_image_unref(left);
        spx_image_unref(right);
    }
    qsort(whole, (size_t)asked->runs, sizeof(whole[0]), spx_order_double);
    qsort(fill, (size_t)asked->runs, sizeof(fill[0]), spx_order_double);
    spx_comfort comfort;
    const spx_comfort_view view = { .strength_pct = asked->stereo.strength_pct,
                                    .convergence = asked->stereo.convergence,
                                    .hfov_deg = 60.0,
                                    .filled_share = stats.filled_share };
    spx_comfort_measure(depth, &view, &comfort);
    (void)printf(
        "%s: %ux%u at %.2f %%, %u threads: %.3f s (best %.3f), of it fill %.3f s; filled %.2f %%, "
        "flecks %zu %zu, peak %ld MB, %ld before; comfort %.0f, %s\n",
        asked->photo, photo->width, photo->height, asked->stereo.strength_pct,
        spx_pool_threads(task->pool), whole[asked->runs / 2], whole[0], fill[asked->runs / 2],
        100.0 * stats.filled_share, flecks[0], flecks[1], peak_mb(), before, comfort.score,
        comfort.advice);
}

static void read_strength(arguments *asked, const char *text)
{
    asked->automatic = strcmp(text, "auto") == 0;
    if (!asked->automatic)
        asked->stereo.strength_pct = strtod(text, NULL);
}

static arguments parse(int argc, char **argv)
{
    arguments asked = { .model = "models/spx-lite.safetensors",
                        .detail = SPX_DETAIL_NORMAL,
                        .runs = 5,
                        .stereo = { .strength_pct = 2.5, .convergence = 0.5 } };
    for (int i = 1; i < argc; i++) {
        const char *const value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--model") == 0)
            asked.model = value;
        else if (strcmp(argv[i], "--width") == 0)
            asked.width = (uint32_t)strtoul(value, NULL, 10);
        else if (strcmp(argv[i], "--strength") == 0)
            read_strength(&asked, value);
        else if (strcmp(argv[i], "--convergence") == 0)
            asked.stereo.convergence = strtod(value, NULL);
        else if (strcmp(argv[i], "--runs") == 0)
            asked.runs = (int)strtol(value, NULL, 10);
        else if (strcmp(argv[i], "--crops") == 0)
            asked.crops = value;
        else if (strcmp(argv[i], "--depth") == 0)
            asked.depth = value;
        else if (strcmp(argv[i], "--detail") == 0)
            asked.detail = strcmp(value, "fast") == 0
                               ? SPX_DETAIL_FAST
                               : (strcmp(value, "fine") == 0 ? SPX_DETAIL_FINE : SPX_DETAIL_NORMAL);
        else if (strcmp(argv[i], "--made") == 0) {
            asked.made = 1;
            continue;
        } else {
            if (asked.count < MAX_PHOTOS)
                asked.photos[asked.count++] = argv[i];
            continue;
        }
        i++;
    }
    if (asked.count == 0)
        asked.photos[asked.count++] = test_data_path("photos/boats.jpg");
    asked.runs = asked.runs < 1 ? 1 : (asked.runs > MAX_RUNS ? MAX_RUNS : asked.runs);
    return asked;
}

static void run_photo(arguments *asked, const char *path, const spx_task *task)
{
    asked->photo = path;
    spx_image *const photo = read_photo(path, asked->width, task);
    spx_plane *const depth = find_depth(asked, photo, task);
    if (asked->automatic) {
        spx_comfort_options options;
        spx_comfort_options_init(&options);
        spx_comfort_choose(depth, &options, &asked->stereo.strength_pct,
                           &asked->stereo.convergence);
    }
    run(asked, photo, depth, task);
    spx_plane_destroy(depth);
    spx_image_unref(photo);
}

static void run_made(arguments *asked, const spx_task *task)
{
    spx_image *images[3];
    asked->photo = asked->photos[0];
    for (int i = 0; i < 3; i++)
        images[i] = read_photo(asked->photos[i], 0, task);
    const size_t left = count_flecks(asked, images[0], images[1], "left_flecks");
    const size_t right = count_flecks(asked, images[0], images[2], "right_flecks");
    (void)printf("%s: flecks %zu %zu\n", asked->photo, left, right);
    for (int i = 0; i < 3; i++)
        spx_image_unref(images[i]);
}

int main(int argc, char **argv)
{
    arguments asked = parse(argc, argv);
    spx_pool *pool = NULL;
    must(spx_pool_create(&pool, 0, &diag));
    const spx_task task = { .pool = pool };
    if (asked.made && asked.count == 3) {
        run_made(&asked, &task);
    } else {
        for (int i = 0; i < asked.count; i++)
            run_photo(&asked, asked.photos[i], &task);
    }
    spx_pool_destroy(pool);
    return 0;
}
