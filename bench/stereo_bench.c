/*
 * How close made right eyes come to true ones.
 *
 *     stereo [--crops FOLDER] [--scenes COUNT]       the drawn scenes and the bundled real pair
 *            [--alone]                               without the rivals
 *     stereo LEFT RIGHT DISPARITY [--scale 256]      a rectified pair: PNG pictures, the left
 *                                                    picture's disparity as PFM or 16-bit PNG
 *     stereo FOLDER...                               pairs as Middlebury hands them out, or folders
 *                                                    of such
 *
 * Every pair is made by spx from the left eye and its disparity, and by the ways of rivals.h. Once
 * with the true disparity, once with it in whole pixels, once with one as blurred and misplaced as
 * networks give it, and real pairs once with the network's own depth of the left eye, fitted to the
 * true disparity by one scale and one shift (least squares). spx refines the last two to the
 * picture's edges first, as it does with every network's; the rivals take the disparity as it is.
 * There is no limit of strength.
 *
 * Scores: PSNR in dB and SSIM on all pixels, on holes (what the left eye does not show), and on
 * what both eyes show within 8 px of a step of disparity; there once more with every picture as
 * soft as the softest, because where things lie in the wrong place, soft pictures have the higher
 * PSNR; SIoU; left-right mismatch in % of what the true pair matches; grain; flecks
 * (measure_flecks()).
 */
#include "base/pool.h"
#include "bench_parts.h"
#include "image/image.h"
#include "pipeline/photo_depth.h"
#include "rivals.h"
#include "scene.h"
#include "stereo_measure.h"
#include "true_pair.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <vips/vips.h>

enum { SCENE_WIDTH = 512, SCENE_HEIGHT = 320, CHANNELS = 3, EDGE_PX = 8, WAYS = 6 };

/* Which disparity the eyes are made from. */
typedef enum truth {
    TRUTH_EXACT,
    TRUTH_WHOLE, /* in whole pixels */
    TRUTH_DEGRADED,
    TRUTH_OWN, /* the network's, fitted */
    TRUTHS,
} truth;

static const char *const TRUTH_NAMES[TRUTHS] = { "true", "whole", "degraded", "own" };

typedef struct pair {
    char name[64];
    spx_image *left;
    spx_image *right;
    spx_plane *disparity; /* of the left eye, px; NAN = unknown */
    spx_mask *holes;      /* of the right eye */
    spx_mask *edges;      /* of the right eye, without the holes */
    double most_px;       /* disparity of depth 1 */
    scene_background background;
} pair;

typedef struct scores {
    double psnr, ssim, hole_psnr, hole_ssim, edge_psnr, edge_ssim, even_psnr;
    double siou, mismatch, grain, flecks;
} scores;

static const char *const WAY_NAMES[WAYS] = { "spx",     "identity", "stretch",
                                             "inpaint", "forward",  "polyline" };

static void fatal(const char *what)
{
    (void)fprintf(stderr, "stereo: %s\n", what);
    exit(1);
}

/* ---- the ways ---- */

typedef spx_image *(*rival)(const spx_image *left, const spx_plane *disparity);

/* Depth times the disparity of depth 1. */
static spx_plane *in_pixels(const pair *self, const spx_plane *depth)
{
    spx_plane *out = NULL;
    if (spx_plane_create(&out, depth->width, depth->height, NULL) != SPX_OK)
        fatal("no memory");
    for (uint32_t y = 0; y < depth->height; y++) {
        for (uint32_t x = 0; x < depth->width; x++)
            spx_plane_row(out, y)[x] = spx_plane_row(depth, y)[x] * (float)self->most_px;
    }
    return out;
}

static spx_image *ours(const pair *self, const spx_plane *depth, int exact, spx_pool *pool)
{
    const spx_task task = { .pool = pool };
    spx_image *right = NULL;
    spx_diag diag = { 0 };
    if (bench_right_eye(&right, self->left, depth, self->most_px, exact, &task, &diag) != SPX_OK)
        fatal(diag.text);
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

static spx_plane *whole_depth(const pair *self, const spx_plane *exact)
{
    spx_plane *const whole = in_pixels(self, exact);
    for (uint32_t y = 0; y < whole->height; y++) {
        float *const row = spx_plane_row(whole, y);
        for (uint32_t x = 0; x < whole->width; x++)
            row[x] = fminf(roundf(row[x]) / (float)self->most_px, 1.0F);
    }
    return whole;
}

/* The network's map of the left eye, fitted to the true disparity; NULL without a network. */
static spx_plane *own_depth(const pair *self, spx_engine *engine)
{
    const spx_photo photo = { .image = self->left };
    const spx_depth_request request = { .detail = SPX_DETAIL_NORMAL };
    spx_photo_depth found = { .map = NULL };
    double w = 0.0;
    double sx = 0.0;
    double sy = 0.0;
    double sxx = 0.0;
    double sxy = 0.0;
    spx_diag diag = { 0 };
    if (spx_photo_depth_find(engine, &photo, &request, NULL, &found, &diag) != SPX_OK) {
        (void)fprintf(stderr, "stereo: %s\n", diag.text);
        return NULL;
    }
    for (uint32_t y = 0; y < self->left->height; y++) {
        for (uint32_t x = 0; x < self->left->width; x++) {
            const double known = spx_plane_row(self->disparity, y)[x];
            const double map = spx_plane_row(found.map, y)[x];
            if (!isfinite(known))
                continue;
            w += 1.0;
            sx += map;
            sy += known;
            sxx += map * map;
            sxy += map * known;
        }
    }
    const double spread = w * sxx - sx * sx;
    const double slope = spread > 0.0 ? (w * sxy - sx * sy) / spread : 0.0;
    const double offset = w > 0.0 ? (sy - slope * sx) / w : 0.0;
    for (uint32_t y = 0; y < self->left->height; y++) {
        float *const row = spx_plane_row(found.map, y);
        for (uint32_t x = 0; x < self->left->width; x++)
            row[x] = (float)fmin(1.0, fmax(0.0, (slope * (double)row[x] + offset) / self->most_px));
    }
    spx_plane *const map = found.map;
    found.map = NULL;
    spx_photo_depth_clear(&found);
    return map;
}

/* ---- scores ---- */

/* Each pixel of `out` the mean of it and its neighbours in the row, which have `weight` each. */
static void soften(spx_image *out, const spx_image *made, double weight)
{
    for (uint32_t y = 0; y < made->height; y++) {
        const uint8_t *const from = spx_image_row8(made, y);
        uint8_t *const to = spx_image_row8(out, y);
        for (uint32_t x = 0; x < made->width; x++) {
            const uint32_t left = x > 0 ? x - 1 : x;
            const uint32_t right = x + 1 < made->width ? x + 1 : x;
            for (size_t c = 0; c < CHANNELS; c++) {
                const double beside =
                    (double)from[CHANNELS * left + c] + from[CHANNELS * right + c];
                const double own = from[CHANNELS * x + c];
                to[CHANNELS * x + c] =
                    (uint8_t)lround((1.0 - 2.0 * weight) * own + weight * beside);
            }
        }
    }
}

/* PSNR at the edges of a picture that is softened until its gradient there is no more than `soft`,
 * or as far as three pixels' mean goes. */
static double even_psnr(const pair *self, const spx_image *made, double soft)
{
    enum { HALVINGS = 8 };
    double low = 0.0;
    double high = 1.0 / 3.0;
    spx_image *copy = NULL;
    if (spx_image_create(&copy, made->width, made->height, 8, NULL) != SPX_OK)
        fatal("no memory");
    for (int i = 0; i < HALVINGS; i++) {
        const double weight = (low + high) / 2.0;
        soften(copy, made, weight);
        if (measure_gradient(copy, self->edges) > soft) {
            low = weight;
        } else {
            high = weight;
        }
    }
    soften(copy, made, measure_gradient(made, self->edges) > soft ? high : 0.0);
    const double psnr = measure_psnr(copy, self->right, self->edges);
    spx_image_unref(copy);
    return psnr;
}

/* The gradient at the edges of the softest picture; the first eye itself does not count. */
static double softest(const pair *self, spx_image *const made[WAYS], int ways)
{
    double least = INFINITY;
    for (int way = 0; way < ways; way++) {
        if (way != 1)
            least = fmin(least, measure_gradient(made[way], self->edges));
    }
    return least;
}

static scores score(const pair *self, const spx_image *made, double soft)
{
    spx_image *const left = self->left;
    return (scores){
        .psnr = measure_psnr(made, self->right, NULL),
        .ssim = measure_ssim(made, self->right, NULL),
        .hole_psnr = measure_psnr(made, self->right, self->holes),
        .hole_ssim = measure_ssim(made, self->right, self->holes),
        .edge_psnr = measure_psnr(made, self->right, self->edges),
        .edge_ssim = measure_ssim(made, self->right, self->edges),
        .even_psnr = even_psnr(self, made, soft),
        .siou = measure_siou(left, made, self->right),
        .mismatch =
            100.0 * measure_mismatch(left, made, self->right, self->disparity, self->most_px),
        .grain = measure_gradient(made, self->holes) / measure_gradient(self->right, self->holes),
        .flecks = (double)measure_flecks(made, left, (uint32_t)ceil(self->most_px) + 1, NULL)
    };
}

static void print_scores(const char *name, const scores *s)
{
    (void)printf(
        "    %-9s %6.2f %6.4f | %6.2f %6.4f | %6.2f %6.4f %6.2f | %5.3f %6.2f %5.2f %6.1f\n", name,
        s->psnr, s->ssim, s->hole_psnr, s->hole_ssim, s->edge_psnr, s->edge_ssim, s->even_psnr,
        s->siou, s->mismatch, s->grain, s->flecks);
}

typedef struct mean {
    double sum[WAYS][sizeof(scores) / sizeof(double)];
    double count[WAYS][sizeof(scores) / sizeof(double)];
} mean;

typedef struct bench {
    spx_pool *pool;
    spx_engine *engine;
    const char *folder;    /* for pictures; NULL = none */
    int ways;              /* of WAY_NAMES: spx alone, or all */
    mean drawn[TRUTHS][4]; /* all scenes, and by background */
    mean hard[TRUTHS][4];
    mean real[TRUTHS][4];
    unsigned real_count;
} bench;

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

static void mean_print(const mean *self, int ways, const char *name)
{
    (void)printf("mean of %s\n", name);
    for (int way = 0; way < ways; way++) {
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
    (void)snprintf(path, sizeof(path), "%s/%.12s_%s.png", folder, self->name, what);
    write_png(image, path);
}

static void make_rivals(const pair *self, const spx_plane *px, spx_image *made[WAYS])
{
    static const rival rivals[WAYS] = {
        [2] = rival_stretch, [3] = rival_inpaint, [4] = rival_forward, [5] = rival_polylines
    };
    made[1] = spx_image_ref(self->left);
    for (int way = 2; way < WAYS; way++)
        made[way] = rivals[way](self->left, px);
}

static void run(const pair *self, truth from, bench *with, mean *means)
{
    spx_diag diag = { 0 };
    spx_plane *const exact = true_depth(self);
    spx_plane *depth = exact; /* what the rivals get */
    spx_plane *mine = exact;  /* what spx renders */
    if (from == TRUTH_DEGRADED) {
        if (bench_degraded_depth(&depth, exact, &diag) != SPX_OK ||
            bench_refined_depth(&mine, depth, self->left, &diag) != SPX_OK)
            fatal(diag.text);
    } else if (from == TRUTH_WHOLE) {
        depth = whole_depth(self, exact);
        mine = depth;
    } else if (from == TRUTH_OWN) {
        depth = own_depth(self, with->engine);
        mine = depth;
    }
    if (depth != NULL) {
        spx_plane *const px = in_pixels(self, depth);
        spx_image *made[WAYS] = { ours(self, mine, from <= TRUTH_WHOLE, with->pool) };
        if (with->ways == WAYS)
            make_rivals(self, px, made);
        const double soft = softest(self, made, with->ways);
        (void)printf("  %s, %s disparity\n", self->name, TRUTH_NAMES[from]);
        for (int way = 0; way < with->ways; way++) {
            const scores one = score(self, made[way], soft);
            char file[64];
            print_scores(WAY_NAMES[way], &one);
            mean_add(&means[0], way, &one);
            mean_add(&means[1 + self->background], way, &one);
            (void)snprintf(file, sizeof(file), "%s_%s", WAY_NAMES[way], TRUTH_NAMES[from]);
            keep(with->folder, self, file, made[way]);
            spx_image_unref(made[way]);
        }
        spx_plane_destroy(px);
    }
    if (from == TRUTH_EXACT)
        keep(with->folder, self, "right", self->right);
    if (mine != depth)
        spx_plane_destroy(mine);
    if (depth != exact)
        spx_plane_destroy(depth);
    spx_plane_destroy(exact);
}

/* ---- pairs ---- */

static void leave_out(const spx_mask *mask, const spx_mask *without)
{
    for (size_t i = 0; i < (size_t)mask->width * mask->height; i++)
        mask->values[i] = without->values[i] ? 0 : mask->values[i];
}

static pair drawn_pair(uint32_t number)
{
    pair self = { 0 };
    scene *const drawn = scene_create(number, SCENE_WIDTH, SCENE_HEIGHT);
    spx_plane *right_disparity = NULL;
    (void)snprintf(self.name, sizeof(self.name), "%s", scene_name(drawn));
    scene_render(drawn, 0.0, &self.left, &self.disparity, NULL);
    scene_render(drawn, -1.0, &self.right, &right_disparity, &self.holes);
    self.edges = measure_edge_band(right_disparity, EDGE_PX);
    leave_out(self.edges, self.holes);
    self.most_px = scene_disparity_px(drawn);
    self.background = scene_background_of(drawn);
    spx_plane_destroy(right_disparity);
    scene_destroy(drawn);
    return self;
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
    leave_out(self->edges, self->holes);
    spx_plane_destroy(disparity);
}

/* Takes over what was read. */
static pair real_pair(true_pair *read)
{
    pair self = { .left = read->left,
                  .right = read->right,
                  .disparity = read->disparity,
                  .background = SCENE_STRUCTURED };
    (void)snprintf(self.name, sizeof(self.name), "%s", read->name);
    *read = (true_pair){ .left = NULL };
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

static void run_all(pair *self, bench *with, mean means[TRUTHS][4])
{
    const int last = means == with->real ? TRUTH_OWN : TRUTH_DEGRADED;
    for (int from = 0; from <= last; from++)
        run(self, (truth)from, with, means[from]);
    pair_clear(self);
}

static void run_real(true_pair *read, bench *with)
{
    pair self = real_pair(read);
    run_all(&self, with, with->real);
    with->real_count++;
}

static void run_standard(bench *with, uint32_t scenes)
{
    true_pair motorcycle;
    for (uint32_t number = 0; number < scenes; number++) {
        pair self = drawn_pair(number);
        run_all(&self, with, number < SCENE_COUNT ? with->drawn : with->hard);
    }
    true_pair_bundled(&motorcycle);
    run_real(&motorcycle, with);
}

/* A pair, or a folder of pairs. */
static void run_folder(const char *folder, bench *with)
{
    true_pair read;
    if (true_pair_read_folder(&read, folder)) {
        run_real(&read, with);
        return;
    }
    DIR *const list = opendir(folder);
    if (list == NULL)
        fatal(folder);
    for (struct dirent *entry = readdir(list); entry != NULL; entry = readdir(list)) {
        char path[4096];
        (void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.' && true_pair_read_folder(&read, path))
            run_real(&read, with);
    }
    (void)closedir(list);
}

static void print_means(const bench *with, uint32_t scenes)
{
    static const char *const kinds[] = { "all scenes", "plain backgrounds",
                                         "structured backgrounds", "random backgrounds" };
    for (int from = 0; from < TRUTHS; from++) {
        (void)printf("\n%s disparity\n", TRUTH_NAMES[from]);
        for (int kind = 0; kind < 4 && scenes > 0 && from != TRUTH_OWN; kind++)
            mean_print(&with->drawn[from][kind], with->ways, kinds[kind]);
        if (scenes > SCENE_COUNT && from != TRUTH_OWN)
            mean_print(&with->hard[from][0], with->ways, "hard scenes");
        if (with->real_count > 1)
            mean_print(&with->real[from][0], with->ways, "all pairs");
    }
}

int main(int argc, char **argv)
{
    static bench with;
    const char *files[64] = { NULL };
    int count = 0;
    double scale = 256.0;
    uint32_t scenes = SCENE_COUNT + SCENE_HARD_COUNT;
    true_pair read;
    with.ways = WAYS;
    if (VIPS_INIT(argv[0]) != 0)
        return 1;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--crops") == 0 && i + 1 < argc)
            with.folder = argv[++i];
        else if (strcmp(argv[i], "--scale") == 0 && i + 1 < argc)
            scale = strtod(argv[++i], NULL);
        else if (strcmp(argv[i], "--scenes") == 0 && i + 1 < argc)
            scenes = (uint32_t)strtoul(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--alone") == 0)
            with.ways = 1;
        else if (count < 64)
            files[count++] = argv[i];
    }
    if (spx_pool_create(&with.pool, 0, NULL) != SPX_OK ||
        spx_engine_create(&with.engine, NULL, NULL) != SPX_OK)
        fatal("no memory");
    (void)printf("%-14s%6s %6s | %6s %6s | %6s %6s %6s | %5s %6s %5s %6s\n", "", "PSNR", "SSIM",
                 "hole", "", "edge", "", "even", "SIoU", "L-R %", "grain", "flecks");
    scenes = count == 0 ? scenes : 0;
    if (count == 0) {
        run_standard(&with, scenes);
    } else if (count == 3 && strchr(files[2], '.') != NULL && access(files[2], R_OK) == 0 &&
               true_pair_read(&read, files[0], files[1], files[2], scale)) {
        run_real(&read, &with);
    } else {
        for (int i = 0; i < count; i++)
            run_folder(files[i], &with);
    }
    print_means(&with, scenes);
    spx_engine_destroy(with.engine);
    spx_pool_destroy(with.pool);
    return 0;
}
