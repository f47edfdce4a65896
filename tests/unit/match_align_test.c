#include "test_support.h"

#include "image/image.h"
#include "match/align.h"
#include "match/match.h"
#include "test_pictures.h"
#include "true_pair.h"

#include <math.h>
#include <string.h>

/* How the right eye of the true pair is spoilt. */
typedef struct spoil {
    const char *name;
    double lower_pct; /* of the height */
    double turn_deg;  /* clockwise */
    double scale;
    double stops; /* of exposure, in linear light */
} spoil;

static const spoil spoils[] = {
    { "lower", 0.5, 0.0, 1.0, 0.0 },   { "higher", -0.5, 0.0, 1.0, 0.0 },
    { "turned", 0.0, 0.3, 1.0, 0.0 },  { "turned back", 0.0, -0.3, 1.0, 0.0 },
    { "larger", 0.0, 0.0, 1.01, 0.0 }, { "all and darker", -0.5, 0.3, 1.01, -0.3 },
};

static double linear_of(double level)
{
    const double v = level / 255.0;
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double level_of(double linear)
{
    const double v = linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055;
    return 255.0 * fmin(1.0, v);
}

static double sample(const spx_image *image, double x, double y, int c)
{
    const double px = fmin(image->width - 1.001, fmax(0.0, x));
    const double py = fmin(image->height - 1.001, fmax(0.0, y));
    const uint32_t left = (uint32_t)px;
    const uint32_t top = (uint32_t)py;
    const double u = px - left;
    const double v = py - top;
    return (1 - v) * ((1 - u) * spx_image_sample(image, left, top, c) +
                      u * spx_image_sample(image, left + 1, top, c)) +
           v * ((1 - u) * spx_image_sample(image, left, top + 1, c) +
                u * spx_image_sample(image, left + 1, top + 1, c));
}

/* A picture that lies lower, turned clockwise, larger and darker around its middle. */
static spx_image *spoil_image(const spx_image *from, const spoil *how)
{
    spx_image *out = NULL;
    const double turn = how->turn_deg * 3.14159265358979323846 / 180.0;
    assert_int_equal(spx_image_create(&out, from->width, from->height, from->bits, NULL), SPX_OK);
    for (uint32_t y = 0; y < from->height; y++) {
        for (uint32_t x = 0; x < from->width; x++) {
            const double dx = (x - (from->width - 1) / 2.0) / how->scale;
            const double dy =
                (y - (from->height - 1) / 2.0 - how->lower_pct / 100.0 * from->height) / how->scale;
            const double at_x = dx * cos(turn) + dy * sin(turn) + (from->width - 1) / 2.0;
            const double at_y = dy * cos(turn) - dx * sin(turn) + (from->height - 1) / 2.0;
            for (int c = 0; c < SPX_IMAGE_CHANNELS; c++) {
                const double level = sample(from, at_x, at_y, c);
                const double value = level_of(linear_of(level) * exp2(how->stops));
                spx_image_set_sample(out, x, y, c, (uint32_t)lround(value));
            }
        }
    }
    return out;
}

static void finds_and_undoes_what_was_spoilt(void **state)
{
    (void)state;
    true_pair pair;
    true_pair_bundled(&pair);
    for (size_t i = 0; i < sizeof(spoils) / sizeof(*spoils); i++) {
        const spoil *const how = &spoils[i];
        spx_image *eyes[2] = { spx_image_ref(pair.left), spoil_image(pair.right, how) };
        spx_alignment found;
        spx_alignment after;

        assert_int_equal(spx_align_eyes(&found, eyes, NULL, NULL), SPX_OK);
        assert_int_equal(spx_align_measure(&after, eyes[0], eyes[1], NULL, NULL), SPX_OK);

        if (!found.moved || fabs(found.offset_px - how->lower_pct / 100.0 * 500) > 0.4 ||
            fabs(found.rotation_deg - how->turn_deg) > 0.04 ||
            fabs(found.scale - how->scale) > 0.0015 || after.vertical_pct > 0.1)
            fail_msg("%s: moved %d, offset %.3f, turned %.3f, scale %.4f; after %.3f %%", how->name,
                     found.moved, found.offset_px, found.rotation_deg, found.scale,
                     after.vertical_pct);
        assert_true(found.brightened == (how->stops != 0.0));
        for (int c = 0; c < 3; c++)
            assert_true(fabs(after.gain[c] - 1.0) < 0.03);
        assert_true(eyes[0]->width == eyes[1]->width && eyes[0]->height == eyes[1]->height);
        assert_true(eyes[0]->width > 720 && eyes[0]->height > 485);
        spx_image_unref(eyes[0]);
        spx_image_unref(eyes[1]);
    }
    true_pair_clear(&pair);
}

static void an_aligned_pair_is_matched_as_well_as_the_true_one(void **state)
{
    (void)state;
    true_pair pair;
    true_pair_bundled(&pair);
    const spoil how = { "all", -0.5, 0.3, 1.01, -0.3 };
    spx_image *eyes[2] = { spx_image_ref(pair.left), spoil_image(pair.right, &how) };
    spx_match good = { 0 };
    spx_match spoilt = { 0 };
    spx_match mended = { 0 };
    spx_alignment found;
    assert_int_equal(spx_match_eyes(&good, pair.left, pair.right, NULL, NULL, NULL), SPX_OK);
    assert_int_equal(spx_match_eyes(&spoilt, eyes[0], eyes[1], NULL, NULL, NULL), SPX_OK);
    assert_int_equal(spx_align_eyes(&found, eyes, NULL, NULL), SPX_OK);
    assert_int_equal(spx_match_eyes(&mended, eyes[0], eyes[1], NULL, NULL, NULL), SPX_OK);
    assert_true(spoilt.known_share < good.known_share - 0.1);
    assert_true(mended.known_share > good.known_share - 0.03);
    spx_match_clear(&good);
    spx_match_clear(&spoilt);
    spx_match_clear(&mended);
    spx_image_unref(eyes[0]);
    spx_image_unref(eyes[1]);
    true_pair_clear(&pair);
}

static void a_good_pair_stays_as_it_is(void **state)
{
    (void)state;
    true_pair pair;
    true_pair_bundled(&pair);
    spx_image *eyes[2] = { spx_image_ref(pair.left), spx_image_ref(pair.right) };
    spx_alignment found;
    char text[160];
    assert_int_equal(spx_align_eyes(&found, eyes, NULL, NULL), SPX_OK);
    assert_false(found.moved);
    assert_false(found.brightened);
    assert_true(found.matches > 100);
    assert_true(found.vertical_pct < SPX_ALIGN_VERTICAL_PCT);
    assert_ptr_equal(eyes[0], pair.left);
    assert_ptr_equal(eyes[1], pair.right);
    spx_alignment_describe(&found, 500, text, sizeof(text));
    assert_non_null(strstr(text, "of the height"));
    spx_image_unref(eyes[0]);
    spx_image_unref(eyes[1]);
    true_pair_clear(&pair);
}

static void exposure_alone_is_corrected_without_moving(void **state)
{
    (void)state;
    true_pair pair;
    true_pair_bundled(&pair);
    const spoil how = { "darker", 0.0, 0.0, 1.0, -0.3 };
    spx_image *eyes[2] = { spx_image_ref(pair.left), spoil_image(pair.right, &how) };
    spx_alignment found;
    assert_int_equal(spx_align_eyes(&found, eyes, NULL, NULL), SPX_OK);
    assert_false(found.moved);
    assert_true(found.brightened);
    assert_true(found.gain[1] > 0.88 && found.gain[1] < 0.93);
    assert_ptr_equal(eyes[0], pair.left);
    assert_int_equal(eyes[1]->width, pair.right->width);
    spx_image_unref(eyes[0]);
    spx_image_unref(eyes[1]);
    true_pair_clear(&pair);
}

static void nothing_is_changed_where_nothing_is_known(void **state)
{
    (void)state;
    spx_image *eyes[2] = { NULL, NULL };
    spx_alignment found;
    char text[160];
    for (int i = 0; i < 2; i++) {
        assert_int_equal(spx_image_create(&eyes[i], 200, 150, 16, NULL), SPX_OK);
        memset(eyes[i]->pixels, 90 + 60 * i, eyes[i]->stride_bytes * 150);
    }
    spx_image *const before = eyes[1];
    assert_int_equal(spx_align_eyes(&found, eyes, NULL, NULL), SPX_OK);
    assert_int_equal(found.matches, 0);
    assert_ptr_equal(eyes[1], before);
    spx_alignment_describe(&found, 150, text, sizeof(text));
    assert_non_null(strstr(text, "too little"));
    spx_image_unref(eyes[0]);
    spx_image_unref(eyes[1]);
}

static void tiny_eyes_and_eyes_of_two_sizes_do_no_harm(void **state)
{
    (void)state;
    static const uint32_t sizes[][2] = { { 1, 1 }, { 3, 2 }, { 40, 1 }, { 1, 40 }, { 24, 24 } };
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        spx_image *eyes[2] = { NULL, NULL };
        spx_alignment found;
        for (int k = 0; k < 2; k++) {
            assert_int_equal(spx_image_create(&eyes[k], sizes[i][0], sizes[i][1], 8, NULL), SPX_OK);
            memset(eyes[k]->pixels, 40, eyes[k]->stride_bytes * eyes[k]->height);
        }
        assert_int_equal(spx_align_eyes(&found, eyes, NULL, NULL), SPX_OK);
        assert_int_equal(found.matches, 0);
        spx_image_unref(eyes[1]);
        assert_int_equal(spx_image_create(&eyes[1], 7, 9, 8, NULL), SPX_OK);
        assert_int_equal(spx_align_eyes(&found, eyes, NULL, NULL), SPX_ERR_ARGUMENT);
        spx_image_unref(eyes[0]);
        spx_image_unref(eyes[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_and_undoes_what_was_spoilt),
        cmocka_unit_test(an_aligned_pair_is_matched_as_well_as_the_true_one),
        cmocka_unit_test(a_good_pair_stays_as_it_is),
        cmocka_unit_test(exposure_alone_is_corrected_without_moving),
        cmocka_unit_test(nothing_is_changed_where_nothing_is_known),
        cmocka_unit_test(tiny_eyes_and_eyes_of_two_sizes_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
