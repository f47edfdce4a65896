#include "container/spatial_heif.h"

#include "base/file.h"
#include "codec/hevc.h"
#include "container/heif_reader.h"
#include "image/plane.h"
#include "test_files.h"
#include "test_heif.h"
#include "test_stills.h"
#include "test_support.h"

#include <string.h>

static spx_spatial_heif photo_of(const spx_hevc_stills *coded, uint32_t width, uint32_t height)
{
    return (spx_spatial_heif){
        .width = width,
        .height = height,
        .coded = coded,
        .nclx = { .primaries = 1, .transfer = 13, .matrix = 1, .full_range = 1 },
        .hfov_deg = 80,
        .baseline_mm = 63.774,
        .disparity_adjustment = 0.0293,
    };
}

static size_t occurrences(const spx_bytes *file, const uint8_t *what, size_t size)
{
    size_t count = 0;
    const uint8_t *at = file->data;
    const uint8_t *const end = file->data + file->size;
    while ((at = memmem(at, (size_t)(end - at), what, size)) != NULL) {
        count++;
        at += size;
    }
    return count;
}

#define ASSERT_ONCE(file, ...)                                                                     \
    do {                                                                                           \
        const uint8_t golden_[] = { __VA_ARGS__ };                                                 \
        assert_int_equal(occurrences(file, golden_, sizeof(golden_)), 1);                          \
    } while (0)

/* The bytes of a photo from a Vision Pro: 80 degrees, 63.774 mm, 2.93 %. */
static void writes_camera_boxes_byte_for_byte_like_the_vision_pro(void **state)
{
    (void)state;
    spx_hevc_stills stills = test_stills_read("hevc/tiles_512.hevc", 512, 512);
    const spx_spatial_heif photo = photo_of(&stills, 1024, 1000);

    spx_bytes file = test_heif_write(&photo);

    ASSERT_ONCE(&file, 0x00, 0x00, 0x00, 0x28, 'u', 'u', 'i', 'd', 0x22, 0xcc, 0x04, 0xc7, 0xd6,
                0xd9, 0x4e, 0x07, 0x9d, 0x90, 0x4e, 0xb6, 0xec, 0xba, 0xf3, 0xa3, 0x00, 0x00, 0x1e,
                0x00, 0x26, 0x22, 0xd8, 0x6e, 0x20, 0x00, 0x00, 0x00, 0x20, 0x00, 0x00, 0x00);
    ASSERT_ONCE(&file, 0x00, 0x00, 0x00, 0x1c, 'u', 'u', 'i', 'd', 0x43, 0x63, 0xe9, 0x14, 0x5b,
                0x7d, 0x4a, 0xab, 0x97, 0xae, 0xbe, 0xa6, 0x98, 0x03, 0xb4, 0x34, 0x00, 0x00, 0x00,
                0x00);
    ASSERT_ONCE(&file, 0x00, 0x00, 0x00, 0x20, 'u', 'u', 'i', 'd', 0x43, 0x63, 0xe9, 0x14, 0x5b,
                0x7d, 0x4a, 0xab, 0x97, 0xae, 0xbe, 0xa6, 0x98, 0x03, 0xb4, 0x34, 0x00, 0x00, 0x00,
                0x01, 0x00, 0x00, 0xf9, 0x1e);
    ASSERT_ONCE(&file, 0x00, 0x00, 0x00, 0x1c, 'u', 'u', 'i', 'd', 0xde, 0x22, 0x50, 0x85, 0x36,
                0xcb, 0x43, 0x65, 0x87, 0x43, 0x2f, 0x87, 0x05, 0xe7, 0xc7, 0x8a, 0x00, 0x00, 0x01,
                0x25);
    spx_bytes_clear(&file);
    spx_hevc_stills_clear(&stills);
}

static void writes_60_degrees_as_the_square_root_of_three_quarters(void **state)
{
    (void)state;
    spx_hevc_stills stills = test_stills_read("hevc/pair_64.hevc", 64, 64);
    spx_spatial_heif photo = photo_of(&stills, 64, 64);
    photo.single_item = 1;
    photo.hfov_deg = 60;
    photo.disparity_adjustment = -0.02;

    spx_bytes file = test_heif_write(&photo);

    ASSERT_ONCE(&file, 0x00, 0x00, 0x1e, 0x00, 0x37, 0x6c, 0xf5, 0xd1, 0x20, 0x00, 0x00, 0x00, 0x20,
                0x00, 0x00, 0x00);
    ASSERT_ONCE(&file, 0x87, 0x05, 0xe7, 0xc7, 0x8a, 0xff, 0xff, 0xff, 0x38);
    spx_bytes_clear(&file);
    spx_hevc_stills_clear(&stills);
}

static void chooses_the_largest_shift_that_holds_a_tele_lens(void **state)
{
    (void)state;
    spx_hevc_stills stills = test_stills_read("hevc/pair_64.hevc", 64, 64);
    spx_spatial_heif photo = photo_of(&stills, 64, 64);
    photo.single_item = 1;
    photo.hfov_deg = 1; /* focal length 57.29 widths */
    photo.fourcc_properties = 1;

    spx_bytes file = test_heif_write(&photo);

    /* 0.5 / tan(0.5 degrees) x 2^25 = 0x7296b1c6 */
    const uint8_t before[] = { 0, 0, 0,    0x18, 'c',  'm',  'i',  'n',
                               0, 0, 0x19, 0,    0x72, 0x96, 0xb1, 0xc6 };
    assert_int_equal(occurrences(&file, before, sizeof(before)), 1);
    ASSERT_ONCE(&file, 0, 0, 0, 12, 'c', 'm', 'e', 'x', 0, 0, 0, 0);
    ASSERT_ONCE(&file, 0, 0, 0, 16, 'c', 'm', 'e', 'x', 0, 0, 0, 1, 0, 0, 0xf9, 0x1e);
    spx_bytes_clear(&file);
    spx_hevc_stills_clear(&stills);
}

static void refuses_geometry_out_of_range(void **state)
{
    (void)state;
    static const struct {
        double hfov_deg;
        double baseline_mm;
        double adjustment;
        int good;
    } cases[] = {
        { 1, 64, 0, 1 },       { 170, 64, 0, 1 }, { 0.99, 64, 0, 0 },  { 170.1, 64, 0, 0 },
        { 60, 0, 0, 0 },       { 60, -1, 0, 0 },  { 60, 0.001, 0, 1 }, { 60, 2147483, 0, 1 },
        { 60, 2147484, 0, 0 }, { 60, 64, 1, 1 },  { 60, 64, -1, 1 },   { 60, 64, 1.001, 0 },
    };
    spx_hevc_stills stills = test_stills_read("hevc/pair_64.hevc", 64, 64);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        spx_spatial_heif photo = photo_of(&stills, 64, 64);
        photo.single_item = 1;
        photo.hfov_deg = cases[i].hfov_deg;
        photo.baseline_mm = cases[i].baseline_mm;
        photo.disparity_adjustment = cases[i].adjustment;
        spx_bytes file = { 0 };

        const spx_status status = spx_spatial_heif_write(&file, &photo, NULL);

        assert_int_equal(status, cases[i].good ? SPX_OK : SPX_ERR_ARGUMENT);
        assert_int_equal(file.data != NULL, cases[i].good);
        spx_bytes_clear(&file);
    }
    spx_hevc_stills_clear(&stills);
}

static void refuses_a_wrong_number_of_tiles(void **state)
{
    (void)state;
    spx_hevc_stills stills = test_stills_read("hevc/tiles_512.hevc", 512, 512);
    const spx_spatial_heif photo = photo_of(&stills, 1025, 1000); /* wants 2 x 3 x 2 */
    spx_bytes file = { 0 };
    spx_diag diag = { 0 };

    assert_int_equal(spx_spatial_heif_write(&file, &photo, &diag), SPX_ERR_ARGUMENT);
    assert_string_equal(diag.text, "HEIF: 8 coded pictures for 2 x 3 x 2 tiles");
    assert_null(file.data);
    spx_hevc_stills_clear(&stills);
}

static spx_hevc_stills grey_of(uint32_t width, uint32_t height)
{
    spx_plane *plane = NULL;
    spx_hevc_stills out = { 0 };
    assert_int_equal(spx_plane_create(&plane, width, height, NULL), SPX_OK);
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++)
            spx_plane_row(plane, y)[x] = (float)x / (float)width;
    }
    assert_int_equal(spx_hevc_encode_grey(&out, plane, 90, NULL, NULL), SPX_OK);
    spx_plane_destroy(plane);
    return out;
}

static void assert_readable(const spx_bytes *file)
{
    spx_heif *heif = NULL;
    spx_diag diag = { 0 };
    if (spx_heif_read(&heif, file->data, file->size, "test", NULL, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    spx_heif_destroy(heif);
}

static void hangs_grey_pictures_on_their_view(void **state)
{
    (void)state;
    spx_hevc_stills stills = test_stills_read("hevc/pair_64.hevc", 64, 64);
    spx_hevc_stills grey = grey_of(48, 32);
    spx_bytes subtype = { 0 };
    spx_bytes xmp = { 0 };
    spx_bytes_text(&subtype, "SUB");
    spx_bytes_text(&xmp, "<xmp/>");
    const spx_heif_aux aux[] = {
        { .coded = &grey, .type = SPX_HEIF_AUX_DEPTH, .subtype = &subtype, .xmp = &xmp },
        { .coded = &grey, .type = SPX_HEIF_AUX_GAIN_MAP, .view = 1 },
    };
    spx_spatial_heif photo = photo_of(&stills, 64, 64);
    photo.single_item = 1;
    photo.aux = aux;
    photo.aux_count = 2;

    spx_bytes file = test_heif_write(&photo);

    ASSERT_ONCE(&file, 'a', 'u', 'x', 'C', 0, 0, 0, 0, 'u', 'r', 'n', ':', 'm', 'p', 'e', 'g', ':',
                'h', 'e', 'v', 'c', ':', '2', '0', '1', '5', ':', 'a', 'u', 'x', 'i', 'd', ':', '2',
                0, 'S', 'U', 'B');
    /* ids: 1, 2 eyes, 3 group, 4 depth, 5 its XMP, 6 gain map */
    ASSERT_ONCE(&file, 0, 0, 0, 14, 'a', 'u', 'x', 'l', 0, 4, 0, 1, 0, 1);
    ASSERT_ONCE(&file, 0, 0, 0, 14, 'c', 'd', 's', 'c', 0, 5, 0, 1, 0, 4);
    ASSERT_ONCE(&file, 0, 0, 0, 14, 'a', 'u', 'x', 'l', 0, 6, 0, 1, 0, 2);
    ASSERT_ONCE(&file, 0, 0, 0, 14, 'p', 'i', 'x', 'i', 0, 0, 0, 0, 1, 8);
    assert_readable(&file);
    photo.aux_count = 1;
    spx_heif_aux stray = aux[1];
    photo.aux = &stray;
    photo.single_view = 1; /* two pictures are then too many, and there is no view 1 */
    spx_diag diag = { 0 };
    spx_bytes none = { 0 };
    assert_int_equal(spx_spatial_heif_write(&none, &photo, &diag), SPX_ERR_ARGUMENT);
    assert_string_equal(diag.text, "HEIF: 1 auxiliary pictures of view 1");
    spx_bytes_clear(&file);
    spx_bytes_clear(&subtype);
    spx_bytes_clear(&xmp);
    spx_hevc_stills_clear(&grey);
    spx_hevc_stills_clear(&stills);
}

static void writes_one_picture_without_a_pair(void **state)
{
    (void)state;
    spx_hevc_stills stills = test_stills_read("hevc/pair_64.hevc", 64, 64);
    stills.count = 1;
    spx_spatial_heif photo = photo_of(&stills, 64, 64);
    photo.single_item = 1;
    photo.single_view = 1;
    photo.hfov_deg = 0; /* does not count */

    spx_bytes file = test_heif_write(&photo);

    assert_int_equal(occurrences(&file, (const uint8_t *)"ster", 4), 0);
    assert_int_equal(occurrences(&file, (const uint8_t *)"uuid", 4), 0);
    assert_readable(&file);
    spx_bytes_clear(&file);
    stills.count = 2;
    spx_hevc_stills_clear(&stills);
}

static void refuses_a_file_of_4_gb(void **state)
{
    (void)state;
    spx_hevc_stills stills = test_stills_read("hevc/pair_64.hevc", 64, 64);
    spx_spatial_heif photo = photo_of(&stills, 64, 64);
    photo.single_item = 1;
    const spx_bytes kept = stills.pictures[1];
    stills.pictures[1].size = UINT32_MAX - 100; /* told by its size alone, before any copy */
    spx_bytes file = { 0 };

    assert_int_equal(spx_spatial_heif_write(&file, &photo, NULL), SPX_ERR_LIMIT);
    assert_null(file.data);
    stills.pictures[1] = kept;
    spx_hevc_stills_clear(&stills);
}

/* tests/data/heic/grid_1023x999.heic was read by heif-convert, heif-info and exiftool; a change of
 * its bytes wants that again. */
static void writes_a_whole_file_as_other_readers_accepted_it(void **state)
{
    (void)state;
    test_heif made;
    test_heif_init(&made);

    spx_bytes file = test_heif_write(&made.photo);

    spx_diag diag = { 0 };
    if (spx_file_write(test_out_path("grid_1023x999.heic"), file.data, file.size, &diag) != SPX_OK)
        fail_msg("%s", diag.text);
    spx_bytes golden = test_data_read("heic/grid_1023x999.heic");
    assert_int_equal(file.size, golden.size);
    assert_memory_equal(file.data, golden.data, golden.size);
    spx_bytes_clear(&golden);
    spx_bytes_clear(&file);
    test_heif_clear(&made);
}

static void cuts_a_single_coded_picture_to_an_odd_size_with_a_grid_of_one(void **state)
{
    (void)state;
    spx_hevc_stills stills = test_stills_read("hevc/pair_64.hevc", 64, 64);
    spx_spatial_heif photo = photo_of(&stills, 63, 61);
    photo.single_item = 1;

    spx_bytes file = test_heif_write(&photo);

    ASSERT_ONCE(&file, 'i', 'd', 'a', 't', 0, 0, 0, 0, 0, 63, 0, 61, 0, 0, 0, 0, 0, 63, 0, 61);
    spx_bytes_clear(&file);
    photo.width = 65;
    assert_int_equal(spx_spatial_heif_write(&file, &photo, NULL), SPX_ERR_ARGUMENT);
    spx_hevc_stills_clear(&stills);
}

static void writes_32_bit_sizes_for_a_panorama_over_65535(void **state)
{
    (void)state;
    enum { COLUMNS = 129 }; /* of 512 */
    spx_hevc_stills stills =
        test_stills_repeat("hevc/tiles_512.hevc", 512, 512, (size_t)2 * COLUMNS);
    const spx_spatial_heif photo = photo_of(&stills, 66000, 512);

    spx_bytes file = test_heif_write(&photo);

    ASSERT_ONCE(&file, 'i', 'd', 'a', 't', 0, 1, 0, COLUMNS - 1, 0, 1, 0x01, 0xd0, 0, 0, 2, 0, 0, 1,
                0, COLUMNS - 1, 0, 1, 0x01, 0xd0, 0, 0, 2, 0);
    spx_bytes_clear(&file);
    spx_hevc_stills_clear(&stills);
}

/* The grid's own limit, 256 tiles a side, and one more. */
static void holds_the_limit_of_256_columns(void **state)
{
    (void)state;
    for (uint32_t columns = 256; columns <= 257; columns++) {
        spx_hevc_stills stills =
            test_stills_repeat("hevc/pair_64.hevc", 64, 64, (size_t)2 * columns);
        const spx_spatial_heif photo = photo_of(&stills, 64 * columns, 64);
        spx_bytes file = { 0 };

        assert_int_equal(spx_spatial_heif_write(&file, &photo, NULL),
                         columns == 256 ? SPX_OK : SPX_ERR_LIMIT);

        spx_bytes_clear(&file);
        spx_hevc_stills_clear(&stills);
    }
}

/* 181 x 181 x 2 tiles, 2 grids and a group are 65,525 ids; 182 x 180 x 2 fit too, 182 x 181 x 2 do
 * not. */
static void holds_the_limit_of_16_bit_ids(void **state)
{
    (void)state;
    static const struct {
        uint32_t columns;
        uint32_t rows;
        spx_status status;
    } cases[] = { { 181, 181, SPX_OK }, { 182, 180, SPX_OK }, { 182, 181, SPX_ERR_LIMIT } };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        spx_hevc_stills stills = test_stills_repeat("hevc/pair_64.hevc", 64, 64,
                                                    (size_t)2 * cases[i].columns * cases[i].rows);
        const spx_spatial_heif photo = photo_of(&stills, 64 * cases[i].columns, 64 * cases[i].rows);
        spx_bytes file = { 0 };

        assert_int_equal(spx_spatial_heif_write(&file, &photo, NULL), cases[i].status);

        spx_bytes_clear(&file);
        spx_hevc_stills_clear(&stills);
    }
}

static void refuses_stills_that_contradict_their_sps(void **state)
{
    (void)state;
    spx_hevc_stills stills = test_stills_read("hevc/pair_64.hevc", 64, 64);
    const spx_spatial_heif photo = photo_of(&stills, 128, 64);
    spx_bytes file = { 0 };
    spx_diag diag = { 0 };
    stills.width = 128;

    assert_int_equal(spx_spatial_heif_write(&file, &photo, &diag), SPX_ERR_ARGUMENT);

    assert_string_equal(diag.text, "HEIF: the coded picture is 128 x 64, its SPS says 64 x 64");
    spx_hevc_stills_clear(&stills);
}

/* Under the brand 'heic' a reader may rely on the Main profiles. */
static void refuses_other_profiles(void **state)
{
    (void)state;
    enum { PROFILE_AT = 3, RANGE_EXTENSIONS = 4 };
    spx_hevc_stills stills = test_stills_read("hevc/pair_64.hevc", 64, 64);
    spx_spatial_heif photo = photo_of(&stills, 64, 64);
    photo.single_item = 1;
    spx_bytes file = { 0 };
    assert_int_equal(stills.sps.data[PROFILE_AT], 3);
    stills.sps.data[PROFILE_AT] = RANGE_EXTENSIONS;

    assert_int_equal(spx_spatial_heif_write(&file, &photo, NULL), SPX_ERR_UNSUPPORTED);

    spx_hevc_stills_clear(&stills);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_camera_boxes_byte_for_byte_like_the_vision_pro),
        cmocka_unit_test(writes_60_degrees_as_the_square_root_of_three_quarters),
        cmocka_unit_test(chooses_the_largest_shift_that_holds_a_tele_lens),
        cmocka_unit_test(refuses_geometry_out_of_range),
        cmocka_unit_test(refuses_a_wrong_number_of_tiles),
        cmocka_unit_test(hangs_grey_pictures_on_their_view),
        cmocka_unit_test(writes_one_picture_without_a_pair),
        cmocka_unit_test(refuses_a_file_of_4_gb),
        cmocka_unit_test(writes_a_whole_file_as_other_readers_accepted_it),
        cmocka_unit_test(cuts_a_single_coded_picture_to_an_odd_size_with_a_grid_of_one),
        cmocka_unit_test(writes_32_bit_sizes_for_a_panorama_over_65535),
        cmocka_unit_test(holds_the_limit_of_256_columns),
        cmocka_unit_test(holds_the_limit_of_16_bit_ids),
        cmocka_unit_test(refuses_stills_that_contradict_their_sps),
        cmocka_unit_test(refuses_other_profiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
