#include "test_support.h"

#include "depth/letterbox.h"
#include "image/image.h"

#include <string.h>

enum { WIDTH = 320, HEIGHT = 200 };

/* A grey picture with black bars: rows above and below, columns left and right. */
static spx_image *make_photo(uint32_t bits, const uint32_t bars[4])
{
    spx_image *photo = NULL;
    assert_int_equal(spx_image_create(&photo, WIDTH, HEIGHT, bits, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const int bar =
                y < bars[0] || y >= HEIGHT - bars[1] || x < bars[2] || x >= WIDTH - bars[3];
            const uint32_t value = bar ? (x + y) % 5 : 60 + (x + y) % 100;
            for (int c = 0; c < SPX_IMAGE_CHANNELS; c++)
                spx_image_set_sample(photo, x, y, c, bits == 8 ? value : value * 257);
        }
    }
    return photo;
}

static void finds_bars_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        uint32_t bars[4];
        uint32_t found[4]; /* left, top, width, height */
    } cases[] = {
        { { 0, 0, 0, 0 }, { 0, 0, WIDTH, HEIGHT } },
        { { 20, 20, 0, 0 }, { 0, 20, WIDTH, HEIGHT - 40 } },
        { { 20, 21, 0, 0 }, { 0, 20, WIDTH, HEIGHT - 41 } },
        { { 0, 0, 50, 50 }, { 50, 0, WIDTH - 100, HEIGHT } },
        { { 10, 10, 30, 30 }, { 30, 10, WIDTH - 60, HEIGHT - 20 } },
        { { 20, 0, 0, 0 }, { 0, 0, WIDTH, HEIGHT } },    /* a night sky */
        { { 60, 20, 0, 0 }, { 0, 0, WIDTH, HEIGHT } },   /* not alike */
        { { 1, 1, 0, 0 }, { 0, 0, WIDTH, HEIGHT } },     /* a frame */
        { { 100, 100, 0, 0 }, { 0, 0, WIDTH, HEIGHT } }, /* all black */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (uint32_t bits = 8; bits <= 16; bits += 8) {
            spx_image *const photo = make_photo(bits, cases[i].bars);
            const spx_letterbox box = spx_letterbox_find(photo);
            assert_int_equal(box.left, cases[i].found[0]);
            assert_int_equal(box.top, cases[i].found[1]);
            assert_int_equal(box.width, cases[i].found[2]);
            assert_int_equal(box.height, cases[i].found[3]);
            assert_int_equal(spx_letterbox_is_cut(&box, photo),
                             box.width != WIDTH || box.height != HEIGHT);
            spx_image_unref(photo);
        }
    }
}

static void bars_are_far_and_flat(void **state)
{
    (void)state;
    spx_image *const photo = make_photo(8, (const uint32_t[]){ 20, 20, 0, 0 });
    const spx_letterbox box = spx_letterbox_find(photo);
    const spx_image view = spx_letterbox_view(&box, photo);
    spx_plane *map = NULL;
    assert_int_equal(view.height, HEIGHT - 40);
    assert_true(spx_image_sample(&view, 0, 0, 0) >= 60);
    assert_int_equal(spx_plane_create(&map, WIDTH / 2, (HEIGHT - 40) / 2, NULL), SPX_OK);
    for (uint32_t y = 0; y < map->height; y++) {
        for (uint32_t x = 0; x < map->width; x++)
            spx_plane_row(map, y)[x] = 3.0F + (float)y;
    }

    assert_int_equal(spx_letterbox_frame(&box, photo, &map, NULL), SPX_OK);

    assert_int_equal(map->width, WIDTH / 2);
    assert_int_equal(map->height, HEIGHT / 2);
    for (uint32_t y = 0; y < map->height; y++) {
        const int bar = y < 10 || y >= map->height - 10;
        for (uint32_t x = 0; x < map->width; x++)
            assert_true(spx_plane_row(map, y)[x] == (bar ? 3.0F : 3.0F + (float)(y - 10)));
    }
    spx_plane_destroy(map);
    assert_int_equal(spx_plane_create(&map, WIDTH, HEIGHT, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++)
            spx_plane_row(map, y)[x] = 0.5F;
    }
    spx_letterbox_flatten(&box, map);
    assert_true(spx_plane_row(map, 19)[5] == 0.0F && spx_plane_row(map, 180)[5] == 0.0F);
    assert_true(spx_plane_row(map, 20)[5] == 0.5F && spx_plane_row(map, 179)[5] == 0.5F);
    spx_plane_destroy(map);
    spx_image_unref(photo);
}

static void a_map_loses_the_bars(void **state)
{
    (void)state;
    spx_image *const photo = make_photo(8, (const uint32_t[]){ 20, 20, 0, 0 });
    const spx_letterbox box = spx_letterbox_find(photo);
    spx_plane *map = NULL;
    assert_int_equal(spx_plane_create(&map, WIDTH / 2, HEIGHT / 2, NULL), SPX_OK);
    for (uint32_t y = 0; y < map->height; y++) {
        for (uint32_t x = 0; x < map->width; x++)
            spx_plane_row(map, y)[x] = (float)(100 * y + x);
    }

    assert_int_equal(spx_letterbox_cut(&box, photo, &map, NULL), SPX_OK);

    assert_int_equal(map->width, WIDTH / 2);
    assert_int_equal(map->height, HEIGHT / 2 - 20);
    for (uint32_t y = 0; y < map->height; y++) {
        for (uint32_t x = 0; x < map->width; x++)
            assert_true(spx_plane_row(map, y)[x] == (float)(100 * (y + 10) + x));
    }
    spx_plane_destroy(map);
    /* A map of one pixel stays one. */
    assert_int_equal(spx_plane_create(&map, 1, 1, NULL), SPX_OK);
    spx_plane_row(map, 0)[0] = 7.0F;
    assert_int_equal(spx_letterbox_cut(&box, photo, &map, NULL), SPX_OK);
    assert_int_equal(map->width, 1);
    assert_int_equal(map->height, 1);
    assert_true(spx_plane_row(map, 0)[0] == 7.0F);
    spx_plane_destroy(map);
    spx_image_unref(photo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_bars_and_nothing_else),
        cmocka_unit_test(bars_are_far_and_flat),
        cmocka_unit_test(a_map_loses_the_bars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
