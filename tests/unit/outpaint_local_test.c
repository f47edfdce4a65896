#include "test_support.h"

#include "base/pool.h"
#include "bench_parts.h"
#include "image/image.h"
#include "outpaint/local_engine.h"
#include "outpaint/patch_level.h"
#include "outpaint_measure.h"
#include "patch/kernels.h"
#include "remote/paint.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FEATHER_PX = 7, /* at most, along growing sides */
    GATE_PX = 320,
};

typedef void paint_fn(uint32_t x, uint32_t y, double colour[3]);

static double noise(uint32_t x, uint32_t y, uint32_t channel)
{
    return (double)(spx_patch_hash(x, y, channel, 42) & 0xffff) / 65535.0 - 0.5;
}

/** Gradient sky above a rough ground. */
static void paint_landscape(uint32_t x, uint32_t y, double colour[3])
{
    const double horizon = 180.0 + 6.0 * sin(x * 0.05);
    const int ground = y > horizon;
    const double coarse = noise(x / 3, y / 3, 9);
    colour[0] = ground ? 90.0 + 60.0 * coarse + 20.0 * noise(x, y, 0) : 90.0 + 0.3 * y;
    colour[1] = ground ? 110.0 + 60.0 * coarse + 20.0 * noise(x, y, 1) : 140.0 + 0.3 * y;
    colour[2] = ground ? 60.0 + 40.0 * coarse + 20.0 * noise(x, y, 2) : 220.0 - 0.1 * y;
    for (uint32_t c = 0; c < 3; c++)
        colour[c] += 3.0 * noise(x, y, c + 3);
}

static void paint_bricks(uint32_t x, uint32_t y, double colour[3])
{
    const uint32_t course = y / 16;
    const uint32_t along = x + (course % 2) * 20;
    const int joint = y % 16 < 3 || along % 40 < 3;
    const double tint = 30.0 * noise(along / 40, course, 5);
    colour[0] = joint ? 190.0 : 150.0 + tint;
    colour[1] = joint ? 185.0 : 70.0 + tint / 2.0;
    colour[2] = joint ? 175.0 : 55.0;
    for (uint32_t c = 0; c < 3; c++)
        colour[c] += 10.0 * noise(x, y, c);
}

static void paint_noise(uint32_t x, uint32_t y, double colour[3])
{
    for (uint32_t c = 0; c < 3; c++)
        colour[c] = 128.0 + 120.0 * noise(x, y, c);
}

static void paint_grey(uint32_t x, uint32_t y, double colour[3])
{
    (void)x;
    (void)y;
    colour[0] = colour[1] = colour[2] = 119.0;
}

static spx_image *painted(uint32_t width, uint32_t height, uint32_t bits, paint_fn *paint)
{
    spx_image *image = NULL;
    assert_int_equal(spx_image_create(&image, width, height, bits, NULL), SPX_OK);
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            double colour[3];
            paint(x, y, colour);
            for (size_t c = 0; c < 3; c++) {
                const double value = fmin(fmax(colour[c], 0.0), 255.0);
                if (bits == 16)
                    spx_image_row16(image, y)[3 * x + c] = (uint16_t)lround(value * 257.0);
                else
                    spx_image_row8(image, y)[3 * x + c] = (uint8_t)lround(value);
            }
        }
    }
    return image;
}

static spx_frame frame_around(const spx_image *photo, uint32_t left, uint32_t top, uint32_t right,
                              uint32_t bottom)
{
    return (spx_frame){
        .width = left + photo->width + right,
        .height = top + photo->height + bottom,
        .photo_x = left,
        .photo_y = top,
        .photo_width = photo->width,
        .photo_height = photo->height,
    };
}

static spx_image *outpainted(const spx_image *photo, const spx_frame *frame, const spx_task *task)
{
    spx_image *out = NULL;
    spx_diag diag = { 0 };
    const spx_status status = spx_outpaint_local(
        &(spx_local_job){ .photo = photo, .depth = NULL, .frame = frame, .seed = 5 }, task, &out,
        &diag);
    if (status != SPX_OK)
        fail_msg("%s", diag.text);
    assert_int_equal(out->width, frame->width);
    assert_int_equal(out->height, frame->height);
    assert_int_equal(out->bits, photo->bits);
    return out;
}

static void assert_all_within(const spx_image *out, unsigned low, unsigned high)
{
    for (uint32_t y = 0; y < out->height; y++) {
        for (size_t i = 0; i < (size_t)3 * out->width; i++)
            assert_in_range(spx_image_row8(out, y)[i], low, high);
    }
}

/** Every pixel of the photo but a feather along growing sides is as it was. */
static void assert_photo_kept(const spx_image *photo, const spx_image *out, const spx_frame *frame)
{
    const uint32_t left = spx_frame_left(frame) > 0 ? FEATHER_PX : 0;
    const uint32_t right = spx_frame_right(frame) > 0 ? FEATHER_PX : 0;
    const uint32_t top = spx_frame_top(frame) > 0 ? FEATHER_PX : 0;
    const uint32_t bottom = spx_frame_bottom(frame) > 0 ? FEATHER_PX : 0;
    const size_t pixel = spx_image_pixel_bytes(photo);
    for (uint32_t y = top; y + bottom < photo->height; y++)
        assert_memory_equal(spx_image_row8(photo, y) + left * pixel,
                            spx_image_row8(out, frame->photo_y + y) +
                                (frame->photo_x + left) * pixel,
                            (photo->width - left - right) * pixel);
}

static int sample_at(const spx_image *image, uint32_t i, uint32_t y)
{
    return image->bits == 16 ? spx_image_row16(image, y)[i] / 257 : spx_image_row8(image, y)[i];
}

/** No sample leaves the photo's range by more than grain and correction may; in fresh memory, which
 * is 0, a pixel nobody wrote would. */
static void assert_all_written(const spx_image *photo, const spx_image *out)
{
    enum { TOLERANCE = 15 };
    int least = 255;
    int most = 0;
    for (uint32_t y = 0; y < photo->height; y++) {
        for (uint32_t i = 0; i < 3 * photo->width; i++) {
            const int value = sample_at(photo, i, y);
            least = value < least ? value : least;
            most = value > most ? value : most;
        }
    }
    assert_true(least > TOLERANCE);
    for (uint32_t y = 0; y < out->height; y++) {
        for (uint32_t i = 0; i < 3 * out->width; i++) {
            const int value = sample_at(out, i, y);
            assert_true(value >= least - TOLERANCE && value <= most + TOLERANCE);
        }
    }
}

static void assert_grows(const spx_image *photo, const spx_frame *frame)
{
    spx_image *const out = outpainted(photo, frame, NULL);
    assert_photo_kept(photo, out, frame);
    assert_all_written(photo, out);
    spx_image_unref(out);
}

/** The part of a picture that the frame calls the photo. */
static spx_image *cropped(const spx_image *truth, const spx_frame *frame)
{
    spx_image *photo = NULL;
    const spx_image middle = spx_image_part(truth, frame->photo_x, frame->photo_y,
                                            frame->photo_width, frame->photo_height);
    assert_int_equal(spx_image_copy(&photo, &middle, NULL), SPX_OK);
    return photo;
}

static const double seam_most = 0.35;
static const uint32_t gate_margin = 40;

static spx_frame gate_frame(void)
{
    return (spx_frame){ .width = GATE_PX + 2 * gate_margin,
                        .height = GATE_PX + 2 * gate_margin,
                        .photo_x = gate_margin,
                        .photo_y = gate_margin,
                        .photo_width = GATE_PX,
                        .photo_height = GATE_PX };
}

/** A drawn scene, of which the engine sees the middle. */
static void gate(paint_fn *paint)
{
    const spx_frame frame = gate_frame();
    spx_image *const truth = painted(frame.width, frame.height, 8, paint);
    spx_image *const photo = cropped(truth, &frame);
    spx_image *const out = outpainted(photo, &frame, NULL);
    const double seam = outpaint_seam_above(out, truth, &frame);

    if (seam > seam_most)
        fail_msg("seam %.2f, at most %.2f is good", seam, seam_most);
    assert_photo_kept(photo, out, &frame);
    spx_image_unref(out);
    spx_image_unref(photo);
    spx_image_unref(truth);
}

static void the_gate_sees_a_bad_seam(void **state)
{
    (void)state;
    const spx_frame frame = gate_frame();
    spx_image *const truth = painted(frame.width, frame.height, 8, paint_landscape);
    spx_image *const bad = painted(frame.width, frame.height, 8, paint_landscape);
    for (uint32_t y = 0; y < frame.height; y++) {
        for (uint32_t i = 0; i < 3 * gate_margin; i++) {
            uint8_t *const sample = spx_image_row8(bad, y) + i;
            *sample = (uint8_t)(*sample * 0.8); /* a fifth darker on the left */
        }
    }

    assert_true(outpaint_seam_above(bad, truth, &frame) > seam_most);
    spx_image_unref(bad);
    spx_image_unref(truth);
}

static void continues_sky_and_ground(void **state)
{
    (void)state;
    gate(paint_landscape);
}

static void continues_bricks(void **state)
{
    (void)state;
    gate(paint_bricks);
}

static void continues_noise(void **state)
{
    (void)state;
    gate(paint_noise);
}

/** The floor below is concrete under a lamp: no two places of it agree in light and in grain. */
static void a_floor_keeps_its_grain(void **state)
{
    (void)state;
    const double softest = -1.3; /* the truth -1.4, a mean of several patches -1.9 */
    enum { BOTTOM = 3 };
    spx_image *truth = NULL;
    spx_diag diag = { 0 };
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/photos/motorcycle_left.png", getenv("SPX_TEST_DATA"));
    if (bench_read_photo(&truth, path, NULL, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    const spx_frame frame = bench_middle(truth);
    spx_image *const photo = cropped(truth, &frame);
    spx_image *const out = outpainted(photo, &frame, NULL);
    double sides[OUTPAINT_SIDES];

    (void)outpaint_sharpness(out, &frame, sides);

    if (sides[BOTTOM] < softest)
        fail_msg("sharpness below %.2f, at least %.2f is good", sides[BOTTOM], softest);
    spx_image_unref(out);
    spx_image_unref(photo);
    spx_image_unref(truth);
}

/** Dark windows of different shades in a bright wall. */
static void paint_windows(uint32_t x, uint32_t y, double colour[3])
{
    const uint32_t across = x % 47;
    const uint32_t down = y % 62;
    const double shade = 40.0 * noise(x / 47, y / 62, 7);
    const int ledge = down >= 54;
    const int window = !ledge && across >= 15 && across < 40 && down >= 12 && down < 46;
    for (uint32_t c = 0; c < 3; c++)
        colour[c] = (window ? 60.0 + shade : ledge ? 130.0 : 205.0) + 8.0 * noise(x, y, c);
}

/** Share of the border that shows window, ledge or wall where the truth does. */
static double windows_in_step(const spx_image *out, const spx_image *truth, const spx_frame *frame)
{
    enum { DARK = 105, BRIGHT = 165 };
    double same = 0.0;
    double all = 0.0;
    for (uint32_t y = 0; y < frame->height; y++) {
        for (uint32_t x = 0; x < frame->width; x++) {
            if (x >= frame->photo_x && x < frame->photo_x + frame->photo_width &&
                y >= frame->photo_y && y < frame->photo_y + frame->photo_height)
                continue;
            const int found = spx_image_row8(out, y)[3 * x];
            const int real = spx_image_row8(truth, y)[3 * x];
            same += (found < DARK) == (real < DARK) && (found > BRIGHT) == (real > BRIGHT);
            all += 1.0;
        }
    }
    return same / all;
}

static void windows_go_on_in_step(void **state)
{
    (void)state;
    const spx_frame frame = gate_frame();
    spx_image *const truth = painted(frame.width, frame.height, 8, paint_windows);
    spx_image *const photo = cropped(truth, &frame);
    spx_image *const out = outpainted(photo, &frame, NULL);

    const double in_step = windows_in_step(out, truth, &frame);

    if (in_step < 0.96)
        fail_msg("%.3f of the border in step", in_step);
    spx_image_unref(out);
    spx_image_unref(photo);
    spx_image_unref(truth);
}

/** A white frame, 4 pixels wide, around rough ground. */
static void paint_framed(uint32_t x, uint32_t y, double colour[3])
{
    const int framed = x < 4 || y < 4 || x >= 156 || y >= 116;
    for (uint32_t c = 0; c < 3; c++)
        colour[c] = framed ? 250.0 : 90.0 + 80.0 * noise(x / 2, y / 2, c);
}

static void a_thin_frame_is_not_continued(void **state)
{
    (void)state;
    spx_image *const photo = painted(160, 120, 8, paint_framed);
    const spx_frame frame = frame_around(photo, 30, 30, 30, 30);
    spx_image *const out = outpainted(photo, &frame, NULL);

    assert_all_within(out, 0, 180);
    assert_photo_kept(photo, out, &frame);
    spx_image_unref(out);
    spx_image_unref(photo);
}

/** Red balloons in an evening sky above rough ground; none of them at the edge. */
static void paint_balloons(uint32_t x, uint32_t y, double colour[3])
{
    const double dx = (double)(x % 60) - 30.0;
    const double dy = (double)y - 30.0;
    const int balloon = dx * dx + dy * dy < 120.0;
    const int ground = y > 80;
    colour[0] = balloon ? 220.0 : ground ? 100.0 + 60.0 * noise(x, y, 0) : 150.0 + 0.2 * y;
    colour[1] = balloon ? 40.0 : ground ? 90.0 + 60.0 * noise(x, y, 1) : 170.0 + 0.2 * y;
    colour[2] = balloon ? 40.0 : ground ? 60.0 + 60.0 * noise(x, y, 2) : 220.0;
}

static void nothing_but_sky_is_put_above_sky(void **state)
{
    (void)state;
    spx_image *const photo = painted(180, 140, 8, paint_balloons);
    const spx_frame frame = frame_around(photo, 36, 40, 36, 20);
    spx_image *const out = outpainted(photo, &frame, NULL);

    for (uint32_t y = 0; y < frame.photo_y; y++) {
        for (uint32_t x = 0; x < frame.width; x++)
            assert_true(spx_image_row8(out, y)[3 * x + 1] > 140);
    }
    spx_image_unref(out);
    spx_image_unref(photo);
}

static void is_the_same_on_any_number_of_threads(void **state)
{
    (void)state;
    spx_image *const photo = painted(150, 110, 8, paint_landscape);
    const spx_frame frame = frame_around(photo, 30, 20, 40, 10);
    spx_image *const expected = outpainted(photo, &frame, NULL);
    for (unsigned threads = 1; threads <= 4; threads *= 2) {
        spx_pool *pool = NULL;
        assert_int_equal(spx_pool_create(&pool, threads, NULL), SPX_OK);
        const spx_task task = { .pool = pool };
        spx_image *const out = outpainted(photo, &frame, &task);
        for (uint32_t y = 0; y < frame.height; y++)
            assert_memory_equal(spx_image_row8(out, y), spx_image_row8(expected, y),
                                (size_t)3 * frame.width);
        spx_image_unref(out);
        spx_pool_destroy(pool);
    }
    spx_image_unref(expected);
    spx_image_unref(photo);
}

static void another_seed_gives_another_picture(void **state)
{
    (void)state;
    spx_image *const photo = painted(120, 100, 8, paint_landscape);
    const spx_frame frame = frame_around(photo, 24, 20, 24, 20);
    spx_image *first = NULL;
    spx_image *second = NULL;
    assert_int_equal(
        spx_outpaint_local(
            &(spx_local_job){ .photo = photo, .depth = NULL, .frame = &frame, .seed = 1 }, NULL,
            &first, NULL),
        SPX_OK);
    assert_int_equal(
        spx_outpaint_local(
            &(spx_local_job){ .photo = photo, .depth = NULL, .frame = &frame, .seed = 2 }, NULL,
            &second, NULL),
        SPX_OK);

    assert_memory_not_equal(spx_image_row8(first, frame.height - 5),
                            spx_image_row8(second, frame.height - 5), (size_t)3 * frame.width);
    spx_image_unref(first);
    spx_image_unref(second);
    spx_image_unref(photo);
}

static void grows_one_side_only(void **state)
{
    (void)state;
    spx_image *const photo = painted(110, 80, 8, paint_landscape);
    const spx_frame left = frame_around(photo, 30, 0, 0, 0);
    const spx_frame top = frame_around(photo, 0, 25, 0, 0);
    const spx_frame right = frame_around(photo, 0, 0, 30, 0);
    const spx_frame bottom = frame_around(photo, 0, 0, 0, 25);

    assert_grows(photo, &left);
    assert_grows(photo, &top);
    assert_grows(photo, &right);
    assert_grows(photo, &bottom);
    spx_image_unref(photo);
}

static void grows_by_one_pixel(void **state)
{
    (void)state;
    spx_image *const narrow = painted(140, 100, 8, paint_landscape);
    const spx_frame all = frame_around(narrow, 1, 1, 1, 1);
    const spx_frame mixed = frame_around(narrow, 30, 1, 0, 1);

    assert_grows(narrow, &all);
    assert_grows(narrow, &mixed);
    spx_image_unref(narrow);
}

static void grows_by_three_times_its_size(void **state)
{
    (void)state;
    spx_image *const photo = painted(24, 24, 8, paint_landscape);
    const spx_frame frame = frame_around(photo, 72, 72, 72, 72);
    assert_grows(photo, &frame);
    spx_image_unref(photo);
}

static void grows_tiny_photos(void **state)
{
    (void)state;
    spx_image *const pixel = painted(1, 1, 8, paint_landscape);
    spx_image *const line = painted(300, 2, 8, paint_bricks);
    const spx_frame around_pixel = frame_around(pixel, 3, 2, 1, 3);
    const spx_frame around_line = frame_around(line, 20, 6, 20, 0);

    assert_grows(pixel, &around_pixel);
    assert_grows(line, &around_line);
    spx_image_unref(pixel);
    spx_image_unref(line);
}

static void a_flat_photo_stays_flat(void **state)
{
    (void)state;
    spx_image *const photo = painted(200, 150, 8, paint_grey);
    const spx_frame frame = frame_around(photo, 40, 30, 40, 30);
    spx_image *const out = outpainted(photo, &frame, NULL);
    assert_all_within(out, 115, 123);
    assert_photo_kept(photo, out, &frame);
    spx_image_unref(out);
    spx_image_unref(photo);
}

static void grows_portraits_with_16_bits(void **state)
{
    (void)state;
    spx_image *const photo = painted(90, 160, 16, paint_landscape);
    const spx_frame frame = frame_around(photo, 30, 20, 31, 22);
    spx_image *const out = outpainted(photo, &frame, NULL);

    assert_photo_kept(photo, out, &frame);
    assert_all_written(photo, out);
    uint32_t between = 0; /* samples that 8 bits could not tell */
    for (size_t i = 0; i < (size_t)3 * frame.width; i++)
        between += spx_image_row16(out, 3)[i] % 257 != 0;
    assert_in_range(between, 2 * frame.width, 3 * frame.width);
    spx_image_unref(out);
    spx_image_unref(photo);
}

static int in_post(uint32_t x, uint32_t y)
{
    return x % 60 >= 20 && x % 60 < 36 && y >= 24;
}

/** Red posts before rough ground; they end short of the photo's lower edge of 120 pixels. */
static void paint_posts(uint32_t x, uint32_t y, double colour[3])
{
    const int post = in_post(x, y) && y < 114;
    colour[0] = post ? 210.0 : 120.0 + 50.0 * noise(x / 2, y / 2, 0);
    colour[1] = post ? 30.0 : 120.0 + 50.0 * noise(x / 2, y / 2, 1);
    colour[2] = post ? 30.0 : 120.0 + 50.0 * noise(x / 2, y / 2, 2);
}

/** Pixels below the photo that are as red as the posts. */
static uint32_t posts_below(const spx_image *photo, const spx_plane *depth)
{
    const spx_frame frame = frame_around(photo, 0, 0, 0, 30);
    spx_image *out = NULL;
    uint32_t count = 0;
    assert_int_equal(
        spx_outpaint_local(
            &(spx_local_job){ .photo = photo, .depth = depth, .frame = &frame, .seed = 3 }, NULL,
            &out, NULL),
        SPX_OK);
    for (uint32_t y = photo->height; y < frame.height; y++) {
        for (uint32_t x = 0; x < frame.width; x++) {
            const uint8_t *const pixel = spx_image_row8(out, y) + (size_t)3 * x;
            count += pixel[0] > 170 && pixel[1] < 70 && pixel[2] < 70;
        }
    }
    spx_image_unref(out);
    return count;
}

static void what_stands_near_is_not_repeated(void **state)
{
    (void)state;
    spx_image *const photo = painted(180, 120, 8, paint_posts);
    spx_plane *depth = NULL;
    assert_int_equal(spx_plane_create(&depth, photo->width, photo->height, NULL), SPX_OK);
    for (uint32_t y = 0; y < depth->height; y++) {
        for (uint32_t x = 0; x < depth->width; x++)
            spx_plane_row(depth, y)[x] = in_post(x, y) && y < 114 ? 0.9F : 0.2F;
    }

    const uint32_t with = posts_below(photo, depth);
    const uint32_t without = posts_below(photo, NULL);

    assert_true(without > 500); /* the posts are worth repeating as far as colours go */
    assert_true(with < 50);
    spx_plane_destroy(depth);
    spx_image_unref(photo);
}

static void stops_when_asked(void **state)
{
    (void)state;
    spx_cancel *cancel = NULL;
    assert_int_equal(spx_cancel_create(&cancel), SPX_OK);
    spx_cancel_request(cancel);
    const spx_task task = { .cancel = cancel };
    spx_image *const photo = painted(100, 100, 8, paint_noise);
    const spx_frame frame = frame_around(photo, 20, 20, 20, 20);
    spx_image *out = NULL;

    assert_int_equal(
        spx_outpaint_local(
            &(spx_local_job){ .photo = photo, .depth = NULL, .frame = &frame, .seed = 1 }, &task,
            &out, NULL),
        SPX_ERR_CANCELLED);
    assert_null(out);
    spx_image_unref(photo);
    spx_cancel_destroy(cancel);
}

static void without_margins_it_is_the_photo(void **state)
{
    (void)state;
    spx_image *const photo = painted(50, 40, 8, paint_noise);
    spx_outpaint_options options;
    spx_outpaint_options_init(&options);
    const spx_outpaint_request request = { .photo = photo,
                                           .frame = frame_around(photo, 0, 0, 0, 0),
                                           .options = &options };
    spx_outpaint_outcome outcome;
    spx_image *out = NULL;

    assert_int_equal(spx_outpaint_paint(&request, NULL, &out, &outcome, NULL), SPX_OK);

    assert_int_equal(outcome.engine, SPX_OUTPAINT_LOCAL);
    for (uint32_t y = 0; y < photo->height; y++)
        assert_memory_equal(spx_image_row8(out, y), spx_image_row8(photo, y),
                            (size_t)3 * photo->width);
    spx_image_unref(out);
    spx_image_unref(photo);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gate_sees_a_bad_seam),
        cmocka_unit_test(continues_sky_and_ground),
        cmocka_unit_test(continues_bricks),
        cmocka_unit_test(continues_noise),
        cmocka_unit_test(a_floor_keeps_its_grain),
        cmocka_unit_test(windows_go_on_in_step),
        cmocka_unit_test(a_thin_frame_is_not_continued),
        cmocka_unit_test(nothing_but_sky_is_put_above_sky),
        cmocka_unit_test(is_the_same_on_any_number_of_threads),
        cmocka_unit_test(another_seed_gives_another_picture),
        cmocka_unit_test(grows_one_side_only),
        cmocka_unit_test(grows_by_one_pixel),
        cmocka_unit_test(grows_by_three_times_its_size),
        cmocka_unit_test(grows_tiny_photos),
        cmocka_unit_test(a_flat_photo_stays_flat),
        cmocka_unit_test(grows_portraits_with_16_bits),
        cmocka_unit_test(what_stands_near_is_not_repeated),
        cmocka_unit_test(stops_when_asked),
        cmocka_unit_test(without_margins_it_is_the_photo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
