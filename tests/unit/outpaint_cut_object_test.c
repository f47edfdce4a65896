#include "test_support.h"

#include "outpaint/cut_object.h"

#include <math.h>

enum { WIDTH = 192, HEIGHT = 128 };

static const spx_frame all_sides = { .width = 1400,
                                     .height = 1000,
                                     .photo_x = 200,
                                     .photo_y = 160,
                                     .photo_width = 1000,
                                     .photo_height = 680 };

/* A ground that comes nearer downwards, and a near box. */
static spx_plane *make_depth(uint32_t left, uint32_t top, uint32_t right, uint32_t bottom)
{
    spx_plane *plane = NULL;
    assert_int_equal(spx_plane_create(&plane, WIDTH, HEIGHT, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const int box = x >= left && x < right && y >= top && y < bottom;
            spx_plane_row(plane, y)[x] = box ? 0.95F : 0.6F * (float)y / HEIGHT;
        }
    }
    return plane;
}

static void finds_the_side_that_cuts_something(void **state)
{
    (void)state;
    static const struct {
        uint32_t box[4];
        const char *side;
    } cases[] = {
        { { 0, 0, 0, 0 }, NULL },       /* ground alone */
        { { 60, 40, 110, 100 }, NULL }, /* whole */
        { { 60, 40, 110, 128 }, "bottom" }, { { 0, 40, 40, 100 }, "left" },
        { { 150, 40, 192, 100 }, "right" }, { { 60, 0, 110, 60 }, "top" },
        { { 0, 0, 192, 128 }, NULL }, /* a wall fills the picture */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const uint32_t *const box = cases[i].box;
        spx_plane *const depth = make_depth(box[0], box[1], box[2], box[3]);
        const spx_outpaint_doubts found = spx_outpaint_doubts_find(&all_sides, depth);
        if (cases[i].side == NULL) {
            assert_null(found.cut_side);
        } else {
            assert_non_null(found.cut_side);
            assert_string_equal(found.cut_side, cases[i].side);
        }
        spx_plane_destroy(depth);
    }
}

static void sides_that_do_not_grow_cut_nothing(void **state)
{
    (void)state;
    spx_frame frame = all_sides;
    spx_plane *const depth = make_depth(60, 40, 110, 128);
    frame.height = frame.photo_y + frame.photo_height;

    const spx_outpaint_doubts found = spx_outpaint_doubts_find(&frame, depth);

    assert_null(found.cut_side);
    spx_plane_destroy(depth);
}

static void marks_what_is_cut_and_no_more(void **state)
{
    (void)state;
    uint8_t marks[WIDTH];
    spx_plane *const depth = make_depth(60, 40, 110, 128);

    assert_int_equal(spx_cut_things_mark(depth, SPX_SIDE_BOTTOM, marks), WIDTH);

    for (uint32_t x = 0; x < WIDTH; x++)
        assert_int_equal(marks[x], x >= 60 && x < 110);
    assert_int_equal(spx_cut_things_mark(depth, SPX_SIDE_LEFT, marks), HEIGHT);
    for (uint32_t y = 0; y < HEIGHT; y++)
        assert_int_equal(marks[y], 0);
    spx_plane_destroy(depth);
}

static void measures_the_largest_growth(void **state)
{
    (void)state;
    const spx_outpaint_doubts found = spx_outpaint_doubts_find(&all_sides, NULL);
    assert_true(fabs(found.most_growth - 160.0 / 680.0) < 1e-9);
    assert_null(found.cut_side);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_side_that_cuts_something),
        cmocka_unit_test(sides_that_do_not_grow_cut_nothing),
        cmocka_unit_test(marks_what_is_cut_and_no_more),
        cmocka_unit_test(measures_the_largest_growth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
