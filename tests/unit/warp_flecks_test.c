#include "test_support.h"

#include "image/image.h"
#include "warp/flecks.h"
#include "warp/view.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 40, HEIGHT = 15, MOVED_PX = 3, REACH_PX = 4, PALE = 200, DARK = 60 };

/* A photo that gets darker to the right, an eye that shows it moved to the right, and marks that
 * call all of the eye made. */
typedef struct check {
    spx_image *photo;
    spx_image *eye;
    uint8_t marks[HEIGHT * WIDTH];
} check;

static void paint(spx_image *image, uint32_t x, uint32_t y, uint32_t level)
{
    const uint32_t scale = image->bits == 8 ? 1 : 257;
    for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
        spx_image_set_sample(image, x, y, c, level * scale);
}

static uint32_t level_at(const spx_image *image, uint32_t x, uint32_t y)
{
    return spx_image_sample(image, x, y, 1) / (image->bits == 8 ? 1 : 257);
}

static uint32_t wall(uint32_t x)
{
    return DARK + 40 - x;
}

static check create_check(uint32_t bits)
{
    check self = { NULL, NULL, { 0 } };
    assert_int_equal(spx_image_create(&self.photo, WIDTH, HEIGHT, bits, NULL), SPX_OK);
    assert_int_equal(spx_image_create(&self.eye, WIDTH, HEIGHT, bits, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            paint(self.photo, x, y, wall(x));
            paint(self.eye, x, y, wall(x < MOVED_PX ? 0 : x - MOVED_PX));
        }
    }
    memset(self.marks, SPX_FLECK_MADE, sizeof(self.marks));
    return self;
}

static void mend(check *self)
{
    const spx_fleck_source source = { .photo = self->photo,
                                      .reach_px = REACH_PX,
                                      .marks = self->marks };
    assert_int_equal(spx_flecks_mend(self->eye, &source, NULL, NULL), SPX_OK);
}

static void destroy_check(check *self)
{
    spx_image_unref(self->photo);
    spx_image_unref(self->eye);
}

/* Nothing in the eye lies more than a level or two beside the wall. */
static void assert_only_wall(const check *self)
{
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++)
            assert_in_range(level_at(self->eye, x, y), wall(WIDTH - 1), wall(0));
    }
}

static void splinters_of(uint32_t bits)
{
    check self = create_check(bits);
    paint(self.eye, 20, 7, PALE);
    paint(self.eye, 10, 4, PALE);
    paint(self.eye, 11, 4, PALE);
    paint(self.eye, 30, 9, 0);
    paint(self.eye, 31, 10, 0);
    paint(self.eye, 0, 0, PALE);
    paint(self.eye, WIDTH - 1, HEIGHT - 1, PALE);

    mend(&self);

    assert_only_wall(&self);
    assert_in_range(level_at(self.eye, 20, 7), wall(20 - MOVED_PX) - 1, wall(20 - MOVED_PX) + 1);
    destroy_check(&self);
}

static void a_splinter_takes_the_colour_around_it(void **state)
{
    (void)state;
    splinters_of(8);
}

static void so_does_one_of_16_bits(void **state)
{
    (void)state;
    splinters_of(16);
}

static void what_was_not_made_stays(void **state)
{
    (void)state;
    check self = create_check(8);
    paint(self.eye, 20, 7, PALE);
    self.marks[7 * WIDTH + 20] = SPX_FLECK_PHOTO;

    mend(&self);

    assert_int_equal(level_at(self.eye, 20, 7), PALE);
    destroy_check(&self);
}

static void what_the_photo_has_among_such_others_stays(void **state)
{
    (void)state;
    check self = create_check(8);
    paint(self.photo, 20 - MOVED_PX, 7, PALE);
    paint(self.eye, 20, 7, PALE);
    paint(self.eye, 20, 12, PALE); /* the photo has no such dot in this row */

    mend(&self);

    assert_int_equal(level_at(self.eye, 20, 7), PALE);
    assert_in_range(level_at(self.eye, 20, 12), wall(20 - MOVED_PX) - 1, wall(20 - MOVED_PX) + 1);
    destroy_check(&self);
}

static void a_line_of_one_pixel_stays(void **state)
{
    (void)state;
    check self = create_check(8);
    for (uint32_t y = 0; y < HEIGHT; y++)
        paint(self.eye, 20, y, PALE);

    mend(&self);

    for (uint32_t y = 2; y < HEIGHT - 2; y++)
        assert_int_equal(level_at(self.eye, 20, y), PALE);
    destroy_check(&self);
}

/* A near wall in which one pixel of the map is far, before a pale ground. */
static void a_torn_pixel_shows_the_ground_in_neither_eye(void **state)
{
    (void)state;
    enum { NEAR = 50000, FAR = 20000, X = 20, Y = 7 };
    check self = create_check(8);
    spx_image *back = NULL;
    uint16_t front_depth[HEIGHT * WIDTH];
    uint16_t back_depth[HEIGHT * WIDTH];
    uint8_t kind[HEIGHT * WIDTH];
    uint8_t alpha[HEIGHT * WIDTH];
    spx_layers layers = { .width = WIDTH,
                          .height = HEIGHT,
                          .px_per_unit = 2.0F / (float)(NEAR - FAR),
                          .front = front_depth,
                          .back = back_depth,
                          .kind = kind,
                          .alpha = alpha };
    assert_int_equal(spx_image_create(&back, WIDTH, HEIGHT, 8, NULL), SPX_OK);
    memset(kind, SPX_LAYER_HIDDEN, sizeof(kind));
    memset(alpha, UINT8_MAX, sizeof(alpha));
    for (uint32_t i = 0; i < HEIGHT * WIDTH; i++) {
        front_depth[i] = NEAR;
        back_depth[i] = FAR;
        paint(back, i % WIDTH, i / WIDTH, PALE);
    }
    front_depth[Y * WIDTH + X] = FAR;
    for (int right = 0; right < 2; right++) {
        const spx_view_source source = { .layers = &layers, .photo = self.photo, .back = back };
        const spx_view_options options = { .right_eye = right,
                                           .reach = 1.0F,
                                           .convergence = (float)NEAR / (float)UINT16_MAX };
        uint64_t filled = 0;

        assert_int_equal(spx_view_render(self.eye, &source, &options, NULL, &filled, NULL), SPX_OK);

        assert_only_wall(&self);
    }
    spx_image_unref(back);
    destroy_check(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_splinter_takes_the_colour_around_it),
        cmocka_unit_test(so_does_one_of_16_bits),
        cmocka_unit_test(what_was_not_made_stays),
        cmocka_unit_test(what_the_photo_has_among_such_others_stays),
        cmocka_unit_test(a_line_of_one_pixel_stays),
        cmocka_unit_test(a_torn_pixel_shows_the_ground_in_neither_eye),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
