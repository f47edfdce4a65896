#include "test_support.h"

#include "remote/plan.h"

#include <math.h>
#include <string.h>

static const spx_remote_range range = { .least = 720, .most = 1536, .step = 8 };

static spx_frame frame_of(uint32_t width, uint32_t height, const uint32_t margins[4])
{
    return (spx_frame){ .width = width + margins[0] + margins[2],
                        .height = height + margins[1] + margins[3],
                        .photo_x = margins[0],
                        .photo_y = margins[1],
                        .photo_width = width,
                        .photo_height = height };
}

/* The Space as its source says: where it puts a photo of that size. */
static void put_as_the_space_does(const spx_remote_space_plan *plan, uint32_t *x, uint32_t *y,
                                  uint32_t *width, uint32_t *height)
{
    const spx_remote_place *const place = &plan->place;
    const double fit = fmin((double)place->width / plan->upload_width,
                            (double)place->height / plan->upload_height);
    const double share = plan->percent / 100.0;
    *width = (uint32_t)((uint32_t)(plan->upload_width * fit) * share);
    *height = (uint32_t)((uint32_t)(plan->upload_height * fit) * share);
    *x = (place->width - *width) / 2;
    *y = (place->height - *height) / 2;
    if (strcmp(plan->alignment, "Left") == 0)
        *x = 0;
    if (strcmp(plan->alignment, "Right") == 0)
        *x = place->width - *width;
    if (strcmp(plan->alignment, "Top") == 0)
        *y = 0;
    if (strcmp(plan->alignment, "Bottom") == 0)
        *y = place->height - *height;
}

static void assert_holds(const spx_frame *frame, const spx_remote_space_plan *plan)
{
    const spx_remote_place *const place = &plan->place;
    uint32_t x = 0;
    uint32_t y = 0;
    uint32_t width = 0;
    uint32_t height = 0;
    put_as_the_space_does(plan, &x, &y, &width, &height);

    assert_true(place->width % 8 == 0 && place->height % 8 == 0);
    assert_in_range(place->width, range.least, range.most);
    assert_in_range(place->height, range.least, range.most);
    assert_in_range(plan->percent, 1, 100);
    assert_int_equal(place->photo_width, width);
    assert_int_equal(place->photo_height, height);
    assert_int_equal(place->x, x);
    assert_int_equal(place->y, y);
    const double scale_x = (double)place->photo_width / frame->photo_width;
    const double scale_y = (double)place->photo_height / frame->photo_height;
    assert_true(fabs(scale_x / scale_y - 1.0) < 0.03);
    assert_true(place->x + 1.0 >= scale_x * spx_frame_left(frame));
    assert_true(place->y + 1.0 >= scale_y * spx_frame_top(frame));
    assert_true(place->width - place->x - place->photo_width + 1.0 >=
                scale_x * spx_frame_right(frame));
    assert_true(place->height - place->y - place->photo_height + 1.0 >=
                scale_y * spx_frame_bottom(frame));
}

static void leaves_the_wished_margins_on_all_sides(void **state)
{
    (void)state;
    static const uint32_t photos[][2] = {
        { 4000, 3000 }, { 3000, 4000 }, { 640, 480 }, { 1000, 1000 }, { 8000, 3000 }, { 230, 170 },
    };
    static const double shares[][4] = {
        { 0.2, 0.2, 0.2, 0.2 }, { 0.3, 0, 0, 0 },   { 0, 0, 0.3, 0 },     { 0, 0.5, 0, 0 },
        { 0, 0, 0, 0.01 },      { 0.3, 0, 0.3, 0 }, { 0, 0.25, 0, 0.25 }, { 0, 0.2, 0.4, 0 },
        { 0.1, 0.2, 0.3, 0.4 }, { 1, 1, 1, 1 },     { 3, 3, 3, 3 },
    };
    for (size_t i = 0; i < sizeof(photos) / sizeof(photos[0]); i++) {
        for (size_t j = 0; j < sizeof(shares) / sizeof(shares[0]); j++) {
            uint32_t margins[4];
            for (size_t k = 0; k < 4; k++)
                margins[k] = (uint32_t)(shares[j][k] * photos[i][k % 2]);
            const spx_frame frame = frame_of(photos[i][0], photos[i][1], margins);
            spx_remote_space_plan plan;

            assert_int_equal(spx_remote_plan_space(&plan, &frame, &range, &range, NULL), SPX_OK);

            assert_holds(&frame, &plan);
        }
    }
}

static void uses_most_of_the_picture(void **state)
{
    (void)state;
    const spx_frame frame = frame_of(4000, 3000, (const uint32_t[4]){ 800, 600, 800, 600 });
    spx_remote_space_plan plan;

    assert_int_equal(spx_remote_plan_space(&plan, &frame, &range, &range, NULL), SPX_OK);

    assert_int_equal(plan.place.width, 1536);
    assert_int_equal(plan.place.height, 1152);
    assert_string_equal(plan.alignment, "Middle");
    assert_in_range(plan.place.photo_width, 1075, 1097); /* 1097 = 1536 / 1.4 */
}

static void aligns_a_photo_that_grows_on_one_side(void **state)
{
    (void)state;
    const spx_frame frame = frame_of(4000, 3000, (const uint32_t[4]){ 0, 0, 2000, 0 });
    spx_remote_space_plan plan;

    assert_int_equal(spx_remote_plan_space(&plan, &frame, &range, &range, NULL), SPX_OK);

    assert_string_equal(plan.alignment, "Left");
    assert_int_equal(plan.place.x, 0);
    assert_true(plan.place.photo_width > 980); /* of 1024 at most */
}

static void says_when_a_frame_is_too_narrow(void **state)
{
    (void)state;
    const spx_frame frame = frame_of(20000, 200, (const uint32_t[4]){ 2000, 0, 2000, 0 });
    spx_remote_space_plan plan;
    spx_diag diag = { 0 };

    assert_int_equal(spx_remote_plan_space(&plan, &frame, &range, &range, &diag),
                     SPX_ERR_UNSUPPORTED);

    assert_non_null(strstr(diag.text, "24000 x 200"));
}

static void fits_a_frame_to_multiples_of_eight(void **state)
{
    (void)state;
    const spx_frame frame = frame_of(4001, 2999, (const uint32_t[4]){ 801, 0, 799, 601 });

    const spx_remote_place place = spx_remote_plan_frame(&frame, 1024, 8);

    assert_int_equal(place.width, 1024);
    assert_int_equal(place.height, 656);
    assert_int_equal(place.x, 146);
    assert_int_equal(place.y, 0);
    assert_in_range(place.photo_width, 731, 732);
    assert_in_range(place.photo_height, 546, 547);
}

static void does_not_enlarge_a_small_frame(void **state)
{
    (void)state;
    const spx_frame frame = frame_of(1, 1, (const uint32_t[4]){ 3, 0, 0, 0 });

    const spx_remote_place place = spx_remote_plan_frame(&frame, 1024, 8);

    assert_int_equal(place.width, 8);
    assert_int_equal(place.height, 8);
    assert_int_equal(place.x, 6);
    assert_int_equal(place.photo_width, 2);
    assert_int_equal(place.photo_height, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_the_wished_margins_on_all_sides),
        cmocka_unit_test(uses_most_of_the_picture),
        cmocka_unit_test(aligns_a_photo_that_grows_on_one_side),
        cmocka_unit_test(says_when_a_frame_is_too_narrow),
        cmocka_unit_test(fits_a_frame_to_multiples_of_eight),
        cmocka_unit_test(does_not_enlarge_a_small_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
