#include "test_support.h"

#include "image/image.h"
#include "pipeline/stereo.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct eyes {
    spx_image *left;
    spx_image *right;
    spx_stereo_stats stats;
} eyes;

static spx_image *create_photo(uint32_t width, uint32_t height, uint32_t bits)
{
    spx_image *photo = NULL;
    assert_int_equal(spx_image_create(&photo, width, height, bits, NULL), SPX_OK);
    memset(photo->pixels, 0, photo->stride_bytes * height);
    return photo;
}

static spx_plane *create_depth(uint32_t width, uint32_t height, float value)
{
    spx_plane *depth = NULL;
    assert_int_equal(spx_plane_create(&depth, width, height, NULL), SPX_OK);
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++)
            spx_plane_row(depth, y)[x] = value;
    }
    return depth;
}

static void set_sample(const spx_image *image, uint32_t x, uint32_t y, uint32_t c, uint32_t level8)
{
    const size_t at = (size_t)3 * x + c;
    if (image->bits == 8)
        spx_image_row8(image, y)[at] = (uint8_t)level8;
    else
        spx_image_row16(image, y)[at] = (uint16_t)(level8 * 257);
}

static uint32_t get_sample(const spx_image *image, uint32_t x, uint32_t y, uint32_t c)
{
    const size_t at = (size_t)3 * x + c;
    return image->bits == 8 ? spx_image_row8(image, y)[at] : spx_image_row16(image, y)[at] / 257U;
}

static void set_pixel(const spx_image *image, uint32_t x, uint32_t y, uint32_t rgb)
{
    for (uint32_t c = 0; c < 3; c++)
        set_sample(image, x, y, c, rgb >> (16 - 8 * c) & 255);
}

/* A repeatable picture without two equal pixels in a row. */
static void fill_noise(const spx_image *image, uint32_t seed)
{
    uint32_t state = seed;
    for (uint32_t y = 0; y < image->height; y++) {
        for (uint32_t x = 0; x < image->width; x++) {
            state = state * 1664525U + 1013904223U;
            set_pixel(image, x, y, state >> 8);
        }
    }
}

static eyes render(spx_image *photo, const spx_plane *depth, double strength, double convergence)
{
    eyes made = { 0 };
    const spx_stereo_options options = { .strength_pct = strength, .convergence = convergence };
    spx_diag diag = { 0 };
    assert_int_equal(spx_stereo_render(photo, depth, &options, NULL, &made.left, &made.right,
                                       &made.stats, &diag),
                     SPX_OK);
    assert_string_equal(diag.text, "");
    return made;
}

static void clear(eyes *made)
{
    spx_image_unref(made->left);
    spx_image_unref(made->right);
}

static spx_image *mirror_image(const spx_image *image)
{
    spx_image *const mirrored = create_photo(image->width, image->height, image->bits);
    const size_t pixel = spx_image_pixel_bytes(image);
    for (uint32_t y = 0; y < image->height; y++) {
        for (uint32_t x = 0; x < image->width; x++) {
            memcpy(mirrored->pixels + y * mirrored->stride_bytes + x * pixel,
                   image->pixels + y * image->stride_bytes + (image->width - 1 - x) * pixel, pixel);
        }
    }
    return mirrored;
}

static void assert_same_pixels(const spx_image *a, const spx_image *b)
{
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    assert_int_equal(a->bits, b->bits);
    for (uint32_t y = 0; y < a->height; y++) {
        assert_memory_equal(a->pixels + y * a->stride_bytes, b->pixels + y * b->stride_bytes,
                            a->width * spx_image_pixel_bytes(a));
    }
}

/* Column of the white mark in row y, by its centre of mass. */
static double find_mark(const spx_image *image, uint32_t y)
{
    double sum = 0.0;
    double weight = 0.0;
    for (uint32_t x = 0; x < image->width; x++) {
        const double w = fmax(0.0, (double)get_sample(image, x, y, 1) - 100.0);
        sum += w * x;
        weight += w;
    }
    assert_true(weight > 0.0);
    return sum / weight;
}

enum { BANDS = 5, BAND_ROWS = 12, CARD_WIDTH = 400, MARK_X = 200 };

static void bands_move_by_their_distance_from_the_window(void **state)
{
    (void)state;
    const double strength = 4.0;
    const double convergence = 0.5;
    spx_image *const photo = create_photo(CARD_WIDTH, BANDS * BAND_ROWS, 8);
    spx_plane *const depth = create_depth(CARD_WIDTH, BANDS * BAND_ROWS, 0.0F);
    for (uint32_t y = 0; y < photo->height; y++) {
        for (uint32_t x = 0; x < CARD_WIDTH; x++) {
            set_pixel(photo, x, y, x >= MARK_X - 5 && x <= MARK_X + 5 ? 0xffffff : 0x203040);
            spx_plane_row(depth, y)[x] = (float)(y / BAND_ROWS) / (BANDS - 1);
        }
    }

    eyes made = render(photo, depth, strength, convergence);

    for (uint32_t band = 0; band < BANDS; band++) {
        const uint32_t y = band * BAND_ROWS + BAND_ROWS / 2;
        const double shift =
            ((double)band / (BANDS - 1) - convergence) * strength / 100.0 * CARD_WIDTH / 2.0;
        assert_float_equal(find_mark(made.left, y) - MARK_X, shift, 0.05);
        assert_float_equal(find_mark(made.right, y) - MARK_X, -shift, 0.05);
    }
    clear(&made);
    spx_image_unref(photo);
    spx_plane_destroy(depth);
}

/* Noise with two near boxes, one of them cut by the frame, and a slanted ground. */
static void create_scene(uint32_t width, uint32_t height, uint32_t bits, spx_image **photo,
                         spx_plane **depth)
{
    *photo = create_photo(width, height, bits);
    *depth = create_depth(width, height, 0.0F);
    fill_noise(*photo, 7);
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            float d = 0.3F * (float)y / (float)height;
            if (x > width / 3 && x < width / 2 && y > height / 4)
                d = 0.7F;
            if (x > width * 9 / 10 && y > height / 2)
                d = 1.0F;
            spx_plane_row(*depth, y)[x] = d;
        }
    }
}

static void mirrored_photo_swaps_and_mirrors_the_eyes(void **state)
{
    (void)state;
    const uint32_t bits[] = { 8, 16 };
    for (size_t k = 0; k < 2; k++) {
        spx_image *photo = NULL;
        spx_plane *depth = NULL;
        create_scene(171, 60, bits[k], &photo, &depth);
        spx_image *const photo_mirrored = mirror_image(photo);
        spx_plane *const depth_mirrored = create_depth(171, 60, 0.0F);
        for (uint32_t y = 0; y < 60; y++) {
            for (uint32_t x = 0; x < 171; x++)
                spx_plane_row(depth_mirrored, y)[x] = spx_plane_row(depth, y)[170 - x];
        }

        eyes made = render(photo, depth, 6.0, 0.4);
        eyes mirrored = render(photo_mirrored, depth_mirrored, 6.0, 0.4);

        spx_image *const left = mirror_image(mirrored.right);
        spx_image *const right = mirror_image(mirrored.left);
        assert_same_pixels(made.left, left);
        assert_same_pixels(made.right, right);
        spx_image_unref(left);
        spx_image_unref(right);
        clear(&made);
        clear(&mirrored);
        spx_image_unref(photo);
        spx_image_unref(photo_mirrored);
        spx_plane_destroy(depth);
        spx_plane_destroy(depth_mirrored);
    }
}

static void strength_zero_shares_the_photo(void **state)
{
    (void)state;
    spx_image *photo = NULL;
    spx_plane *depth = NULL;
    create_scene(64, 32, 8, &photo, &depth);

    eyes made = render(photo, depth, 0.0, 0.5);

    assert_ptr_equal(made.left, photo);
    assert_ptr_equal(made.right, photo);
    assert_true(made.stats.filled_share == 0.0);
    clear(&made);
    spx_image_unref(photo);
    spx_plane_destroy(depth);
}

static void depth_at_the_window_gives_the_photo(void **state)
{
    (void)state;
    spx_image *const photo = create_photo(90, 40, 8);
    fill_noise(photo, 3);
    spx_plane *const depth = create_depth(90, 40, 0.5F);

    eyes made = render(photo, depth, 5.0, 0.5);

    assert_same_pixels(made.left, photo);
    assert_same_pixels(made.right, photo);
    clear(&made);
    spx_image_unref(photo);
    spx_plane_destroy(depth);
}

static void one_eye_mode_keeps_the_other_and_shifts_twice(void **state)
{
    (void)state;
    spx_image *const photo = create_photo(CARD_WIDTH, 8, 8);
    spx_plane *const depth = create_depth(CARD_WIDTH, 8, 1.0F);
    for (uint32_t y = 0; y < 8; y++) {
        for (uint32_t x = MARK_X - 3; x <= MARK_X + 3; x++)
            set_pixel(photo, x, y, 0xffffff);
    }
    const spx_views views[] = { SPX_VIEWS_RIGHT, SPX_VIEWS_LEFT };
    for (size_t k = 0; k < 2; k++) {
        const spx_stereo_options options = { .strength_pct = 2.0, .views = views[k] };
        spx_image *left = NULL;
        spx_image *right = NULL;
        spx_stereo_stats stats;

        assert_int_equal(
            spx_stereo_render(photo, depth, &options, NULL, &left, &right, &stats, NULL), SPX_OK);

        assert_ptr_equal(k == 0 ? left : right, photo);
        assert_float_equal(find_mark(k == 0 ? right : left, 4) - MARK_X, k == 0 ? -8.0 : 8.0, 0.05);
        spx_image_unref(left);
        spx_image_unref(right);
    }
    spx_image_unref(photo);
    spx_plane_destroy(depth);
}

/* Red box before green and blue stripes. */
static void no_hole_shows_the_foreground(void **state)
{
    (void)state;
    enum { WIDTH = 320, HEIGHT = 120 };
    spx_image *const photo = create_photo(WIDTH, HEIGHT, 8);
    spx_plane *const depth = create_depth(WIDTH, HEIGHT, 0.1F);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const int near = x >= 130 && x < 190 && y >= 30 && y < 100;
            set_pixel(photo, x, y, near ? 0xe01010 : ((x + y) / 9 % 2 ? 0x109010 : 0x1010a0));
            if (near)
                spx_plane_row(depth, y)[x] = 0.9F;
        }
    }

    eyes made = render(photo, depth, 10.0, 0.1);

    const double shift = 0.8 * 0.10 * WIDTH / 2.0; /* 12.8 px */
    for (uint32_t eye = 0; eye < 2; eye++) {
        const spx_image *const image = eye == 0 ? made.left : made.right;
        const double first = 130.0 + (eye == 0 ? shift : -shift);
        for (uint32_t y = 0; y < HEIGHT; y++) {
            for (uint32_t x = 0; x < WIDTH; x++) {
                const int inside = y >= 30 && y < 100 && x + 1.0 > first && x - 1.0 < first + 59.0;
                const uint32_t red = get_sample(image, x, y, 0);
                if (!inside && red > 24)
                    fail_msg("eye %u: red %u at %u,%u outside the box", eye, red, x, y);
                if (inside && x - 1.0 > first && x + 1.0 < first + 59.0 && red < 200)
                    fail_msg("eye %u: no red at %u,%u inside the box", eye, x, y);
            }
        }
    }
    assert_true(made.stats.filled_share > 0.0);
    clear(&made);
    spx_image_unref(photo);
    spx_plane_destroy(depth);
}

static void a_post_one_pixel_thick_stays_one_post(void **state)
{
    (void)state;
    enum { WIDTH = 300, HEIGHT = 20, POST = 150 };
    spx_image *const photo = create_photo(WIDTH, HEIGHT, 8);
    spx_plane *const depth = create_depth(WIDTH, HEIGHT, 0.0F);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++)
            set_pixel(photo, x, y, x == POST ? 0xffffff : 0x104060);
        spx_plane_row(depth, y)[POST] = 1.0F;
    }

    eyes made = render(photo, depth, 5.0, 0.0);

    for (uint32_t eye = 0; eye < 2; eye++) {
        const spx_image *const image = eye == 0 ? made.left : made.right;
        double light = 0.0;
        uint32_t lit = 0;
        for (uint32_t x = 0; x < WIDTH; x++) {
            const double over = (double)get_sample(image, x, 10, 0) - 0x10;
            light += over;
            lit += over > 8.0;
        }
        assert_in_range(lit, 1, 2);
        assert_float_equal(light, 255 - 0x10, 3.0);
        assert_float_equal(find_mark(image, 10) - POST, eye == 0 ? 7.5 : -7.5, 0.3);
    }
    clear(&made);
    spx_image_unref(photo);
    spx_plane_destroy(depth);
}

/*
 * A white wall ends within column EDGE, which it fills to a half. Shifted by half a pixel it ends
 * between two columns of an eye: a hard edge leaves nothing in the next one, a line from column to
 * column a quarter, and spx goes half of the way between these.
 */
static void a_hard_edge_stays_nearly_as_sharp_between_columns(void **state)
{
    (void)state;
    enum { WIDTH = 200, HEIGHT = 40, EDGE = 100, OFF = 12 };
    spx_image *const photo = create_photo(WIDTH, HEIGHT, 8);
    spx_plane *const depth = create_depth(WIDTH, HEIGHT, 0.0F);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const uint32_t half = (y / 2 + x) % 2 == 0 ? 126 : 130;
            const uint32_t level = x < EDGE ? 255 : (x == EDGE ? half : 0);
            set_pixel(photo, x, y, level << 16 | level << 8 | level);
            spx_plane_row(depth, y)[x] = x <= EDGE ? 1.0F : 0.0F;
        }
    }

    /* 7.5 % of 200 pixels are 15: the wall moves by 7.5 in each eye. */
    eyes made = render(photo, depth, 7.5, 0.0);

    for (uint32_t y = 8; y < HEIGHT - 8; y++) {
        const uint32_t end = EDGE + 7;
        assert_in_range(get_sample(made.left, end - 1, y, 0), 250, 255);
        assert_in_range(get_sample(made.left, end, y, 0), 224 - OFF, 224 + OFF);
        assert_in_range(get_sample(made.left, end + 1, y, 0), 32 - OFF, 32 + OFF);
        assert_in_range(get_sample(made.left, end + 2, y, 0), 0, 5);
    }
    clear(&made);
    spx_image_unref(photo);
    spx_plane_destroy(depth);
}

/*
 * Networks go from a near surface to a far one in a slope of many pixels. What a pixel of a wide
 * soft edge takes for the near surface's distance may jump in there, but the edge is one: its
 * colours go from far to near without turning back.
 */
static void an_edge_out_of_focus_over_a_long_slope_has_no_cracks(void **state)
{
    (void)state;
    enum { WIDTH = 400, HEIGHT = 80, EDGE = 200, FAR = 40, NEAR = 220, MOST_TURN = 4 };
    static const double slopes_px[] = { 24.0, 40.0, 60.0 };
    for (size_t i = 0; i < sizeof(slopes_px) / sizeof(slopes_px[0]); i++) {
        spx_image *const photo = create_photo(WIDTH, HEIGHT, 8);
        spx_plane *const depth = create_depth(WIDTH, HEIGHT, 0.0F);
        for (uint32_t y = 0; y < HEIGHT; y++) {
            for (uint32_t x = 0; x < WIDTH; x++) {
                const double off = (double)x - EDGE - y / 3.0;
                const double seen = fmin(fmax(off / 24.0 + 0.5, 0.0), 1.0);
                const double up = fmin(fmax((off + 8.0) / slopes_px[i], 0.0), 1.0);
                const uint32_t level = (uint32_t)(FAR + (NEAR - FAR) * seen);
                set_pixel(photo, x, y, level << 16 | level << 8 | level);
                spx_plane_row(depth, y)[x] = (float)(0.1 + 0.8 * up * up);
            }
        }

        eyes made = render(photo, depth, 4.0, 0.5);

        for (uint32_t y = 24; y < HEIGHT - 24; y++) {
            uint32_t left = 0;
            uint32_t right = 0;
            for (uint32_t x = 100; x < WIDTH - 100; x++) {
                assert_true(get_sample(made.left, x, y, 0) + MOST_TURN >= left);
                assert_true(get_sample(made.right, x, y, 0) + MOST_TURN >= right);
                left = get_sample(made.left, x, y, 0);
                right = get_sample(made.right, x, y, 0);
            }
        }
        clear(&made);
        spx_image_unref(photo);
        spx_plane_destroy(depth);
    }
}

/*
 * A far wall at the window does not move, and a post that moves farther than it is wide uncovers
 * the wall behind it in both eyes: what was invented there must be one and the same.
 */
static void both_eyes_show_the_same_hidden_background(void **state)
{
    (void)state;
    enum { WIDTH = 400, HEIGHT = 40, POST_X = 196, POST_WIDTH = 8, SOFT = 2 };
    spx_image *const photo = create_photo(WIDTH, HEIGHT, 8);
    spx_plane *const depth = create_depth(WIDTH, HEIGHT, 0.0F);
    fill_noise(photo, 7);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = POST_X; x < POST_X + POST_WIDTH; x++) {
            set_pixel(photo, x, y, 0xE01010);
            spx_plane_row(depth, y)[x] = 1.0F;
        }
    }

    eyes made = render(photo, depth, 8.0, 0.0); /* 16 px in each eye */

    size_t invented = 0;
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = POST_X - SOFT; x < POST_X + POST_WIDTH + SOFT; x++) {
            for (uint32_t c = 0; c < 3; c++) {
                const uint32_t left = get_sample(made.left, x, y, c);
                const uint32_t right = get_sample(made.right, x, y, c);
                invented += left != get_sample(photo, x, y, c);
                if (left != right)
                    fail_msg("at %u,%u: %u in the left eye, %u in the right", x, y, left, right);
            }
        }
    }
    assert_true(invented >= (size_t)POST_WIDTH * HEIGHT);
    clear(&made);
    spx_image_unref(photo);
    spx_plane_destroy(depth);
}

static void odd_sizes_and_depths_give_whole_eyes(void **state)
{
    (void)state;
    static const struct {
        uint32_t width, height;
    } sizes[] = { { 1, 1 }, { 1, 50 },   { 50, 1 },    { 2, 2 },
                  { 3, 7 }, { 17, 400 }, { 1200, 10 }, { 65, 33 } };
    const float values[] = { 0.0F, 1.0F, NAN, INFINITY, -INFINITY, -3.0F, 1e30F };
    for (size_t s = 0; s < sizeof(sizes) / sizeof(sizes[0]); s++) {
        for (size_t v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
            spx_image *const photo = create_photo(sizes[s].width, sizes[s].height, v % 2 ? 8 : 16);
            spx_plane *const depth = create_depth(sizes[s].width, sizes[s].height, values[v]);
            fill_noise(photo, (uint32_t)v);
            for (uint32_t y = 0; y < sizes[s].height; y++) /* and one with spikes */
                spx_plane_row(depth, y)[(y * 7) % sizes[s].width] = (float)(y % 3) / 2.0F;

            eyes made = render(photo, depth, 10.0, v % 2 ? 1.0 : 0.0);

            assert_int_equal(made.left->width, photo->width);
            assert_int_equal(made.right->height, photo->height);
            assert_int_equal(made.right->bits, photo->bits);
            clear(&made);
            spx_image_unref(photo);
            spx_plane_destroy(depth);
        }
    }
}

/* Every pixel of a bright picture stays bright: black would be a pixel nobody wrote. */
static void leaves_no_pixel_unfilled(void **state)
{
    (void)state;
    enum { WIDTH = 211, HEIGHT = 90 };
    spx_image *const photo = create_photo(WIDTH, HEIGHT, 8);
    spx_plane *const depth = create_depth(WIDTH, HEIGHT, 0.0F);
    uint32_t noise = 1;
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            set_pixel(photo, x, y, 0xc0c0c0);
            noise = noise * 1664525U + 1013904223U;
            spx_plane_row(depth, y)[x] =
                y < HEIGHT / 2 ? (float)(noise >> 24) / 255.0F : (float)(x / 20 % 3) / 2.0F;
        }
    }

    eyes made = render(photo, depth, 10.0, 0.5);

    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            assert_in_range(get_sample(made.left, x, y, 0), 0xbe, 0xc2);
            assert_in_range(get_sample(made.right, x, y, 2), 0xbe, 0xc2);
        }
    }
    clear(&made);
    spx_image_unref(photo);
    spx_plane_destroy(depth);
}

static void refuses_what_makes_no_sense(void **state)
{
    (void)state;
    spx_image *const photo = create_photo(20, 10, 8);
    spx_plane *const depth = create_depth(20, 10, 0.0F);
    spx_plane *const other = create_depth(10, 10, 0.0F);
    const struct {
        const spx_plane *depth;
        double strength, convergence;
        const char *says;
    } cases[] = {
        { depth, -1.0, 0.5, "strength -1" },           { depth, 10.5, 0.5, "strength 10.5" },
        { depth, NAN, 0.5, "strength nan" },           { depth, 2.0, -0.1, "convergence -0.1" },
        { depth, 2.0, 1.1, "convergence 1.1" },        { depth, 2.0, NAN, "convergence nan" },
        { other, 2.0, 0.5, "10x10, the photo 20x10" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const spx_stereo_options options = { .strength_pct = cases[i].strength,
                                             .convergence = cases[i].convergence };
        spx_diag diag = { 0 };
        eyes made = { 0 };

        const spx_status status = spx_stereo_render(photo, cases[i].depth, &options, NULL,
                                                    &made.left, &made.right, &made.stats, &diag);

        assert_int_equal(status, SPX_ERR_ARGUMENT);
        assert_non_null(strstr(diag.text, cases[i].says));
        assert_null(made.left);
        assert_null(made.right);
    }
    spx_image_unref(photo);
    spx_plane_destroy(depth);
    spx_plane_destroy(other);
}

static void stops_when_asked(void **state)
{
    (void)state;
    spx_image *photo = NULL;
    spx_plane *depth = NULL;
    create_scene(64, 32, 8, &photo, &depth);
    spx_cancel *cancel = NULL;
    assert_int_equal(spx_cancel_create(&cancel), SPX_OK);
    spx_cancel_request(cancel);
    const spx_task task = { .cancel = cancel };
    const spx_stereo_options options = { .strength_pct = 2.0 };
    eyes made = { 0 };

    const spx_status status = spx_stereo_render(photo, depth, &options, &task, &made.left,
                                                &made.right, &made.stats, NULL);

    assert_int_equal(status, SPX_ERR_CANCELLED);
    assert_null(made.left);
    spx_cancel_destroy(cancel);
    spx_image_unref(photo);
    spx_plane_destroy(depth);
}

/* Stripes of one pixel on a slope: one eye sees seven of them in five pixels, the other one in
 * nine. */
static void slopes_show_no_stripes_that_the_photo_has_not(void **state)
{
    (void)state;
    enum { WIDTH = 320, HEIGHT = 24, FIRST = 130, SLOPE = 54, ENDS = 12, DARK = 40, LIGHT = 200 };
    spx_image *const photo = create_photo(WIDTH, HEIGHT, 8);
    spx_plane *const depth = create_depth(WIDTH, HEIGHT, 0.0F);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const double down = ((double)x - FIRST) / SLOPE;
            set_pixel(photo, x, y, x % 2 ? 0xc8c8c8 : 0x282828);
            spx_plane_row(depth, y)[x] = (float)fmin(1.0, fmax(0.0, 1.0 - down));
        }
    }

    eyes made = render(photo, depth, 10.0, 0.0);

    /* .3 pixels of shift for each pixel; the near side is at the left, and moves 16 pixels. */
    for (uint32_t x = FIRST + 16 + ENDS; x < FIRST + SLOPE - ENDS; x++)
        assert_in_range(get_sample(made.left, x, HEIGHT / 2, 1), 120 - 32, 120 + 32);
    for (uint32_t x = FIRST - 16 + ENDS; x < FIRST + SLOPE - ENDS; x++)
        assert_in_range(get_sample(made.right, x, HEIGHT / 2, 1), DARK, LIGHT);
    clear(&made);
    spx_image_unref(photo);
    spx_plane_destroy(depth);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bands_move_by_their_distance_from_the_window),
        cmocka_unit_test(mirrored_photo_swaps_and_mirrors_the_eyes),
        cmocka_unit_test(strength_zero_shares_the_photo),
        cmocka_unit_test(depth_at_the_window_gives_the_photo),
        cmocka_unit_test(one_eye_mode_keeps_the_other_and_shifts_twice),
        cmocka_unit_test(no_hole_shows_the_foreground),
        cmocka_unit_test(a_post_one_pixel_thick_stays_one_post),
        cmocka_unit_test(a_hard_edge_stays_nearly_as_sharp_between_columns),
        cmocka_unit_test(slopes_show_no_stripes_that_the_photo_has_not),
        cmocka_unit_test(an_edge_out_of_focus_over_a_long_slope_has_no_cracks),
        cmocka_unit_test(both_eyes_show_the_same_hidden_background),
        cmocka_unit_test(odd_sizes_and_depths_give_whole_eyes),
        cmocka_unit_test(leaves_no_pixel_unfilled),
        cmocka_unit_test(refuses_what_makes_no_sense),
        cmocka_unit_test(stops_when_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
