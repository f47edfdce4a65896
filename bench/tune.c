/*
 * Sweeps one tuned number and prints the curve.
 *
 *     tune                      the numbers there are (src/fill/tuned.h)
 *     tune NAME [VALUE...]      other values of it, else 1/4, 1/2, 3/4, 1, 3/2, 2 and 4 times its
 * own
 *     --scenes COUNT            drawn scenes, 24 when not said
 *
 * Right eyes are made from left ones with the true disparity, so that the fill is all that differs.
 * Scores are means over the pictures: PSNR and SSIM where the left eye shows nothing, the grain of
 * the fill beside the true one's, and seconds of processor time. The room is compiled for this
 * program a second time, with SPX_TUNE.
 */
#include "base/pool.h"
#include "fill/tuned.h"
#include "image/image.h"
#include "scene.h"
#include "scene/scene.h"
#include "stereo_measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SCENE_WIDTH = 512, SCENE_HEIGHT = 320, VALUES_MOST = 32, MARGIN_EXTRA_PX = 4 };

typedef struct number {
    const char *name;
    int own;
    const char *unit;
} number;

#define NUMBER(name, value, unit) { #name, value, unit },
static const number numbers[SPX_FILL_TUNED_COUNT] = { SPX_FILL_TUNED(NUMBER) };
#define OWN(name, value, unit) value,
int spx_fill_tuned[SPX_FILL_TUNED_COUNT] = { SPX_FILL_TUNED(OWN) };

/* A photo, its depth, and what the right eye sees. */
typedef struct sample {
    spx_image *left;
    spx_image *right;
    spx_plane *depth; /* 1 = most_px */
    spx_mask *holes;
    double most_px;
} sample;

static void fatal(const char *what)
{
    (void)fprintf(stderr, "tune: %s\n", what);
    exit(1);
}

static sample drawn(uint32_t index)
{
    sample self = { 0 };
    scene *const one = scene_create(index, SCENE_WIDTH, SCENE_HEIGHT);
    spx_plane *right_disparity = NULL;
    scene_render(one, 0.0, &self.left, &self.depth, NULL);
    scene_render(one, -1.0, &self.right, &right_disparity, &self.holes);
    self.most_px = scene_disparity_px(one);
    for (uint32_t y = 0; y < self.depth->height; y++) {
        for (uint32_t x = 0; x < self.depth->width; x++)
            spx_plane_row(self.depth, y)[x] /= (float)self.most_px;
    }
    spx_plane_destroy(right_disparity);
    scene_destroy(one);
    return self;
}

static spx_image *make_right(const sample *self, spx_pool *pool)
{
    const spx_task task = { .pool = pool };
    const spx_scene_options options = { .shift_px = (float)self->most_px,
                                        .exact = 1,
                                        .margin = (uint32_t)ceil(self->most_px) + MARGIN_EXTRA_PX };
    const spx_scene_camera camera = { .place = 1.0F };
    spx_scene cut = { .photo = NULL };
    spx_image *right = NULL;
    uint64_t filled = 0;
    spx_diag diag = { 0 };
    if (spx_image_create(&right, self->left->width, self->left->height, 8, &diag) != SPX_OK ||
        spx_scene_init(&cut, self->left, self->depth, &options, &task, &diag) != SPX_OK ||
        spx_scene_view(right, &cut, &camera, &task, &filled, &diag) != SPX_OK)
        fatal(diag.text);
    spx_scene_clear(&cut);
    return right;
}

static void measure(const sample *samples, uint32_t count, spx_pool *pool, int value)
{
    double psnr = 0.0;
    double ssim = 0.0;
    double grain = 0.0;
    const clock_t begin = clock();
    clock_t scoring = 0;
    for (uint32_t i = 0; i < count; i++) {
        const sample *const one = &samples[i];
        spx_image *const right = make_right(one, pool);
        const clock_t made = clock();
        psnr += measure_psnr(right, one->right, one->holes);
        ssim += measure_ssim(right, one->right, one->holes);
        grain += measure_gradient(right, one->holes) / measure_gradient(one->right, one->holes);
        scoring += clock() - made;
        spx_image_unref(right);
    }
    (void)printf("%8d  %7.3f dB  %.4f  grain %.3f  %6.2f s\n", value, psnr / count, ssim / count,
                 grain / count, (double)(clock() - begin - scoring) / CLOCKS_PER_SEC);
    (void)fflush(stdout);
}

static size_t default_values(int own, int *out)
{
    static const double factors[] = { 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0 };
    size_t count = 0;
    for (size_t i = 0; i < sizeof(factors) / sizeof(*factors); i++) {
        const int value = (int)lround(own * factors[i]);
        if (count == 0 || out[count - 1] != value)
            out[count++] = value;
    }
    return count;
}

static size_t find(const char *name)
{
    for (size_t i = 0; i < SPX_FILL_TUNED_COUNT; i++) {
        if (strcmp(numbers[i].name, name) == 0)
            return i;
    }
    fatal("no such number; `tune` lists them");
    return 0;
}

static void list(void)
{
    for (size_t i = 0; i < SPX_FILL_TUNED_COUNT; i++)
        (void)printf("%-16s %6d  %s\n", numbers[i].name, numbers[i].own, numbers[i].unit);
}

int main(int argc, char **argv)
{
    uint32_t count = SCENE_COUNT;
    int values[VALUES_MOST];
    size_t value_count = 0;
    const char *name = NULL;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--scenes") == 0 && i + 1 < argc)
            count = (uint32_t)strtoul(argv[++i], NULL, 10);
        else if (name == NULL)
            name = argv[i];
        else if (value_count < VALUES_MOST)
            values[value_count++] = atoi(argv[i]); // NOLINT(cert-err34-c)
    }
    if (name == NULL) {
        list();
        return 0;
    }
    const size_t at = find(name);
    if (value_count == 0)
        value_count = default_values(numbers[at].own, values);
    sample *const samples = calloc(count, sizeof(*samples));
    spx_pool *pool = NULL;
    spx_diag diag = { 0 };
    if (samples == NULL || count == 0 || spx_pool_create(&pool, 0, &diag) != SPX_OK)
        fatal("no scenes, or no memory");
    for (uint32_t i = 0; i < count; i++)
        samples[i] = drawn(i);
    (void)printf("%s: %d %s; %u drawn scenes\n", name, numbers[at].own, numbers[at].unit, count);
    for (size_t i = 0; i < value_count; i++) {
        spx_fill_tuned[at] = values[i];
        measure(samples, count, pool, values[i]);
    }
    for (uint32_t i = 0; i < count; i++) {
        spx_image_unref(samples[i].left);
        spx_image_unref(samples[i].right);
        spx_plane_destroy(samples[i].depth);
        spx_mask_destroy(samples[i].holes);
    }
    free(samples);
    spx_pool_destroy(pool);
    return 0;
}
