/* Real stereo in: found in every kind of file, kept as it is, and the same again in every file out.
 */
#include "codec/image_write.h"
#include "image/image.h"
#include "pipeline/eye_border.h"
#include "spx/spx.h"
#include "test_files.h"
#include "test_pictures.h"
#include "test_support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 384, HEIGHT = 256, MARK = 40, MARK_X = 180, MARK_Y = 100, FAR_PX = 6, NEAR_PX = 10 };

/* Grey noise in cells of 8 pixels. */
static uint32_t texture(uint32_t x, uint32_t y)
{
    return (uint32_t)(50.0 + test_noise(x, y, 8.0) * 0.6);
}

/* Textured far wall, far_px further right in the right eye (a baked window), and a square near the
 * viewer: red in the left eye, blue in the right. */
static spx_image *draw_eye(int right, uint32_t far_px)
{
    spx_image *image = NULL;
    assert_int_equal(spx_image_create(&image, WIDTH, HEIGHT, 8, NULL), SPX_OK);
    const uint32_t mark_x = right ? MARK_X - NEAR_PX : MARK_X;
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) {
            const int inside =
                x - mark_x < MARK && y - MARK_Y < MARK; /* unsigned: smaller ones are large */
            const uint32_t grey = texture(x + 64 - (right ? far_px : 0), y);
            for (int c = 0; c < 3; c++) {
                const uint32_t mark = c == (right ? 2 : 0) ? 230 : 30;
                spx_image_set_sample(image, x, y, c, inside ? mark : grey);
            }
        }
    }
    return image;
}

typedef struct bytes_pair {
    spx_bytes left;
    spx_bytes right;
} bytes_pair;

static bytes_pair draw_pair(uint32_t far_px)
{
    spx_image *const left = draw_eye(0, far_px);
    spx_image *const right = draw_eye(1, far_px);
    const bytes_pair out = { test_png_of(left), test_png_of(right) };
    spx_image_unref(left);
    spx_image_unref(right);
    return out;
}

static void clear_pair(bytes_pair *pair)
{
    spx_bytes_clear(&pair->left);
    spx_bytes_clear(&pair->right);
}

static spx_convert_options options_for(spx_format formats)
{
    spx_convert_options options;
    spx_convert_options_init(&options);
    options.detail = SPX_DETAIL_FAST;
    options.formats = formats;
    options.quality = 97;
    return options;
}

static spx_result *convert(const spx_input *input, const spx_convert_options *options)
{
    spx_result *result = NULL;
    spx_diag diag = { 0 };
    if (spx_convert(test_engine, input, options, NULL, &result, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    return result;
}

static spx_result *convert_pair(const bytes_pair *pair, spx_format formats)
{
    const spx_convert_options options = options_for(formats);
    const spx_input input = { .data = pair->left.data,
                              .size = pair->left.size,
                              .name = "pair.png",
                              .right_data = pair->right.data,
                              .right_size = pair->right.size };
    return convert(&input, &options);
}

static spx_result *convert_file(const spx_file *file, spx_format formats)
{
    const spx_convert_options options = options_for(formats);
    const spx_input input = { .data = file->data, .size = file->size, .name = file->name };
    return convert(&input, &options);
}

static spx_image *decode(const spx_result *result, spx_format format)
{
    const spx_file *const file = test_file_of(result, format);
    return test_decode(file->data, file->size, file->name);
}

static double psnr(const spx_image *a, const spx_image *b, uint32_t margin)
{
    double sum = 0.0;
    size_t count = 0;
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    for (uint32_t y = 0; y < a->height; y++) {
        for (uint32_t x = margin; x + margin < a->width; x++) {
            for (int c = 0; c < 3; c++, count++) {
                const double difference =
                    (double)spx_image_sample(a, x, y, c) - (double)spx_image_sample(b, x, y, c);
                sum += difference * difference;
            }
        }
    }
    return sum == 0.0 ? 99.0 : 10.0 * log10(255.0 * 255.0 * (double)count / sum);
}

/* The middle of the square's pixels, and that it has its eye's colour. */
static double find_mark(const spx_image *eye, int right)
{
    double sum = 0.0;
    uint32_t count = 0;
    const uint32_t y = eye->height * (2 * MARK_Y + MARK) / (2 * HEIGHT);
    for (uint32_t x = 0; x < eye->width; x++) {
        const uint32_t red = spx_image_sample(eye, x, y, 0);
        const uint32_t blue = spx_image_sample(eye, x, y, 2);
        if (right ? blue > red + 80 : red > blue + 80) {
            sum += x;
            count++;
        }
        if (right ? red > blue + 80 : blue > red + 80)
            fail_msg("the %s eye shows the other's colour", right ? "right" : "left");
    }
    assert_true(count > MARK / 4);
    return sum / count;
}

static void two_files_keep_every_pixel(void **state)
{
    (void)state;
    bytes_pair pair = draw_pair(FAR_PX);

    spx_result *const result = convert_pair(&pair, SPX_FORMAT_LEFT | SPX_FORMAT_RIGHT);

    for (int right = 0; right < 2; right++) {
        spx_image *const drawn = draw_eye(right, FAR_PX);
        spx_image *const eye = decode(result, right ? SPX_FORMAT_RIGHT : SPX_FORMAT_LEFT);
        test_assert_same_pixels(eye, drawn);
        spx_image_unref(eye);
        spx_image_unref(drawn);
    }
    assert_string_equal(spx_result_summary(result)->stereo, "two files");
    assert_string_equal(spx_result_summary(result)->model, ""); /* no network ran */
    spx_result_destroy(result);
    clear_pair(&pair);
}

static void every_file_out_is_found_again_with_its_eyes_in_order(void **state)
{
    (void)state;
    static const char *const words[] = { "spatial", "sbs-jpg", "sbs-png", "hsbs", "ou",  "hou",
                                         "cross",   "leia",    "mpo",     "jps",  "pns", "vr180" };
    bytes_pair pair = draw_pair(FAR_PX);
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        const spx_format format = spx_format_named(words[i]);
        assert_true(format != 0);
        spx_result *const made = convert_pair(&pair, format);
        spx_result *const again =
            convert_file(test_file_of(made, format), SPX_FORMAT_LEFT | SPX_FORMAT_RIGHT);
        spx_image *const left = decode(again, SPX_FORMAT_LEFT);
        spx_image *const right = decode(again, SPX_FORMAT_RIGHT);
        print_message("%s: %s\n", words[i], spx_result_summary(again)->stereo);
        assert_string_not_equal(spx_result_summary(again)->stereo, "");
        const double apart = (find_mark(left, 0) - find_mark(right, 1)) * WIDTH / left->width;
        const int parallel = format == SPX_FORMAT_SPATIAL || format == spx_format_named("vr180");
        assert_true(fabs(apart - NEAR_PX - (parallel ? FAR_PX : 0)) < 1.5);
        spx_image_unref(left);
        spx_image_unref(right);
        spx_result_destroy(again);
        spx_result_destroy(made);
    }
    clear_pair(&pair);
}

/* spatial → MPO → side by side → spatial. */
static void round_trip_keeps_eyes_and_window(void **state)
{
    (void)state;
    bytes_pair pair = draw_pair(FAR_PX);
    const spx_format mpo = spx_format_named("mpo");
    const spx_format sbs = spx_format_named("sbs-jpg");
    spx_result *const first = convert_pair(&pair, SPX_FORMAT_SPATIAL);
    const double adjustment = spx_result_summary(first)->disparity_adjustment;
    spx_result *const second = convert_file(test_file_of(first, SPX_FORMAT_SPATIAL),
                                            mpo | SPX_FORMAT_LEFT | SPX_FORMAT_RIGHT);
    spx_result *const third = convert_file(test_file_of(second, mpo), sbs);
    spx_result *const fourth = convert_file(test_file_of(third, sbs), SPX_FORMAT_SPATIAL);
    spx_result *const eyes =
        convert_file(test_file_of(fourth, SPX_FORMAT_SPATIAL), SPX_FORMAT_LEFT | SPX_FORMAT_RIGHT);

    print_message("adjustment %.4f, aligned: %s\n", adjustment,
                  spx_result_summary(first)->alignment);
    assert_true(fabs(adjustment - (double)FAR_PX / WIDTH) < 0.001 + 1.0 / WIDTH);
    assert_true(fabs(spx_result_summary(eyes)->disparity_adjustment - adjustment) < 0.001);
    for (int right = 0; right < 2; right++) {
        const spx_format format = right ? SPX_FORMAT_RIGHT : SPX_FORMAT_LEFT;
        spx_image *const before = decode(second, format);
        spx_image *const after = decode(eyes, format);
        const double whole = psnr(before, after, 0);
        print_message("%s eye: %.1f dB\n", right ? "right" : "left", whole);
        assert_true(whole >= 40.0); /* also where the sides went out of the frame on the way */
        spx_image_unref(before);
        spx_image_unref(after);
    }
    spx_result_destroy(first);
    spx_result_destroy(second);
    spx_result_destroy(third);
    spx_result_destroy(fourth);
    spx_result_destroy(eyes);
    clear_pair(&pair);
}

/* What lies beyond the left eye's left side, the right eye shows, and the other way round. */
static void strips_come_from_the_other_eye_where_it_shows_the_place(void **state)
{
    (void)state;
    enum { BY = FAR_PX / 2 };
    spx_image *const eyes[2] = { draw_eye(0, FAR_PX), draw_eye(1, FAR_PX) };
    spx_plane *disparity = NULL;
    assert_int_equal(spx_plane_create(&disparity, WIDTH, HEIGHT, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t x = 0; x < WIDTH; x++) /* the last columns are outside the right eye */
            spx_plane_row(disparity, y)[x] = x + FAR_PX < WIDTH ? -(float)FAR_PX : NAN;
    }
    const spx_eye_border border = { { eyes[0], eyes[1] }, disparity };
    for (int eye = 0; eye < 2; eye++) {
        spx_image *strip = NULL;
        assert_int_equal(spx_eye_border_continue(&strip, &border, eye, eye, BY, NULL, NULL),
                         SPX_OK);
        assert_int_equal(strip->width, BY);
        for (uint32_t y = 0; y < HEIGHT; y += 7) {
            for (uint32_t x = 0; x < BY; x++) {
                const uint32_t wanted =
                    eye == 0 ? texture(64 - BY + x, y) : texture(WIDTH + x + 64 - FAR_PX, y);
                assert_int_equal(spx_image_sample(strip, x, y, 1), wanted);
            }
        }
        spx_image_unref(strip);
    }
    const spx_eye_border blind = { { eyes[0], eyes[1] }, NULL };
    spx_image *strip = NULL;
    assert_int_equal(spx_eye_border_continue(&strip, &blind, 0, 0, BY, NULL, NULL), SPX_OK);
    spx_image_unref(strip);
    spx_plane_destroy(disparity);
    spx_image_unref(eyes[0]);
    spx_image_unref(eyes[1]);
}

static void a_spatial_file_keeps_its_camera_and_pixels(void **state)
{
    (void)state;
    bytes_pair pair = draw_pair(FAR_PX);
    spx_convert_options options = options_for(SPX_FORMAT_SPATIAL);
    options.baseline_mm = 19.2;
    options.hfov_deg = 63.4;
    const spx_input input = { .data = pair.left.data,
                              .size = pair.left.size,
                              .name = "pair.png",
                              .right_data = pair.right.data,
                              .right_size = pair.right.size };
    spx_result *const first = convert(&input, &options);
    const spx_summary *const made = spx_result_summary(first);

    spx_result *const second =
        convert_file(test_file_of(first, SPX_FORMAT_SPATIAL), SPX_FORMAT_SPATIAL);

    const spx_summary *const kept = spx_result_summary(second);
    assert_true(fabs(kept->baseline_mm - 19.2) < 0.001);
    assert_true(fabs(kept->hfov_deg - 63.4) < 0.001);
    assert_true(fabs(kept->disparity_adjustment - made->disparity_adjustment) < 1e-9);
    options = options_for(SPX_FORMAT_SPATIAL);
    options.baseline_mm = 50.0;
    const spx_file *const file = test_file_of(first, SPX_FORMAT_SPATIAL);
    const spx_input again = { .data = file->data, .size = file->size, .name = file->name };
    spx_result *const third = convert(&again, &options);
    assert_true(spx_result_summary(third)->baseline_mm == 50.0); /* an option wins */
    spx_result_destroy(first);
    spx_result_destroy(second);
    spx_result_destroy(third);
    clear_pair(&pair);
}

static void files_of_cameras_and_programs_keep_their_second_eye(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *found;
    } cases[] = { { "3d_camera.mpo", "MPO" },
                  { "moto_sbs.jpg", "name, side by side, left first" },
                  { "true_stereo.heic", "HEIC" } };
    for (size_t i = 0; i < 3; i++) {
        char path[64];
        (void)snprintf(path, sizeof(path), "cases/%s", cases[i].name);
        spx_bytes bytes = test_data_read(path);
        const spx_input input = { .data = bytes.data, .size = bytes.size, .name = cases[i].name };
        const spx_convert_options options =
            options_for(SPX_FORMAT_SPATIAL | SPX_FORMAT_DEPTH | SPX_FORMAT_LEFT);

        spx_result *const result = convert(&input, &options);

        const spx_summary *const summary = spx_result_summary(result);
        assert_string_equal(summary->stereo, cases[i].found);
        assert_string_equal(summary->model, "both eyes");
        assert_int_equal(summary->width, 480);
        assert_int_equal(summary->height, 324);
        /* Its disparity is 1.2 to 8 % of the width; the nearest thing is put at the window. */
        assert_true(summary->strength_pct > 5.0 && summary->strength_pct < 10.0);
        assert_true(fabs(summary->disparity_adjustment - 0.078) < 0.01);
        spx_result_destroy(result);
        spx_bytes_clear(&bytes);
    }
}

static void the_caller_has_the_last_word(void **state)
{
    (void)state;
    spx_bytes bytes = test_data_read("cases/moto_sbs.jpg");
    const spx_input input = { .data = bytes.data, .size = bytes.size, .name = "moto_sbs.jpg" };
    spx_convert_options options = options_for(SPX_FORMAT_LEFT | SPX_FORMAT_RIGHT);
    spx_diag diag = { 0 };
    spx_result *result = NULL;

    options.stereo = SPX_STEREO_INPUT_MONO;
    result = convert(&input, &options);
    assert_int_equal(spx_result_summary(result)->width, 960);
    assert_string_equal(spx_result_summary(result)->stereo, "");
    spx_result_destroy(result);
    options.stereo = SPX_STEREO_INPUT_AUTO;
    options.from = SPX_FROM_LEFT;
    result = convert(&input, &options);
    assert_int_equal(spx_result_summary(result)->width, 480);
    assert_string_not_equal(spx_result_summary(result)->model, "");
    spx_result_destroy(result);
    options.from = SPX_FROM_BOTH;
    options.strength_pct = 2.0; /* told that it has no effect */
    result = convert(&input, &options);
    assert_int_equal(spx_result_warnings(result)->items[0].code, SPX_WARNING_FALLBACK);
    spx_result_destroy(result);
    options.depth_map = "map.png";
    assert_int_equal(spx_convert(test_engine, &input, &options, NULL, &result, &diag),
                     SPX_ERR_ARGUMENT);
    assert_non_null(strstr(diag.text, "--from left"));
    spx_bytes_clear(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_files_keep_every_pixel),
        cmocka_unit_test(every_file_out_is_found_again_with_its_eyes_in_order),
        cmocka_unit_test(round_trip_keeps_eyes_and_window),
        cmocka_unit_test(strips_come_from_the_other_eye_where_it_shows_the_place),
        cmocka_unit_test(a_spatial_file_keeps_its_camera_and_pixels),
        cmocka_unit_test(files_of_cameras_and_programs_keep_their_second_eye),
        cmocka_unit_test(the_caller_has_the_last_word),
    };
    return cmocka_run_group_tests(tests, test_engine_set_up, test_engine_tear_down);
}
