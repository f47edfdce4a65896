/*
 * How good and how fast borders are.
 *
 *     outpaint PHOTO... [--write FOLDER]    drawn scenes and these photos, 700 pixels of each
 *     outpaint --local PHOTO... [--write FOLDER]    the local engine alone, on the same photos:
 *                                           means of three seeds, sharpness of each side
 *     outpaint --speed PHOTO                the photo enlarged to 12 and 50 megapixels, 20 % more
 *
 * Of each photo the middle is given and the border around it (20 % on each side) painted by the
 * local engine, by mirroring and by smooth continuation; the truth is what the photo had there.
 */
#include "base/clock.h"
#include "base/file.h"
#include "base/pool.h"
#include "bench_parts.h"
#include "codec/image_write.h"
#include "image/image.h"
#include "image/resize.h"
#include "outpaint/extend.h"
#include "outpaint/local_engine.h"
#include "outpaint_measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { LONG_SIDE_PX = 980, DRAWN_PX = 560, WAYS = 4 };

static const char *const way_names[WAYS] = { "truth", "local", "mirror", "smooth" };

static void fatal(const char *what, const spx_diag *diag)
{
    (void)fprintf(stderr, "outpaint: %s: %s\n", what, diag->text);
    exit(1);
}

static spx_image *read_photo(const char *path)
{
    spx_diag diag = { 0 };
    spx_image *image = NULL;
    if (bench_read_photo(&image, path, NULL, &diag) != SPX_OK)
        fatal(path, &diag);
    return image;
}

static spx_image *new_image(uint32_t width, uint32_t height)
{
    spx_diag diag = { 0 };
    spx_image *image = NULL;
    if (spx_image_create(&image, width, height, 8, &diag) != SPX_OK)
        fatal("picture", &diag);
    return image;
}

static uint32_t random_number(uint32_t *state)
{
    *state = *state * 1664525U + 1013904223U;
    return *state >> 8;
}

typedef void paint_fn(uint32_t x, uint32_t y, uint32_t rough, int colour[3]);

/** The same number for the same place. */
static int mixed(uint32_t a, uint32_t b, uint32_t range)
{
    uint32_t h = a * 374761393U + b * 668265263U;
    h = (h ^ h >> 13) * 1274126177U;
    return (int)((h ^ h >> 16) % range);
}

static void paint(int colour[3], int red, int green, int blue)
{
    colour[0] = red;
    colour[1] = green;
    colour[2] = blue;
}

/** A bright sky above dark, rough ground. */
static void paint_scene(uint32_t x, uint32_t y, uint32_t rough, int colour[3])
{
    const double horizon = DRAWN_PX * 0.6 + 9.0 * sin(x * 0.04);
    for (int c = 0; c < 3; c++)
        colour[c] = y > horizon ? 60 + 15 * c + (int)(rough % 60)
                                : 120 + 30 * c + (int)(40 * y / DRAWN_PX + rough % 3);
}

/** Bricks of different tints, half of one moved from course to course. */
static void paint_bricks(uint32_t x, uint32_t y, uint32_t rough, int colour[3])
{
    const uint32_t course = y / 22;
    const uint32_t along = x + course % 2 * 26;
    const int tint = mixed(along / 52, course, 40) + (int)(rough % 12);
    if (y % 22 < 4 || along % 52 < 4)
        paint(colour, 185, 180, 170);
    else
        paint(colour, 130 + tint, 60 + tint / 2, 50);
}

/** Windows in a plastered wall, some of them with curtains. */
static void paint_facade(uint32_t x, uint32_t y, uint32_t rough, int colour[3])
{
    const uint32_t across = x % 84;
    const uint32_t down = y % 112;
    const int grain = (int)(rough % 8);
    const int curtain = mixed(x / 84, y / 112, 60);
    if (down >= 100)
        paint(colour, 150 + grain, 120 + grain, 100 + grain); /* a ledge */
    else if (across < 24 || across >= 72 || down < 20 || down >= 88)
        paint(colour, 214 + grain, 196 + grain, 160 + grain);
    else if (across < 28 || across >= 68 || down < 24 || down >= 84 || across == 47 || across == 48)
        paint(colour, 240, 240, 235);
    else
        paint(colour, 40 + curtain + grain, 50 + curtain + grain, 66 + grain);
}

/** White pickets before a meadow, sky above. */
static void paint_fence(uint32_t x, uint32_t y, uint32_t rough, int colour[3])
{
    const uint32_t across = x % 38;
    const int32_t tip = 200 + (int32_t)(across < 10 ? 10 - across : across - 10);
    const int grain = (int)(rough % 10);
    if (across < 20 && y > (uint32_t)tip && y < 430)
        paint(colour, 225 + grain, 222 + grain, 215 + grain);
    else if ((y > 260 && y < 276) || (y > 370 && y < 386))
        paint(colour, 190 + grain, 186 + grain, 178 + grain);
    else if (y > 240)
        paint(colour, 50 + (int)(rough % 50), 110 + (int)(rough % 70), 40);
    else
        paint(colour, 130 + (int)y / 6, 170 + (int)y / 8, 230);
}

static spx_image *draw(paint_fn *paint_pixel)
{
    spx_image *const image = new_image(DRAWN_PX, DRAWN_PX);
    uint32_t state = 1;
    for (uint32_t y = 0; y < DRAWN_PX; y++) {
        for (uint32_t x = 0; x < DRAWN_PX; x++) {
            uint8_t *const pixel = spx_image_row8(image, y) + (size_t)3 * x;
            int colour[3];
            paint_pixel(x, y, random_number(&state), colour);
            for (int c = 0; c < 3; c++)
                pixel[c] = (uint8_t)(colour[c] > UINT8_MAX ? UINT8_MAX : colour[c]);
        }
    }
    return image;
}

static void write_picture(const char *folder, const char *name, const char *way,
                          const spx_image *image)
{
    char path[512];
    spx_bytes file = { 0 };
    spx_diag diag = { 0 };
    const char *const slash = strrchr(name, '/');
    (void)snprintf(path, sizeof(path), "%s/%s.%s.png", folder, slash == NULL ? name : slash + 1,
                   way);
    if (spx_image_write(&file, image, SPX_IMAGE_TYPE_PNG, 100, NULL, NULL, &diag) != SPX_OK ||
        spx_file_write(path, file.data, file.size, &diag) != SPX_OK)
        fatal(path, &diag);
    spx_bytes_clear(&file);
}

/** A photo to be grown, and what the engine is told of it. */
typedef struct sample {
    spx_image *truth;
    spx_image *photo;
    spx_plane *depth;
    spx_frame frame;
} sample;

static sample sample_of(const char *name, spx_image *truth, const spx_task *task)
{
    sample self = { .truth = truth, .frame = bench_middle(truth) };
    spx_diag diag = { 0 };
    if (bench_cut(&self.photo, truth, &self.frame, &diag) != SPX_OK ||
        bench_rough_depth(&self.depth, self.photo, task, &diag) != SPX_OK)
        fatal(name, &diag);
    return self;
}

static void sample_clear(sample *self)
{
    spx_image_unref(self->photo);
    spx_plane_destroy(self->depth);
}

static spx_status grow(const sample *self, uint64_t seed, const spx_task *task, spx_image **out,
                       spx_diag *diag)
{
    const spx_local_job job = {
        .photo = self->photo, .depth = self->depth, .frame = &self->frame, .seed = seed
    };
    return spx_outpaint_local(&job, task, out, diag);
}

static void compare(const char *name, spx_image *truth, const char *folder, const spx_task *task)
{
    sample one = sample_of(name, truth, task);
    spx_image *pictures[WAYS] = { spx_image_ref(truth) };
    spx_diag diag = { 0 };
    const double start_s = spx_clock_s();
    spx_status status = grow(&one, 1, task, &pictures[1], &diag);
    const double seconds = spx_clock_s() - start_s;
    if (status == SPX_OK)
        status = spx_extend_mirror(one.photo, &one.frame, task, &pictures[2], &diag);
    if (status == SPX_OK)
        status = spx_extend_smooth(one.photo, &one.frame, 1, task, &pictures[3], &diag);
    if (status != SPX_OK)
        fatal(name, &diag);
    (void)printf("%s, %ux%u, local engine %.2f s\n", name, truth->width, truth->height, seconds);
    for (int way = 0; way < WAYS; way++) {
        const outpaint_scores scores = outpaint_measure(pictures[way], &one.frame);
        (void)printf("  %-7s features %5.1f  seam %5.2f  repetition %4.2f  sharpness %+5.2f\n",
                     way_names[way], outpaint_feature_distance(pictures[way], truth, &one.frame),
                     scores.seam, scores.repetition, scores.sharpness);
        if (folder != NULL)
            write_picture(folder, name, way_names[way], pictures[way]);
        spx_image_unref(pictures[way]);
    }
    sample_clear(&one);
}

/* ---- the local engine, by seeds and sides ---- */

static void print_sides(const char *what, const double sides[OUTPAINT_SIDES], double worst)
{
    (void)printf("  %-6s sharpness: left %+5.2f  top %+5.2f  right %+5.2f  bottom %+5.2f  worst "
                 "%+5.2f\n",
                 what, sides[0], sides[1], sides[2], sides[3], worst);
}

static void judge_local(const char *name, spx_image *truth, const char *folder,
                        const spx_task *task)
{
    enum { SEEDS = 3 };
    sample one = sample_of(name, truth, task);
    double sides[OUTPAINT_SIDES];
    double means[OUTPAINT_SIDES] = { 0.0 };
    double worst = 0.0;
    double features = 0.0;
    double seam = 0.0;
    (void)printf("%s, %ux%u\n", name, truth->width, truth->height);
    print_sides("truth", sides, outpaint_sharpness(truth, &one.frame, sides));
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        spx_image *out = NULL;
        spx_diag diag = { 0 };
        if (grow(&one, seed, task, &out, &diag) != SPX_OK)
            fatal(name, &diag);
        worst += outpaint_sharpness(out, &one.frame, sides) / SEEDS;
        features += outpaint_feature_distance(out, truth, &one.frame) / SEEDS;
        seam += outpaint_seam_above(out, truth, &one.frame) / SEEDS;
        for (size_t k = 0; k < OUTPAINT_SIDES; k++)
            means[k] += sides[k] / SEEDS;
        if (folder != NULL && seed == 1)
            write_picture(folder, name, way_names[1], out);
        spx_image_unref(out);
    }
    print_sides("local", means, worst);
    (void)printf("  %-6s features %.1f  seam %+.2f above the truth's\n", "", features, seam);
    (void)fflush(stdout);
    sample_clear(&one);
}

/* ---- speed ---- */

/** Bilinear, with a little grain, so that the finest level has something to match. */
static spx_image *enlarge(const spx_image *image, uint32_t width, uint32_t height)
{
    spx_image *const out = new_image(width, height);
    uint32_t state = 1;
    for (uint32_t y = 0; y < height; y++) {
        const double at_y = (double)y * (image->height - 1) / height;
        const uint8_t *const upper = spx_image_row8(image, (uint32_t)at_y);
        const uint8_t *const lower = spx_image_row8(image, (uint32_t)at_y + 1);
        for (uint32_t x = 0; x < width; x++) {
            const double at_x = (double)x * (image->width - 1) / width;
            const size_t left = 3 * (size_t)at_x;
            const double part_x = at_x - floor(at_x);
            const double part_y = at_y - floor(at_y);
            for (size_t c = 0; c < 3; c++) {
                const double above =
                    upper[left + c] + part_x * (upper[left + 3 + c] - upper[left + c]);
                const double below =
                    lower[left + c] + part_x * (lower[left + 3 + c] - lower[left + c]);
                const double grain = random_number(&state) % 7 - 3.0;
                spx_image_row8(out, y)[3 * (size_t)x + c] =
                    (uint8_t)fmin(fmax(above + part_y * (below - above) + grain, 0.0), UINT8_MAX);
            }
        }
    }
    return out;
}

static void time_sizes(const char *path, const spx_task *task)
{
    static const uint32_t sizes[][2] = { { 4000, 3000 }, { 8160, 6120 } };
    spx_image *const image = read_photo(path);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        spx_image *const photo = enlarge(image, sizes[i][0], sizes[i][1]);
        spx_image *out = NULL;
        spx_outpaint_options options;
        spx_frame frame;
        spx_diag diag = { 0 };
        spx_outpaint_options_init(&options);
        const double start_s = spx_clock_s();
        if (spx_outpaint_frame(&frame, &options, photo->width, photo->height, NULL, &diag) !=
                SPX_OK ||
            spx_outpaint_local(
                &(spx_local_job){ .photo = photo, .depth = NULL, .frame = &frame, .seed = 1 }, task,
                &out, &diag) != SPX_OK)
            fatal(path, &diag);
        struct rusage usage;
        (void)getrusage(RUSAGE_SELF, &usage);
        (void)printf("%ux%u to %ux%u: %.1f s on %u threads, %ld MB at most so far\n", photo->width,
                     photo->height, out->width, out->height, spx_clock_s() - start_s,
                     spx_pool_threads(task->pool), usage.ru_maxrss / 1024);
        spx_image_unref(out);
        spx_image_unref(photo);
    }
    spx_image_unref(image);
}

static const struct {
    const char *name;
    paint_fn *paint;
} scenes[] = {
    { "drawn", paint_scene },
    { "bricks", paint_bricks },
    { "facade", paint_facade },
    { "fence", paint_fence },
};

int main(int argc, char **argv)
{
    const char *folder = NULL;
    spx_pool *pool = NULL;
    spx_diag diag = { 0 };
    if (spx_pool_create(&pool, 0, &diag) != SPX_OK)
        fatal("threads", &diag);
    const spx_task task = { .pool = pool };
    if (argc == 3 && strcmp(argv[1], "--speed") == 0) {
        time_sizes(argv[2], &task);
        spx_pool_destroy(pool);
        return 0;
    }
    if (argc >= 3 && strcmp(argv[argc - 2], "--write") == 0) {
        folder = argv[argc - 1];
        argc -= 2;
    }
    const int local = argc >= 2 && strcmp(argv[1], "--local") == 0;
    for (size_t i = 0; !local && i < sizeof(scenes) / sizeof(scenes[0]); i++) {
        spx_image *const drawn = draw(scenes[i].paint);
        compare(scenes[i].name, drawn, folder, &task);
        spx_image_unref(drawn);
    }
    for (int i = 1 + local; i < argc; i++) {
        spx_image *const photo = read_photo(argv[i]);
        spx_image *small = NULL;
        if (spx_image_shrink(&small, photo, LONG_SIDE_PX, &task, &diag) != SPX_OK)
            fatal(argv[i], &diag);
        if (local) {
            judge_local(argv[i], small, folder, &task);
        } else {
            compare(argv[i], small, folder, &task);
        }
        spx_image_unref(small);
        spx_image_unref(photo);
    }
    spx_pool_destroy(pool);
    return 0;
}
