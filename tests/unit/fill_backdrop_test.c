#include "test_support.h"

#include "fill/backdrop.h"
#include "image/image.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 160, HEIGHT = 100, MARGIN = 6, PERIOD = 12, STEP = 100, NEAR = 40000, FAR = 5000 };

typedef struct canvas {
    spx_image *image;
    spx_image *truth;
    uint8_t kind[WIDTH * HEIGHT];
    uint16_t depth[WIDTH * HEIGHT];
    uint16_t wanted[WIDTH * HEIGHT];
} canvas;

static void set(const spx_image *image, uint32_t x, uint32_t y, uint32_t r, uint32_t g, uint32_t b)
{
    const uint32_t rgb[] = { r, g, b };
    for (size_t c = 0; c < 3; c++) {
        if (image->bits == 8)
            spx_image_row8(image, y)[3 * x + c] = (uint8_t)rgb[c];
        else
            spx_image_row16(image, y)[3 * x + c] = (uint16_t)(rgb[c] * 257);
    }
}

static uint32_t get(const spx_image *image, uint32_t x, uint32_t y, uint32_t c)
{
    return image->bits == 8 ? spx_image_row8(image, y)[3 * x + c]
                            : spx_image_row16(image, y)[3 * x + c] / 257U;
}

/* Blue and green stripes; before them a red box whose left and right 24 columns are wanted. */
static canvas *create_canvas(uint32_t bits)
{
    canvas *const self = calloc(1, sizeof(*self));
    assert_non_null(self);
    assert_int_equal(spx_image_create(&self->image, WIDTH, HEIGHT, bits, NULL), SPX_OK);
    assert_int_equal(spx_image_create(&self->truth, WIDTH, HEIGHT, bits, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const size_t at = (size_t)y * WIDTH + x;
            const int stripe = (x + 2 * y) % PERIOD < PERIOD / 2;
            const int box = x >= 60 && x < 110 && y >= 20 && y < 80;
            const int band = box && (x < 84 || x >= 86);
            const int outside = x < MARGIN || x >= WIDTH - MARGIN;
            set(self->truth, x, y, 10, stripe ? 60 : 160, stripe ? 180 : 60);
            set(self->image, x, y, box ? 230 : 10, box ? 20 : (stripe ? 60 : 160),
                box ? 20 : (stripe ? 180 : 60));
            self->kind[at] = outside ? 2 : (band ? 1 : 0);
            self->depth[at] = box ? NEAR : FAR;
            self->wanted[at] = FAR;
        }
    }
    return self;
}

static void destroy(canvas *self)
{
    spx_image_unref(self->image);
    spx_image_unref(self->truth);
    free(self);
}

static void fill(canvas *self)
{
    const spx_backdrop backdrop = { .image = self->image,
                                    .known = self->kind,
                                    .depth = self->depth,
                                    .wanted_depth = self->wanted,
                                    .step = STEP,
                                    .margin = MARGIN };
    spx_diag diag = { 0 };
    assert_int_equal(spx_backdrop_fill(&backdrop, NULL, &diag), SPX_OK);
}

static void stripes_go_on_behind_the_box(void **state)
{
    (void)state;
    const uint32_t bits[] = { 8, 16 };
    for (size_t k = 0; k < 2; k++) {
        canvas *const self = create_canvas(bits[k]);

        fill(self);

        uint32_t wrong = 0;
        uint32_t count = 0;
        for (uint32_t y = 0; y < HEIGHT; y++) {
            for (uint32_t x = 0; x < WIDTH; x++) {
                if (self->kind[(size_t)y * WIDTH + x] == 0)
                    continue;
                assert_in_range(get(self->image, x, y, 0), 0, 20); /* no red */
                const int off =
                    abs((int)get(self->image, x, y, 2) - (int)get(self->truth, x, y, 2));
                wrong += off > 30;
                count++;
            }
        }
        assert_true(wrong * 20 < count);
        destroy(self);
    }
}

static void known_pixels_stay(void **state)
{
    (void)state;
    canvas *const self = create_canvas(8);
    canvas *const before = create_canvas(8);

    fill(self);

    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            for (uint32_t c = 0; c < 3 && self->kind[(size_t)y * WIDTH + x] == 0; c++)
                assert_int_equal(get(self->image, x, y, c), get(before->image, x, y, c));
        }
    }
    destroy(self);
    destroy(before);
}

static void fill_beside_frame(spx_image *image, const uint8_t *known, const uint16_t *depth,
                              uint32_t margin)
{
    const spx_backdrop backdrop = { .image = image,
                                    .known = known,
                                    .depth = depth,
                                    .wanted_depth = depth,
                                    .step = STEP,
                                    .margin = margin };
    assert_int_equal(spx_backdrop_fill(&backdrop, NULL, NULL), SPX_OK);
}

/* Noise, with margins so wide that no texture is looked for, a wanted piece inside, and in the
 * upper rows something known outside the frame. */
static void wide_strips_show_the_picture_mirrored(void **state)
{
    (void)state;
    enum { WIDE = 400, HIGH = 48, STRIP = 100, INNER = WIDE - 2 * STRIP, KNOWN_ROWS = 4 };
    static uint8_t kind[WIDE * HIGH];
    static uint16_t depth[WIDE * HIGH];
    spx_image *image = NULL;
    uint32_t noise = 5;
    assert_int_equal(spx_image_create(&image, WIDE, HIGH, 8, NULL), SPX_OK);
    for (uint32_t y = 0; y < HIGH; y++) {
        for (uint32_t x = 0; x < WIDE; x++) {
            const int outside = x < STRIP || x >= WIDE - STRIP;
            const int wanted = x >= 180 && x < 200 && y >= 16 && y < 32;
            noise = noise * 1664525U + 1013904223U;
            kind[y * WIDE + x] = outside ? (y < KNOWN_ROWS ? 0 : 2) : (wanted ? 1 : 0);
            depth[y * WIDE + x] = FAR;
            set(image, x, y, outside ? 255 : noise >> 25, wanted ? 255 : noise >> 26, 40);
        }
    }

    fill_beside_frame(image, kind, depth, STRIP);

    for (uint32_t y = 0; y < HIGH; y++) {
        /* Up to the wanted piece on the left. */
        for (uint32_t i = 0; i < 80; i++) {
            const int known = y < KNOWN_ROWS;
            const uint32_t left = known ? 255 : get(image, STRIP + i, y, 0);
            const uint32_t right = known ? 255 : get(image, STRIP + INNER - 1 - i, y, 0);
            assert_int_equal(get(image, STRIP - 1 - i, y, 0), left);
            assert_int_equal(get(image, STRIP + INNER + i, y, 0), right);
        }
        for (uint32_t x = 180; x < 200; x++)
            assert_in_range(get(image, x, y, 1), 0, 100); /* filled, as before */
    }
    assert_int_equal(kind[20 * WIDE], 2); /* the caller's plane stays */
    spx_image_unref(image);
}

/* The share of the strips' pixels, beside a photo of noise, that show it mirrored. */
static double share_mirrored(uint32_t inner, uint32_t strip)
{
    enum { HIGH = 32 };
    const uint32_t width = inner + 2 * strip;
    uint8_t *const kind = calloc((size_t)width * HIGH, sizeof(*kind));
    uint16_t *const depth = calloc((size_t)width * HIGH, sizeof(*depth));
    spx_image *image = NULL;
    uint32_t noise = 3;
    uint32_t same = 0;
    assert_non_null(kind);
    assert_non_null(depth);
    assert_int_equal(spx_image_create(&image, width, HIGH, 8, NULL), SPX_OK);
    for (uint32_t y = 0; y < HIGH; y++) {
        for (uint32_t x = 0; x < width; x++) {
            noise = noise * 1664525U + 1013904223U;
            kind[(size_t)y * width + x] = x < strip || x >= width - strip;
            set(image, x, y, noise >> 25, noise >> 26, 40);
        }
    }
    fill_beside_frame(image, kind, depth, strip);
    for (uint32_t y = 0; y < HIGH; y++) {
        for (uint32_t i = 0; i < strip; i++)
            same += get(image, strip - 1 - i, y, 0) == get(image, strip + i, y, 0);
    }
    spx_image_unref(image);
    free(depth);
    free(kind);
    return (double)same / (strip * (double)HIGH);
}

static void strips_are_wide_by_their_share_or_their_pixels(void **state)
{
    (void)state;
    assert_true(share_mirrored(200, 8) < 0.5);
    assert_true(share_mirrored(200, 12) > 0.999);
    assert_true(share_mirrored(2000, 40) < 0.5);
    assert_true(share_mirrored(2000, 56) > 0.999);
}

/* A pair's eye, of whose left strip the other eye has shown all but some rows. */
static void gaps_in_a_known_strip_are_not_mirrored(void **state)
{
    (void)state;
    enum { WIDE = 400, HIGH = 60, STRIP = 100, GAP = 24, GAP_ROWS = 12 };
    static uint8_t kind[WIDE * HIGH];
    static uint16_t depth[WIDE * HIGH];
    spx_image *image = NULL;
    uint32_t noise = 9;
    uint32_t mirrored = 0;
    assert_int_equal(spx_image_create(&image, WIDE, HIGH, 8, NULL), SPX_OK);
    for (uint32_t y = 0; y < HIGH; y++) {
        for (uint32_t x = 0; x < WIDE; x++) {
            const int in_gap = x < STRIP && y >= GAP && y < GAP + GAP_ROWS;
            noise = noise * 1664525U + 1013904223U;
            kind[y * WIDE + x] = in_gap || x >= WIDE - STRIP;
            depth[y * WIDE + x] = FAR;
            set(image, x, y, noise >> 25, noise >> 26, 40);
        }
    }

    fill_beside_frame(image, kind, depth, STRIP);

    for (uint32_t y = GAP; y < GAP + GAP_ROWS; y++) {
        for (uint32_t i = 0; i < STRIP; i++)
            mirrored += get(image, STRIP - 1 - i, y, 0) == get(image, STRIP + i, y, 0);
    }
    assert_in_range(mirrored, 0, STRIP * GAP_ROWS / 4);
    spx_image_unref(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stripes_go_on_behind_the_box),
        cmocka_unit_test(known_pixels_stay),
        cmocka_unit_test(wide_strips_show_the_picture_mirrored),
        cmocka_unit_test(strips_are_wide_by_their_share_or_their_pixels),
        cmocka_unit_test(gaps_in_a_known_strip_are_not_mirrored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
