#include "spx/info.h"

#include "test_files.h"
#include "test_heif.h"
#include "test_support.h"

#include <math.h>
#include <string.h>

typedef struct fixture {
    test_heif heif;
    spx_bytes file;
} fixture;

static int setup(void **state)
{
    static fixture f;
    test_heif_init(&f.heif);
    f.heif.photo.icc = &f.heif.icc;
    f.file = test_heif_write(&f.heif.photo);
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    fixture *const f = *state;
    spx_bytes_clear(&f->file);
    test_heif_clear(&f->heif);
    return 0;
}

static spx_info read_info(const void *data, size_t size)
{
    spx_info info;
    spx_diag diag = { 0 };
    const spx_input input = { .data = data, .size = size, .name = "test.heic" };
    if (spx_info_read(&info, &input, NULL, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    return info;
}

static void assert_near(double have, double want, double tolerance)
{
    if (fabs(have - want) > tolerance)
        fail_msg("%.12g is not %.12g", have, want);
}

/* The position of a text in the file, which must have it once or more. */
static uint8_t *find_bytes(const spx_bytes *file, const char *text)
{
    uint8_t *const at = memmem(file->data, file->size, text, strlen(text));
    assert_non_null(at);
    return at;
}

static void assert_only_reason(const spx_info *info, const char *reason)
{
    assert_int_equal(info->spatial, 0);
    assert_int_equal(info->reason_count, 1);
    assert_string_equal(info->reasons[0], reason);
}

static void reads_back_all_that_was_written(void **state)
{
    const fixture *const f = *state;

    const spx_info info = read_info(f->file.data, f->file.size);

    assert_string_equal(info.format, "HEIC");
    assert_int_equal(info.file_bytes, f->file.size);
    assert_int_equal(info.width, 1023);
    assert_int_equal(info.height, 999);
    assert_int_equal(info.exif_orientation, 1);
    assert_int_equal(info.primary, info.left.item);
    assert_int_equal(info.stereo_groups, 1);
    assert_int_equal(info.stereo_members, 2);
    assert_int_equal(info.left.item, 5);
    assert_int_equal(info.right.item, 10);
    assert_int_equal(info.stereo_group, 11);
    assert_true(info.has_baseline);
    assert_near(info.baseline_mm, 64, 1e-9);
    assert_near(info.right.position_mm[0], 64, 1e-9);
    assert_near(info.left.position_mm[0], 0, 0);
    const spx_info_picture *const eyes[] = { &info.left, &info.right };
    for (size_t i = 0; i < 2; i++) {
        const spx_info_picture *const eye = eyes[i];
        assert_string_equal(eye->coding, "hvc1");
        assert_int_equal(eye->width, 1023);
        assert_int_equal(eye->height, 999);
        assert_int_equal(eye->bits, 8);
        assert_int_equal(eye->tile_columns, 2);
        assert_int_equal(eye->tile_rows, 2);
        assert_int_equal(eye->rotation_deg, 0);
        assert_int_equal(eye->mirrored, 0);
        assert_true(eye->has_nclx && eye->full_range);
        assert_int_equal(eye->primaries, 1);
        assert_int_equal(eye->transfer, 13);
        assert_int_equal(eye->matrix, 1);
        assert_int_equal(eye->icc_bytes, f->heif.icc.size);
        assert_int_equal(eye->exif_bytes, f->heif.exif.size + 10);
        assert_int_equal(eye->xmp_bytes, f->heif.xmp.size);
        assert_near(eye->hfov_deg, 60, 1e-6);
        assert_near(eye->focal_x_px, 1023 * sqrt(0.75), 1e-5);
        assert_near(eye->focal_y_px, eye->focal_x_px, 0);
        assert_near(eye->principal_x_px, 511.5, 0);
        assert_near(eye->principal_y_px, 499.5, 0);
        assert_near(eye->disparity_adjustment, 0.02, 1e-12);
        assert_near(eye->orientation[3], 1, 0);
    }
    assert_int_not_equal(info.left.thumbnail, 0);
    assert_int_equal(info.right.thumbnail, 0);
    assert_true(info.spatial);
    assert_int_equal(info.reason_count, 0);
}

static void reads_four_character_properties_alike(void **state)
{
    fixture *const f = *state;
    f->heif.photo.fourcc_properties = 1;
    spx_bytes file = test_heif_write(&f->heif.photo);

    const spx_info info = read_info(file.data, file.size);

    assert_true(info.spatial);
    assert_near(info.left.hfov_deg, 60, 1e-6);
    assert_near(info.baseline_mm, 64, 1e-9);
    spx_bytes_clear(&file);
}

static void misses_the_stereo_group(void **state)
{
    const fixture *const f = *state;
    memcpy(find_bytes(&f->file, "ster"), "altr", 4);

    const spx_info info = read_info(f->file.data, f->file.size);

    assert_only_reason(&info, "no stereo pair group (grpl/ster)");
}

static void names_each_camera_property_that_is_missing(void **state)
{
    const fixture *const f = *state;
    static const char cmin[] = "\x22\xcc\x04\xc7";
    static const char cmex[] = "\x43\x63\xe9\x14";
    static const char disparity[] = "\xde\x22\x50\x85";
    uint8_t *const left_cmex = find_bytes(&f->file, cmex);
    const size_t behind = (size_t)(left_cmex + 4 - f->file.data);
    const spx_bytes rest = { .data = left_cmex + 4, .size = f->file.size - behind };
    memset(find_bytes(&rest, cmex), 0, 4); /* the second one: the right eye's */
    memset(find_bytes(&f->file, cmin), 0, 4);
    memset(find_bytes(&f->file, disparity), 0, 4);

    const spx_info info = read_info(f->file.data, f->file.size);

    assert_false(info.spatial);
    assert_int_equal(info.reason_count, 5);
    assert_string_equal(info.reasons[0], "left eye has no camera intrinsics");
    assert_string_equal(info.reasons[1], "left eye has no disparity adjustment");
    assert_string_equal(info.reasons[2], "right eye has no camera intrinsics");
    assert_string_equal(info.reasons[3], "right eye has no camera extrinsics");
    assert_string_equal(info.reasons[4], "right eye has no disparity adjustment");
}

static void refuses_a_baseline_of_zero_or_a_swapped_pair(void **state)
{
    const fixture *const f = *state;
    /* The right eye's position: 64,000 um = 00 00 FA 00, behind flags 00 00 00 01. */
    static const uint8_t stored[] = { 0, 0, 0, 1, 0, 0, 0xfa, 0 };
    uint8_t *const property = memmem(f->file.data, f->file.size, stored, sizeof(stored));
    assert_non_null(property);

    memset(property + 4, 0, 4);
    const spx_info no_baseline = read_info(f->file.data, f->file.size);
    memset(property + 4, 0xff, 4);
    const spx_info swapped = read_info(f->file.data, f->file.size);

    assert_only_reason(&no_baseline, "both cameras stand at one place: the baseline is 0");
    assert_only_reason(&swapped, "the right eye's camera does not stand right of the left eye's");
    assert_near(swapped.baseline_mm, 0.001, 1e-12);
}

static void counts_the_tiles_of_a_grid(void **state)
{
    const fixture *const f = *state;
    uint8_t *const grid = find_bytes(&f->file, "idat") + 4;
    assert_int_equal(grid[2], 1);
    grid[2] = 2; /* three rows */

    const spx_info info = read_info(f->file.data, f->file.size);

    assert_only_reason(&info, "left eye is a grid of 2 x 3 tiles, but has 4");
}

static void says_what_other_files_are(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        const char *format;
        uint32_t width;
        uint32_t height;
        const char *reason;
    } files[] = {
        { "photos/boats.jpg", "JPEG", 2560, 1600, "it is a JPEG file, not HEIC" },
        { "photos/coffee.png", "PNG", 600, 400, "it is a PNG file, not HEIC" },
        { "photos/README.md", "unknown", 0, 0,
          "it is not a HEIC file, nor of any other picture format known here" },
    };
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        spx_info info;
        const spx_input input = { .path = test_data_path(files[i].path) };

        assert_int_equal(spx_info_read(&info, &input, NULL, NULL), SPX_OK);

        assert_string_equal(info.format, files[i].format);
        assert_int_equal(info.width, files[i].width);
        assert_int_equal(info.height, files[i].height);
        assert_only_reason(&info, files[i].reason);
    }
}

static void finds_the_focal_length_of_a_jpeg(void **state)
{
    (void)state;
    spx_info info;
    const spx_input input = { .path = test_data_path("photos/cups.jpg") };

    assert_int_equal(spx_info_read(&info, &input, NULL, NULL), SPX_OK);

    assert_near(info.focal_length_35mm, 42, 0);
    assert_int_equal(info.exif_orientation, 1);
}

static void fails_on_missing_empty_and_too_large_files(void **state)
{
    const fixture *const f = *state;
    spx_info info;
    spx_diag diag = { 0 };
    spx_limits limits;
    spx_limits_init(&limits);
    limits.file_bytes = f->file.size - 1;
    const spx_input missing = { .path = "/no/such/file.heic" };
    const spx_input empty = { .data = "", .size = 0, .name = "empty.heic" };
    const spx_input large = { .data = f->file.data, .size = f->file.size };
    const spx_input nothing = { .path = NULL };

    assert_int_equal(spx_info_read(&info, &missing, NULL, NULL), SPX_ERR_NOT_FOUND);
    assert_int_equal(spx_info_read(&info, &empty, NULL, &diag), SPX_ERR_TRUNCATED);
    assert_string_equal(diag.text, "empty.heic: the file is empty");
    assert_int_equal(spx_info_read(&info, &large, &limits, NULL), SPX_ERR_LIMIT);
    assert_int_equal(spx_info_read(&info, &nothing, NULL, NULL), SPX_ERR_ARGUMENT);
}

static void calls_every_cut_file_truncated(void **state)
{
    const fixture *const f = *state;
    spx_info info;
    for (size_t size = 24; size < f->file.size; size++) {
        const spx_input input = { .data = f->file.data, .size = size };
        assert_int_equal(spx_info_read(&info, &input, NULL, NULL), SPX_ERR_TRUNCATED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_back_all_that_was_written, setup, teardown),
        cmocka_unit_test_setup_teardown(reads_four_character_properties_alike, setup, teardown),
        cmocka_unit_test_setup_teardown(misses_the_stereo_group, setup, teardown),
        cmocka_unit_test_setup_teardown(names_each_camera_property_that_is_missing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(refuses_a_baseline_of_zero_or_a_swapped_pair, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(counts_the_tiles_of_a_grid, setup, teardown),
        cmocka_unit_test(says_what_other_files_are),
        cmocka_unit_test(finds_the_focal_length_of_a_jpeg),
        cmocka_unit_test_setup_teardown(fails_on_missing_empty_and_too_large_files, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(calls_every_cut_file_truncated, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
