#include "test_support.h"

#include "image/image.h"
#include "pipeline/stereo.h"
#include "scene/scene.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    WIDTH = 240,
    HEIGHT = 40,
    MARK_X = 120,
    SHIFT = 8,
    MARGIN = 12,
    EYES_MARGIN = SHIFT / 2 + 4 + 4 /* and what the eyes move by to be parallel: 0.4 of SHIFT */
};

typedef struct card {
    spx_image *photo;
    spx_plane *depth;
} card;

static void set_grey(const spx_image *image, uint32_t x, uint32_t y, uint32_t level)
{
    for (int c = 0; c < 3; c++)
        spx_image_set_sample(image, x, y, c, level);
}

/* A white bar, near in the upper half and far in the lower one, on grey in the middle. */
static card create_card(void)
{
    card self = { NULL, NULL };
    assert_int_equal(spx_image_create(&self.photo, WIDTH, HEIGHT, 8, NULL), SPX_OK);
    assert_int_equal(spx_plane_create(&self.depth, WIDTH, HEIGHT, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            set_grey(self.photo, x, y, x >= MARK_X - 6 && x <= MARK_X + 6 ? 255 : 40);
            spx_plane_row(self.depth, y)[x] = y < HEIGHT / 2 ? 1.0F : 0.0F;
        }
    }
    return self;
}

/* Noise with a near block, so that there are steps, hidden pixels and soft edges. */
static card create_noise(void)
{
    card self = create_card();
    uint32_t state = 7;
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            state = state * 1664525U + 1013904223U;
            const int near = x > 80 && x < 150 && y > 8;
            for (int c = 0; c < 3; c++)
                spx_image_set_sample(self.photo, x, y, c,
                                     (near ? 130 : 20) + (state >> (24 - c)) % 90);
            spx_plane_row(self.depth, y)[x] = near ? 0.9F : 0.1F + 0.001F * (float)y;
        }
    }
    return self;
}

static void destroy_card(card *self)
{
    spx_image_unref(self->photo);
    spx_plane_destroy(self->depth);
}

static spx_scene create_scene(const card *self, uint32_t margin)
{
    spx_scene scene = { 0 };
    const spx_scene_options options = { .shift_px = SHIFT, .margin = margin };
    assert_int_equal(spx_scene_init(&scene, self->photo, self->depth, &options, NULL, NULL),
                     SPX_OK);
    return scene;
}

static spx_image *create_view(const spx_scene *scene, float place, float window)
{
    spx_image *view = NULL;
    uint64_t filled = 0;
    const spx_scene_camera camera = { .place = place, .window = window };
    assert_int_equal(spx_image_create(&view, scene->photo->width, scene->photo->height,
                                      scene->photo->bits, NULL),
                     SPX_OK);
    assert_int_equal(spx_scene_view(view, scene, &camera, NULL, &filled, NULL), SPX_OK);
    return view;
}

static int same_pixels(const spx_image *a, const spx_image *b)
{
    int same = a->width == b->width && a->height == b->height;
    for (uint32_t y = 0; same && y < a->height; y++)
        same = memcmp(spx_image_row8(a, y), spx_image_row8(b, y), (size_t)3 * a->width) == 0;
    return same;
}

static double find_bar(const spx_image *image, uint32_t y)
{
    double sum = 0.0;
    double weight = 0.0;
    for (uint32_t x = 0; x < image->width; x++) {
        const double light = fmax(0.0, (double)spx_image_sample(image, x, y, 1) - 40.0);
        sum += light * x;
        weight += light;
    }
    assert_true(weight > 0.0);
    return sum / weight;
}

static void near_things_move_against_the_camera_and_far_ones_with_it(void **state)
{
    (void)state;
    static const float places[] = { -1.0F, -0.6F, -0.25F, 0.0F, 0.4F, 1.0F };
    static const float windows[] = { 0.0F, 0.5F, 1.0F };
    card own = create_card();
    spx_scene scene = create_scene(&own, MARGIN);
    for (size_t p = 0; p < sizeof(places) / sizeof(places[0]); p++) {
        for (size_t w = 0; w < sizeof(windows) / sizeof(windows[0]); w++) {
            spx_image *view = create_view(&scene, places[p], windows[w]);

            const double near = find_bar(view, HEIGHT / 4) - MARK_X;
            const double far = find_bar(view, HEIGHT - HEIGHT / 4) - MARK_X;

            assert_true(fabs(near + (double)(places[p] * (1.0F - windows[w]) * SHIFT)) < 0.05);
            assert_true(fabs(far - (double)(places[p] * windows[w] * SHIFT)) < 0.05);
            spx_image_unref(view);
        }
    }
    spx_scene_clear(&scene);
    destroy_card(&own);
}

static void the_photos_own_place_shows_the_photo(void **state)
{
    (void)state;
    card own = create_card();
    spx_scene scene = create_scene(&own, MARGIN);

    spx_image *view = create_view(&scene, 0.0F, 0.5F);

    assert_true(same_pixels(view, own.photo));
    spx_image_unref(view);
    spx_scene_clear(&scene);
    destroy_card(&own);
}

static void the_outermost_views_are_the_eyes(void **state)
{
    (void)state;
    card own = create_noise();
    const double strength = 100.0 * 2 * SHIFT / WIDTH;
    const spx_stereo_options options = { .strength_pct = strength, .convergence = 0.5 };
    spx_stereo_stats stats = { 0 };
    spx_image *eyes[2] = { NULL, NULL };
    assert_int_equal(
        spx_stereo_render(own.photo, own.depth, &options, NULL, &eyes[0], &eyes[1], &stats, NULL),
        SPX_OK);
    spx_scene scene = create_scene(&own, EYES_MARGIN);

    spx_image *views[2] = { create_view(&scene, -1.0F, 0.5F), create_view(&scene, 1.0F, 0.5F) };

    for (int right = 0; right < 2; right++) {
        assert_true(same_pixels(views[right], eyes[right]));
        spx_image_unref(views[right]);
        spx_image_unref(eyes[right]);
    }
    spx_scene_clear(&scene);
    destroy_card(&own);
}

/* Layers by hand, so that only drawing has a say. The number is what drawing gives since pixels
 * between others overshoot less. With a cubic_share of 1 (warp/tuned.h) it is 0x6c10ed3a68b8beae,
 * as since edges of one pixel keep their sharpness; with a hard_share of 0 too 0x7e53113642918063,
 * as when drawing knew but two eyes. */
static void an_eye_has_the_bytes_it_always_had(void **state)
{
    (void)state;
    static const uint64_t expected = 0x46b9472e428f416aU;
    card own = create_noise();
    spx_image *back = NULL;
    spx_image *eye = NULL;
    spx_layers layers = { .width = WIDTH, .height = HEIGHT, .px_per_unit = 8.0F / 65535.0F };
    const size_t pixels = (size_t)WIDTH * HEIGHT;
    layers.front = malloc(pixels * sizeof(*layers.front));
    layers.back = calloc(pixels, sizeof(*layers.back));
    layers.kind = calloc(pixels, 1);
    layers.alpha = malloc(pixels);
    assert_true(layers.front != NULL && layers.back != NULL && layers.kind != NULL &&
                layers.alpha != NULL);
    assert_int_equal(spx_image_copy(&back, own.photo, NULL), SPX_OK);
    for (size_t i = 0; i < pixels; i++) {
        const uint32_t x = (uint32_t)(i % WIDTH);
        const int near = x > 80 && x < 150;
        layers.front[i] = near ? 60000 : (uint16_t)(5000 + 10 * x);
        layers.alpha[i] = x == 81 || x == 149 ? 100 : 255;
        if (near && (x < 92 || x > 138)) {
            layers.kind[i] = SPX_LAYER_HIDDEN;
            layers.back[i] = (uint16_t)(5000 + 10 * x);
            set_grey(back, x, (uint32_t)(i / WIDTH), x);
        }
    }
    uint64_t hash = 14695981039346656037U; /* FNV-1a */
    assert_int_equal(spx_image_create(&eye, WIDTH, HEIGHT, 8, NULL), SPX_OK);
    for (int right = 0; right < 2; right++) {
        const spx_view_source source = { .layers = &layers, .photo = own.photo, .back = back };
        const spx_view_options options = { .right_eye = right, .reach = 1.0F, .convergence = 0.4F };
        uint64_t filled = 0;

        assert_int_equal(spx_view_render(eye, &source, &options, NULL, &filled, NULL), SPX_OK);

        for (uint32_t y = 0; y < HEIGHT; y++) {
            for (size_t i = 0; i < (size_t)3 * WIDTH; i++)
                hash = (hash ^ spx_image_row8(eye, y)[i]) * 1099511628211U;
        }
    }
    assert_int_equal(hash, expected);
    spx_image_unref(eye);
    spx_image_unref(back);
    spx_layers_clear(&layers);
    destroy_card(&own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(near_things_move_against_the_camera_and_far_ones_with_it),
        cmocka_unit_test(the_photos_own_place_shows_the_photo),
        cmocka_unit_test(the_outermost_views_are_the_eyes),
        cmocka_unit_test(an_eye_has_the_bytes_it_always_had),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
