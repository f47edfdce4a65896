#include "test_support.h"

#include "base/bytes.h"
#include "base/file.h"
#include "codec/image_write.h"
#include "codec/photo_read.h"
#include "image/image.h"
#include "image/photo.h"
#include "image/plane.h"
#include "pipeline/outpaint.h"
#include "spx/outpaint.h"
#include "test_files.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WIDTH = 96, HEIGHT = 72, KEPT_FROM = 7 };

static int start_engine(void **state)
{
    spx_engine *engine = NULL;
    spx_engine_options options;
    spx_engine_options_init(&options);
    options.threads = 2;
    assert_int_equal(spx_engine_create(&engine, &options, NULL), SPX_OK);
    *state = engine;
    return 0;
}

static int stop_engine(void **state)
{
    spx_engine_destroy(*state);
    return 0;
}

static spx_image *painted(uint32_t bits)
{
    spx_image *image = NULL;
    assert_int_equal(spx_image_create(&image, WIDTH, HEIGHT, bits, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        for (uint32_t i = 0; i < 3 * WIDTH; i++) {
            const uint32_t value = (i * 7 + y * 13 + (i * y) % 31 * 5) % 200 + 20;
            if (bits == 16)
                spx_image_row16(image, y)[i] = (uint16_t)(value * 257 + i % 3);
            else
                spx_image_row8(image, y)[i] = (uint8_t)value;
        }
    }
    return image;
}

static spx_bytes encoded(const spx_image *image, spx_image_type type,
                         const spx_image_extras *extras)
{
    spx_bytes file = { 0 };
    assert_int_equal(spx_image_write(&file, image, type, 90, extras, NULL, NULL), SPX_OK);
    return file;
}

static spx_photo decoded(const void *data, size_t size)
{
    spx_photo photo = { 0 };
    spx_limits limits;
    spx_limits_init(&limits);
    assert_int_equal(spx_photo_read(&photo, data, size, "test", &limits, NULL, NULL), SPX_OK);
    return photo;
}

static spx_outpaint_options small_margins(void)
{
    spx_outpaint_options options;
    spx_outpaint_options_init(&options);
    options.left = (spx_margin){ .amount = 12 };
    options.top = (spx_margin){ .amount = 10 };
    options.right = (spx_margin){ .amount = 14 };
    options.bottom = (spx_margin){ .amount = 0 };
    return options;
}

static void assert_interior_kept(const spx_image *photo, const spx_image *larger,
                                 const spx_frame *frame)
{
    const size_t pixel = spx_image_pixel_bytes(photo);
    assert_int_equal(photo->bits, larger->bits);
    for (uint32_t y = KEPT_FROM; y < photo->height; y++)
        assert_memory_equal(spx_image_row8(photo, y) + KEPT_FROM * pixel,
                            spx_image_row8(larger, frame->photo_y + y) +
                                (frame->photo_x + KEPT_FROM) * pixel,
                            (photo->width - 2 * KEPT_FROM) * pixel);
}

static void keeps_pixels_and_depth(void **state)
{
    for (uint32_t bits = 8; bits <= 16; bits += 8) {
        spx_image *const photo = painted(bits);
        spx_bytes file = encoded(photo, SPX_IMAGE_TYPE_PNG, NULL);
        const spx_input input = { .data = file.data, .size = file.size, .name = "dir/cat.x.png" };
        const spx_outpaint_options options = small_margins();
        spx_outpaint_result result = { 0 };
        spx_diag diag = { 0 };

        const spx_status status = spx_outpaint(*state, &input, &options, NULL, &result, &diag);

        assert_string_equal(diag.text, "");
        assert_int_equal(status, SPX_OK);
        assert_string_equal(result.name, "cat.x_outpainted.png");
        assert_null(result.path);
        assert_int_equal(result.frame.width, WIDTH + 26);
        assert_int_equal(result.engine, SPX_OUTPAINT_LOCAL);
        assert_string_equal(result.fallback_reason, "");
        spx_photo larger = decoded(result.data, result.size);
        assert_int_equal(larger.image->height, HEIGHT + 10);
        assert_interior_kept(photo, larger.image, &result.frame);
        spx_photo_clear(&larger);
        spx_outpaint_result_clear(&result);
        spx_bytes_clear(&file);
        spx_image_unref(photo);
    }
}

static void keeps_profile_and_exif(void **state)
{
    spx_bytes file = test_data_read("photos/chelsea.png");
    static const uint8_t tiff[] = {
        'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x0f, 1, 2, 0, 4, 0, 0, 0, 's', 'p', 'x', 0, 0, 0, 0, 0
    }; /* Make = "spx" */
    spx_photo cat = decoded(file.data, file.size);
    spx_image *const photo = painted(8);
    spx_bytes exif = { 0 };
    assert_int_equal(spx_bytes_copy(&exif, tiff, sizeof(tiff), "exif", NULL), SPX_OK);
    const spx_image_extras extras = { .icc = &cat.icc, .exif = &exif };
    spx_bytes jpeg = encoded(photo, SPX_IMAGE_TYPE_JPEG, &extras);
    const spx_photo before = decoded(jpeg.data, jpeg.size);
    const spx_input input = { .data = jpeg.data, .size = jpeg.size };
    spx_outpaint_options options = small_margins();
    options.extension = "webp";
    spx_outpaint_result result = { 0 };

    assert_int_equal(spx_outpaint(*state, &input, &options, NULL, &result, NULL), SPX_OK);

    assert_string_equal(result.name, "photo_outpainted.webp");
    spx_photo after = decoded(result.data, result.size);
    assert_true(before.exif.size > 0);
    assert_true(after.exif.size >= before.exif.size);
    assert_non_null(memmem(after.exif.data, after.exif.size, "spx", 3));
    assert_int_equal(after.icc.size, before.icc.size);
    if (before.icc.size > 0)
        assert_memory_equal(after.icc.data, before.icc.data, before.icc.size);
    spx_photo released = before;
    spx_photo_clear(&released);
    spx_photo_clear(&after);
    spx_photo_clear(&cat);
    spx_outpaint_result_clear(&result);
    spx_bytes_clear(&jpeg);
    spx_bytes_clear(&exif);
    spx_bytes_clear(&file);
    spx_image_unref(photo);
}

static void writes_files_once(void **state)
{
    spx_image *const photo = painted(8);
    spx_bytes file = encoded(photo, SPX_IMAGE_TYPE_PNG, NULL);
    const spx_input input = { .data = file.data, .size = file.size, .name = "a_outpainted.jpg" };
    spx_outpaint_options options = small_margins();
    options.output_dir = test_out_path("grown");
    options.no_overwrite = 1;
    spx_outpaint_result result = { 0 };
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/a_outpainted.png", options.output_dir);
    (void)unlink(path);

    assert_int_equal(spx_outpaint(*state, &input, &options, NULL, &result, NULL), SPX_OK);
    assert_string_equal(result.path, path);
    assert_null(result.data);
    assert_int_equal(access(path, R_OK), 0);
    spx_outpaint_result_clear(&result);
    assert_int_equal(spx_outpaint(*state, &input, &options, NULL, &result, NULL), SPX_ERR_EXISTS);
    assert_null(result.name);
    (void)unlink(path);
    spx_bytes_clear(&file);
    spx_image_unref(photo);
}

static void refuses_unknown_types_and_qualities(void **state)
{
    const spx_input input = { .path = "/nowhere.jpg" };
    spx_outpaint_options options = small_margins();
    spx_outpaint_result result = { 0 };
    spx_diag diag = { 0 };

    options.output_path = "/tmp/a.gif";
    assert_int_equal(spx_outpaint(*state, &input, &options, NULL, &result, &diag),
                     SPX_ERR_ARGUMENT);
    assert_non_null(strstr(diag.text, "gif"));
    options.output_path = "/tmp/a.b/noextension";
    assert_int_equal(spx_outpaint(*state, &input, &options, NULL, &result, NULL), SPX_ERR_ARGUMENT);
    options.output_path = NULL;
    options.quality = 0;
    assert_int_equal(spx_outpaint(*state, &input, &options, NULL, &result, NULL), SPX_ERR_ARGUMENT);
    options.quality = 90;
    assert_int_equal(spx_outpaint(*state, &input, &options, NULL, &result, NULL),
                     SPX_ERR_NOT_FOUND);
}

typedef struct heard {
    unsigned stages; /* one bit each */
    double last;
    int fell;
} heard;

static void listen(void *user, spx_stage stage, double fraction)
{
    heard *const self = user;
    self->stages |= 1u << stage;
    self->fell |= fraction < self->last;
    self->last = fraction;
}

static void tells_progress_and_stops(void **state)
{
    spx_image *const photo = painted(8);
    spx_bytes file = encoded(photo, SPX_IMAGE_TYPE_PNG, NULL);
    const spx_input input = { .data = file.data, .size = file.size };
    const spx_outpaint_options options = small_margins();
    spx_outpaint_result result = { 0 };
    spx_cancel *cancel = NULL;
    heard told = { 0 };
    assert_int_equal(spx_cancel_create(&cancel), SPX_OK);
    const spx_watch watch = { .progress = listen, .user = &told, .cancel = cancel };

    assert_int_equal(spx_outpaint(*state, &input, &options, &watch, &result, NULL), SPX_OK);
    assert_false(told.fell);
    assert_true(told.last == 1.0);
    assert_int_equal(told.stages, 1u << SPX_STAGE_READ | 1u << SPX_STAGE_OUTPAINT |
                                      1u << SPX_STAGE_ENCODE | 1u << SPX_STAGE_WRITE);
    spx_outpaint_result_clear(&result);
    spx_cancel_request(cancel);
    assert_int_equal(spx_outpaint(*state, &input, &options, &watch, &result, NULL),
                     SPX_ERR_CANCELLED);
    assert_null(result.data);
    spx_cancel_destroy(cancel);
    spx_bytes_clear(&file);
    spx_image_unref(photo);
}

static void a_conversion_grows_the_photo_first(void **state)
{
    spx_image *const photo = painted(8);
    spx_bytes file = encoded(photo, SPX_IMAGE_TYPE_PNG, NULL);
    const spx_input input = { .data = file.data, .size = file.size };
    const spx_outpaint_options growth = small_margins();
    spx_convert_options options;
    spx_convert_options_init(&options);
    options.formats = SPX_FORMAT_LEFT;
    options.strength_pct = 0.0;
    options.outpaint = &growth;
    spx_result *result = NULL;
    spx_diag diag = { 0 };

    const spx_status status = spx_convert(*state, &input, &options, NULL, &result, &diag);

    assert_string_equal(diag.text, "");
    assert_int_equal(status, SPX_OK);
    const spx_summary *const summary = spx_result_summary(result);
    assert_int_equal(summary->width, WIDTH + 26);
    assert_int_equal(summary->height, HEIGHT + 10);
    const spx_file *const left = spx_result_file(result, 0);
    spx_photo eye = decoded(left->data, left->size);
    const spx_frame frame = { .photo_x = 12, .photo_y = 10 };
    assert_interior_kept(photo, eye.image, &frame);
    spx_photo_clear(&eye);
    spx_result_destroy(result);
    spx_bytes_clear(&file);
    spx_image_unref(photo);
}

/* A phone's photo in black bars, with the phone's depth, which no side grows: only the bars go. */
static void depth_goes_with_the_bars(void **state)
{
    enum { BAR = 24, TALL = HEIGHT + 2 * BAR };
    spx_photo photo = { 0 };
    spx_outpaint_options options;
    spx_outpaint_outcome outcome;
    spx_diag diag = { 0 };
    spx_outpaint_options_init(&options);
    options.left = options.top = options.right = options.bottom = (spx_margin){ .amount = 0 };
    spx_image *const inner = painted(8);
    assert_int_equal(spx_image_create(&photo.image, WIDTH, TALL, 8, NULL), SPX_OK);
    assert_int_equal(spx_plane_create(&photo.depth, WIDTH / 2, TALL / 2, NULL), SPX_OK);
    for (uint32_t y = 0; y < TALL; y++) {
        const int bar = y < BAR || y >= TALL - BAR;
        if (bar)
            memset(spx_image_row8(photo.image, y), 0, 3 * WIDTH);
        else
            memcpy(spx_image_row8(photo.image, y), spx_image_row8(inner, y - BAR), 3 * WIDTH);
        for (uint32_t x = 0; x < WIDTH / 2; x++)
            spx_plane_row(photo.depth, y / 2)[x] = bar ? 0.0F : 0.25F + (float)y / 1000.0F;
    }

    const spx_status status =
        spx_outpaint_photo(*state, &photo, &options, &(spx_task){ 0 }, &outcome, &diag);

    assert_string_equal(diag.text, "");
    assert_int_equal(status, SPX_OK);
    assert_int_equal(photo.image->width, WIDTH);
    assert_int_equal(photo.image->height, HEIGHT);
    assert_non_null(photo.depth);
    assert_int_equal(photo.depth->width, WIDTH / 2);
    assert_int_equal(photo.depth->height, HEIGHT / 2);
    for (uint32_t y = 0; y < photo.depth->height; y++)
        assert_true(spx_plane_row(photo.depth, y)[0] >= 0.25F);
    spx_photo_clear(&photo);
    spx_image_unref(inner);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_pixels_and_depth),
        cmocka_unit_test(keeps_profile_and_exif),
        cmocka_unit_test(writes_files_once),
        cmocka_unit_test(refuses_unknown_types_and_qualities),
        cmocka_unit_test(tells_progress_and_stops),
        cmocka_unit_test(a_conversion_grows_the_photo_first),
        cmocka_unit_test(depth_goes_with_the_bars),
    };
    return cmocka_run_group_tests(tests, start_engine, stop_engine);
}
