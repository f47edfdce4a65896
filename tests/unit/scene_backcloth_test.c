#include "test_support.h"

#include "image/image.h"
#include "scene/backcloth.h"

#include <stdlib.h>
#include <string.h>

enum { WIDTH = 320, HEIGHT = 200, NEAR = 60000, FAR = 10000, LEFT = 120, RIGHT = 200 };

static const double reach = 0.5;
static const double rim = 0.25;

/* A near red post before a far blue wall. */
static spx_sheets post_before_wall(void)
{
    spx_sheets sheets = { .width = WIDTH, .height = HEIGHT, .step = 500 };
    assert_int_equal(spx_image_create(&sheets.ground, WIDTH, HEIGHT, 8, NULL), SPX_OK);
    sheets.ground_depth = malloc(sizeof(uint16_t) * WIDTH * HEIGHT);
    assert_non_null(sheets.ground_depth);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const int is_post = x >= LEFT && x < RIGHT;
            const uint8_t colour[3] = { is_post ? 200 : 20, 30, is_post ? 20 : 200 };
            memcpy(spx_image_row8(sheets.ground, y) + 3 * (size_t)x, colour, 3);
            sheets.ground_depth[(size_t)y * WIDTH + x] = is_post ? NEAR : FAR;
        }
    }
    return sheets;
}

static void hangs_behind_everything_and_folds_nowhere(void **state)
{
    (void)state;
    spx_sheets sheets = post_before_wall();
    spx_backcloth cloth;
    assert_int_equal(spx_backcloth_init(&cloth, &sheets, reach, rim, NULL), SPX_OK);

    const double most = 65535.0 * cloth.cell_px / (reach * WIDTH);
    assert_true(cloth.rim * cloth.cell_px >= rim * WIDTH);
    for (uint32_t row = 0; row < cloth.rows; row++) {
        for (uint32_t column = 0; column < cloth.columns; column++) {
            const uint16_t depth = cloth.depth[(size_t)row * cloth.columns + column];
            const uint32_t x = (column - cloth.rim) * cloth.cell_px;
            assert_true(depth >= FAR);
            if (column >= cloth.rim && column < cloth.columns - cloth.rim)
                assert_true(depth <= (x >= LEFT && x < RIGHT ? NEAR : FAR));
            if (column > 0)
                assert_true(abs(depth - cloth.depth[(size_t)row * cloth.columns + column - 1]) <=
                            most);
        }
    }

    spx_backcloth_clear(&cloth);
    spx_sheets_clear(&sheets);
}

static void shows_nothing_of_what_stands_before_it(void **state)
{
    (void)state;
    spx_sheets sheets = post_before_wall();
    spx_backcloth cloth;
    assert_int_equal(spx_backcloth_init(&cloth, &sheets, reach, rim, NULL), SPX_OK);

    const uint8_t *const row = spx_image_row8(cloth.colour, cloth.rows / 2);
    for (uint32_t column = 0; column < cloth.columns; column++) {
        const uint8_t *const pixel = row + 3 * (size_t)column;
        const uint32_t x = (column - cloth.rim) * cloth.cell_px;
        /* The post's outermost cells may touch the rising cloth. */
        if (x < LEFT || x >= RIGHT || (x > LEFT + 8 && x < RIGHT - 8))
            assert_true(pixel[0] < 60 && pixel[2] > 150);
    }

    spx_backcloth_clear(&cloth);
    spx_sheets_clear(&sheets);
}

static void takes_sheets_of_one_pixel(void **state)
{
    (void)state;
    uint16_t depth = NEAR;
    spx_sheets sheets = { .width = 1, .height = 1, .step = 500, .ground_depth = &depth };
    spx_backcloth cloth;
    assert_int_equal(spx_image_create(&sheets.ground, 1, 1, 8, NULL), SPX_OK);
    memset(sheets.ground->pixels, 90, 3);
    assert_int_equal(spx_backcloth_init(&cloth, &sheets, reach, rim, NULL), SPX_OK);

    assert_int_equal(cloth.depth[0], NEAR);
    assert_int_equal(spx_image_row8(cloth.colour, cloth.rows - 1)[0], 90);

    spx_backcloth_clear(&cloth);
    spx_image_unref(sheets.ground);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hangs_behind_everything_and_folds_nowhere),
        cmocka_unit_test(shows_nothing_of_what_stands_before_it),
        cmocka_unit_test(takes_sheets_of_one_pixel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
