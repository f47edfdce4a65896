#include "test_support.h"

#include "pipeline/compare_places.h"

enum { WIDTH = 400, HEIGHT = 300, CROP = 64 };

static spx_plane *create_depth(void)
{
    spx_plane *depth = NULL;
    assert_int_equal(spx_plane_create(&depth, WIDTH, HEIGHT, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            float d = (float)x / WIDTH * 0.3F;
            if (x > 300 && x < 330 && y > 200 && y < 260)
                d = 1.0F;
            if (x > 90 && y < 60)
                d = 0.6F;
            spx_plane_row(depth, y)[x] = d;
        }
    }
    return depth;
}

static void shows_the_largest_steps_first(void **state)
{
    (void)state;
    spx_plane *const depth = create_depth();
    spx_compare_place places[3];

    const uint32_t found = spx_compare_places_find(depth, CROP, CROP, 3, places);

    assert_int_equal(found, 3);
    assert_in_range(places[0].x, 300 - CROP, 330);
    assert_in_range(places[0].y, 200 - CROP, 260);
    for (int i = 1; i < 3; i++) {
        const int apart = places[i].x + CROP <= places[0].x || places[0].x + CROP <= places[i].x ||
                          places[i].y + CROP <= places[0].y || places[0].y + CROP <= places[i].y;
        assert_true(apart);
    }
    spx_plane_destroy(depth);
}

static void a_photo_of_one_crop_has_one_place(void **state)
{
    (void)state;
    spx_plane *depth = NULL;
    assert_int_equal(spx_plane_create(&depth, 1, 1, NULL), SPX_OK);
    spx_plane_row(depth, 0)[0] = 0.5F;
    spx_compare_place places[8];

    const uint32_t found = spx_compare_places_find(depth, 1, 1, 8, places);

    assert_int_equal(found, 1);
    assert_int_equal(places[0].x, 0);
    spx_plane_destroy(depth);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_the_largest_steps_first),
        cmocka_unit_test(a_photo_of_one_crop_has_one_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
