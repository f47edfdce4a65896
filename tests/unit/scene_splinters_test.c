/* Three surfaces side by side: what the nearest hides of the middle one is not the farthest. */
#include "test_support.h"

#include "image/image.h"
#include "scene/splinters.h"
#include "warp/view.h"

#include <stdlib.h>

enum {
    WIDTH = 160,
    HEIGHT = 4,
    EDGE = 60, /* of the nearest, before the middle one */
    HIDDEN_PX = 15,
    OPENING_PX = 4, /* what an eye sees of them, and some */
    SOFT_PX = 4,    /* of the middle one, over the farthest */
    SOFT_ALPHA = 220,
    NEAR = 80, /* levels of grey */
    MIDDLE = 180,
    FAR = 230,
    PALE = 200,
};

typedef struct stack {
    spx_layers layers;
    spx_image *photo;
    spx_image *back;
} stack;

static void set_grey(const spx_image *image, uint32_t x, uint32_t y, uint32_t level)
{
    for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
        spx_image_set_sample(image, x, y, c, level);
}

/* The middle surface's pixels beside the nearest have the farthest behind them, and the fill, which
 * could not copy from them, took the farthest's colour for the middle one. */
static stack create_stack(void)
{
    stack self = { .layers = { .width = WIDTH, .height = HEIGHT, .px_per_unit = 8.0F / 65535.0F } };
    spx_layers *const layers = &self.layers;
    const size_t pixels = (size_t)WIDTH * HEIGHT;
    layers->front = malloc(pixels * sizeof(*layers->front));
    layers->back = calloc(pixels, sizeof(*layers->back));
    layers->kind = calloc(pixels, 1);
    layers->alpha = malloc(pixels);
    assert_true(layers->front != NULL && layers->back != NULL && layers->kind != NULL &&
                layers->alpha != NULL);
    assert_int_equal(spx_image_create(&self.photo, WIDTH, HEIGHT, 8, NULL), SPX_OK);
    assert_int_equal(spx_image_create(&self.back, WIDTH, HEIGHT, 8, NULL), SPX_OK);
    for (size_t i = 0; i < pixels; i++) {
        const uint32_t x = (uint32_t)(i % WIDTH);
        const uint32_t y = (uint32_t)(i / WIDTH);
        const int is_near = x < EDGE;
        const int is_soft = !is_near && x < EDGE + SOFT_PX;
        const int hides = x + HIDDEN_PX >= EDGE && x < EDGE + HIDDEN_PX;
        const uint32_t soft = (SOFT_ALPHA * MIDDLE + (255 - SOFT_ALPHA) * FAR) / 255;
        const uint32_t own = is_near ? NEAR : (is_soft ? soft : MIDDLE);
        layers->front[i] = is_near ? 60000 : 40000;
        layers->alpha[i] = x + 1 == EDGE ? 200 : (is_soft ? SOFT_ALPHA : 255);
        layers->kind[i] = hides ? SPX_LAYER_HIDDEN : SPX_LAYER_PLAIN;
        layers->back[i] = is_near ? 40000 : 5000;
        set_grey(self.photo, x, y, own);
        set_grey(self.back, x, y, hides ? FAR : own);
    }
    return self;
}

static void destroy_stack(stack *self)
{
    spx_layers_clear(&self->layers);
    spx_image_unref(self->photo);
    spx_image_unref(self->back);
}

static void what_the_middle_surface_shows_nowhere_is_mended(void **state)
{
    (void)state;
    stack self = create_stack();

    assert_int_equal(spx_splinters_mend(self.back, &self.layers, self.photo, NULL, NULL), SPX_OK);

    for (uint32_t x = EDGE - OPENING_PX; x < EDGE; x++)
        assert_in_range(spx_image_sample(self.back, x, 1, 0), MIDDLE - 10, PALE);
    for (uint32_t x = EDGE; x < EDGE + HIDDEN_PX; x++)
        assert_int_equal(spx_image_sample(self.back, x, 1, 0), FAR);
    destroy_stack(&self);
}

static void a_stray_row_makes_no_streak(void **state)
{
    (void)state;
    stack self = create_stack();
    for (uint32_t x = EDGE; x < WIDTH; x++) {
        self.layers.front[x] = 5000;
        self.layers.front[2 * WIDTH + x] = 5000;
    }

    assert_int_equal(spx_splinters_mend(self.back, &self.layers, self.photo, NULL, NULL), SPX_OK);

    for (uint32_t x = EDGE - HIDDEN_PX; x < EDGE; x++)
        assert_int_equal(spx_image_sample(self.back, x, 1, 0), FAR);
    destroy_stack(&self);
}

static void an_outline_that_slants_is_mended_too(void **state)
{
    (void)state;
    enum { ASIDE_PX = 2 };
    stack self = create_stack();
    for (uint32_t x = EDGE; x < EDGE + ASIDE_PX; x++) {
        self.layers.front[2 * WIDTH + x] = 60000;
        self.layers.back[2 * WIDTH + x] = 40000;
    }

    assert_int_equal(spx_splinters_mend(self.back, &self.layers, self.photo, NULL, NULL), SPX_OK);

    for (uint32_t x = EDGE - OPENING_PX; x < EDGE; x++)
        assert_in_range(spx_image_sample(self.back, x, 1, 0), MIDDLE - 10, PALE);
    destroy_stack(&self);
}

static void the_farthest_surface_shows_between_the_other_two_in_neither_eye(void **state)
{
    (void)state;
    stack self = create_stack();
    assert_int_equal(spx_splinters_mend(self.back, &self.layers, self.photo, NULL, NULL), SPX_OK);

    for (int right = 0; right < 2; right++) {
        const spx_view_source source = { .layers = &self.layers,
                                         .photo = self.photo,
                                         .back = self.back };
        const spx_view_options options = { .right_eye = right, .reach = 1.0F, .convergence = 0.4F };
        spx_image *eye = NULL;
        uint64_t filled = 0;
        assert_int_equal(spx_image_create(&eye, WIDTH, HEIGHT, 8, NULL), SPX_OK);

        assert_int_equal(spx_view_render(eye, &source, &options, NULL, &filled, NULL), SPX_OK);

        for (uint32_t x = 0; x < WIDTH; x++)
            assert_in_range(spx_image_sample(eye, x, 1, 0), NEAR - 20, PALE);
        spx_image_unref(eye);
    }
    destroy_stack(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_middle_surface_shows_nowhere_is_mended),
        cmocka_unit_test(a_stray_row_makes_no_streak),
        cmocka_unit_test(an_outline_that_slants_is_mended_too),
        cmocka_unit_test(the_farthest_surface_shows_between_the_other_two_in_neither_eye),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
