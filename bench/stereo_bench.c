/*
 * How close made right eyes come to true ones.
 *
 *     stereo [--crops FOLDER] [--scenes COUNT]       the drawn scenes and the bundled real pair
 *     stereo LEFT RIGHT DISPARITY [--scale 256]      a rectified pair: PNG pictures, the left
 *                                                    picture's disparity as PFM or 16-bit PNG
 *
 * Every pair is made by spx from the left eye and its disparity, and by three simple ways: the left
 * eye itself, stretching (each right pixel fetches from where its own depth says), and shifting
 * pixels to the nearest column with diffusion into the holes. Once with the true disparity, once
 * with one as blurred and misplaced as networks give it, which spx refines to the picture's edges
 * first, as it does with every network's.
 */
#include "test_files.h"

#include "base/clock.h"
#include "base/pool.h"
#include "depth/refine.h"
#include "image/image.h"
#include "image/pfm.h"
#include "image/plane_resample.h"
#include "pipeline/stereo.h"
#include "scene.h"
#include "stereo_measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

enum { SCENE_WIDTH = 512, SCENE_HEIGHT = 320, CHANNELS = 3, EDGE_PX = 8, WAYS = 4 };

typedef struct pair {
    char name[64];
    spx_image *left;
    spx_image *right;
    spx_plane *disparity; /* of the left eye, px; NAN = unknown */
    spx_mask *holes;      /* of the right eye */
    spx_mask *edges;      /* of the right eye */
    double most_px;       /* disparity of depth 1 */
    scene_background background;
} pair;

typedef struct scores {
    double psnr, ssim, hole_psnr, hole_ssim, edge_psnr, edge_ssim, siou, mismatch, grain;
} scores;

static const char *const WAY_NAMES[WAYS] = { "spx", "identity", "stretch", "shift" };

static void fatal(const char *what)
{
    (void)fprintf(stderr, "stereo: %s\n", what);
    exit(1);
}

/* ---- the simple ways ---- */

static spx_image *new_like(const spx_image *image)
{
    spx_image *made = NULL;
    if (spx_image_create(&made, image->width, image->height, 8, NULL) != SPX_OK)
        fatal("no memory");
    return made;
}

static double depth_px(const pair *self, const spx_plane *depth, uint32_t x, uint32_t y)
{
    return (double)spx_plane_row(depth, y)[x] * self->most_px;
}

static spx_image *stretch(const pair *self, const spx_plane *depth)
{
    spx_image *const made = new_like(self->left);
    for (uint32_t y = 0; y < made->height; y++) {
        const uint8_t *const from = spx_image_row8(self->left, y);
        for (uint32_t x = 0; x < made->width; x++) {
            const double at = fmin(made->width - 1.0, x + depth_px(self, depth, x, y));
            const uint32_t first = (uint32_t)at;
            const uint32_t second = first + 1 < made->width ? first + 1 : first;
            for (size_t c = 0; c < CHANNELS; c++) {
                const double a = from[(size_t)CHANNELS * first + c];
                const double b = from[(size_t)CHANNELS * second + c];
                spx_image_row8(made, y)[(size_t)CHANNELS * x + c] =
                    (uint8_t)(a + (b - a) * (at - first) + 0.5);
            }
        }
    }
    return made;
}

/* Each hole pixel becomes the mean of its neighbours, until nothing moves any more. */
static void diffuse(const spx_image *image, const spx_mask *holes)
{
    enum { SWEEPS = 300 };
    float *const work = calloc((size_t)image->width * image->height, sizeof(*work));
    if (work == NULL)
        fatal("no memory");
    for (size_t c = 0; c < CHANNELS; c++) {
        for (uint32_t y = 0; y < image->height; y++) {
            for (uint32_t x = 0; x < image->width; x++)
                work[(size_t)y * image->width + x] =
                    spx_image_row8(image, y)[(size_t)CHANNELS * x + c];
        }
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            for (uint32_t y = 0; y < image->height; y++) {
                for (uint32_t x = 0; x < image->width; x++) {
                    if (!spx_mask_row(holes, y)[x])
                        continue;
                    float *const at = work + (size_t)y * image->width + x;
                    const float left = x > 0 ? at[-1] : at[1];
                    const float right = x + 1 < image->width ? at[1] : at[-1];
                    const float above = y > 0 ? *(at - image->width) : at[image->width];
                    const float below =
                        y + 1 < image->height ? at[image->width] : *(at - image->width);
                    *at = (left + right + above + below) / 4.0F;
                }
            }
        }
        for (uint32_t y = 0; y < image->height; y++) {
            for (uint32_t x = 0; x < image->width; x++)
                spx_image_row8(image, y)[(size_t)CHANNELS * x + c] =
                    (uint8_t)(work[(size_t)y * image->width + x] + 0.5F);
        }
    }
    free(work);
}

static spx_image *shift(const pair *self, const spx_plane *depth)
{
    spx_image *const made = new_like(self->left);
    spx_mask *holes = NULL;
    if (spx_mask_create(&holes, made->width, made->height, NULL) != SPX_OK)
        fatal("no memory");
    memset(holes->values, 1, (size_t)holes->width * holes->height);
    memset(made->pixels, 0, made->stride_bytes * made->height);
    float *const nearest = malloc(made->width * sizeof(*nearest));
    for (uint32_t y = 0; y < made->height; y++) {
        for (uint32_t x = 0; x < made->width; x++)
            nearest[x] = -1.0F;
        for (uint32_t x = 0; x < made->width; x++) {
            const long to = lround(x - depth_px(self, depth, x, y));
            if (to < 0 || to >= (long)made->width || spx_plane_row(depth, y)[x] <= nearest[to])
                continue;
            nearest[to] = spx_plane_row(depth, y)[x];
            memcpy(spx_image_row8(made, y) + (size_t)CHANNELS * (size_t)to,
                   spx_image_row8(self->left, y) + (size_t)CHANNELS * x, CHANNELS);
            spx_mask_row(holes, y)[to] = 0;
        }
    }
    diffuse(made, holes);
    free(nearest);
    spx_mask_destroy(holes);
    return made;
}

static spx_image *ours(const pair *self, const spx_plane *depth, spx_pool *pool)
{
    const spx_stereo_options options = { .strength_pct = 100.0 * self->most_px / self->left->width,
                                         .views = SPX_VIEWS_RIGHT };
    const spx_task task = { .pool = pool };
    spx_image *left = NULL;
    spx_image *right = NULL;
    spx_stereo_stats stats;
    spx_diag diag = { 0 };
    if (spx_stereo_render(self->left, depth, &options, &task, &left, &right, &stats, &diag) !=
        SPX_OK)
        fatal(diag.text);
    spx_image_unref(left);
    return right;
}

/* ---- depth ---- */

/* Unknown pixels take the farther of their neighbours in the row. */
static spx_plane *true_depth(const pair *self)
{
    spx_plane *depth = NULL;
    if (spx_plane_create(&depth, self->left->width, self->left->height, NULL) != SPX_OK)
        fatal("no memory");
    for (uint32_t y = 0; y < depth->height; y++) {
        const float *const from = spx_plane_row(self->disparity, y);
        float *const to = spx_plane_row(depth, y);
        for (uint32_t x = 0; x < depth->width; x++) {
            float value = from[x];
            if (!isfinite(value)) {
                uint32_t next = x;
                while (next < depth->width && !isfinite(from[next]))
                    next++;
                const float right = next < depth->width ? from[next] : INFINITY;
                const float left = x > 0 ? to[x - 1] * (float)self->most_px : INFINITY;
                value = fminf(left, right);
                value = isfinite(value) ? value : 0.0F;
            }
            to[x] = value / (float)self->most_px;
        }
    }
    return depth;
}

/* A quarter of the size, a box of 9 pixels there, 3 pixels off. */
static spx_plane *degraded_depth(const spx_plane *depth)
{
    enum { QUARTER = 4, BOX = 4, OFF = 3 };
    spx_plane *small = NULL;
    spx_plane *blurred = NULL;
    spx_plane *large = NULL;
    const uint32_t width = (depth->width + QUARTER - 1) / QUARTER;
    const uint32_t height = (depth->height + QUARTER - 1) / QUARTER;
    if (spx_plane_resample(&small, depth, width, height, NULL) != SPX_OK ||
        spx_plane_create(&blurred, width, height, NULL) != SPX_OK)
        fatal("no memory");
    for (int32_t y = 0; y < (int32_t)height; y++) {
        for (int32_t x = 0; x < (int32_t)width; x++) {
            float sum = 0.0F;
            float count = 0.0F;
            for (int32_t v = y - BOX < 0 ? 0 : y - BOX; v <= y + BOX && v < (int32_t)height; v++) {
                for (int32_t u = x - BOX < 0 ? 0 : x - BOX; u <= x + BOX && u < (int32_t)width;
                     u++, count += 1.0F)
                    sum += spx_plane_row(small, (uint32_t)v)[u];
            }
            spx_plane_row(blurred, (uint32_t)y)[x] = sum / count;
        }
    }
    if (spx_plane_resample(&large, blurred, depth->width, depth->height, NULL) != SPX_OK)
        fatal("no memory");
    for (uint32_t y = 0; y < large->height; y++) {
        float *const row = spx_plane_row(large, y);
        for (uint32_t x = large->width - 1; x >= OFF && x < large->width; x--)
            row[x] = row[x - OFF];
    }
    spx_plane_destroy(small);
    spx_plane_destroy(blurred);
    return large;
}

/* What spx does with a map from a network before it renders: the quarter-size map, refined. */
static spx_plane *refined_depth(const pair *self, const spx_plane *degraded)
{
    enum { QUARTER = 4 };
    spx_plane *small = NULL;
    spx_plane *refined = NULL;
    if (spx_plane_resample(&small, degraded, (degraded->width + QUARTER - 1) / QUARTER,
                           (degraded->height + QUARTER - 1) / QUARTER, NULL) != SPX_OK ||
        spx_depth_refine(small, self->left, NULL, &refined, NULL) != SPX_OK)
        fatal("no memory");
    spx_plane_destroy(small);
    return refined;
}

/* ---- scores ---- */

static scores score(const pair *self, const spx_image *made)
{
    spx_image *const left = self->left;
    return (scores){
        .psnr = measure_psnr(made, self->right, NULL),
        .ssim = measure_ssim(made, self->right, NULL),
        .hole_psnr = measure_psnr(made, self->right, self->holes),
        .hole_ssim = measure_ssim(made, self->right, self->holes),
        .edge_psnr = measure_psnr(made, self->right, self->edges),
        .edge_ssim = measure_ssim(made, self->right, self->edges),
        .siou = measure_siou(left, made, self->right),
        .mismatch = 100.0 * measure_mismatch(left, made, self->disparity, self->most_px),
        .grain = measure_gradient(made, self->holes) / measure_gradient(self->right, self->holes)
    };
}

static void print_scores(const char *name, const scores *s)
{
    (void)printf("    %-9s %6.2f %6.4f | %6.2f %6.4f | %6.2f %6.4f | %5.3f %6.2f %5.2f\n", name,
                 s->psnr, s->ssim, s->hole_psnr, s->hole_ssim, s->edge_psnr, s->edge_ssim, s->siou,
                 s->mismatch, s->grain);
}

typedef struct mean {
    double sum[WAYS][sizeof(scores) / sizeof(double)];
    double count[WAYS][sizeof(scores) / sizeof(double)];
} mean;

static void mean_add(mean *self, int way, const scores *one)
{
    double values[sizeof(scores) / sizeof(double)];
    memcpy(values, one, sizeof(values));
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        if (isfinite(values[i])) {
            self->sum[way][i] += values[i];
            self->count[way][i] += 1.0;
        }
    }
}

static void mean_print(const mean *self, const char *name)
{
    (void)printf("mean of %s\n", name);
    for (int way = 0; way < WAYS; way++) {
        double values[sizeof(scores) / sizeof(double)];
        scores one;
        for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
            values[i] = self->sum[way][i] / self->count[way][i];
        memcpy(&one, values, sizeof(one));
        print_scores(WAY_NAMES[way], &one);
    }
}

static void write_png(const spx_image *image, const char *path)
{
    uint8_t *const packed = malloc((size_t)CHANNELS * image->width * image->height);
    for (uint32_t y = 0; y < image->height; y++)
        memcpy(packed + (size_t)CHANNELS * image->width * y, spx_image_row8(image, y),
               (size_t)CHANNELS * image->width);
    VipsImage *const out = vips_image_new_from_memory(
        packed, (size_t)CHANNELS * image->width * image->height, (int)image->width,
        (int)image->height, CHANNELS, VIPS_FORMAT_UCHAR);
    if (vips_pngsave(out, path, "compression", 1, NULL) != 0)
        fatal(vips_error_buffer());
    g_object_unref(out);
    free(packed);
}

static void keep(const char *folder, const pair *self, const char *what, const spx_image *image)
{
    char path[512];
    if (folder == NULL)
        return;
    (void)snprintf(path, sizeof(path), "%s/%.2s_%s.png", folder, self->name, what);
    write_png(image, path);
}

static void run(const pair *self, int degraded, spx_pool *pool, const char *folder, mean *means)
{
    spx_plane *const exact = true_depth(self);
    spx_plane *const depth = degraded ? degraded_depth(exact) : exact;
    spx_plane *const own = degraded ? refined_depth(self, depth) : depth;
    spx_image *const made[WAYS] = { ours(self, own, pool), spx_image_ref(self->left),
                                    stretch(self, depth), shift(self, depth) };
    (void)printf("  %s%s\n", self->name, degraded ? ", degraded disparity" : "");
    for (int way = 0; way < WAYS; way++) {
        const scores one = score(self, made[way]);
        print_scores(WAY_NAMES[way], &one);
        mean_add(&means[0], way, &one);
        mean_add(&means[1 + self->background], way, &one);
    }
    keep(folder, self, degraded ? "spx_degraded" : "spx", made[0]);
    keep(folder, self, degraded ? "shift_degraded" : "shift", made[3]);
    if (!degraded) {
        keep(folder, self, "left", self->left);
        keep(folder, self, "true", self->right);
    }
    for (int way = 0; way < WAYS; way++)
        spx_image_unref(made[way]);
    if (degraded) {
        spx_plane_destroy(own);
        spx_plane_destroy(depth);
    }
    spx_plane_destroy(exact);
}

/* ---- pairs ---- */

static pair drawn_pair(uint32_t number)
{
    pair self = { 0 };
    scene *const drawn = scene_create(number, SCENE_WIDTH, SCENE_HEIGHT);
    spx_plane *right_disparity = NULL;
    (void)snprintf(self.name, sizeof(self.name), "%s", scene_name(drawn));
    scene_render(drawn, 0.0, &self.left, &self.disparity, NULL);
    scene_render(drawn, -1.0, &self.right, &right_disparity, &self.holes);
    self.edges = measure_edge_band(right_disparity, EDGE_PX);
    self.most_px = scene_disparity_px(drawn);
    self.background = scene_background_of(drawn);
    spx_plane_destroy(right_disparity);
    scene_destroy(drawn);
    return self;
}

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
    const uint32_t height = (uint32_t)vips_image_get_height(colour);
    const size_t bands = (size_t)vips_image_get_bands(colour);
    if (bytes == NULL || bands < CHANNELS ||
        spx_image_create(&image, width, height, 8, NULL) != SPX_OK)
        fatal("cannot read a picture");
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++)
            memcpy(spx_image_row8(image, y) + (size_t)CHANNELS * x,
                   bytes + ((size_t)y * width + x) * bands, CHANNELS);
    }
    g_free(bytes);
    g_object_unref(colour);
    g_object_unref(file);
    return image;
}

static spx_plane *read_disparity(const char *path, double scale)
{
    VipsImage *const file = vips_image_new_from_file(path, NULL);
    VipsImage *number = NULL;
    spx_plane *plane = NULL;
    size_t size = 0;
    if (file == NULL || vips_cast(file, &number, VIPS_FORMAT_FLOAT, NULL) != 0)
        fatal(vips_error_buffer());
    float *const values = vips_image_write_to_memory(number, &size);
    const size_t bands = (size_t)vips_image_get_bands(number);
    if (values == NULL || spx_plane_create(&plane, (uint32_t)vips_image_get_width(number),
                                           (uint32_t)vips_image_get_height(number), NULL) != SPX_OK)
        fatal("cannot read the disparity");
    for (uint32_t y = 0; y < plane->height; y++) {
        for (uint32_t x = 0; x < plane->width; x++) {
            const float value = values[((size_t)y * plane->width + x) * bands];
            spx_plane_row(plane, y)[x] =
                value > 0.0F && isfinite(value) ? value / (float)scale : NAN;
        }
    }
    g_free(values);
    g_object_unref(number);
    g_object_unref(file);
    return plane;
}

/* Right pixels that no left pixel comes to, and the disparity at the others. */
static void find_right_side(pair *self)
{
    spx_plane *disparity = NULL;
    const uint32_t width = self->left->width;
    if (spx_mask_create(&self->holes, width, self->left->height, NULL) != SPX_OK ||
        spx_plane_create(&disparity, width, self->left->height, NULL) != SPX_OK)
        fatal("no memory");
    memset(self->holes->values, 1, (size_t)width * self->left->height);
    for (uint32_t y = 0; y < self->left->height; y++) {
        float *const to = spx_plane_row(disparity, y);
        for (uint32_t x = 0; x < width; x++)
            to[x] = NAN;
        const float *const from = spx_plane_row(self->disparity, y);
        for (uint32_t x = 0; x + 1 < width; x++) {
            const double here = (double)x - from[x];
            const double next = x + 1.0 - from[x + 1];
            if (!(fabs(next - here - 1.0) < 1.0))
                continue; /* unknown, or a step */
            for (long t = lround(ceil(here)); t <= lround(floor(next)); t++) {
                if (t < 0 || t >= (long)width)
                    continue;
                spx_mask_row(self->holes, y)[t] = 0;
                if (!(to[t] > from[x]))
                    to[t] = from[x];
            }
        }
    }
    self->edges = measure_edge_band(disparity, EDGE_PX);
    spx_plane_destroy(disparity);
}

static pair real_pair(const char *left, const char *right, const char *disparity, double scale)
{
    pair self = { .name = "real pair", .background = SCENE_STRUCTURED };
    self.left = read_picture(left);
    self.right = read_picture(right);
    self.disparity = read_disparity(disparity, scale);
    if (self.left->width != self.right->width || self.left->height != self.right->height ||
        self.left->width != self.disparity->width || self.left->height != self.disparity->height)
        fatal("the two pictures and the disparity must have one size");
    for (uint32_t y = 0; y < self.left->height; y++) {
        for (uint32_t x = 0; x < self.left->width; x++) {
            const double here = spx_plane_row(self.disparity, y)[x];
            self.most_px = isfinite(here) ? fmax(self.most_px, here) : self.most_px;
        }
    }
    find_right_side(&self);
    return self;
}

static void pair_clear(pair *self)
{
    spx_image_unref(self->left);
    spx_image_unref(self->right);
    spx_plane_destroy(self->disparity);
    spx_mask_destroy(self->holes);
    spx_mask_destroy(self->edges);
}

static void run_both(pair *self, spx_pool *pool, const char *folder, mean means[2][4])
{
    run(self, 0, pool, folder, means[0]);
    run(self, 1, pool, folder, means[1]);
    pair_clear(self);
}

static void run_standard(spx_pool *pool, const char *folder, uint32_t scenes)
{
    static mean means[2][4];
    static mean real[2][4];
    static const char *const kinds[] = { "all scenes", "plain backgrounds",
                                         "structured backgrounds", "random backgrounds" };
    for (uint32_t number = 0; number < scenes; number++) {
        pair self = drawn_pair(number);
        run_both(&self, pool, folder, means);
    }
    char left[512];
    char right[512];
    (void)snprintf(left, sizeof(left), "%s", test_data_path("photos/motorcycle_left.png"));
    (void)snprintf(right, sizeof(right), "%s", test_data_path("photos/motorcycle_right.png"));
    pair motorcycle =
        real_pair(left, right, test_data_path("photos/motorcycle_disparity.png"), 256.0);
    run_both(&motorcycle, pool, folder, real);
    for (int degraded = 0; degraded < 2; degraded++) {
        (void)printf("\n%s disparity\n", degraded ? "DEGRADED" : "TRUE");
        for (int kind = 0; kind < 4; kind++)
            mean_print(&means[degraded][kind], kinds[kind]);
    }
}

int main(int argc, char **argv)
{
    const char *folder = NULL;
    const char *files[3] = { NULL };
    int count = 0;
    double scale = 256.0;
    uint32_t scenes = SCENE_COUNT;
    if (VIPS_INIT(argv[0]) != 0)
        return 1;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--crops") == 0 && i + 1 < argc)
            folder = argv[++i];
        else if (strcmp(argv[i], "--scale") == 0 && i + 1 < argc)
            scale = strtod(argv[++i], NULL);
        else if (strcmp(argv[i], "--scenes") == 0 && i + 1 < argc)
            scenes = (uint32_t)strtoul(argv[++i], NULL, 10);
        else if (count < 3)
            files[count++] = argv[i];
    }
    spx_pool *pool = NULL;
    if (spx_pool_create(&pool, 0, NULL) != SPX_OK)
        fatal("no memory");
    (void)printf("%-14s%6s %6s | %6s %6s | %6s %6s | %5s %6s %5s\n", "", "PSNR", "SSIM", "hole", "",
                 "edge", "", "SIoU", "L-R %", "grain");
    if (count == 3) {
        static mean means[2][4];
        pair self = real_pair(files[0], files[1], files[2], scale);
        run_both(&self, pool, folder, means);
    } else if (count == 0) {
        run_standard(pool, folder, scenes);
    } else {
        fatal("usage: stereo [--crops FOLDER] | stereo LEFT RIGHT DISPARITY [--scale 256]");
    }
    spx_pool_destroy(pool);
    return 0;
}
