#include "test_support.h"

#include "base/file.h"
#include "codec/image_write.h"
#include "codec/plane_read.h"
#include "image/image.h"
#include "image/pfm.h"
#include "spx/outpaint.h"
#include "spx/spx.h"
#include "test_files.h"
#include "test_pictures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WIDTH = 96, HEIGHT = 64 };

/* A drawn photo: a bright disc before a gradient. */
static spx_image *draw_photo(uint32_t width, uint32_t height, uint32_t bits)
{
    spx_image *image = NULL;
    assert_int_equal(spx_image_create(&image, width, height, bits, NULL), SPX_OK);
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            const double dx = (double)x - width / 2.0;
            const double dy = (double)y - height / 2.0;
            const int inside = dx * dx + dy * dy < height * height / 9.0;
            for (uint32_t c = 0; c < 3; c++) {
                const uint32_t value = inside ? 250 - 60 * c : (x * 3 + y * 2 + 40 * c) % 200;
                if (bits == 8)
                    spx_image_row8(image, y)[x * 3 + c] = (uint8_t)value;
                else
                    spx_image_row16(image, y)[x * 3 + c] = (uint16_t)(value * 257 + x % 200);
            }
        }
    }
    return image;
}

static spx_result *convert(const spx_bytes *png, const spx_convert_options *options)
{
    spx_result *result = NULL;
    spx_diag diag = { 0 };
    const spx_input input = { .data = png->data, .size = png->size, .name = "disc.png" };
    if (spx_convert(test_engine, &input, options, NULL, &result, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    return result;
}

static spx_image *decode(const spx_file *file)
{
    return test_decode(file->data, file->size, file->name);
}

static void strength_zero_gives_the_photo_twice(void **state)
{
    (void)state;
    for (uint32_t bits = 8; bits <= 16; bits += 8) {
        spx_image *const photo = draw_photo(WIDTH, HEIGHT, bits);
        spx_bytes png = test_png_of(photo);
        spx_convert_options options;
        spx_convert_options_init(&options);
        options.detail = SPX_DETAIL_FAST;
        options.formats = SPX_FORMAT_LEFT | SPX_FORMAT_RIGHT;
        options.strength_pct = 0.0;

        spx_result *const result = convert(&png, &options);

        spx_image *const left = decode(test_file_of(result, SPX_FORMAT_LEFT));
        spx_image *const right = decode(test_file_of(result, SPX_FORMAT_RIGHT));
        test_assert_same_pixels(left, photo);
        test_assert_same_pixels(right, photo);
        spx_image_unref(left);
        spx_image_unref(right);
        spx_image_unref(photo);
        spx_result_destroy(result);
        spx_bytes_clear(&png);
    }
}

static void makes_every_format_under_its_name(void **state)
{
    (void)state;
    spx_image *const photo = draw_photo(WIDTH, HEIGHT, 8);
    spx_bytes png = test_png_of(photo);
    spx_convert_options options;
    spx_convert_options_init(&options);
    options.detail = SPX_DETAIL_FAST;
    options.formats |= SPX_FORMAT_DEPTH16 | SPX_FORMAT_DEPTH_RAW;
    spx_result *result = NULL;
    const spx_input input = { .data = png.data,
                              .size = png.size,
                              .name = "some/folder/my disc_outpainted.png" };
    spx_diag diag = { 0 };

    if (spx_convert(test_engine, &input, &options, NULL, &result, &diag) != SPX_OK)
        fail_msg("%s", diag.text);

    assert_int_equal(spx_result_file_count(result), 7);
    assert_string_equal(test_file_of(result, SPX_FORMAT_SPATIAL)->name, "my disc_spatial.heic");
    assert_string_equal(test_file_of(result, SPX_FORMAT_SBS)->name, "my disc_sbs.hevc");
    assert_string_equal(test_file_of(result, SPX_FORMAT_DEPTH)->name, "depth_image.jpg");
    assert_string_equal(test_file_of(result, SPX_FORMAT_LEFT)->name, "stereo_left.png");
    assert_string_equal(test_file_of(result, SPX_FORMAT_RIGHT)->name, "stereo_right.png");
    for (size_t i = 0; i < spx_result_file_count(result); i++) {
        assert_non_null(spx_result_file(result, i)->data);
        assert_null(spx_result_file(result, i)->path);
        assert_true(spx_result_file(result, i)->size > 0);
    }
    const spx_file *const raw = test_file_of(result, SPX_FORMAT_DEPTH_RAW);
    assert_true(spx_pfm_probe(raw->data, raw->size));
    assert_int_equal(spx_result_summary(result)->width, WIDTH);
    assert_string_equal(spx_result_summary(result)->model, "spx-lite");
    spx_result_destroy(result);
    spx_bytes_clear(&png);
    spx_image_unref(photo);
}

static void says_what_a_person_would_ask_about(void **state)
{
    (void)state;
    spx_image *const photo = draw_photo(WIDTH, HEIGHT, 8);
    spx_bytes png = test_png_of(photo);
    const spx_input input = { .data = png.data, .size = png.size, .name = "small.png" };
    spx_convert_options options;
    spx_result *result = NULL;
    spx_diag diag = { 0 };
    spx_convert_options_init(&options);
    options.detail = SPX_DETAIL_FAST;
    options.formats = SPX_FORMAT_DEPTH;

    assert_int_equal(spx_convert(test_engine, &input, &options, NULL, &result, &diag), SPX_OK);
    const spx_warning_list *const warnings = spx_result_warnings(result);
    assert_int_equal(warnings->count, 1);
    assert_int_equal(warnings->items[0].code, SPX_WARNING_TINY_SOURCE);
    assert_non_null(strstr(warnings->items[0].text, "pixels"));
    spx_result_destroy(result);

    options.strict = 1;
    assert_int_equal(spx_convert(test_engine, &input, &options, NULL, &result, &diag),
                     SPX_ERR_DOUBT);
    assert_null(result);
    assert_non_null(strstr(diag.text, "small.png: the photo has only"));
    spx_bytes_clear(&png);
    spx_image_unref(photo);
}

static void the_cache_replaces_the_network(void **state)
{
    (void)state;
    spx_image *const photo = draw_photo(WIDTH, HEIGHT, 8);
    spx_bytes png = test_png_of(photo);
    char cache[4096];
    (void)snprintf(cache, sizeof(cache), "%s", test_out_path("pipeline_convert_depth.png"));
    (void)unlink(cache);
    spx_convert_options options;
    spx_convert_options_init(&options);
    options.detail = SPX_DETAIL_FAST;
    options.formats = SPX_FORMAT_LEFT;
    options.depth_cache = cache;

    spx_result *const first = convert(&png, &options);
    assert_int_equal(access(cache, R_OK), 0);
    spx_bytes kept = { 0 };
    assert_int_equal(spx_file_read(cache, 1 << 20, &kept, NULL), SPX_OK);
    spx_result *const again = convert(&png, &options);

    const spx_file *const a = test_file_of(first, SPX_FORMAT_LEFT);
    const spx_file *const b = test_file_of(again, SPX_FORMAT_LEFT);
    assert_int_equal(a->size, b->size);
    assert_memory_equal(a->data, b->data, a->size);

    /* A cache of another photo is not used, but replaced. */
    spx_image *const other = draw_photo(WIDTH + 8, HEIGHT, 8);
    spx_bytes other_png = test_png_of(other);
    spx_result *const third = convert(&other_png, &options);
    spx_bytes replaced = { 0 };
    assert_int_equal(spx_file_read(cache, 1 << 20, &replaced, NULL), SPX_OK);
    assert_true(replaced.size != kept.size || memcmp(replaced.data, kept.data, kept.size) != 0);

    spx_bytes_clear(&kept);
    spx_bytes_clear(&replaced);
    spx_bytes_clear(&other_png);
    spx_result_destroy(first);
    spx_result_destroy(again);
    spx_result_destroy(third);
    spx_image_unref(other);
    spx_image_unref(photo);
    spx_bytes_clear(&png);
}

/* The range stands in the cache's comment. A far value without a fraction was once read beyond its
 * end. */
static void the_cache_is_used_whatever_its_range(void **state)
{
    (void)state;
    spx_image *const photo = draw_photo(WIDTH, HEIGHT, 8);
    spx_bytes png = test_png_of(photo);
    char cache[4096];
    (void)snprintf(cache, sizeof(cache), "%s", test_out_path("pipeline_convert_range.png"));
    (void)unlink(cache);
    spx_convert_options options;
    spx_convert_options_init(&options);
    options.detail = SPX_DETAIL_FAST;
    options.formats = SPX_FORMAT_DEPTH;
    options.depth_cache = cache;
    spx_result_destroy(convert(&png, &options));
    spx_bytes kept = { 0 };
    spx_bytes text = { 0 };
    spx_plane *map = NULL;
    const spx_task task = { 0 };
    spx_limits limits;
    spx_limits_init(&limits);
    assert_int_equal(spx_file_read(cache, 1 << 20, &kept, NULL), SPX_OK);
    assert_int_equal(spx_plane_png_text(&text, kept.data, kept.size, "spx-depth", NULL), SPX_OK);
    assert_int_equal(spx_plane_read(&map, kept.data, kept.size, cache, &limits, &task, NULL),
                     SPX_OK);
    spx_bytes_u8(&text, 0);
    char *const range = strstr((char *)text.data, " range=");
    assert_non_null(range);
    static const char *const ranges[] = { "0:1", "0.5:1", "-1:2", "1e-05:3.25", "0.25:7e+08" };
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        char words[512];
        spx_bytes other = { 0 };
        struct stat before;
        struct stat after;
        (void)snprintf(words, sizeof(words), "%.*s range=%s", (int)(range - (char *)text.data),
                       (char *)text.data, ranges[i]);
        assert_int_equal(spx_plane_write_png16(&other, map, "spx-depth", words, &task, NULL),
                         SPX_OK);
        assert_int_equal(spx_file_write(cache, other.data, other.size, NULL), SPX_OK);
        assert_int_equal(stat(cache, &before), 0);
        spx_result_destroy(convert(&png, &options));
        assert_int_equal(stat(cache, &after), 0);
        assert_int_equal(before.st_ino, after.st_ino); /* a miss would have replaced it */
        spx_bytes_clear(&other);
    }
    spx_plane_destroy(map);
    spx_bytes_clear(&kept);
    spx_bytes_clear(&text);
    spx_bytes_clear(&png);
    spx_image_unref(photo);
}

static void side_by_side_shrinks_what_no_level_allows(void **state)
{
    (void)state;
    spx_image *const photo = draw_photo(9000, 16, 8);
    spx_bytes png = test_png_of(photo);
    spx_convert_options options;
    spx_convert_options_init(&options);
    options.detail = SPX_DETAIL_FAST;
    options.formats = SPX_FORMAT_SBS;

    spx_result *const result = convert(&png, &options);

    assert_true(test_file_of(result, SPX_FORMAT_SBS)->size > 0);
    spx_result_destroy(result);
    spx_bytes_clear(&png);
    spx_image_unref(photo);
}

static void write_map(const char *path, uint32_t width, uint32_t height, float step)
{
    spx_plane *map = NULL;
    spx_bytes pfm = { 0 };
    assert_int_equal(spx_plane_create(&map, width, height, NULL), SPX_OK);
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++)
            spx_plane_row(map, y)[x] = x == 0 && y == 0 ? NAN : (float)x * step;
    }
    assert_int_equal(spx_pfm_write(&pfm, map, NULL), SPX_OK);
    assert_int_equal(spx_file_write(path, pfm.data, pfm.size, NULL), SPX_OK);
    spx_bytes_clear(&pfm);
    spx_plane_destroy(map);
}

static void an_own_map_of_any_size_but_not_any_shape(void **state)
{
    (void)state;
    spx_image *const photo = draw_photo(WIDTH, HEIGHT, 8);
    spx_bytes png = test_png_of(photo);
    char map[4096];
    (void)snprintf(map, sizeof(map), "%s", test_out_path("pipeline_convert_map.pfm"));
    spx_convert_options options;
    spx_convert_options_init(&options);
    options.detail = SPX_DETAIL_FAST;
    options.formats = SPX_FORMAT_LEFT | SPX_FORMAT_DEPTH;
    options.depth_map = map;
    static const uint32_t sizes[][2] = { { WIDTH, HEIGHT },
                                         { WIDTH / 2, HEIGHT / 2 },
                                         { WIDTH * 2, HEIGHT * 2 } };
    for (size_t i = 0; i < 3; i++) {
        write_map(map, sizes[i][0], sizes[i][1], 0.5f);
        spx_result *const result = convert(&png, &options);
        assert_string_equal(spx_result_summary(result)->model, "own map");
        spx_result_destroy(result);
    }
    write_map(map, WIDTH, HEIGHT, 0.0f);
    spx_result *const flat = convert(&png, &options);
    spx_result_destroy(flat);

    write_map(map, HEIGHT, WIDTH, 0.5f);
    spx_result *result = NULL;
    spx_diag diag = { 0 };
    const spx_input input = { .data = png.data, .size = png.size };
    assert_int_equal(spx_convert(test_engine, &input, &options, NULL, &result, &diag),
                     SPX_ERR_ARGUMENT);
    assert_null(result);
    assert_non_null(strstr(diag.text, "64x96"));
    assert_non_null(strstr(diag.text, "96x64"));
    spx_bytes_clear(&png);
    spx_image_unref(photo);
}

static void says_which_option_is_out_of_range(void **state)
{
    (void)state;
    static const struct {
        double strength;
        double convergence;
        double hfov;
        int quality;
        const char *text;
    } cases[] = {
        { 10.1, 0.0, 0.0, 85, "strength: 10.1 is outside 0..10" },
        { NAN, 0.0, 0.0, 85, "strength: nan is outside 0..10" },
        { 2.0, 1.5, 0.0, 85, "convergence: 1.5 is outside 0..1" },
        { 2.0, 0.5, 171.0, 85, "fov: 171 is outside 1..170" },
        { 2.0, 0.5, 60.0, 0, "quality: 0 is outside 1..100" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        spx_convert_options options;
        spx_convert_options_init(&options);
        options.detail = SPX_DETAIL_FAST;
        options.strength_pct = cases[i].strength;
        options.convergence = cases[i].convergence;
        options.hfov_deg = cases[i].hfov;
        options.quality = cases[i].quality;
        spx_result *result = NULL;
        spx_diag diag = { 0 };

        assert_int_equal(spx_convert(test_engine, &(spx_input){ .path = "none" }, &options, NULL,
                                     &result, &diag),
                         SPX_ERR_ARGUMENT);

        assert_string_equal(diag.text, cases[i].text);
    }
}

static void existing_files_are_skipped_or_kept(void **state)
{
    (void)state;
    spx_image *const photo = draw_photo(WIDTH, HEIGHT, 8);
    spx_bytes png = test_png_of(photo);
    char folder[4096];
    (void)snprintf(folder, sizeof(folder), "%s", test_out_path("pipeline_convert_existing"));
    spx_convert_options options;
    spx_convert_options_init(&options);
    options.detail = SPX_DETAIL_FAST;
    options.formats = SPX_FORMAT_DEPTH;
    options.output_dir = folder;
    spx_result *const first = convert(&png, &options);
    assert_non_null(test_file_of(first, SPX_FORMAT_DEPTH)->path);

    options.skip_existing = 1;
    spx_result *const skipped = convert(&png, &options);
    options.skip_existing = 0;
    options.no_overwrite = 1;
    spx_result *refused = NULL;
    const spx_input input = { .data = png.data, .size = png.size };

    assert_true(spx_result_summary(skipped)->skipped);
    assert_int_equal(spx_convert(test_engine, &input, &options, NULL, &refused, NULL),
                     SPX_ERR_EXISTS);
    spx_result_destroy(first);
    spx_result_destroy(skipped);
    spx_bytes_clear(&png);
    spx_image_unref(photo);
}

typedef struct watcher {
    double last;
    int backwards;
    spx_stage cancel_at;
    spx_cancel *cancel;
} watcher;

static void watch_progress(void *user, spx_stage stage, double fraction)
{
    watcher *const self = user;
    self->backwards |= fraction < self->last;
    self->last = fraction;
    if (stage == self->cancel_at)
        spx_cancel_request(self->cancel);
}

static void progress_goes_forward_and_every_stage_can_be_cancelled(void **state)
{
    (void)state;
    spx_image *const photo = draw_photo(WIDTH, HEIGHT, 8);
    spx_bytes png = test_png_of(photo);
    const spx_input input = { .data = png.data, .size = png.size };
    spx_convert_options options;
    spx_convert_options_init(&options);
    options.detail = SPX_DETAIL_FAST;
    char folder[4096];
    (void)snprintf(folder, sizeof(folder), "%s", test_out_path("pipeline_convert_cancel"));
    options.output_dir = folder;
    spx_outpaint_options growth; /* so that every stage comes */
    spx_outpaint_options_init(&growth);
    growth.left = growth.top = growth.right = growth.bottom = (spx_margin){ .amount = 1.0 };
    options.outpaint = &growth;
    for (int stage = SPX_STAGE_READ; stage <= SPX_STAGE_COUNT; stage++) {
        watcher self = { .cancel_at = (spx_stage)stage };
        spx_result *result = NULL;
        assert_int_equal(spx_cancel_create(&self.cancel), SPX_OK);
        const spx_watch watch = { .progress = watch_progress,
                                  .user = &self,
                                  .cancel = self.cancel };

        const spx_status status = spx_convert(test_engine, &input, &options, &watch, &result, NULL);

        assert_int_equal(status, stage == SPX_STAGE_COUNT ? SPX_OK : SPX_ERR_CANCELLED);
        assert_false(self.backwards);
        assert_int_equal(access(folder, F_OK) == 0, stage == SPX_STAGE_COUNT);
        if (stage == SPX_STAGE_COUNT)
            assert_float_equal((float)self.last, 1.0f, 0.0f);
        spx_result_destroy(result);
        spx_cancel_destroy(self.cancel);
    }
    spx_folder_remove(folder);
    spx_bytes_clear(&png);
    spx_image_unref(photo);
}

/* A phone's depth goes before the numbers of a network that only a group named. */
static void the_photos_own_depth_has_no_raw_numbers(void **state)
{
    (void)state;
    spx_result *result = NULL;
    spx_diag diag = { 0 };
    spx_convert_options options;
    spx_convert_options_init(&options);
    options.detail = SPX_DETAIL_FAST;
    options.formats = SPX_FORMAT_DEPTH | SPX_FORMAT_DEPTH_RAW;
    options.optional_formats = SPX_FORMAT_DEPTH_RAW;
    const spx_input input = { .path = test_data_path("cases/portrait_depth.heic") };

    if (spx_convert(test_engine, &input, &options, NULL, &result, &diag) != SPX_OK)
        fail_msg("%s", diag.text);

    assert_int_equal(spx_result_file_count(result), 1);
    assert_true(spx_result_file(result, 0)->format == SPX_FORMAT_DEPTH);
    const spx_warning *const doubt = spx_warning_first_doubt(spx_result_warnings(result));
    assert_non_null(doubt);
    assert_string_equal(doubt->text,
                        "not made: depth-raw (depth was given, so no network ran that has raw "
                        "numbers)");
    spx_result_destroy(result);

    options.optional_formats = options.formats = SPX_FORMAT_DEPTH_RAW;
    assert_int_equal(spx_convert(test_engine, &input, &options, NULL, &result, &diag),
                     SPX_ERR_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strength_zero_gives_the_photo_twice),
        cmocka_unit_test(makes_every_format_under_its_name),
        cmocka_unit_test(says_what_a_person_would_ask_about),
        cmocka_unit_test(the_cache_replaces_the_network),
        cmocka_unit_test(the_cache_is_used_whatever_its_range),
        cmocka_unit_test(side_by_side_shrinks_what_no_level_allows),
        cmocka_unit_test(an_own_map_of_any_size_but_not_any_shape),
        cmocka_unit_test(says_which_option_is_out_of_range),
        cmocka_unit_test(existing_files_are_skipped_or_kept),
        cmocka_unit_test(the_photos_own_depth_has_no_raw_numbers),
        cmocka_unit_test(progress_goes_forward_and_every_stage_can_be_cancelled),
    };
    return cmocka_run_group_tests(tests, test_engine_set_up, test_engine_tear_down);
}
