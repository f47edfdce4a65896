#include "test_support.h"

#include "base/file.h"
#include "codec/image_write.h"
#include "image/image.h"
#include "pipeline/glimpse.h"
#include "spx/info.h"
#include "spx/preview.h"
#include "spx/spx.h"
#include "test_files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 1700, HEIGHT = 1300, EYE_BYTES = 300000, PREVIEW_BYTES = 500000 };

/* noise: how many of 256 steps each sample is off. */
static spx_image *draw(uint32_t noise)
{
    spx_image *image = NULL;
    uint32_t seed = 1;
    assert_int_equal(spx_image_create(&image, WIDTH, HEIGHT, 8, NULL), SPX_OK);
    for (uint32_t y = 0; y < HEIGHT; y++) {
        uint8_t *const row = spx_image_row8(image, y);
        for (uint32_t i = 0; i < 3 * WIDTH; i++) {
            seed = seed * 1664525U + 1013904223U;
            row[i] = (uint8_t)(noise == 0 ? y % 200 : (seed >> 24) % noise);
        }
    }
    return image;
}

static spx_bytes written(const char *name)
{
    spx_bytes bytes = { 0 };
    assert_int_equal(spx_file_read(test_out_path(name), 1 << 24, &bytes, NULL), SPX_OK);
    return bytes;
}

/* What a screen loads has a limit, whatever the photo is; below it the quality stays. */
static void eyes_for_screens_have_a_limit(void **state)
{
    (void)state;
    static const uint32_t noises[] = { 0, 90, 256 };
    size_t sizes[3] = { 0 };
    for (int i = 0; i < 3; i++) {
        spx_image *const image = draw(noises[i]);
        const spx_image *const eyes[] = { image, image };
        const spx_bytes no_profile = { 0 };
        uint32_t width = 0;
        uint32_t height = 0;
        assert_int_equal(spx_glimpse_eyes(test_out_path("glimpse"), eyes, &no_profile, NULL, NULL),
                         SPX_OK);
        spx_bytes jpeg = written("glimpse/left_preview.jpg");
        sizes[i] = jpeg.size;
        assert_in_range(jpeg.size, 1000, EYE_BYTES);
        spx_info_size(jpeg.data, jpeg.size, &width, &height);
        assert_in_range(width, i == 2 ? 600 : 1600, 1600); /* noise alone gets smaller */
        spx_bytes_clear(&jpeg);
        spx_image_unref(image);
    }
    assert_true(sizes[1] > EYE_BYTES / 2 && sizes[2] > EYE_BYTES / 3); /* no worse than need be */
}

/* A profile gets no smaller with the picture: the picture must not vanish for its sake. */
static void a_large_profile_leaves_the_picture_as_it_is(void **state)
{
    (void)state;
    enum { PROFILE_BYTES = 400000 };
    spx_image *const image = draw(0);
    const spx_image *const eyes[] = { image, image };
    spx_bytes profile = { 0 };
    uint32_t width = 0;
    uint32_t height = 0;
    for (int i = 0; i < PROFILE_BYTES; i++)
        spx_bytes_u8(&profile, (unsigned)i % 251);
    assert_int_equal(spx_glimpse_eyes(test_out_path("glimpse"), eyes, &profile, NULL, NULL),
                     SPX_OK);
    spx_bytes jpeg = written("glimpse/right_preview.jpg");
    assert_in_range(jpeg.size, PROFILE_BYTES, PROFILE_BYTES + EYE_BYTES);
    spx_info_size(jpeg.data, jpeg.size, &width, &height);
    assert_int_equal(width, 1600);
    spx_bytes_clear(&jpeg);
    spx_bytes_clear(&profile);
    spx_image_unref(image);
}

static void previews_have_a_limit(void **state)
{
    (void)state;
    static const uint32_t noises[] = { 0, 256 };
    for (int i = 0; i < 2; i++) {
        spx_image *const image = draw(noises[i]);
        spx_bytes photo = { 0 };
        assert_int_equal(spx_image_write(&photo, image, SPX_IMAGE_TYPE_JPEG, 95, NULL, NULL, NULL),
                         SPX_OK);
        const spx_input input = { .data = photo.data, .size = photo.size, .name = "noise.jpg" };
        assert_int_equal(
            spx_preview_write(&input, NULL, 1600, test_out_path("glimpse_preview.jpg"), NULL),
            SPX_OK);
        spx_bytes jpeg = written("glimpse_preview.jpg");
        assert_in_range(jpeg.size, i == 0 ? 1000 : PREVIEW_BYTES / 3, PREVIEW_BYTES);
        spx_bytes_clear(&jpeg);
        spx_bytes_clear(&photo);
        spx_image_unref(image);
    }
}

/* Small pictures of a large photo, and no file: of the same depth and numbers, but for rounding. */
static void small_pictures_alone_show_what_files_would(void **state)
{
    (void)state;
    spx_engine *engine = NULL;
    spx_result *results[2] = { NULL, NULL };
    spx_convert_options options;
    spx_diag diag = { 0 };
    spx_bytes photo = { 0 };
    spx_bytes eyes[2] = { { 0 }, { 0 } };
    spx_image *const image = draw(90);
    assert_int_equal(spx_image_write(&photo, image, SPX_IMAGE_TYPE_JPEG, 90, NULL, NULL, NULL),
                     SPX_OK);
    const spx_input input = { .data = photo.data, .size = photo.size, .name = "noise.jpg" };
    assert_int_equal(spx_engine_create(&engine, NULL, &diag), SPX_OK);
    spx_convert_options_init(&options);
    options.formats = 0;
    options.skip_existing = 1; /* there is no file that could exist */
    assert_int_equal(spx_convert(engine, &input, &options, NULL, &results[0], &diag),
                     SPX_ERR_ARGUMENT);

    char dir[512];
    char cache[520];
    (void)snprintf(dir, sizeof(dir), "%s", test_out_path("glimpse_alone"));
    (void)snprintf(cache, sizeof(cache), "%s.cache", dir);
    options.preview_dir = dir;
    options.depth_cache = cache;
    options.depth_size = 112;
    options.detail = SPX_DETAIL_FAST;
    spx_folder_remove(dir);
    (void)remove(cache);
    const char *const folder = test_out_path("glimpse_files"); /* an earlier conversion's */
    assert_int_equal(spx_folder_make(folder, NULL), SPX_OK);
    char record[512];
    (void)snprintf(record, sizeof(record), "%s", test_out_path("glimpse_files/.spx_left_out"));
    assert_int_equal(spx_file_write(record, "mesh\n", 5, NULL), SPX_OK);
    for (int i = 0; i < 2; i++) { /* then from the cache, with a file */
        diag = (spx_diag){ 0 };
        options.formats = i == 0 ? 0 : SPX_FORMAT_DEPTH;
        options.output_dir = i == 0 ? test_out_path("glimpse_files") : NULL;
        if (spx_convert(engine, &input, &options, NULL, &results[i], &diag) != SPX_OK)
            fail_msg("%s", diag.text);
        eyes[i] = written("glimpse_alone/right_preview.jpg");
    }
    spx_bytes kept = written("glimpse_files/.spx_left_out");
    assert_int_equal(kept.size, 5);
    spx_bytes_clear(&kept);
    const spx_summary *const small = spx_result_summary(results[0]);
    const spx_summary *const large = spx_result_summary(results[1]);
    uint32_t width = 0;
    uint32_t height = 0;
    assert_int_equal(spx_result_file_count(results[0]), 0);
    assert_int_equal(small->width, WIDTH);
    assert_int_equal(small->height, HEIGHT);
    assert_true(fabs(small->strength_pct - large->strength_pct) < 0.02);
    assert_true(fabs(small->convergence - large->convergence) < 0.02);
    assert_true(fabs(small->hfov_deg - large->hfov_deg) < 1e-9);
    for (int i = 0; i < 2; i++) {
        spx_info_size(eyes[i].data, eyes[i].size, &width, &height);
        assert_int_equal(width, 1600);
        assert_int_equal(height, 1224);
        spx_bytes_clear(&eyes[i]);
        spx_result_destroy(results[i]);
    }
    spx_engine_destroy(engine);
    spx_bytes_clear(&photo);
    spx_image_unref(image);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eyes_for_screens_have_a_limit),
        cmocka_unit_test(a_large_profile_leaves_the_picture_as_it_is),
        cmocka_unit_test(previews_have_a_limit),
        cmocka_unit_test(small_pictures_alone_show_what_files_would),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
