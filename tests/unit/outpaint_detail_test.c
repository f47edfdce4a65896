/* What the border has of fine structure goes on: no smear beside cloth, no cloth in a blur. */
#include "test_support.h"

#include "image/image.h"
#include "outpaint/detail.h"
#include "outpaint/guide.h"
#include "outpaint/palette.h"
#include "outpaint/patch_match.h"

#include <math.h>

enum { WIDTH = 240, HEIGHT = 160, MARGIN = 48, WEAVE_PX = 100, MIDDLE = HEIGHT / 2 };

/* Of every four pixels two are lighter and two darker: half the size shows nothing of it. */
static double weave_at(uint32_t x, uint32_t y)
{
    uint32_t h = x / 2 * 374761393U + y / 2 * 668265263U;
    h = (h ^ h >> 13) * 1274126177U;
    const uint32_t which = (h ^ h >> 16) % 3;
    const uint32_t lighter = which == 0 ? x % 2 : which == 1 ? y % 2 : (x + y) % 2;
    return lighter ? 1.0 : -1.0;
}

/* Cloth from column `from` to `to`, beside it the same grey, out of focus. */
static spx_image *woven(uint32_t from, uint32_t to, uint32_t bits)
{
    spx_image *image = NULL;
    assert_int_equal(spx_image_create(&image, WIDTH, HEIGHT, bits, NULL), SPX_OK);
    const double unit = bits == 16 ? 257.0 : 1.0;
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const double slow = 6.0 * sin(x / 23.0) * sin(y / 19.0);
            const double fine = x >= from && x < to ? 16.0 * weave_at(x, y) : 0.0;
            const uint32_t value = (uint32_t)lround(unit * (120.0 + slow + fine));
            for (int c = 0; c < 3; c++)
                spx_image_set_sample(image, x, y, c, value);
        }
    }
    return image;
}

static const spx_frame all_around = { .width = WIDTH + 2 * MARGIN,
                                      .height = HEIGHT + 2 * MARGIN,
                                      .photo_x = MARGIN,
                                      .photo_y = MARGIN,
                                      .photo_width = WIDTH,
                                      .photo_height = HEIGHT };

static void coarse_levels_know_what_is_fine(void **state)
{
    (void)state;
    for (uint32_t bits = 8; bits <= 16; bits += 8) {
        spx_image *const photo = woven(0, WEAVE_PX, bits);
        spx_pyramid pyramid = { 0 };
        assert_int_equal(spx_pyramid_build(&pyramid, photo, &all_around, NULL, NULL), SPX_OK);

        assert_int_equal(spx_patch_find_detail(&pyramid, 1, NULL), SPX_OK);

        assert_null(pyramid.levels[0].detail);
        assert_true(pyramid.top >= 1);
        for (int32_t k = 1; k <= pyramid.top; k++) {
            const spx_patch_level *const level = &pyramid.levels[k];
            assert_int_equal(level->detail->width, spx_patch_rect_width(&level->photo));
            assert_int_equal(level->detail->height, spx_patch_rect_height(&level->photo));
            const float *const row = spx_plane_row(level->detail, (uint32_t)(MIDDLE >> k));
            /* log2 of 256 is 8. */
            assert_true(row[WEAVE_PX / 2 >> k] > 7.0F && row[WEAVE_PX / 2 >> k] < 8.3F);
            assert_true(row[(WIDTH + WEAVE_PX) / 2 >> k] < 0.5F);
        }
        spx_pyramid_clear(&pyramid);
        spx_image_unref(photo);
    }
}

static void each_piece_of_border_knows_its_own(void **state)
{
    (void)state;
    spx_image *const photo = woven(0, WEAVE_PX, 8);
    spx_pyramid pyramid = { 0 };
    assert_int_equal(spx_pyramid_build(&pyramid, photo, &all_around, NULL, NULL), SPX_OK);
    assert_int_equal(spx_patch_find_detail(&pyramid, pyramid.top, NULL), SPX_OK);
    spx_patch_level *const level = &pyramid.levels[pyramid.top];

    assert_int_equal(spx_patch_find_palette(level, NULL), SPX_OK);

    const int32_t y = level->photo.y0 + (MIDDLE >> pyramid.top);
    const spx_patch_source middle = { .x = (uint16_t)(spx_patch_rect_width(&level->photo) / 2),
                                      .y = (uint16_t)(MIDDLE >> pyramid.top) };
    const spx_patch_detail_range rough =
        level->palette->detail[spx_patch_palette_at(level, 0, y, middle)];
    const spx_patch_detail_range soft =
        level->palette->detail[spx_patch_palette_at(level, level->width - 1, y, middle)];
    assert_true(rough.least > 6.0F && rough.most >= rough.least && rough.most < 8.5F);
    assert_true(soft.least >= 0.0F && soft.most >= soft.least && soft.most < 0.5F);
    spx_pyramid_clear(&pyramid);
    spx_image_unref(photo);
}

/* Share of the left border's sources that lie in the weave, from column `from` of the photo to
 * `to`, after searches from random ones. */
static double share_of_weave(uint32_t from, uint32_t to, float detail)
{
    enum { PASSES = 6, HALF = 1 };
    spx_image *const photo = woven(from, to, 8);
    spx_pyramid pyramid = { 0 };
    assert_int_equal(spx_pyramid_build(&pyramid, photo, &all_around, NULL, NULL), SPX_OK);
    assert_int_equal(spx_patch_find_detail(&pyramid, HALF, NULL), SPX_OK);
    spx_patch_level *const level = &pyramid.levels[HALF];
    assert_int_equal(spx_patch_guide(level, NULL), SPX_OK);
    assert_int_equal(spx_patch_find_palette(level, NULL), SPX_OK);
    spx_patch_fill_from_guide(level);
    level->prior = (spx_patch_prior){ .guide = 1.0F, .detail = detail };
    uint32_t state = 1;
    for (int32_t i = 0; i < level->width * level->height; i++)
        level->sources[i] = spx_patch_random_source(level, &state);
    for (uint32_t pass = 0; pass < PASSES; pass++) {
        const spx_patch_search search = {
            .seed = 1, .step = pass, .radius = level->width, .costs_stale = pass == 0
        };
        assert_int_equal(spx_patch_match(level, &search, NULL, NULL), SPX_OK);
    }
    double woven_ones = 0.0;
    double all = 0.0;
    for (int32_t y = level->photo.y0; y < level->photo.y1; y++) {
        for (int32_t x = 0; x < level->photo.x0; x++) {
            const uint32_t at = 2U * level->sources[y * level->width + x].x;
            woven_ones += at >= from && at < to;
            all += 1.0;
        }
    }
    spx_pyramid_clear(&pyramid);
    spx_image_unref(photo);
    return woven_ones / all;
}

static void what_is_fine_goes_on_beside_it(void **state)
{
    (void)state;
    assert_true(share_of_weave(0, WEAVE_PX, 0.0F) < 0.7);
    assert_true(share_of_weave(0, WEAVE_PX, 1.0F) > 0.97);
}

static void what_is_fine_stays_out_of_a_blur(void **state)
{
    (void)state;
    assert_true(share_of_weave(WIDTH - WEAVE_PX, WIDTH, 0.0F) > 0.3);
    assert_true(share_of_weave(WIDTH - WEAVE_PX, WIDTH, 1.0F) < 0.03);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coarse_levels_know_what_is_fine),
        cmocka_unit_test(each_piece_of_border_knows_its_own),
        cmocka_unit_test(what_is_fine_goes_on_beside_it),
        cmocka_unit_test(what_is_fine_stays_out_of_a_blur),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
